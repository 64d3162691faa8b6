//! Who comes, what he may do here, and what becomes of that when the provider changes its mind.
use super::*;

/// The roles of an operator, as his page names them.
async fn roles(admin: &Persona, login: &str) -> Vec<String> {
    let one = admin.get(&format!("/api/v1/operators/{login}")).await;
    let one = one.expect(200).json();
    let roles = one["roles"].as_array().unwrap().iter();
    roles.map(|it| it.as_str().unwrap().to_owned()).collect()
}

by_a_provider! {
    async fn who_comes_for_the_first_time_is_made_and_governed(app, idp) {
        let admin = app.client(posfleet::access::Permission::ALL).await;
        idp.account(person("s1", "ann", &["desk", "old", "elsewhere"])).await;
        let ann = app.visitor();
        let page = ann.get("/sign-in?next=%2Fterminals").await.expect(200).text();
        assert!(page.contains("Continue with Example ID"), "{page}");
        assert!(page.contains("/sign-in/openid?next&#x3D;%2Fterminals")
            || page.contains("/sign-in/openid?next=%2Fterminals"), "{page}");
        let in_ = come(&idp, &ann).await.expect(303);
        assert_eq!(in_.header("location"), Some("/terminals"));
        ann.get("/terminals").await.expect(200);
        ann.get("/admin/operators").await.expect(403);
        assert_eq!(roles(&admin, "ann").await, ["support", "viewer"]);
        let page = ann.get("/account").await.expect(200).text();
        assert!(page.contains("Example ID brought you here"), "{page}");
        ann.get("/account/provider").await.expect(200);

        // The same one under another name and in other groups, and elsewhere a session that goes on.
        idp.account(person("s1", "anna.k", &["root"])).await;
        let elsewhere = app.visitor();
        come(&idp, &elsewhere).await.expect(303);
        assert_eq!(roles(&admin, "ann").await, ["administrator"]);
        elsewhere.get("/admin/operators").await.expect(200);
        ann.get("/admin/operators").await.expect(200);
        let page = elsewhere.get("/admin/operators/ann").await.expect(200).text();
        assert!(page.contains("anna.k of the provider"), "{page}");
        assert!(page.contains("it says what he may do") && !page.contains("ann/link"), "{page}");
        let said = app.database().texts(
            "SELECT action AS name FROM access_audit WHERE object = 'ann' ORDER BY id");
        assert_eq!(said, ["operator.create", "operator.link-provider", "operator.set-roles",
            "operator.sign-in",
            "operator.rename", "operator.set-roles", "operator.sign-in"]);

        // He left every group: out, wherever he is, and nothing of him stays behind half done.
        idp.account(person("s1", "ann", &["old"])).await;
        let late = app.visitor();
        let out = come(&idp, &late).await.expect(403).text();
        assert!(out.contains("none of your groups"), "{out}");
        assert!(cookie(&late, "posfleet").is_none());
        for session in [&ann, &elsewhere] {
            session.get("/terminals").await.expect(303);
        }
    }

    async fn nobody_is_taken_for_another_because_the_names_agree(app, idp) {
        app.add_operator("ann", Role::Administrator).await;
        idp.account(person("s1", "Ann", &["desk"])).await;
        let stranger = app.visitor();
        let out = come(&idp, &stranger).await.expect(422).text();
        assert!(out.contains("There is an operator with your login already"), "{out}");
        for (login, told) in [("a b", "no login that can be used"), ("", "no login")] {
            idp.account(person("s2", login, &["desk"])).await;
            let out = come(&idp, &stranger).await.expect(422).text();
            assert!(out.contains(told), "{out}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 1);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_identity"), 0);
    }

    async fn who_comes_twice_at_once_is_one(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        let (one, other) = (app.visitor(), app.visitor());
        let ways = [leave(&one).await, leave(&other).await];
        let backs = [idp.pass(&ways[0]).await, idp.pass(&ways[1]).await];
        let (first, second) = tokio::join!(one.get(&backs[0]), other.get(&backs[1]));
        for answer in [first, second] {
            assert_eq!(answer.expect(303).header("location"), Some("/terminals"));
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 1);
    }

    async fn a_governed_account_gets_no_password(app, idp) {
        let admin = app.operator(Role::Administrator).await;
        idp.account(person("s1", "ann", &["desk"])).await;
        come(&idp, &app.visitor()).await.expect(303);
        let refused = admin.submit("/admin/operators", "/admin/operators/ann/link", &[]).await;
        let refused = refused.expect(409).text();
        assert!(refused.contains("governs this account"), "{refused}");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_link WHERE used_at IS NULL"), 0);
        // Who is disabled here stays out, whatever the provider says.
        admin.submit("/admin/operators", "/admin/operators/ann/disable", &[]).await.expect(303);
        let out = come(&idp, &app.visitor()).await.expect(403).text();
        assert!(out.contains("disabled here"), "{out}");
    }

    async fn a_password_for_the_day_without_a_provider_ends_with_it(app, idp) {
        app.operator(Role::Administrator).await;
        idp.account(person("s1", "ann", &["desk"])).await;
        come(&idp, &app.visitor()).await.expect(303);
        let ctx = app.ctx();
        let link = tokio::task::spawn_blocking(move || {
            posfleet::access::reset_operator(&ctx.db, &ctx.base_url, "ann", ctx.now())
        });
        let link = link.await.unwrap().expect("the console may");
        let token = link.split_once("token=").unwrap().1;
        let fields = [("token", token), ("password", PASSWORD), ("password_again", PASSWORD)];
        let welcome = format!("/welcome?token={token}");
        app.visitor().submit(&welcome, "/welcome", &fields).await.expect(303);
        app.visitor().sign_in("ann").await;
        come(&idp, &app.visitor()).await.expect(303);
        let fields = [("login", "ann"), ("password", PASSWORD)];
        app.visitor().submit("/sign-in", "/sign-in", &fields).await.expect(422);
    }

    async fn the_last_administrator_of_the_provider_is_shut_out_and_not_lost(app, idp) {
        idp.account(person("s1", "ann", &["root"])).await;
        let ann = app.visitor();
        come(&idp, &ann).await.expect(303);
        ann.get("/admin/operators").await.expect(200);
        idp.account(person("s1", "ann", &["desk"])).await;
        let out = come(&idp, &app.visitor()).await.expect(422).text();
        assert!(out.contains("administrator"), "{out}");
        ann.get("/admin/operators").await.expect(303);
        // Another one makes room.
        app.operator(Role::Administrator).await;
        let ann = app.visitor();
        come(&idp, &ann).await.expect(303);
        ann.get("/admin/operators").await.expect(403);
    }

    async fn a_role_that_demands_a_second_factor_does_so_here_too(app, idp) {
        let admin = app.operator(Role::Administrator).await;
        admin.submit("/admin/roles/support", "/admin/roles/support/second-factor",
            &[("demanded", "true")]).await.expect(303);
        idp.account(person("s1", "ann", &["desk"])).await;
        let ann = app.visitor();
        let asked = come(&idp, &ann).await.expect(303);
        assert_eq!(asked.header("location"), Some("/sign-in/enrol"));
        assert!(cookie(&ann, "posfleet").is_none());
        ann.get("/sign-in/enrol").await.expect(200);
    }

    async fn a_provider_may_change_its_keys(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        come(&idp, &app.visitor()).await.expect(303);
        // What the server learned is too young to be asked for again.
        idp.control(json!({ "redirect": app.url(BACK), "in_token": true })).await;
        let out = come(&idp, &app.visitor()).await.expect(422).text();
        assert!(out.contains("could not be trusted"), "{out}");
        app.advance(Duration::from_secs(61));
        let ann = app.visitor();
        come(&idp, &ann).await.expect(303);
        ann.get("/terminals").await.expect(200);
    }
}

