//! `{{cell it}}`: one cell of a table. A list has hundreds of them, so they are written here and
//! not by a template.
use super::helpers::{NOTHING, instant, passed, stated, time, unzoned, value, walled};
use super::look::Look;
use super::{formats, words};
use crate::clock::Millis;
use handlebars::{Helper, RenderError, html_escape};
use serde_json::Value;

/// The cell as [`crate::lists`] lays it out: its `kind`, then `text` or `value`, and `href`.
pub(super) fn cell(h: &Helper, look: Look, root: &Value) -> Result<String, RenderError> {
    Ok(written(value(h, 0)?, look, root))
}

fn written(it: &Value, look: Look, root: &Value) -> String {
    let text = it["text"].as_str().unwrap_or_default();
    let number = it["value"].as_i64().unwrap_or_default();
    let at = |show: &dyn Fn(Millis) -> String| {
        instant(&it["value"]).map_or_else(|| NOTHING.to_owned(), show)
    };
    let href = it["href"].as_str();
    match it["kind"].as_str().unwrap_or_default() {
        "text" | "link" if text.is_empty() => NOTHING.to_owned(),
        // The whole of it stands where the row leads.
        "text" if it["class"] == "wrap" => {
            let whole = html_escape(text);
            format!("<span class=\"clamp\" title=\"{whole}\">{whole}</span>")
        }
        "text" => html_escape(text),
        "id" => linked(href, "", &format!("<code>{}</code>", html_escape(text))),
        "link" => {
            let title = html_escape(text);
            linked(href, &format!(" class=\"clamp\" title=\"{title}\""), &title)
        }
        "number" => linked(href, "", &formats::integer(look.lang, number)),
        "amount" => {
            let places = it["places"].as_u64().and_then(|n| u8::try_from(n).ok());
            html_escape(&formats::amount(
                look.lang,
                (number, places.unwrap_or_default()),
                text,
            ))
        }
        "bytes" => formats::bytes(look.lang, number),
        "lasting" => html_escape(&formats::lasting(look.lang, number)),
        "date" => at(&|at| time(at, None, &formats::moment(look, at))),
        "day" => at(&|at| unzoned(at, 10, &formats::day(look.in_utc(), at))),
        "wall" => at(&|at| walled(look, at)),
        "clock" => at(&|at| time(at, None, &formats::clock(look, at))),
        "ago" => at(&|at| passed(look, at, root)),
        "pill" => stated(look, text),
        "word" => html_escape(&words::text(look.lang, text, &[])),
        _ => NOTHING.to_owned(),
    }
}

fn linked(href: Option<&str>, attributes: &str, inner: &str) -> String {
    match href {
        Some(href) => format!("<a{attributes} href=\"{}\">{inner}</a>", html_escape(href)),
        None => inner.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_typed_stays_text() {
        let see = |it: Value| written(&it, Look::default(), &json!({}));
        let bad = "<b>\"&";
        assert_eq!(
            see(json!({ "kind": "text", "text": bad })),
            "&lt;b&gt;&quot;&amp;"
        );
        let link = see(json!({ "kind": "link", "text": bad, "href": "/x?a=\"1" }));
        assert!(
            !link.contains("<b>") && link.contains("/x?a&#x3D;&quot;1"),
            "{link}"
        );
        assert_eq!(
            see(json!({ "kind": "id", "text": "007" })),
            "<code>007</code>"
        );
        assert_eq!(see(json!({ "kind": "number", "value": 9480 })), "9,480");
        assert_eq!(see(json!({ "kind": "empty" })), NOTHING);
        assert_eq!(see(json!({ "kind": "date", "value": null })), NOTHING);
    }

    #[test]
    fn a_day_and_a_clock_of_no_zone_are_the_same_everywhere() {
        let look = Look {
            zone: chrono_tz::America::New_York,
            ..Look::default()
        };
        let see = |kind: &str| {
            let it = json!({ "kind": kind, "value": 1_764_115_200_000_i64 });
            written(&it, look, &json!({}))
        };
        assert_eq!(
            see("day"),
            "<time datetime=\"2025-11-26\">26 Nov 2025</time>"
        );
        assert_eq!(
            see("wall"),
            "<time datetime=\"2025-11-26T00:00:00\">26 Nov 2025, 00:00:00</time> <span class=\"muted\">(terminal’s own time)</span>"
        );
        assert!(
            see("date").contains(">25 Nov 2025, 19:00:00<"),
            "{}",
            see("date")
        );
    }
}
