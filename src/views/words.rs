//! Every word that people read: Fluent messages, embedded in the binary.
//!
//! English is the source. A number argument chooses the plural and is shown the way the language
//! writes numbers; a text argument stays as it is, so codes and TIDs go in as text.
use super::formats;
use super::look::Lang;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| {
            bundle.set_use_isolating(false);
            let lang = bundle.locales.first().and_then(|l| Lang::parse(l.language.as_str()));
            bundle.set_formatter(Some(match lang.unwrap_or_default() {
                Lang::En => number_en,
                Lang::Fr => number_fr,
                Lang::Ru => number_ru,
            }));
        },
    };
}

/// Arguments by name, as Fluent takes them.
pub(super) type Words = HashMap<Cow<'static, str>, FluentValue<'static>>;

fn number(lang: Lang, value: &FluentValue) -> Option<String> {
    match value {
        FluentValue::Number(n) => Some(formats::decimal(lang, n.value)),
        _ => None,
    }
}

// Fluent takes plain functions, so each language has its own.
fn number_en<M>(value: &FluentValue, _: &M) -> Option<String> {
    number(Lang::En, value)
}
fn number_fr<M>(value: &FluentValue, _: &M) -> Option<String> {
    number(Lang::Fr, value)
}
fn number_ru<M>(value: &FluentValue, _: &M) -> Option<String> {
    number(Lang::Ru, value)
}

/// A message in a language; the key in brackets when nobody wrote it (the tests see to that).
///
/// Arguments are text. Those that count something (`n`, `max`, `min`, `limit`, `left`, or a name
/// that ends in `_n`) are read as numbers, so that the plural is right.
#[must_use]
pub fn text(lang: Lang, key: &str, args: &[(&'static str, String)]) -> String {
    let args = args
        .iter()
        .map(|(name, value)| {
            let number = counts(name).then(|| value.parse::<f64>().ok()).flatten();
            let value = number.map_or_else(|| value.clone().into(), FluentValue::from);
            (Cow::Borrowed(*name), value)
        })
        .collect();
    lookup(lang, key, &args).unwrap_or_else(|| missing(key))
}

/// [`text`] with the arguments as JSON keeps them: numbers count, texts are shown as they are.
#[must_use]
pub fn text_of(lang: Lang, key: &str, args: &Value) -> Option<String> {
    let args = args
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((Cow::Owned(name.clone()), argument(value)?)))
        .collect();
    lookup(lang, key, &args)
}

/// The message key that belongs to a stable code: `error-` and `terminal.tid-form` make
/// `error-terminal-tid-form`.
#[must_use]
pub fn key_of(prefix: &str, code: &str) -> String {
    format!("{prefix}{}", code.replace(['.', '_'], "-"))
}

fn counts(name: &str) -> bool {
    matches!(name, "n" | "max" | "min" | "limit" | "left") || name.ends_with("_n")
}

pub(super) fn missing(key: &str) -> String {
    format!("⟦{key}⟧")
}

pub(super) fn argument(value: &Value) -> Option<FluentValue<'static>> {
    match value {
        Value::Number(n) => Some(n.as_f64()?.into()),
        Value::String(s) => Some(s.clone().into()),
        _ => None,
    }
}

pub(super) fn lookup(lang: Lang, key: &str, args: &Words) -> Option<String> {
    let tag: LanguageIdentifier = lang.tag().parse().ok()?;
    LOCALES.try_lookup_complete(&tag, key, Some(args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_codes_do_not() {
        let say = |lang, n: i64| text(lang, "count-terminals", &[("n", n.to_string())]);
        assert_eq!(say(Lang::En, 1), "1 terminal");
        assert_eq!(say(Lang::En, 9480), "9,480 terminals");
        assert_eq!(say(Lang::Fr, 9480), "9\u{202f}480 terminaux");
        assert_eq!(say(Lang::Ru, 1), "1 терминал");
        assert_eq!(say(Lang::Ru, 22), "22 терминала");
        assert_eq!(say(Lang::Ru, 9480), "9\u{a0}480 терминалов");
        assert_eq!(text(Lang::En, "no-such-key", &[]), "⟦no-such-key⟧");
    }
}