/// Limits that the provider says.
mod limits {
    use super::*;

    fn by_shops(openid: &mut OpenId) {
        openid.establishments_claim = Some("shops".to_owned());
    }

    by_a_provider! {
        with by_shops;
        async fn the_provider_says_what_somebody_sees(app, idp) {
            let admin = app.client(posfleet::access::Permission::ALL).await;
            for code in ["E1", "E2"] {
                let one = json!({ "name": code, "time_zone": "UTC", "country": "FR" });
                let path = format!("/api/v1/establishments/{code}");
                let made = admin.put(&path, one).await;
                assert!(made.status < 300, "{}", made.text());
            }
            let mut ann = person("s1", "ann", &["desk"]);
            ann["shops"] = json!(["E2", "GONE"]);
            idp.account(ann.clone()).await;
            let browser = app.visitor();
            come(&idp, &browser).await.expect(303);
            browser.get("/network/establishments/E2").await.expect(200);
            browser.get("/network/establishments/E1").await.expect(404);

            ann["shops"] = json!(["*"]);
            idp.account(ann.clone()).await;
            come(&idp, &app.visitor()).await.expect(303);
            browser.get("/network/establishments/E1").await.expect(200);

            ann["shops"] = json!(["GONE"]);
            idp.account(ann).await;
            let out = come(&idp, &app.visitor()).await.expect(403).text();
            assert!(out.contains("no establishment of yours"), "{out}");
            browser.get("/").await.expect(303);
        }
    }
}
