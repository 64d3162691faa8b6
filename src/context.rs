//! All that a handler may hold, built once in `app`. It stands between the tools and the slices:
//! tools do not need it, slices get everything through it.
use crate::access::{Caller, Permission};
use crate::clock::{Clock, Millis};
use crate::db::Db;
use crate::events::Hub;
use crate::http::{Args, Failure, FleetAuthority, Kind};
use crate::jobs::Jobs;
use crate::sealing::Secret;
use crate::settings::{Brand, SignIn};
use crate::storage::Storage;
use crate::views::{Views, key_of, text, text_of};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// One entry of the navigation, registered by `app`.
#[derive(Debug, Clone)]
pub struct Nav {
    /// Fluent key of the group: `nav-fleet`, `nav-watch`, …
    pub group: &'static str,
    /// Fluent key of the entry, and the `section` that a page names to be marked as current.
    pub key: &'static str,
    pub href: &'static str,
    /// Lucide icon name, as the `icon` helper knows it.
    pub icon: &'static str,
    pub permission: Permission,
}

/// Clones share everything.
#[derive(Clone)]
pub struct Ctx {
    pub db: Db,
    pub storage: Storage,
    pub jobs: Jobs,
    pub clock: Clock,
    pub views: Views,
    pub hub: Hub,
    pub secret: Secret,
    /// Where people and terminals reach this server, without a trailing slash. Links are built from
    /// it, never from a request's `Host`.
    pub base_url: Arc<str>,
    pub nav: Arc<[Nav]>,
    /// How the installation calls itself.
    pub brand: Brand,
    /// How long people stay signed in.
    pub sign_in: SignIn,
    /// Signs terminals' certificates, where a listener asks for them.
    pub fleet: Option<FleetAuthority>,
}

impl Ctx {
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// A page inside the shell: `data` (an object) at the root, the shell's own under `shell`.
    pub fn page(
        &self,
        caller: &Caller,
        template: &str,
        data: impl Serialize,
    ) -> Result<HttpResponse, Failure> {
        self.page_with(StatusCode::OK, caller, template, data)
    }

    /// [`Ctx::page`] with another status (422 for a form that is shown again, 404, …).
    pub fn page_with(
        &self,
        status: StatusCode,
        caller: &Caller,
        template: &str,
        data: impl Serialize,
    ) -> Result<HttpResponse, Failure> {
        let mut data = serde_json::to_value(data).unwrap_or_else(|_| json!({}));
        data["shell"] = self.shell(caller);
        let html = self.views.render(&caller.look, template, &mut data)?;
        Ok(HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header(("cache-control", "no-store"))
            .body(html))
    }

    /// A form shown again with what was wrong with it: 422, `errors` for the summary (field and
    /// message each), `fault.<field>` beside the fields. What is not about the input is passed on.
    pub fn page_refused(
        &self,
        caller: &Caller,
        template: &str,
        data: impl Serialize,
        failure: Failure,
    ) -> Result<HttpResponse, Failure> {
        let problem = failure.problem();
        if !matches!(
            problem.kind(),
            Kind::Invalid | Kind::Conflict | Kind::Malformed | Kind::TooLarge
        ) {
            return Err(failure);
        }
        let lang = caller.look.lang;
        let say = |code, args: &Args| text(lang, &key_of("error-", code), args);
        let mut data = serde_json::to_value(data).unwrap_or_else(|_| json!({}));
        let fields = problem.fields();
        for fault in &fields {
            data["fault"][fault.field] = say(fault.code, &fault.args).into();
        }
        data["errors"] = if fields.is_empty() {
            json!([{ "field": null, "message": say(problem.code(), &problem.args()) }])
        } else {
            fields
                .iter()
                .map(|f| json!({ "field": f.field, "message": data["fault"][f.field] }))
                .collect()
        };
        self.page_with(StatusCode::UNPROCESSABLE_ENTITY, caller, template, data)
    }

    fn shell(&self, caller: &Caller) -> Value {
        let mut groups: Vec<(&str, Vec<Value>)> = Vec::new();
        for entry in self.nav.iter().filter(|entry| caller.may(entry.permission)) {
            let shown = json!({ "key": entry.key, "href": entry.href, "icon": entry.icon });
            match groups.iter_mut().find(|(key, _)| *key == entry.group) {
                Some((_, entries)) => entries.push(shown),
                None => groups.push((entry.group, vec![shown])),
            }
        }
        let nav: Vec<Value> = groups
            .into_iter()
            .map(|(key, entries)| json!({ "key": key, "entries": entries }))
            .collect();
        json!({
            "nav": nav,
            "user": caller.name(),
            "waiting": caller.waiting,
            "csrf": caller.csrf,
            "theme": caller.look.theme,
            "here": caller.here,
            "said": said(caller),
            "now": self.now().0,
            "brand": self.brand.known().shown(),
            "may": caller.permissions.0.iter().map(|p| (p.code().replace('.', "_"), true.into()))
                .collect::<serde_json::Map<String, Value>>(),
        })
    }
}

/// What the last form achieved: `?said=…` names the message `said-…`. Words that nobody wrote
/// are not shown, so an address cannot put any into the page.
fn said(caller: &Caller) -> Option<String> {
    let (_, query) = caller.here.split_once('?')?;
    let key = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("said="))?;
    text_of(caller.look.lang, &format!("said-{key}"), &Value::Null)
}
