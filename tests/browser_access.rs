//! Signing in with a second factor as people do it, in a real browser: no such page is open to who is
//! signed in, so the walk through all pages does not come by.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod driver;
mod harness;
use driver::guise::{LANGUAGES, SIZES, THEMES, axe, violations, web_tools};
use driver::{Browser, ENTER, TAB};
use harness::{Engine, PASSWORD, Role, Setup, TestApp};
use serde_json::json;
use totp_rs::{Builder, Secret};

/// What is wrong with the page that is open, in all sizes and themes.
async fn faults(browser: &Browser, axe: &str) -> Vec<String> {
    let mut faults = browser.console().await;
    browser.eval(axe).await;
    for (width, height) in SIZES {
        browser.resize(*width, *height).await;
        for theme in THEMES {
            browser.prefer(theme).await;
            let wide = browser
                .eval("return document.documentElement.scrollWidth - innerWidth")
                .await;
            if wide.as_i64().is_none_or(|over| over > 0) {
                faults.push(format!("{width} {theme}: {wide} pixels too wide"));
            }
            let found = violations(browser).await.into_iter();
            faults.extend(found.map(|one| format!("{width} {theme}: {one}")));
        }
    }
    faults
}

async fn type_in(browser: &Browser, field: &str, text: &str) {
    for _ in 0..40 {
        browser.keys(TAB).await;
        let here = format!("return document.activeElement.name === {}", json!(field));
        if browser.eval(&here).await == true {
            return browser.keys(text).await;
        }
    }
    panic!("{field} is out of a keyboard's reach");
}

async fn sign_in(browser: &Browser, app: &TestApp) {
    browser.goto(&app.url("/sign-in")).await;
    type_in(browser, "login", "ann").await;
    type_in(browser, "password", PASSWORD).await;
    browser.keys(ENTER).await;
}

/// Keeps a picture for people to look at.
async fn keep(browser: &Browser, name: &str) {
    let folder = web_tools().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), browser.screenshot().await).unwrap();
}

#[actix_web::test]
#[ignore = "needs Chromium and target/web"]
async fn a_second_factor_is_set_up_and_asked_for_by_keyboard() {
    let app = TestApp::start(Engine::Sqlite, Setup::real_time()).await;
    app.add_operator("ann", Role::Administrator).await;
    let sql = "UPDATE access_role SET needs_second_factor = TRUE";
    app.database().execute(sql);
    let (axe, browser) = (axe(), Browser::open().await);
    browser.set_cookie(&app.url("/"), "lang", "en").await;
    sign_in(&browser, &app).await;
    browser
        .wait_for("location.pathname === '/sign-in/enrol'")
        .await;
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        browser.set_cookie(&app.url("/"), "lang", language).await;
        browser.goto(&app.url("/sign-in/enrol")).await;
        wrong.extend(faults(&browser, &axe).await);
        keep(&browser, &format!("enrol-{language}.png")).await;
    }
    let key = browser
        .eval("return document.querySelector('[data-copy]').dataset.copy")
        .await;
    let key = Secret::try_from_base32(key.as_str().unwrap()).unwrap();
    let seconds = u64::try_from(app.now().0 / 1000).unwrap();
    let totp = Builder::new().with_secret(key).build_noncompliant();
    type_in(&browser, "code", &totp.generate(seconds).to_string()).await;
    browser.keys(ENTER).await;
    let shown = "document.querySelectorAll('main li code').length === 10";
    browser.wait_for(shown).await;
    wrong.extend(faults(&browser, &axe).await);
    keep(&browser, "recovery.png").await;
    let code = browser
        .eval("return document.querySelector('main li code').innerText")
        .await;
    // In another browser it is asked for, and a recovery code will do.
    let other = Browser::open().await;
    for language in LANGUAGES {
        other.set_cookie(&app.url("/"), "lang", language).await;
        sign_in(&other, &app).await;
        other
            .wait_for("location.pathname === '/sign-in/second'")
            .await;
        wrong.extend(faults(&other, &axe).await);
        keep(&other, &format!("second-{language}.png")).await;
    }
    type_in(&other, "code", code.as_str().unwrap()).await;
    other.keys(ENTER).await;
    other.wait_for("location.pathname === '/dashboard'").await;
    other.goto(&app.url("/account/second-factor")).await;
    wrong.extend(faults(&other, &axe).await);
    keep(&other, "factor.png").await;
    drop((browser, other));
    app.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
