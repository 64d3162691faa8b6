//! Setting a second factor up, changing it, and taking it away.
use super::*;
use crate::harness::Engine;
use crate::on_both_engines;
use posfleet::access::{self, Permission};
use posfleet::sealing::hex;

on_both_engines! {
    async fn a_factor_is_set_up_by_a_code_and_the_password(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (desk, phone) = (app.visitor(), app.visitor());
        desk.sign_in("ann").await;
        phone.sign_in("ann").await;
        let page = desk.get(FACTOR).await.expect(200).text();
        assert!(page.contains("href=\"/account/second-factor/new\""), "{page}");
        let page = desk.get(NEW).await.expect(200).text();
        assert!(page.contains("<svg ") && page.contains("otpauth://totp/posfleet"), "{page}");
        let (program, offer) = (Program::of(&page), value_of(&page, "offer").unwrap());
        let right = program.code(app.now());
        let tries = [
            ("000000", PASSWORD, offer.as_str(), "This code is wrong"),
            (&right, "not it at all", &offer, "not your current password"),
            (&right, PASSWORD, "AAAA", "too old"),
        ];
        for (code, password, offer, told) in tries {
            let fields = [("offer", offer), ("code", code), ("password_now", password)];
            let again = desk.submit("/account", NEW, &fields).await;
            assert!(again.status >= 400 && again.text().contains(told), "{}", again.text());
            // The same key again, so that the program need not scan twice.
            let same = Program::of(&again.text()).key == program.key;
            assert_eq!(same, offer != "AAAA");
        }
        assert!(is_in(&phone).await);
        let fields = [("offer", offer.as_str()), ("code", &right), ("password_now", PASSWORD)];
        let codes = codes_of(&desk.submit("/account", NEW, &fields).await.expect(200).text());
        assert!(is_in(&desk).await && !is_in(&phone).await);
        let page = desk.get(FACTOR).await.expect(200).text();
        assert!(page.contains("10 / 10") && !page.contains(&codes[0]), "{page}");
        // An offer of another operator is none, and neither is one that is too old.
        let eve = app.operator(Role::Viewer).await;
        eve.submit("/account", NEW, &fields).await.expect(422);
        app.advance(Duration::from_mins(30));
        desk.submit("/account", NEW, &fields).await.expect(422);
        assert_eq!(count(&app, "operator.set-up-second-factor"), 1);
    }

    async fn nothing_of_it_lies_open(app: TestApp) {
        let (_, program, codes) = ann(&app).await;
        second(&asked(&app, "ann").await, &codes[3]).await.expect(303);
        let key = Secret::try_from_base32(&program.key).unwrap();
        let (key, stored) = (hex(key.as_bytes()), stored_key(&app));
        assert!(stored.len() > key.len() && !stored.contains(&key), "{stored}");
        let told = app.database().texts(
            "SELECT coalesce(before_json, '') || coalesce(after_json, '') AS name FROM access_audit",
        );
        for code in codes.iter().chain([&program.key]) {
            assert!(told.iter().all(|row| !row.contains(code.as_str())), "{told:?}");
        }
    }

    async fn another_program_takes_the_place_of_the_first(app: TestApp) {
        let (desk, old, codes) = ann(&app).await;
        let (new, fresh) = set_up(&desk).await;
        app.advance(STEP);
        let who = asked(&app, "ann").await;
        second(&who, &old.code(app.now())).await.expect(422);
        second(&who, &codes[0]).await.expect(422);
        second(&who, &new.code(app.now())).await.expect(303);
        second(&asked(&app, "ann").await, &fresh[0]).await.expect(303);
    }

    async fn new_recovery_codes_end_those_before(app: TestApp) {
        let (desk, _, old) = ann(&app).await;
        let path = "/account/second-factor/codes";
        desk.submit("/account", path, &[("password_now", "wrong it is")]).await.expect(422);
        let made = desk.submit("/account", path, &[("password_now", PASSWORD)]).await.expect(200);
        let new = codes_of(&made.text());
        let who = asked(&app, "ann").await;
        second(&who, &old[0]).await.expect(422);
        second(&who, &new[0]).await.expect(303);
        assert_eq!(count(&app, "operator.renew-recovery-codes"), 1);
        let none = app.operator(Role::Viewer).await;
        none.submit("/account", path, &[("password_now", PASSWORD)]).await.expect(422);
    }

    async fn who_guesses_at_an_open_browser_is_slowed_down(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let page = desk.get(NEW).await.expect(200).text();
        let offer = value_of(&page, "offer").unwrap();
        for _ in 0..9 {
            let fields = [("offer", offer.as_str()), ("code", "000000"), ("password_now", "wrong it is")];
            desk.submit("/account", NEW, &fields).await.expect(422);
        }
        // Each form that asks for the password counts with the others.
        let right = [("password_now", PASSWORD)];
        for path in ["/account/second-factor/codes", "/account/second-factor/off", NEW] {
            let fields = [&right[..], &[("offer", offer.as_str()), ("code", "000000")]].concat();
            let slowed = desk.submit("/account", path, &fields).await.expect(429);
            let wait: u32 = slowed.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=31).contains(&wait), "{wait}");
        }
        assert!(is_in(&desk).await);
    }

    async fn it_is_turned_off_by_the_password(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let path = "/account/second-factor/off";
        desk.submit("/account", path, &[("password_now", "wrong it is")]).await.expect(422);
        assert_eq!(count(&app, "operator.turn-off-second-factor"), 0);
        let off = desk.submit("/account", path, &[("password_now", PASSWORD)]).await.expect(303);
        assert_eq!(off.header("location"), Some("/account/second-factor?said=second-factor-off"));
        assert_eq!(count(&app, "operator.turn-off-second-factor"), 1);
        let who = app.visitor();
        who.sign_in("ann").await;
        assert!(is_in(&who).await);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_recovery_code"), 0);
    }

    async fn an_administrator_resets_it(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let half = asked(&app, "ann").await;
        let admin = app.operator(Role::Administrator).await;
        let path = "/admin/operators/ann/second-factor/reset";
        app.operator(Role::Viewer).await.submit("/account", path, &[]).await.expect(403);
        let page = admin.get("/admin/operators/ann").await.expect(200).text();
        assert!(page.contains(path), "{page}");
        admin.submit("/admin/operators", path, &[]).await.expect(303);
        assert!(!is_in(&desk).await);
        half.get(SECOND).await.expect(303);
        app.visitor().sign_in("ann").await;
        assert_eq!(count(&app, "operator.reset-second-factor"), 1);
        let page = admin.get("/admin/operators/ann").await.expect(200).text();
        assert!(!page.contains(path), "{page}");
        // His own he turns off by his password, so that nobody does who finds his browser open.
        let own = format!("/admin/operators/{}/second-factor/reset", admin.login());
        set_up(&admin).await;
        admin.submit("/admin/operators", &own, &[]).await.expect(409);
        assert!(is_in(&admin).await);
        admin.submit("/admin/operators", "/admin/operators/nobody/second-factor/reset", &[])
            .await.expect(404);
    }

    async fn a_program_resets_it(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let api = app.client(Permission::ALL).await;
        let (one, path) = ("/api/v1/operators/ann", "/api/v1/operators/ann/second-factor");
        assert_eq!(api.get(one).await.expect(200).json()["has_second_factor"], true);
        api.delete(path).await.expect(204);
        assert!(!is_in(&desk).await);
        app.visitor().sign_in("ann").await;
        api.delete(path).await.expect(204);
        assert_eq!(count(&app, "operator.reset-second-factor"), 1);
        assert_eq!(api.get(one).await.expect(200).json()["has_second_factor"], false);
        api.delete("/api/v1/operators/nobody/second-factor").await.expect(404);
    }

    async fn nobody_resets_it_of_who_may_do_more(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        set_up(&admin).await;
        let limited = app.operator(Role::Administrator).await;
        let login = limited.login();
        app.database().execute(&format!(
            "UPDATE access_operator SET all_establishments = FALSE WHERE login = '{login}'"
        ));
        let path = format!("/admin/operators/{}/second-factor/reset", admin.login());
        // He does not even see him.
        limited.submit("/account", &path, &[]).await.expect(404);
        assert!(is_in(&admin).await);
    }

    async fn the_console_resets_it(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let ctx = app.ctx();
        let reset = move |login: &'static str| {
            let ctx = ctx.clone();
            tokio::task::spawn_blocking(move || {
                access::reset_second_factor(&ctx.db, login, ctx.now())
            })
        };
        assert!(reset("ann").await.unwrap().unwrap());
        assert!(!reset("ann").await.unwrap().unwrap());
        assert!(reset("bob").await.unwrap().is_err());
        assert!(!is_in(&desk).await);
        app.visitor().sign_in("ann").await;
        assert_eq!(count(&app, "operator.reset-second-factor"), 1);
    }
}

/// The key as the database has it, in hex.
fn stored_key(app: &TestApp) -> String {
    let hex = match app.database().engine {
        Engine::Sqlite => "lower(hex(sealed_key))",
        Engine::Postgres => "encode(sealed_key, 'hex')",
    };
    let asked = format!("SELECT {hex} AS name FROM access_second_factor");
    app.database().texts(&asked).concat()
}
