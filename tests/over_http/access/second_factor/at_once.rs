//! What happens in the very moment in which something else does.
use super::*;
use crate::on_both_engines;
use reqwest::RequestBuilder;

/// As whoever changes Ann's password begins, and ends.
const HASHED: &str = "UPDATE access_operator SET password_hash = '$argon2id$other',
    version = version + 1 WHERE login = 'ann'";
const ENDED: &str = "DELETE FROM access_challenge; DELETE FROM access_session";

async fn meanwhile(who: &Persona, form: RequestBuilder) -> Answer {
    let open = who.app.database().begin(HASHED);
    let (answer, ()) = tokio::join!(who.send(form), open.commit_soon(ENDED));
    answer
}

async fn form(who: &Persona, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let csrf = who.csrf("/account").await;
    let mut all = vec![("_csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    who.request(reqwest::Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(serde_urlencoded::to_string(all).unwrap())
}

on_both_engines! {
    async fn no_challenge_outlives_a_password_that_is_changed_just_then(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let half = asked(&app, "ann").await;
        let code = ready(&half, &program.code(app.now())).await;
        meanwhile(&half, code).await.expect(422);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_session"), 0);
    }

    async fn no_challenge_begins_with_a_password_that_is_changed_just_then(app: TestApp) {
        let (_, _, _) = ann(&app).await;
        let who = app.visitor();
        let csrf = who.csrf("/sign-in").await;
        let fields = [("_csrf", csrf.as_str()), ("login", "ann"), ("password", PASSWORD)];
        let form = who.request(reqwest::Method::POST, "/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(serde_urlencoded::to_string(fields).unwrap());
        meanwhile(&who, form).await.expect(422);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_challenge"), 0);
    }

    async fn no_factor_is_set_up_by_a_password_that_is_changed_just_then(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let desk = app.visitor();
        desk.sign_in("ann").await;
        let page = desk.get(NEW).await.expect(200).text();
        let (program, offer) = (Program::of(&page), value_of(&page, "offer").unwrap());
        let code = program.code(app.now());
        let fields = [("offer", offer.as_str()), ("code", &code), ("password_now", PASSWORD)];
        let form = form(&desk, NEW, &fields).await;
        meanwhile(&desk, form).await.expect(422);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_second_factor"), 0);
    }

    async fn two_renewals_at_once_leave_the_codes_of_one(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        let path = "/account/second-factor/codes";
        let fields = [("password_now", PASSWORD)];
        let (one, other) = (form(&desk, path, &fields).await, form(&desk, path, &fields).await);
        let (one, other) = tokio::join!(desk.send(one), desk.send(other));
        let stored = "SELECT count(*) AS n FROM access_recovery_code";
        assert_eq!(app.database().count(stored), 10);
        let codes = [codes_of(&one.expect(200).text()), codes_of(&other.expect(200).text())];
        let mut works = 0;
        for codes in codes {
            let who = asked(&app, "ann").await;
            works += i32::from(second(&who, &codes[0]).await.status == 303);
        }
        assert_eq!(works, 1);
    }

    async fn who_has_to_wait_is_told_how_long_and_loses_no_try(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        for _ in 0..2 {
            let thief = asked(&app, "ann").await;
            for _ in 0..5 {
                second(&thief, "000000").await;
            }
        }
        app.advance(Duration::from_mins(6) + Duration::from_millis(1));
        let who = asked(&app, "ann").await;
        for _ in 0..6 {
            let slowed = second(&who, &program.code(app.now())).await.expect(429);
            assert_eq!(slowed.header("retry-after"), Some("540"));
            assert!(slowed.text().contains("540"), "{}", slowed.text());
        }
        app.advance(Duration::from_mins(9) - Duration::from_millis(1));
        second(&who, &program.code(app.now())).await.expect(303);
    }
}
