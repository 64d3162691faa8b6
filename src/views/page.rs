//! Templates, embedded in the binary and compiled once.
use super::helpers;
use super::look::Look;
use crate::http::{Kind, Problem};
use handlebars::Handlebars;
use rust_embed::RustEmbed;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

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
        static READ: OnceLock<Views> = OnceLock::new();
        // A process with several servers reads what is embedded in it once.
        match READ.get() {
            Some(read) => Ok(read.clone()),
            None => Self::read().map(|read| READ.get_or_init(|| read).clone()),
        }
    }

    fn read() -> anyhow::Result<Self> {
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
        helpers::register(&mut registry);
        Ok(Self(Arc::new(registry)))
    }

    /// Renders `template` (its path below `templates/`, without `.hbs`); language and time zone of
    /// `look` go in at the root.
    pub fn render(&self, look: &Look, template: &str, data: &mut Value) -> Result<String, Error> {
        data["lang"] = look.lang.tag().into();
        data["zone"] = look.zone.name().into();
        Ok(self.0.render(template, data)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Lang;
    use serde_json::json;

    fn page(lang: Lang, body: &str, mut data: Value) -> String {
        let mut registry = (*Views::new().unwrap().0).clone();
        registry.register_template_string("page", body).unwrap();
        let look = Look {
            lang,
            ..Look::default()
        };
        Views(Arc::new(registry))
            .render(&look, "page", &mut data)
            .unwrap()
    }

    #[test]
    fn the_shell_stands_around_a_page_and_marks_where_we_are() {
        let html = page(
            Lang::Fr,
            r#"{{#> layout title_key="nav-terminals" section="nav-terminals" live="terminal.*"}}{{#> parts/head title_key="nav-terminals"}}<b>x</b>{{/parts/head}}{{> parts/pager}}{{/layout}}"#,
            json!({
                "pager": { "total": 9480, "exact": true, "next": "/terminals?after=x" },
                "shell": { "user": "A. <b>", "csrf": "c", "theme": "dark", "here": "/terminals", "now": 0,
                    "nav": [{ "key": "nav-fleet", "entries": [
                        { "key": "nav-dashboard", "href": "/dashboard", "icon": "dashboard" },
                        { "key": "nav-terminals", "href": "/terminals", "icon": "terminal" }] }] },
            }),
        );
        assert!(
            html.contains("<title>Terminaux · posfleet</title>"),
            "{html}"
        );
        assert!(
            html.contains("href=\"/terminals\" aria-current=\"page\""),
            "{html}"
        );
        assert!(!html.contains("href=\"/dashboard\" aria-current"), "{html}");
        assert!(
            html.contains("A. &lt;b&gt;") && html.contains("9\u{202f}480 résultats"),
            "{html}"
        );
        assert!(
            html.contains("data-live=\"terminal.*\"") && !html.contains('⟦'),
            "{html}"
        );
    }

    #[test]
    fn a_field_tells_its_fault_beside_it() {
        let html = page(
            Lang::En,
            r#"{{> parts/field name="tid" label_key="search-hint" value=form.tid error=fault.tid}}"#,
            json!({ "form": { "tid": "a\"b" }, "fault": { "tid": "Enter <it>" } }),
        );
        assert!(
            html.contains("value=\"a&quot;b\"") && html.contains("Enter &lt;it&gt;"),
            "{html}"
        );
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
    }
}
