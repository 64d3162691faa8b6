//! Templates and words, embedded in the binary.
use super::look::{Lang, Look};
use crate::http::{Kind, Problem};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, static_loader};
use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason,
    html_escape,
};
use rust_embed::RustEmbed;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

/// A page could not be made: always a bug of ours.
#[derive(Debug, thiserror::Error)]
#[error("a page could not be rendered")]
pub struct Error(#[from] handlebars::RenderError);

impl Problem for Error {
    fn kind(&self) -> Kind {
        Kind::Fault
    }
    fn code(&self) -> &'static str {
        "views.render"
    }
}

/// Every template, compiled once. Clones share them.
#[derive(Clone)]
pub struct Views(Arc<Handlebars<'static>>);

impl Views {
    /// # Errors
    /// When a template does not parse: the program must not start with it.
    pub fn new() -> anyhow::Result<Self> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(false);
        registry.set_prevent_indent(true);
        for file in Templates::iter() {
            let Some(name) = file.strip_suffix(".hbs") else {
                continue;
            };
            if let Some(source) = Templates::get(&file) {
                registry.register_template_string(name, std::str::from_utf8(&source.data)?)?;
            }
        }
        registry.register_helper("t", Box::new(t));
        Ok(Self(Arc::new(registry)))
    }

    /// Renders `template` (its path below `templates/`, without `.hbs`); `lang` of `look` goes in.
    pub fn render(&self, look: &Look, template: &str, data: &mut Value) -> Result<String, Error> {
        data["lang"] = look.lang.tag().into();
        Ok(self.0.render(template, data)?)
    }
}

/// A message in a language; the key in brackets when nobody wrote it (the tests see to that).
#[must_use]
pub fn text(lang: Lang, key: &str, args: &[(&'static str, String)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue> = args
        .iter()
        .map(|(name, value)| {
            let value = value
                .parse::<f64>()
                .map_or_else(|_| FluentValue::from(value.clone()), FluentValue::from);
            (Cow::Borrowed(*name), value)
        })
        .collect();
    lookup(lang, key, &args).unwrap_or_else(|| format!("⟦{key}⟧"))
}

fn lookup(lang: Lang, key: &str, args: &HashMap<Cow<'static, str>, FluentValue>) -> Option<String> {
    let tag: LanguageIdentifier = lang.tag().parse().ok()?;
    LOCALES.try_lookup_complete(&tag, key, Some(args))
}

/// `{{t "key" n=5 name=user}}`: keys may be dynamic, arguments are escaped, never panics.
fn t(
    h: &Helper,
    _: &Handlebars,
    c: &Context,
    _: &mut RenderContext,
    out: &mut dyn Output,
) -> HelperResult {
    let key = h
        .param(0)
        .and_then(|p| p.value().as_str())
        .ok_or(RenderErrorReason::ParamNotFoundForIndex("t", 0))?;
    let lang = c.data()["lang"]
        .as_str()
        .and_then(Lang::parse)
        .unwrap_or_default();
    let args = h
        .hash()
        .iter()
        .filter_map(|(name, value)| {
            let value = match value.value() {
                Value::Number(n) => n.as_f64()?.into(),
                Value::String(s) => html_escape(s).into(),
                _ => return None,
            };
            Some((Cow::Owned((*name).to_owned()), value))
        })
        .collect();
    match lookup(lang, key, &args) {
        Some(words) => out.write(&words)?,
        None => out.write(&format!("⟦{}⟧", html_escape(key)))?,
    }
    Ok(())
}
