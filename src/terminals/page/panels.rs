//! Tabs that slices below add to the page of a terminal.
use super::one;
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::http::Failure;
use crate::terminals::model::Terminal;
use crate::terminals::registry::Error;
use actix_web::{HttpResponse, web};
use serde_json::Value;

const TEMPLATE: &str = "terminals/panel";

/// A tab on the page of a terminal, registered by `app`.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// Its part of the address; its title is the message `panel-` and this.
    pub key: &'static str,
    /// Who sees it.
    pub permission: Permission,
    /// The template that shows what `load` found, as `panel`.
    pub template: &'static str,
    /// The kinds of events that it follows, as layouts name them; those of the terminal are what
    /// stands above every tab.
    pub live: &'static str,
    /// Reads it, for a scope and the query of its address.
    pub load: fn(&mut Conn, &Terminal, &Scope, &str) -> Result<Value, db::Error>,
}

/// Every registered tab, in the order of registration.
#[derive(Debug, Clone, Default)]
pub struct Panels(pub Vec<Panel>);

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (tid, key) = path.into_inner();
    let panel = panels
        .seen(&caller, &key)
        .ok_or(crate::access::Error::NoSuchRoute)?;
    let (_, asked) = caller.here.split_once('?').unwrap_or_default();
    let page = data(&ctx, (&panels, panel), &caller, &tid, asked.to_owned()).await?;
    ctx.page(&caller, TEMPLATE, page)
}

/// A tab again with its own form: what was `sent`, and what was wrong with it. Who does not see the tab is told
/// that alone.
pub async fn panel_again(
    ctx: &Ctx,
    panels: &Panels,
    caller: &Caller,
    (tid, key): (&str, &str),
    (sent, refused): (Value, Failure),
) -> Result<HttpResponse, Failure> {
    let panel = panels.seen(caller, key);
    let Some(panel) = panel.filter(|_| caller.may(Permission::TerminalsView)) else {
        return Err(refused);
    };
    let mut page = data(ctx, (panels, panel), caller, tid, String::new()).await?;
    page["sent"] = sent;
    // What was sent cannot be fetched again.
    page["live"] = Value::Null;
    ctx.page_refused(caller, TEMPLATE, page, refused)
}

impl Panels {
    fn seen(&self, caller: &Caller, key: &str) -> Option<Panel> {
        let panel = self.0.iter().find(|panel| panel.key == key).copied();
        panel.filter(|panel| caller.may(panel.permission))
    }
}

async fn data(
    ctx: &Ctx,
    (panels, panel): (&Panels, Panel),
    caller: &Caller,
    tid: &str,
    asked: String,
) -> Result<Value, Failure> {
    let scope = caller.actor()?.scope;
    let reading = one::page_with(ctx, panels, caller, tid, panel.key, move |conn, it| {
        Ok::<_, Error>((panel.load)(conn, &it.terminal, &scope, &asked)?)
    });
    let (mut page, found) = reading.await?;
    page["panel"] = found;
    page["panel_template"] = panel.template.into();
    page["live"] = panel.live.into();
    Ok(page)
}
