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

/// A tab on the page of a terminal, registered by `app`.
#[derive(Debug, Clone, Copy)]
pub struct Panel {
    /// Its part of the address; its title is the message `panel-` and this.
    pub key: &'static str,
    /// Who sees it.
    pub permission: Permission,
    /// The template that shows what `load` found, as `panel`.
    pub template: &'static str,
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
    let panel = panels.0.iter().find(|panel| panel.key == key).copied();
    let panel = panel
        .filter(|panel| caller.may(panel.permission))
        .ok_or(crate::access::Error::NoSuchRoute)?;
    let scope = caller.actor()?.scope;
    let (_, asked) = caller.here.split_once('?').unwrap_or_default();
    let asked = asked.to_owned();
    let (mut page, found) =
        one::page_with(&ctx, &panels, &caller, &tid, panel.key, move |conn, it| {
            Ok::<_, Error>((panel.load)(conn, &it.terminal, &scope, &asked)?)
        })
        .await?;
    page["panel"] = found;
    page["panel_template"] = panel.template.into();
    ctx.page(&caller, "terminals/panel", page)
}
