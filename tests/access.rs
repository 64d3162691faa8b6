//! Who gets in, how far, and what is written down about it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod harness;

use harness::TestApp;
use posfleet::access;

const PASSWORD: &str = "correct horse battery";

fn add(app: &TestApp, login: &str, role: &str) {
    let ctx = app.ctx();
    let who = (login, login, role);
    access::add_operator(&ctx.db, &ctx.base_url, who, Some(PASSWORD), app.now()).unwrap();
}

on_both_engines! {
    async fn the_right_password_opens_a_session(app: TestApp) {
        add(&app, "ann", access::ADMINISTRATOR);
        let ann = app.visitor();
        let fields = [("login", "Ann"), ("password", PASSWORD), ("next", "/account")];
        let wrong = [("login", "ann"), ("password", "wrong horse battery")];
        ann.submit("/sign-in", "/sign-in", &wrong).await.expect(422);
        let before = ann.cookie_header();
        let entered = ann.submit("/sign-in", "/sign-in", &fields).await.expect(303);
        assert_eq!(entered.header("location"), Some("/account"));
        assert_ne!(before, ann.cookie_header());
        ann.get("/sign-in").await.expect(303);
    }
}
