//! Codes of the authenticator program and recovery codes, each once.
use super::*;
use crate::on_both_engines;

on_both_engines! {
    async fn whoever_has_a_factor_is_asked_for_it(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let who = app.visitor();
        let fields = [("login", "ann"), ("password", PASSWORD), ("next", "/terminals?q=T%261")];
        let half = who.submit("/sign-in", "/sign-in", &fields).await.expect(303);
        assert_eq!(half.header("location"), Some(SECOND));
        assert_eq!(cookie_line(&half, "posfleet"), None);
        assert_eq!(cookie_line(&half, "posfleet-known"), None);
        let challenge = cookie_line(&half, "posfleet-second").unwrap();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(challenge.contains(attribute), "{challenge}");
        }
        assert!(!is_in(&who).await);
        let page = who.get(SECOND).await.expect(200);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.text().contains("<code>ann</code>"), "{}", page.text());
        let wrong = second(&who, "000000").await.expect(422).text();
        assert!(wrong.contains("This code is wrong"), "{wrong}");
        assert!(!is_in(&who).await);
        let code = program.code(app.now());
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let entered = second(&who, &spaced).await.expect(303);
        assert_eq!(entered.header("location"), Some("/terminals?q=T%261"));
        assert!(cookie_line(&entered, "posfleet-second").unwrap().contains("Max-Age=0"));
        assert!(cookie_line(&entered, "posfleet-known").is_some());
        assert!(is_in(&who).await);
        assert_eq!(count(&app, "operator.fail-second-factor"), 1);
        assert_eq!(count(&app, "operator.sign-in"), 2);
        // Nothing is asked any more.
        assert_eq!(who.get(SECOND).await.expect(303).header("location"), Some("/"));
    }

    async fn a_code_counts_once(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let code = program.code(app.now());
        second(&asked(&app, "ann").await, &code).await.expect(303);
        let thief = asked(&app, "ann").await;
        let again = second(&thief, &code).await.expect(422).text();
        assert!(again.contains("used already"), "{again}");
        // Neither does the one before it, which may have been seen too.
        let older = program.code(app.now() - STEP);
        second(&thief, &older).await.expect(422);
        app.advance(STEP);
        second(&thief, &code).await.expect(422);
        second(&thief, &program.code(app.now())).await.expect(303);
    }

    async fn the_code_that_set_it_up_is_spent(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let desk = app.visitor();
        desk.sign_in("ann").await;
        let (program, _) = set_up(&desk).await;
        let who = asked(&app, "ann").await;
        second(&who, &program.code(app.now())).await.expect(422);
        second(&who, &program.code(app.now() + STEP)).await.expect(303);
    }

    async fn a_code_counts_a_step_early_and_a_step_late(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        app.advance(STEP);
        let early = asked(&app, "ann").await;
        second(&early, &program.code(app.now() + 2 * STEP)).await.expect(422);
        second(&early, &program.code(app.now() - 2 * STEP)).await.expect(422);
        second(&early, &program.code(app.now() - STEP)).await.expect(303);
        second(&asked(&app, "ann").await, &program.code(app.now() + STEP)).await.expect(303);
    }

    async fn of_two_who_send_a_code_at_once_one_gets_in(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let code = program.code(app.now());
        let (one, other) = (asked(&app, "ann").await, asked(&app, "ann").await);
        let (first, second) = (ready(&one, &code).await, ready(&other, &code).await);
        let (first, second) = tokio::join!(one.send(first), other.send(second));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        assert!(is_in(&one).await != is_in(&other).await);
    }

    async fn a_recovery_code_counts_once(app: TestApp) {
        let (desk, _, codes) = ann(&app).await;
        let typed = codes[0].to_uppercase().replace('-', " ").replace('0', "O");
        second(&asked(&app, "ann").await, &typed).await.expect(303);
        let thief = asked(&app, "ann").await;
        let refused = second(&thief, &codes[0]).await.expect(422).text();
        assert!(refused.contains("This recovery code was used already"), "{refused}");
        let page = desk.get(FACTOR).await.expect(200).text();
        assert!(page.contains("9 / 10"), "{page}");
        assert_eq!(count(&app, "operator.use-recovery-code"), 1);
        let (one, other) = (asked(&app, "ann").await, asked(&app, "ann").await);
        let (first, second) = (ready(&one, &codes[1]).await, ready(&other, &codes[1]).await);
        let (first, second) = tokio::join!(one.send(first), other.send(second));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        assert_eq!(count(&app, "operator.use-recovery-code"), 2);
    }

    async fn a_one_time_link_leads_to_the_second_step_too(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let admin = app.operator(Role::Administrator).await;
        let made = admin.submit("/admin/operators", "/admin/operators/ann/link", &[]).await;
        let text = made.expect(200).text().replace("&#x3D;", "=");
        let (_, rest) = text.split_once("/welcome?token=").unwrap();
        let token = &rest[..43];
        let who = app.visitor();
        let page = format!("/welcome?token={token}");
        let new = "nebula orchard staple-47";
        let fields = [("token", token), ("password", new), ("password_again", new)];
        let half = who.submit(&page, "/welcome", &fields).await.expect(303);
        assert_eq!(half.header("location"), Some(SECOND));
        assert!(!is_in(&who).await);
        let entered = second(&who, &program.code(app.now())).await.expect(303);
        assert_eq!(entered.header("location"), Some("/?said=password-set"));
        assert!(is_in(&who).await);
    }

    async fn the_second_step_speaks_three_languages(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let half = asked(&app, "ann").await;
        for lang in ["en", "fr", "ru"] {
            half.set_cookie("lang", lang);
            desk.submit("/account", "/look", &[("lang", lang)]).await.expect(303);
            let mut pages = vec![half.get(SECOND).await.expect(200).text()];
            for page in [FACTOR, NEW] {
                pages.push(desk.get(page).await.expect(200).text());
            }
            for text in pages {
                assert!(!text.contains('⟦'), "{lang}: {text}");
                assert!(text.contains(&format!("<html lang=\"{lang}\"")), "{text}");
            }
        }
    }
}
