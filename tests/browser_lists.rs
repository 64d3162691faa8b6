//! Lists as people use them in a real browser: views, columns, selection, with scripts and without.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod driver;
mod harness;
use driver::Browser;
use driver::guise::{LANGUAGES, SIZES, THEMES, axe, lend, violations, web_tools};
use harness::{Engine, Persona, Role, Setup, TestApp};
use serde_json::json;

/// A server with a small fleet, its administrator, and a browser that is signed in as him.
async fn desk() -> (TestApp, Persona, Browser) {
    let app = TestApp::start(Engine::Sqlite, Setup::real_time()).await;
    let tids: Vec<String> = (1..=60).map(|n| format!("K{n}")).collect();
    app.register(&tids.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    for tid in ["K1", "K2"] {
        let code = app.activation_code(tid).await;
        app.activate(tid, &code).await.check_in().await;
    }
    let operator = app.operator(Role::Administrator).await;
    let browser = Browser::open().await;
    lend(&browser, &app, &operator).await;
    browser.set_cookie(&app.url("/"), "lang", "en").await;
    (app, operator, browser)
}

async fn close(app: TestApp, browser: Browser) {
    assert_eq!(browser.console().await, Vec::<String>::new());
    drop(browser);
    app.stop().await;
}

/// Clicks what a selector names.
async fn click(browser: &Browser, selector: &str) {
    let there = format!("document.querySelector({}) !== null", json!(selector));
    browser.wait_for(&there).await;
    let click = format!("document.querySelector({}).click()", json!(selector));
    browser.eval(&click).await;
}

async fn texts(browser: &Browser, selector: &str) -> Vec<String> {
    let all = format!(
        "return [...document.querySelectorAll({})].map(one => one.innerText.trim())",
        json!(selector)
    );
    let all = browser.eval(&all).await;
    let texts = all.as_array().expect("texts").iter();
    texts
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Puts words into a field, which a browser without scripts lets a reader do too.
async fn fill(browser: &Browser, selector: &str, words: &str) {
    let fill = format!(
        "document.querySelector({}).value = {}",
        json!(selector),
        json!(words)
    );
    browser.eval(&fill).await;
}

async fn keeps_a_view(app: &TestApp, browser: &Browser) {
    browser.goto(&app.url("/terminals?q=K1")).await;
    click(browser, ".narrowed details summary").await;
    fill(browser, "#new-view-name", "K ones").await;
    click(browser, ".narrowed details form .primary").await;
    browser.wait_for("location.search.includes('view=')").await;
    assert_eq!(
        texts(browser, ".views [aria-current=page]").await,
        ["K ones"]
    );
    browser
        .goto(&format!(
            "{}&sort=-tid",
            browser.url().await.split("&said").next().unwrap()
        ))
        .await;
    let tabs = texts(browser, ".views a").await;
    assert!(tabs[1].starts_with("K ones*"), "{tabs:?}");
    click(browser, ".narrowed form:not(.sheet form) button").await;
    browser.wait_for("location.search.includes('sort=-tid') && document.querySelector('.views [aria-current=page]')").await;
    click(browser, ".views a").await;
    browser.wait_for("location.search === ''").await;
}

async fn chooses_columns(app: &TestApp, browser: &Browser) {
    browser.goto(&app.url("/terminals")).await;
    let before = texts(browser, "thead th:not(.pick)").await;
    click(browser, ".foot details summary").await;
    click(browser, "input[name=column][value=model]").await;
    click(browser, "input[name=column][value=interval_s]").await;
    click(browser, ".foot form .primary").await;
    browser.wait_for("[...document.querySelectorAll('thead th')].some(th => th.innerText === 'Checks in every')").await;
    let after = texts(browser, "thead th:not(.pick)").await;
    assert_eq!(after.len(), before.len(), "{after:?}");
    assert!(
        after[0] == "TID" && !after.contains(&"Model".to_owned()),
        "{after:?}"
    );
    click(browser, ".foot details summary").await;
    click(browser, ".foot form button[name=reset]").await;
    browser
        .wait_for("[...document.querySelectorAll('thead th')].some(th => th.innerText === 'Model')")
        .await;
}

/// Ticks two rows, looks at the review, and does it.
async fn suspends_two(app: &TestApp, browser: &Browser, [one, two]: [&str; 2]) {
    browser
        .goto(&app.url("/terminals?sort=-tid&page_size=100"))
        .await;
    let bar = "return getComputedStyle(document.querySelector('.bar')).display";
    assert_eq!(browser.eval(bar).await, "none");
    for tid in [one, two] {
        click(browser, &format!("input[name=row][value={tid}]")).await;
    }
    assert_eq!(browser.eval(bar).await, "flex");
    fill(browser, "select[name=action]", "suspend").await;
    click(browser, ".bar .together button").await;
    browser
        .wait_for("location.pathname === '/terminals/bulk/review'")
        .await;
    let codes = texts(browser, ".facts dd code").await;
    assert!(
        codes.contains(&one.to_owned()) && codes.contains(&two.to_owned()),
        "{codes:?}"
    );
    click(browser, "main form .primary").await;
    browser
        .wait_for("location.pathname.startsWith('/tasks/')")
        .await;
    for _ in 0..50 {
        let state = texts(browser, "main h1 .st").await;
        if state.first().is_some_and(|state| state == "Done") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        browser.goto(&browser.url().await).await;
    }
    panic!("the task never ends");
}

#[actix_web::test]
#[ignore = "needs Chromium"]
async fn views_columns_and_selection_work_without_scripts() {
    let (app, _, browser) = desk().await;
    browser.scripting(false).await;
    keeps_a_view(&app, &browser).await;
    chooses_columns(&app, &browser).await;
    suspends_two(&app, &browser, ["K60", "K59"]).await;
    close(app, browser).await;
}

#[actix_web::test]
#[ignore = "needs Chromium"]
async fn views_columns_and_selection_work_with_scripts() {
    let (app, _, browser) = desk().await;
    keeps_a_view(&app, &browser).await;
    chooses_columns(&app, &browser).await;
    suspends_two(&app, &browser, ["K58", "K57"]).await;
    // What scripts add: the whole page at once, and the count in words.
    browser.goto(&app.url("/terminals?page_size=20")).await;
    click(&browser, "[data-picks-page] input").await;
    let words = "document.querySelector('[data-picked]').textContent";
    browser
        .wait_for(&format!("{words} === '20 selected'"))
        .await;
    click(&browser, "input[name=row][value=K3]").await;
    browser
        .wait_for(&format!("{words} === '19 selected'"))
        .await;
    click(&browser, "input[name=all]").await;
    browser
        .wait_for(&format!("{words} === 'Select all 60 that match'"))
        .await;
    click(&browser, ".bar button[type=reset]").await;
    browser
        .wait_for("getComputedStyle(document.querySelector('.bar')).display === 'none'")
        .await;
    close(app, browser).await;
}

/// Everything wrong with the page that is open, in one guise.
async fn faults(browser: &Browser, axe: &str) -> Vec<String> {
    browser.eval(axe).await;
    let wide = browser
        .eval("return document.documentElement.scrollWidth - innerWidth")
        .await;
    let mut faults = Vec::new();
    if wide.as_i64().is_none_or(|over| over > 0) {
        faults.push(format!("{wide} pixels too wide"));
    }
    let hidden = browser
        .eval(
            "return [...document.querySelectorAll('details[open] > .sheet')].filter(sheet => { \
             const at = sheet.getBoundingClientRect(), button = sheet.parentElement; \
             const moves = getComputedStyle(sheet).position === 'absolute'; \
             const top = moves ? scrollY + at.top : at.top; \
             return top < 0 || at.left < 0 || at.right > innerWidth || at.height < 40 || !button; \
             }).length",
        )
        .await;
    if hidden != 0 {
        faults.push(format!("{hidden} open menus are out of sight"));
    }
    faults.extend(violations(browser).await);
    faults
}

#[actix_web::test]
#[ignore = "needs Chromium and target/web"]
async fn a_list_in_use_is_sound_in_every_guise() {
    let (app, operator, browser) = desk().await;
    let axe = axe();
    let folder = web_tools().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, query) in [
        ("Late today", "presence=late"),
        ("My view", "q=K&sort=-tid"),
    ] {
        let fields = [("name", name), ("query", query), ("back", "/terminals")];
        operator
            .submit("/terminals", "/lists/terminals/views", &fields)
            .await
            .expect(303);
    }
    let changed = "/terminals?q=K&presence=never&view=2&page_size=10";
    let steps: &[(&str, &str, &str)] = &[
        ("list", "/terminals?page_size=10", ""),
        ("view", changed, ""),
        ("columns", changed, ".foot details summary"),
        ("export", changed, ".head details summary"),
        ("save", changed, ".narrowed details summary"),
        ("picks", changed, "input[name=row]"),
        ("review", changed, "review"),
    ];
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        browser.set_cookie(&app.url("/"), "lang", language).await;
        for (width, height) in SIZES {
            browser.resize(*width, *height).await;
            for theme in THEMES {
                browser.prefer(theme).await;
                for (name, path, opens) in steps {
                    browser.goto(&app.url(path)).await;
                    match *opens {
                        "" => {}
                        "review" => {
                            click(&browser, "input[name=all]").await;
                            fill(&browser, "select[name=action]", "retire").await;
                            click(&browser, ".bar .together button").await;
                            browser
                                .wait_for("location.pathname === '/terminals/bulk/review'")
                                .await;
                        }
                        selector => click(&browser, selector).await,
                    }
                    let guise = format!("lists-{name}-{language}-{width}-{theme}");
                    let found = faults(&browser, &axe).await;
                    wrong.extend(found.iter().map(|fault| format!("{guise}: {fault}")));
                    let file = folder.join(format!("{guise}.png"));
                    std::fs::write(file, browser.screenshot().await).unwrap();
                }
            }
        }
    }
    close(app, browser).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
