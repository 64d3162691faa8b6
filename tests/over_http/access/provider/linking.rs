//! An operator who was here before, and the account that he links himself.
use super::*;

const OWN: &str = "/account/provider";

/// Sends the form of the page, and takes the link of the page that answers.
async fn begin(who: &Persona) -> String {
    let page = who.submit(OWN, OWN, &[("password_now", PASSWORD)]).await;
    let page = page.expect(200).text();
    let (_, rest) = page
        .split_once("<a class=\"btn primary\" href=\"")
        .expect("a link");
    let address = &rest[..rest.find('"').unwrap()];
    address.replace("&amp;", "&").replace("&#x3D;", "=")
}

by_a_provider! {
    async fn who_was_here_before_links_his_account_and_keeps_his_roles(app, idp) {
        let ann = app.operator(Role::Administrator).await;
        idp.account(person("s7", "somebody", &["desk"])).await;
        let wrong = ann.submit(OWN, OWN, &[("password_now", "not this one")]).await;
        assert!(wrong.expect(422).text().contains("This is not your current password"));
        let linked = ann.get(&idp.pass(&begin(&ann).await).await).await.expect(303);
        assert_eq!(linked.header("location"), Some("/account?said=provider-linked"));
        let page = ann.get("/account").await.expect(200).text();
        assert!(page.contains("You can sign in with Example ID since"), "{page}");

        let other = app.visitor();
        come(&idp, &other).await.expect(303);
        other.get("/admin/operators").await.expect(200);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 1);

        let gone = ann.submit(OWN, "/account/provider/forget", &[("password_now", PASSWORD)]).await;
        gone.expect(303);
        // Now the provider brings somebody whom nobody knows.
        come(&idp, &app.visitor()).await.expect(303);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 2);
        let said = app.database().texts(
            "SELECT action AS name FROM access_audit WHERE action LIKE '%provider' ORDER BY id");
        assert_eq!(said, ["operator.link-provider", "operator.unlink-provider",
            "operator.link-provider"]);
    }

    async fn who_recovers_an_account_finds_no_strangers_way_in(app, idp) {
        let admin = app.operator(Role::Administrator).await;
        let (bob, dan) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        for (who, sub) in [(&bob, "s1"), (&dan, "s2")] {
            idp.account(person(sub, sub, &[])).await;
            who.get(&idp.pass(&begin(who).await).await).await.expect(303);
            come(&idp, &app.visitor()).await.expect(303);
        }
        // A one-time link …
        let page = format!("/admin/operators/{}", bob.login());
        let made = admin.submit(&page, &format!("{page}/link"), &[]).await.expect(200).text();
        let made = made.replace("&#x3D;", "=");
        let (_, rest) = made.split_once("/welcome?token=").expect("a link");
        let token: String = rest.chars().take_while(|c| c.is_alphanumeric() || "-_".contains(*c)).collect();
        let welcome = format!("/welcome?token={token}");
        let fields = [("token", token.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
        app.visitor().submit(&welcome, "/welcome", &fields).await.expect(303);
        idp.account(person("s1", "s1", &[])).await;
        come(&idp, &app.visitor()).await.expect(403);
        // … and whoever governs him.
        let page = format!("/admin/operators/{}", dan.login());
        let shown = admin.get(&page).await.expect(200).text();
        assert!(shown.contains("Linked by himself") && shown.contains("<code>s2</code>"), "{shown}");
        admin.submit(&page, &format!("{page}/provider/forget"), &[]).await.expect(303);
        dan.get("/account").await.expect(303);
        idp.account(person("s2", "s2", &[])).await;
        come(&idp, &app.visitor()).await.expect(403);
        let own = format!("/admin/operators/{}/provider/forget", admin.login());
        admin.submit(&page, &own, &[]).await.expect(409);
    }

    async fn an_account_belongs_to_one_operator(app, idp) {
        let (ann, eve) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        idp.account(person("s7", "somebody", &["desk"])).await;
        ann.get(&idp.pass(&begin(&ann).await).await).await.expect(303);
        let taken = eve.get(&idp.pass(&begin(&eve).await).await).await.expect(422).text();
        assert!(taken.contains("linked to another operator"), "{taken}");
        assert!(taken.contains("name=\"password_now\""), "{taken}");
        // A second account of one's own is none either.
        idp.account(person("s8", "somebody", &["desk"])).await;
        let page = ann.get(OWN).await.expect(200).text();
        assert!(page.contains("Forget the account"), "{page}");

        // The way that one began leads nobody else to a link.
        let begun = idp.pass(&begin(&eve).await).await;
        let ways = cookie(&eve, FLOW).unwrap();
        ann.set_cookie(FLOW, &ways);
        ann.get(&begun).await.expect(422);
        let stranger = app.visitor();
        stranger.set_cookie(FLOW, &ways);
        stranger.get(&begun).await.expect(422);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_identity"), 1);
    }
}
