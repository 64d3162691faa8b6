//! What people see, in a real browser: by keyboard alone, live, in every language, size and theme,
//! and without JavaScript. `scripts/test` installs what these tests need.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod driver;
mod harness;
#[path = "driver/peopled.rs"]
mod peopled;
use driver::guise::{LANGUAGES, SIZES, THEMES, axe, lend, violations, web_tools};
use driver::{Browser, ENTER, TAB};
use harness::{Engine, PASSWORD, Role, Setup, TestApp};
use peopled::peopled;
use posfleet::access::Surface;
use posfleet::app;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

/// What answers `GET` and is no page, or leads to one.
const NO_PAGES: &[&str] = &[
    "/",
    "/admin/audit/checkpoint",
    "/api/docs",
    "/api/docs/{file:.*}",
    "/api/openapi.json",
    "/assets/{hash}/{file}",
    "/licences/{id}/file",
    "/live",
    "/logo",
    "/monitoring",
    "/monitoring/logs/{id}/content",
    "/sign-in",
    "/sign-in/enrol",
    "/sign-in/openid",
    "/sign-in/openid/back",
    "/sign-in/second",
    "/tasks/{id}/file",
    "/welcome",
];
/// Every page: the navigation's, and all that the routes declare, about what exists.
fn pages(app: &TestApp, login: &str) -> (Vec<String>, Vec<String>) {
    let ctx = app.ctx();
    let nav = ctx.nav.iter().map(|entry| entry.href.to_owned());
    let main: Vec<String> = nav
        .filter(|page| !NO_PAGES.contains(&page.as_str()))
        .collect();
    let mut others = BTreeSet::new();
    for (method, path, declared) in app::routes().declared() {
        let is_page = declared.surface == Surface::Web
            && method.as_str() == "GET"
            && !NO_PAGES.contains(&path.as_str())
            && !matches!(path.rsplit('.').next(), Some("csv" | "svg" | "xlsx"))
            && !main.contains(&path);
        if is_page {
            let page = path
                .replace("establishments/{code}", "establishments/E1")
                .replace("points-of-service/{code}", "points-of-service/P1")
                .replace("models/{code}", "models/feitian-f20")
                .replace("{tid}", "K1")
                .replace("{panel}", "licence")
                .replace("{id}", "1")
                .replace("{number}", "1")
                .replace("{list}", "terminals")
                .replace("{login}", login)
                .replace("{role}/delete", "pilot/delete")
                .replace("{role}", "viewer")
                .replace("{token}", "1");
            assert!(!page.contains('{'), "{page} needs something to show");
            others.insert(page);
        }
    }
    others.insert("/search?q=K".to_owned());
    // What a till wrote as text, and what is found in it.
    others.insert("/monitoring/logs/2".to_owned());
    others.insert("/monitoring/logs/2?q=hex:31%2037".to_owned());
    others.insert("/terminals/K1/panels/logs".to_owned());
    // What was declined late, and what failed.
    others.insert("/monitoring/exchanges/2".to_owned());
    others.insert("/monitoring/exchanges/3".to_owned());
    (main, others.into_iter().collect())
}

/// Everything wrong with the page that is open, in all sizes and themes.
async fn faults(browser: &Browser, origin: &str, axe: &str) -> Vec<String> {
    let mut faults = browser.console().await;
    for sent in browser.sent().await {
        if !sent.url.starts_with(origin) && !sent.url.starts_with("data:") {
            faults.push(format!("asks {}", sent.url));
        }
    }
    browser.eval(axe).await;
    for (width, height) in SIZES {
        browser.resize(*width, *height).await;
        for theme in THEMES {
            browser.prefer(theme).await;
            let guise = format!("{width} {theme}");
            let wide = browser
                .eval("return document.documentElement.scrollWidth - innerWidth")
                .await;
            if wide.as_i64().is_none_or(|over| over > 0) {
                faults.push(format!("{guise}: {wide} pixels too wide"));
            }
            let found = violations(browser).await.into_iter();
            faults.extend(found.map(|one| format!("{guise}: {one}")));
        }
    }
    faults
}

