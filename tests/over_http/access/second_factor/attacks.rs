//! What somebody tries who has the password but not the program, or has planted something.
use super::*;
use crate::on_both_engines;

on_both_engines! {
    async fn five_wrong_codes_lead_back_to_the_password(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let thief = asked(&app, "ann").await;
        let right = ready(&thief, &program.code(app.now())).await;
        for _ in 0..4 {
            second(&thief, "000000").await.expect(422);
        }
        let over = second(&thief, "000000").await.expect(422).text();
        assert!(over.contains("Sign in again") && over.contains("name=\"password\""), "{over}");
        thief.send(right).await.expect(422);
        assert!(!is_in(&thief).await);
        assert_eq!(count(&app, "operator.fail-second-factor"), 5);
        second(&asked(&app, "ann").await, &program.code(app.now())).await.expect(303);
    }

    async fn guesses_sent_at_once_are_all_counted(app: TestApp) {
        let (_, _, _) = ann(&app).await;
        let thief = asked(&app, "ann").await;
        let mut guesses = Vec::new();
        for n in 0..8 {
            guesses.push(thief.send(ready(&thief, &format!("00000{n}")).await));
        }
        let answers = futures_util::future::join_all(guesses).await;
        let is_looked_at = |answer: &&Answer| answer.text().contains("This code is wrong");
        let looked_at = answers.iter().filter(is_looked_at).count();
        assert_eq!(looked_at, 4);
        assert_eq!(count(&app, "operator.fail-second-factor"), 5);
    }

    async fn after_ten_wrong_codes_guessing_is_slow(app: TestApp) {
        let (_, program, codes) = ann(&app).await;
        for _ in 0..2 {
            let thief = asked(&app, "ann").await;
            for _ in 0..5 {
                second(&thief, "000000").await;
            }
        }
        let who = asked(&app, "ann").await;
        let slowed = second(&who, &program.code(app.now())).await.expect(429);
        assert_eq!(slowed.header("retry-after"), Some("900"));
        // It does not matter what is tried.
        second(&who, &codes[0]).await.expect(429);
        app.advance(Duration::from_mins(15));
        let who = asked(&app, "ann").await;
        second(&who, "000000").await.expect(422);
        second(&who, &program.code(app.now())).await.expect(429);
        app.advance(Duration::from_mins(15));
        second(&asked(&app, "ann").await, &program.code(app.now())).await.expect(303);
        app.advance(STEP);
        // All is forgiven.
        let who = asked(&app, "ann").await;
        second(&who, "000000").await.expect(422);
        second(&who, &program.code(app.now())).await.expect(303);
    }

    async fn a_new_password_forgives_wrong_codes(app: TestApp) {
        let (desk, program, _) = ann(&app).await;
        for _ in 0..2 {
            let thief = asked(&app, "ann").await;
            for _ in 0..5 {
                second(&thief, "000000").await;
            }
        }
        let new = "nebula orchard staple-47";
        let fields = [("password_now", PASSWORD), ("password", new), ("password_again", new)];
        desk.submit("/account", "/account/password", &fields).await.expect(303);
        let who = app.visitor();
        try_sign_in(&who, "ann", new).await.expect(303);
        second(&who, &program.code(app.now())).await.expect(303);
    }

    async fn a_planted_challenge_is_worth_nothing(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        app.add_operator("eve", Role::Viewer).await;
        let eve = app.visitor();
        eve.sign_in("eve").await;
        let (evil, _) = set_up(&eve).await;
        app.advance(STEP);
        // Somebody else's challenge in Ann's browser: the password brings another.
        let planted = cookie(&asked(&app, "eve").await, "posfleet-second").unwrap();
        let who = app.visitor();
        who.set_cookie("posfleet-second", &planted);
        who.set_cookie("posfleet", "planted");
        try_sign_in(&who, "ann", PASSWORD).await.expect(303);
        let own = cookie(&who, "posfleet-second").unwrap();
        assert_ne!(own, planted);
        second(&who, &evil.code(app.now())).await.expect(422);
        let entered = second(&who, &program.code(app.now())).await.expect(303);
        let session = cookie_line(&entered, "posfleet").unwrap();
        assert!(!session.contains("planted") && !session.contains(&own), "{session}");
        // Neither token opens anything for who has kept it.
        let thief = app.visitor();
        for token in [&planted, &own, "planted"] {
            thief.set_cookie("posfleet", token);
            assert!(!is_in(&thief).await);
        }
        app.advance(STEP);
        let late = app.visitor();
        late.set_cookie("posfleet-second", &own);
        let fields = [("code", program.code(app.now()))];
        let fields: Vec<_> = fields.iter().map(|(name, code)| (*name, code.as_str())).collect();
        late.submit("/sign-in", SECOND, &fields).await.expect(422);
        late.get(SECOND).await.expect(303);
    }

    async fn the_code_form_is_tied_to_its_visitor(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let who = asked(&app, "ann").await;
        let other = app.visitor();
        let csrf = other.csrf("/sign-in").await;
        let code = program.code(app.now());
        for csrf in ["", "AAAA", &csrf] {
            let forged = who.request(reqwest::Method::POST, SECOND)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("_csrf={csrf}&code={code}"));
            who.send(forged).await.expect(403);
        }
        let far = ready(&who, &code).await.header("origin", "https://evil.example");
        who.send(far).await.expect(403);
        second(&who, &code).await.expect(303);
    }

    async fn the_second_step_leads_to_this_server_only(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let far = ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"];
        for next in far {
            let who = app.visitor();
            let fields = [("login", "ann"), ("password", PASSWORD), ("next", next)];
            who.submit("/sign-in", "/sign-in", &fields).await.expect(303);
            // Not even if somebody has changed it meanwhile.
            app.database().execute("UPDATE access_challenge SET next = '//evil.example'");
            let entered = second(&who, &program.code(app.now())).await.expect(303);
            assert_eq!(entered.header("location"), Some("/"), "{next}");
            app.advance(STEP);
        }
    }

    async fn a_challenge_dies_with_what_it_stood_on(app: TestApp) {
        let (desk, program, _) = ann(&app).await;
        let admin = app.operator(Role::Administrator).await;
        let late = asked(&app, "ann").await;
        app.advance(Duration::from_mins(10));
        late.get(SECOND).await.expect(303);
        let disabled = asked(&app, "ann").await;
        let form = ready(&disabled, &program.code(app.now())).await;
        let path = "/admin/operators/ann/disable";
        admin.submit("/admin/operators", path, &[]).await.expect(303);
        disabled.send(form).await.expect(422);
        let path = "/admin/operators/ann/enable";
        admin.submit("/admin/operators", path, &[]).await.expect(303);
        disabled.get(SECOND).await.expect(303);
        assert!(!is_in(&desk).await);
        second(&asked(&app, "ann").await, &program.code(app.now())).await.expect(303);
    }
}
