//! What every tab of a terminal's page shows: its name, state, place, and the other tabs.
use super::{Panels, tid};
use crate::access::{Caller, Permission};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::Failure;
use crate::terminals::model::{Life, Presence, Terminal};
use crate::terminals::registry::Error;
pub(super) use crate::terminals::shown::{One, read_one as read};
use serde_json::{Value, json};

/// The pill of a terminal: its life where that says more than its presence.
pub(super) fn state(life: Life, presence: Presence) -> &'static str {
    match life {
        Life::Suspended | Life::Retired => life.code(),
        Life::Registered | Life::Active => presence.code(),
    }
}

impl One {
    pub(super) fn facts(&self) -> Value {
        let it = &self.terminal;
        let named = |code: &str, name: &str| json!({ "code": code, "name": name });
        json!({
            "tid": it.tid, "serial_number": it.serial_number, "life": it.life,
            "presence": self.presence(), "state": state(it.life, self.presence()),
            "is_retired": it.life == Life::Retired, "is_suspended": it.life == Life::Suspended,
            "is_registered": it.life == Life::Registered, "is_active": it.life == Life::Active,
            "model": self.model.as_ref().map(|m| named(&m.code, &m.title())),
            "point": self.point.as_ref().map(|p| json!({
                "code": p.code, "name": p.name, "address": p.address,
                "manager_name": p.manager_name,
            })),
            "establishment": self.establishment.as_ref().map(|e| named(&e.code, &e.name)),
            "tags": self.tags, "interval_s": self.interval_s(), "version": it.version,
            "created_at": it.created_at,
            "last_contact_at": self.heard(), "expected_at": self.expected_at(),
            "seen_from": self.contact.as_ref().and_then(|c| c.seen_from.clone()),
        })
    }
}

fn tabs(it: &Terminal, panels: &Panels, caller: &Caller, current: &str) -> Vec<Value> {
    let own = [
        "overview",
        "work",
        "timeline",
        "profile",
        "activation",
        "connection",
        "sessions",
    ];
    let tab = |key: String, href: String, name: &str| json!({ "key": key, "href": href, "current": name == current });
    let base = format!("/terminals/{}", it.tid);
    let mut all: Vec<Value> = own
        .iter()
        .map(|name| {
            let href = match *name {
                "overview" => base.clone(),
                name => format!("{base}/{name}"),
            };
            tab(format!("terminals-tab-{name}"), href, name)
        })
        .collect();
    let added = panels.0.iter().filter(|panel| caller.may(panel.permission));
    let places = added.map(|panel| {
        let href = format!("{base}/panels/{}", panel.key);
        tab(format!("panel-{}", panel.key), href, panel.key)
    });
    // After the work, before the history.
    let at = 2;
    for (n, place) in places.enumerate() {
        all.insert(at + n, place);
    }
    all
}

/// The data that every tab begins with, and what `more` read in the same breath.
pub(super) async fn page_with<T: Send + 'static>(
    ctx: &Ctx,
    panels: &Panels,
    caller: &Caller,
    place: &str,
    current: &str,
    more: impl FnOnce(&mut Conn, &One) -> Result<T, Error> + Send + 'static,
) -> Result<(Value, T), Failure> {
    let (tid, scope, now) = (tid(place)?, caller.actor()?.scope, ctx.now());
    let (it, found) = ctx
        .db
        .read(move |conn| {
            let it = read(conn, &scope, &tid, now)?;
            let found = more(conn, &it)?;
            Ok::<_, Error>((it, found))
        })
        .await?;
    let may = |permission| caller.may(permission) && it.terminal.life != Life::Retired;
    let data = json!({
        "it": it.facts(),
        "tabs": tabs(&it.terminal, panels, caller, current),
        "crumbs": super::crumbs(&[(it.terminal.tid.as_str(), "")]),
        "may_manage": may(Permission::TerminalsManage),
        "may_activate": may(Permission::TerminalsActivate),
    });
    Ok((data, found))
}