#[actix_web::test]
#[ignore = "needs Chromium and target/web"]
async fn every_page_is_sound_in_every_guise() {
    let (app, operator) = peopled().await;
    let axe = axe();
    let (main, others) = pages(&app, &operator.login());
    let browser = Browser::open().await;
    lend(&browser, &app, &operator).await;
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        browser.set_cookie(&app.url("/"), "lang", language).await;
        // The language with the longest words stands for the others on the lesser pages.
        let lesser = others.iter().filter(|_| *language == "ru");
        for page in main.iter().chain(lesser) {
            let status = operator.get(page).await.status;
            browser.goto(&app.url(page)).await;
            let shown = browser.eval("return document.documentElement.lang").await;
            if status != 200 || shown != *language {
                wrong.push(format!("{language} {page}: {status} in {shown}"));
            }
            let faults = faults(&browser, &app.url("/"), &axe).await;
            wrong.extend(
                faults
                    .iter()
                    .map(|fault| format!("{language} {page} {fault}")),
            );
        }
    }
    keep_pictures(&browser, &app).await;
    drop(browser);
    app.stop().await;
    assert!(
        wrong.is_empty(),
        "{} findings\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// For people to look at: a phone in Russian with long names, and a desk.
async fn keep_pictures(browser: &Browser, app: &TestApp) {
    let folder = web_tools().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (path, name) in [
        ("/dashboard", "dashboard"),
        ("/terminals", "terminals"),
        ("/terminals/K1", "terminal"),
    ] {
        browser.goto(&app.url(path)).await;
        for (width, height) in SIZES {
            browser.resize(*width, *height).await;
            for theme in THEMES {
                browser.prefer(theme).await;
                let file = folder.join(format!("{name}-{width}-{theme}.png"));
                std::fs::write(file, browser.screenshot().await).unwrap();
            }
        }
    }
}

#[actix_web::test]
#[ignore = "needs Chromium"]
async fn a_keyboard_suffices_to_sign_in() {
    let app = TestApp::start(Engine::Sqlite, Setup::real_time()).await;
    app.add_operator("ann", Role::Administrator).await;
    let browser = Browser::open().await;
    browser.set_cookie(&app.url("/"), "lang", "en").await;
    browser.goto(&app.url("/")).await;
    browser.wait_for("location.pathname === '/sign-in'").await;
    let axe = axe();
    assert_eq!(
        faults(&browser, &app.url("/"), &axe).await,
        Vec::<String>::new()
    );
    browser.resize(1440, 900).await;
    browser.goto(&app.url("/sign-in")).await;
    tab_to(&browser, ".skip").await;
    tab_to(&browser, "input[name=login]").await;
    browser.keys("ann").await;
    tab_to(&browser, "input[name=password]").await;
    browser.keys(PASSWORD).await;
    browser.keys(ENTER).await;
    browser.wait_for("location.pathname === '/dashboard'").await;
    // The first stop leads past the navigation; then on into it, and out again.
    tab_to(&browser, ".skip").await;
    browser.keys(ENTER).await;
    browser
        .wait_for("document.activeElement.id === 'main'")
        .await;
    browser.goto(&app.url("/dashboard")).await;
    tab_to(&browser, "#rail a[href='/terminals']").await;
    browser.keys(ENTER).await;
    browser.wait_for("location.pathname === '/terminals'").await;
    // Another language, without leaving the page.
    tab_to(&browser, "header summary").await;
    browser.keys(ENTER).await;
    tab_to(&browser, "button[name=lang][value=fr]").await;
    browser.keys(ENTER).await;
    browser
        .wait_for("document.documentElement.lang === 'fr'")
        .await;
    browser.wait_for("location.pathname === '/terminals'").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    drop(browser);
    app.stop().await;
}

/// Presses Tab until what `selector` names has the focus, visibly.
async fn tab_to(browser: &Browser, selector: &str) {
    for _ in 0..40 {
        browser.keys(TAB).await;
        let here = format!("return document.activeElement.matches({})", json!(selector));
        if browser.eval(&here).await == true {
            let seen = "const is = getComputedStyle(document.activeElement); \
                        return is.outlineStyle !== 'none' || is.boxShadow !== 'none'";
            assert_eq!(browser.eval(seen).await, true, "{selector} shows no focus");
            return;
        }
    }
    panic!("{selector} is out of a keyboard's reach");
}

#[actix_web::test]
#[ignore = "needs Chromium"]
async fn the_dashboard_fills_without_a_reload() {
    let app = TestApp::start(Engine::Sqlite, Setup::real_time()).await;
    let operator = app.operator(Role::Administrator).await;
    app.register(&["K1", "K2", "K3"]).await;
    let browser = Browser::open().await;
    lend(&browser, &app, &operator).await;
    browser.goto(&app.url("/dashboard")).await;
    let online = "document.querySelector('[data-live-id=online]').textContent.trim()";
    browser.wait_for(&format!("{online} === '0'")).await;
    browser.eval("window.isSame = true").await;
    for (tid, shown) in [("K1", "1"), ("K2", "2"), ("K3", "3")] {
        let code = app.activation_code(tid).await;
        app.activate(tid, &code).await.check_in().await;
        browser
            .wait_for(&format!("{online} === '{shown}' && window.isSame"))
            .await;
    }
    let latest = "document.querySelector('[data-live-id=latest]').textContent.includes('K3')";
    browser.wait_for(latest).await;
    assert_eq!(browser.console().await, Vec::<String>::new());
    drop(browser);
    app.stop().await;
}

#[actix_web::test]
#[ignore = "needs Chromium"]
async fn every_page_is_readable_without_scripts() {
    let (app, operator) = peopled().await;
    let (main, others) = pages(&app, &operator.login());
    let browser = Browser::open().await;
    lend(&browser, &app, &operator).await;
    browser.scripting(false).await;
    for page in main.iter().chain(&others) {
        browser.goto(&app.url(page)).await;
        let told = browser
            .eval(
                "const main = document.querySelector('main'), links = document.links; \
                 const hidden = [...main.querySelectorAll('[hidden]')]; \
                 return { title: main.querySelector('h1')?.innerText ?? '', \
                          text: main.innerText.length, links: links.length, \
                          hidden: hidden.filter(one => !one.matches('[data-copy], [data-picks-page], [data-png]')).length, \
                          scripted: main.querySelectorAll('a[href^=javascript], a:not([href])').length }",
            )
            .await;
        let count = |name: &str| told[name].as_i64().unwrap_or(-1);
        let reads = told["title"] != "" && count("text") > 20 && count("links") > 5;
        assert_eq!(operator.get(page).await.status, 200, "{page}");
        assert!(
            reads && count("hidden") == 0 && count("scripted") == 0,
            "{page}: {told}"
        );
    }
    browser.goto(&app.url("/terminals/K1")).await;
    let text = browser
        .eval("return document.querySelector('main').innerText")
        .await;
    assert!(
        text.as_str().is_some_and(|text| text.contains("K1")),
        "{text}"
    );
    drop(browser);
    app.stop().await;
}

#[actix_web::test]
#[ignore = "needs Chromium, Node.js and target/web"]
async fn lighthouse_finds_little_to_better() {
    let (app, operator) = peopled().await;
    let (base, cookies) = (app.url(""), operator.cookie_header());
    let run = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .arg("lighthouse.mjs")
            .args([
                &base,
                &cookies,
                "95",
                "/dashboard",
                "/terminals",
                "/terminals/K1",
            ])
            .current_dir(web_tools())
            .output()
    });
    let run = tokio::time::timeout(Duration::from_mins(4), run).await;
    let run = run
        .expect("Lighthouse ends")
        .unwrap()
        .expect("node is installed");
    let scores = String::from_utf8_lossy(&run.stdout);
    std::io::Write::write_all(&mut std::io::stderr(), scores.as_bytes()).unwrap();
    app.stop().await;
    assert!(
        run.status.success(),
        "{scores}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}
