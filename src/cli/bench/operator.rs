//! An operator with a browser: signs in by the form, as people do.
use super::server::{Ready, Target};
use super::wire::{Connection, request};
use anyhow::Context as _;

/// The `Cookie` line of an operator who is signed in.
pub(super) async fn sign_in(to: &Target, ready: &Ready, password: &str) -> anyhow::Result<String> {
    let mut connection = Connection::open(to).await?;
    let page = request("GET", "/sign-in", &[], b"");
    let heard = connection.exchange(&page).await?.expect(200)?;
    let csrf = value_of(&heard.text(), "_csrf").context("the sign-in page has no form")?;
    let visit = cookie(&heard.headers("set-cookie"));
    let form = [
        ("_csrf", csrf.as_str()),
        ("login", &ready.login),
        ("password", password),
    ];
    let form = serde_urlencoded::to_string(form)?;
    let headers = ["content-type: application/x-www-form-urlencoded", &visit];
    let shot = request("POST", "/sign-in", &headers, form.as_bytes());
    let heard = connection.exchange(&shot).await?.expect(303)?;
    Ok(cookie(&heard.headers("set-cookie")))
}

/// What a browser sends back of the cookies it was given.
fn cookie(set: &[String]) -> String {
    let pairs = set.iter().filter_map(|line| line.split(';').next());
    let kept: Vec<_> = pairs.filter(|pair| !pair.ends_with('=')).collect();
    format!("cookie: {}", kept.join("; "))
}

/// The value of the first input of that name.
fn value_of(html: &str, name: &str) -> Option<String> {
    let at = html.find(&format!("name=\"{name}\""))?;
    let start = html[..at].rfind('<')?;
    let tag = &html[start..start + html[start..].find('>')?];
    let value = tag.split_once("value=\"")?.1;
    Some(value[..value.find('"')?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_keeps_what_it_is_given_and_forgets_what_is_taken() {
        let set = [
            "posfleet=x; Path=/; HttpOnly".into(),
            "visit=; Max-Age=0".into(),
        ];
        assert_eq!(cookie(&set), "cookie: posfleet=x");
        let html = r#"<form><input type="hidden" value="v1" name="_csrf"></form>"#;
        assert_eq!(value_of(html, "_csrf").as_deref(), Some("v1"));
        assert_eq!(value_of(html, "other"), None);
    }
}
