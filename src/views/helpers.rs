//! What templates can say beyond handlebars' own words; `templates/README.md` lists it.
use super::look::{Lang, Look, Theme};
use super::{assets, cell, formats, icon, state, words};
use crate::clock::Millis;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError,
    RenderErrorReason, ScopedJson, html_escape,
};
use serde_json::Value;
use std::borrow::Cow;

/// What is shown where there is nothing to show.
pub(super) const NOTHING: &str = "–";

type Maker = fn(&Helper, Look, &Value) -> Result<String, RenderError>;

/// Makes plain text: escaped when it is printed, taken as it is when it becomes an argument.
struct Plain(Maker);

impl HelperDef for Plain {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        ctx: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let made = (self.0)(h, look(ctx), ctx.data())?;
        Ok(ScopedJson::Derived(Value::String(made)))
    }
}

/// Makes markup, and has escaped what needs it.
struct Markup(Maker);

impl HelperDef for Markup {
    fn call<'reg: 'rc, 'rc>(
        &self,
        h: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        ctx: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        out.write(&(self.0)(h, look(ctx), ctx.data())?)?;
        Ok(())
    }
}

pub(super) fn register(registry: &mut Handlebars) {
    let plain: [(&str, Maker); 7] = [
        ("t", t),
        ("num", num),
        ("pct", pct),
        ("bytes", bytes),
        ("lasting", lasting),
        ("asset", asset),
        ("code_key", code_key),
    ];
    for (name, make) in plain {
        registry.register_helper(name, Box::new(Plain(make)));
    }
    let markup: [(&str, Maker); 10] = [
        ("date", date),
        ("day", day),
        ("calendar", calendar),
        ("wall", wall),
        ("month", month),
        ("clock", clock),
        ("ago", ago),
        ("icon", icon_named),
        ("pill", pill),
        ("cell", cell::cell),
    ];
    for (name, make) in markup {
        registry.register_helper(name, Box::new(Markup(make)));
    }
}

/// The reader, as [`super::Views::render`] put him at the root.
fn look(ctx: &Context) -> Look {
    let data = ctx.data();
    let text = |key: &str| data[key].as_str().unwrap_or_default();
    Look {
        lang: Lang::parse(text("lang")).unwrap_or_default(),
        theme: Theme::default(),
        zone: text("zone").parse().unwrap_or(chrono_tz::UTC),
    }
}

pub(super) fn value<'a>(h: &'a Helper, at: usize) -> Result<&'a Value, RenderError> {
    let param = h
        .param(at)
        .ok_or_else(|| RenderErrorReason::ParamNotFoundForName("helper", h.name().to_owned()))?;
    Ok(param.value())
}

/// `{{t "key" n=5 name=user}}`: keys may be dynamic; a key that nobody wrote shows in brackets.
fn t(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    let Some(key) = value(h, 0)?.as_str() else {
        return Ok(String::new());
    };
    let args = h
        .hash()
        .iter()
        .filter_map(|(name, v)| Some((Cow::Owned((*name).to_owned()), words::argument(v.value())?)))
        .collect();
    Ok(words::lookup(look.lang, key, &args).unwrap_or_else(|| words::missing(key)))
}

/// `{{num n}}`: a whole number with the language's separators.
fn num(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(match value(h, 0)? {
        Value::Number(n) => n.as_i64().map_or_else(
            || formats::decimal(look.lang, n.as_f64().unwrap_or_default()),
            |n| formats::integer(look.lang, n),
        ),
        _ => NOTHING.to_owned(),
    })
}

/// `{{pct part whole}}`: whole percent, rounded down.
fn pct(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    let (part, whole) = (value(h, 0)?.as_i64(), value(h, 1)?.as_i64());
    Ok(formats::percent(
        look.lang,
        part.unwrap_or_default(),
        whole.unwrap_or_default(),
    ))
}

/// `{{bytes n}}`: `1.5 MB`.
fn bytes(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(value(h, 0)?
        .as_i64()
        .map_or_else(|| NOTHING.to_owned(), |n| formats::bytes(look.lang, n)))
}

/// `{{lasting seconds}}`: `3 minutes`.
fn lasting(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(value(h, 0)?
        .as_i64()
        .map_or_else(|| NOTHING.to_owned(), |n| formats::lasting(look.lang, n)))
}

