//! Who gets in, how far, and what is written down about it.

mod api;
mod api_roles;
mod api_way_in;
mod at_once;
mod audit;
mod audit_script;
mod clients;
mod everyones;
mod forms;
mod limits;
mod operators;
mod roles;
mod second_factor;
mod sessions;

use crate::harness::{Answer, Persona};

/// The `Set-Cookie` line of a cookie.
fn cookie_line(answer: &Answer, name: &str) -> Option<String> {
    let begins = format!("{name}=");
    let lines = answer.headers.get_all("set-cookie").iter();
    lines
        .map(|line| line.to_str().unwrap().to_owned())
        .find(|line| line.starts_with(&begins))
}

/// Fills in the sign-in form, whatever comes of it.
async fn try_sign_in(who: &Persona, login: &str, password: &str) -> Answer {
    let fields = [("login", login), ("password", password)];
    who.submit("/sign-in", "/sign-in", &fields).await
}

/// A cookie that somebody's browser holds.
fn cookie(who: &Persona, name: &str) -> Option<String> {
    let begins = format!("{name}=");
    let all = who.cookie_header();
    let mut pairs = all.split("; ");
    pairs.find_map(|pair| pair.strip_prefix(&begins).map(str::to_owned))
}
