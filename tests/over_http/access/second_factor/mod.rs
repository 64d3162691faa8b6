//! The step after the password.
mod account;
mod at_once;
mod attacks;
mod roles;
mod signing_in;

use super::{cookie, cookie_line, try_sign_in};
use crate::harness::{Answer, PASSWORD, Persona, Role, TestApp, value_of};
use posfleet::clock::Millis;
use std::time::Duration;
use totp_rs::{Builder, Secret};

const SECOND: &str = "/sign-in/second";
const ENROL: &str = "/sign-in/enrol";
const FACTOR: &str = "/account/second-factor";
const NEW: &str = "/account/second-factor/new";
const STEP: Duration = Duration::from_secs(30);

/// An operator's authenticator program.
struct Program {
    key: String,
}

impl Program {
    /// What it shows at that time.
    fn code(&self, at: Millis) -> String {
        let key = Secret::try_from_base32(&self.key).unwrap();
        let totp = Builder::new().with_secret(key).build_noncompliant();
        totp.generate(u64::try_from(at.0 / 1000).unwrap())
            .to_string()
    }

    /// Takes the key that a page shows.
    fn of(page: &str) -> Self {
        let (_, rest) = page.split_once("data-copy=\"").expect("a key to copy");
        let key = rest[..rest.find('"').unwrap()].to_owned();
        assert_eq!(key.len(), 32, "{key}");
        Self { key }
    }
}

/// The recovery codes that a page shows.
fn codes_of(page: &str) -> Vec<String> {
    let parts = page.split("<li><code>").skip(1);
    let codes: Vec<String> = parts.map(|part| part[..11].to_owned()).collect();
    assert_eq!(codes.len(), 10, "{page}");
    codes
}

/// Sets up the second factor of somebody who is signed in.
async fn set_up(who: &Persona) -> (Program, Vec<String>) {
    let page = who.get(NEW).await.expect(200).text();
    let program = Program::of(&page);
    let offer = value_of(&page, "offer").unwrap();
    let code = program.code(who.app.now());
    let fields = [
        ("offer", offer.as_str()),
        ("code", &code),
        ("password_now", PASSWORD),
    ];
    let done = who.submit("/account", NEW, &fields).await.expect(200);
    assert_eq!(done.header("cache-control"), Some("no-store"));
    (program, codes_of(&done.text()))
}

/// An operator with a second factor, and the browser in which he set it up half a minute ago.
async fn ann(app: &TestApp) -> (Persona, Program, Vec<String>) {
    app.add_operator("ann", Role::Viewer).await;
    let desk = app.visitor();
    desk.sign_in("ann").await;
    let (program, codes) = set_up(&desk).await;
    app.advance(STEP);
    (desk, program, codes)
}

/// The browser of an operator, Ann, in which a code is due.
pub(super) async fn waiting_for_a_code(app: &TestApp) -> Persona {
    ann(app).await;
    asked(app, "ann").await
}

/// A browser in which the right password was typed.
async fn asked(app: &TestApp, login: &str) -> Persona {
    let who = app.visitor();
    let answer = try_sign_in(&who, login, PASSWORD).await.expect(303);
    assert_eq!(answer.header("location"), Some(SECOND));
    who
}

/// Types a code.
pub(super) async fn second(who: &Persona, code: &str) -> Answer {
    who.submit(SECOND, SECOND, &[("code", code)]).await
}

/// The form of the second step, ready to be sent.
async fn ready(who: &Persona, code: &str) -> reqwest::RequestBuilder {
    let csrf = who.csrf(SECOND).await;
    who.request(reqwest::Method::POST, SECOND)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("_csrf={csrf}&code={code}"))
}

async fn is_in(who: &Persona) -> bool {
    who.get("/account").await.status == 200
}

fn count(app: &TestApp, action: &str) -> i64 {
    let asked = format!("SELECT count(*) AS n FROM access_audit WHERE action = '{action}'");
    app.database().count(&asked)
}