/// `{{asset "app.css"}}`: where a browser finds it, content hash included.
fn asset(h: &Helper, _: Look, _: &Value) -> Result<String, RenderError> {
    let name = value(h, 0)?.as_str().unwrap_or_default();
    assets::url(name).ok_or_else(|| RenderErrorReason::Other(format!("no asset `{name}`")).into())
}

/// `{{code_key "event-" kind}}`: the message key of a stable code, for `t`.
fn code_key(h: &Helper, _: Look, _: &Value) -> Result<String, RenderError> {
    let (prefix, code) = (value(h, 0)?.as_str(), value(h, 1)?.as_str());
    Ok(words::key_of(
        prefix.unwrap_or_default(),
        code.unwrap_or_default(),
    ))
}

/// Milliseconds as pages carry them, or RFC 3339 as `Millis` serialises.
pub(super) fn instant(value: &Value) -> Option<Millis> {
    match value {
        Value::Number(n) => n.as_i64().map(Millis),
        Value::String(s) => Millis::parse(s),
        _ => None,
    }
}

pub(super) fn time(at: Millis, title: Option<&str>, words: &str) -> String {
    let title = title
        .map(|t| format!(" title=\"{}\"", html_escape(t)))
        .unwrap_or_default();
    format!(
        "<time datetime=\"{}\"{title}>{}</time>",
        at.rfc3339(),
        html_escape(words)
    )
}

/// A time of no zone, of which so many characters are told for machines.
pub(super) fn unzoned(at: Millis, told: usize, words: &str) -> String {
    let whole = at.rfc3339();
    format!(
        "<time datetime=\"{}\">{}</time>",
        whole.get(..told).unwrap_or(&whole),
        html_escape(words)
    )
}

fn date(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(
        || NOTHING.to_owned(),
        |at| time(at, None, &formats::moment(look, at)),
    ))
}

fn day(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(
        || NOTHING.to_owned(),
        |at| time(at, None, &formats::day(look, at)),
    ))
}

/// `{{calendar at}}`: a day as such, by its first moment in UTC; the same for every reader.
fn calendar(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(
        || NOTHING.to_owned(),
        |at| unzoned(at, 10, &formats::day(look.in_utc(), at)),
    ))
}

/// `{{wall at}}`: what a terminal's clock of no known zone showed, as if that were UTC, and that it is that.
fn wall(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(|| NOTHING.to_owned(), |at| walled(look, at)))
}

pub(super) fn walled(look: Look, at: Millis) -> String {
    let shown = unzoned(at, 19, &formats::moment(look.in_utc(), at));
    let whose = html_escape(&words::text(look.lang, "terminal-time", &[]));
    format!("{shown} <span class=\"muted\">({whose})</span>")
}

/// `{{month at}}`: the month that a moment lies in, in UTC.
fn month(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(
        instant(value(h, 0)?)
            .map_or_else(|| NOTHING.to_owned(), |at| formats::month(look.lang, at)),
    )
}

fn clock(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(
        || NOTHING.to_owned(),
        |at| time(at, None, &formats::clock(look, at)),
    ))
}

/// `{{ago at}}`: how long ago, counted from the page's `shell.now`; the full date on hover.
fn ago(h: &Helper, look: Look, root: &Value) -> Result<String, RenderError> {
    Ok(instant(value(h, 0)?).map_or_else(|| NOTHING.to_owned(), |at| passed(look, at, root)))
}

pub(super) fn passed(look: Look, at: Millis, root: &Value) -> String {
    let now = root["shell"]["now"].as_i64().map_or(at, Millis);
    let full = formats::moment(look, at);
    time(at, Some(&full), &formats::ago(look.lang, at, now))
}

fn icon_named(h: &Helper, _: Look, _: &Value) -> Result<String, RenderError> {
    let name = value(h, 0)?.as_str().unwrap_or_default();
    icon::icon(name).ok_or_else(|| RenderErrorReason::Other(format!("no icon `{name}`")).into())
}

/// `{{pill "online"}}`: shape, word and colour of a state.
fn pill(h: &Helper, look: Look, _: &Value) -> Result<String, RenderError> {
    let name = value(h, 0)?.as_str().filter(|name| !name.is_empty());
    Ok(name.map_or_else(|| NOTHING.to_owned(), |name| stated(look, name)))
}

pub(super) fn stated(look: Look, name: &str) -> String {
    let tone = state::tone(name);
    let key = words::key_of("state-", name);
    let word = words::text(look.lang, &key, &[]);
    format!(
        "<span class=\"st {}\">{}{}</span>",
        tone.class(),
        tone.svg(),
        html_escape(&word)
    )
}
