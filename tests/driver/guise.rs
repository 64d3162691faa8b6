//! The guises that pages are looked at in, and what must hold in each of them.
use super::Browser;
use crate::harness::{Persona, TestApp};
use std::path::PathBuf;

pub(crate) const LANGUAGES: &[&str] = &["en", "fr", "ru"];
pub(crate) const SIZES: &[(u32, u32)] = &[(1440, 900), (390, 844)];
pub(crate) const THEMES: &[&str] = &["light", "dark"];

/// Where `scripts/test` puts axe and Lighthouse, and tests their pictures.
pub(crate) fn web_tools() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/web"))
}

/// The script that finds what hinders people, to be run in a page before [`violations`].
pub(crate) fn axe() -> String {
    let axe = web_tools().join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(axe).expect("scripts/test brings axe")
}

/// What hinders people on the page that is open, and where.
pub(crate) async fn violations(browser: &Browser) -> Vec<String> {
    let found = browser
        .eval(
            "return axe.run(document, { resultTypes: ['violations'] }).then(all => \
             all.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)} ` \
             + (one.nodes[0].any[0]?.message ?? one.help)))",
        )
        .await;
    let found = found.as_array().expect("axe answers").iter();
    found.map(ToString::to_string).collect()
}

/// Hands a persona's cookies to the browser.
pub(crate) async fn lend(browser: &Browser, app: &TestApp, whose: &Persona) {
    for pair in whose.cookie_header().split("; ") {
        let (name, value) = pair.split_once('=').expect("a cookie");
        browser.set_cookie(&app.url("/"), name, value).await;
    }
}
