//! `GET /search?q=`: one field for whatever an admin has in hand. A TID leads straight to its
//! terminal; otherwise terminals (a part of TID or serial number, or of where they stand),
//! establishments and points of service (a part of name or code), the first of each, with a way to all.
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Page, Turn};
use crate::ids::Tid;
use crate::network::{self, Establishment, PointOfService, Search};
use crate::terminals::{self, Filter, Listed, Which};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

/// Lines of each kind.
const LINES: &str = "10";
/// Characters that are looked for; more is no TID and no name.
const LONGEST: usize = 100;

/// What is looked for, of what was typed.
pub(super) fn sought(typed: &str) -> String {
    typed.trim().chars().take(LONGEST).collect()
}

#[derive(serde::Deserialize)]
pub(super) struct Query {
    #[serde(default)]
    q: String,
}

/// What the caller may look for.
#[derive(Clone, Copy)]
pub(super) struct Rights {
    terminals: bool,
    network: bool,
}

impl Rights {
    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            terminals: caller.may(Permission::TerminalsView),
            network: caller.may(Permission::NetworkView),
        }
    }
}

/// What fits, group by group; `None` where the caller may not look.
#[derive(Default)]
pub(super) struct Found {
    pub(super) terminals: Option<Page<Listed>>,
    pub(super) establishments: Option<Page<Establishment>>,
    pub(super) points: Option<Page<PointOfService>>,
}

pub(super) enum Answer {
    /// There is a terminal of exactly this TID.
    Terminal(Tid),
    Found(Box<Found>),
}

pub(super) async fn search(
    ctx: web::Data<Ctx>,
    caller: Caller,
    web::Query(query): web::Query<Query>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let is_limited = scope != Scope::All;
    let text = sought(&query.q);
    if text.is_empty() {
        return ctx.page(
            &caller,
            "dashboard/search",
            json!({ "search": { "q": "" } }),
        );
    }
    let rights = Rights::of(&caller);
    let answer = {
        let text = text.clone();
        ctx.db
            .read(move |conn| look(conn, &scope, &text, rights))
            .await?
    };
    match answer {
        Answer::Terminal(tid) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/terminals/{tid}")))
            .finish()),
        Answer::Found(found) => {
            let Found {
                terminals,
                establishments,
                points,
            } = *found;
            let all = serde_urlencoded::to_string([("q", &text)]).unwrap_or_default();
            let nothing = [
                terminals.as_ref().is_none_or(|page| page.items.is_empty()),
                establishments
                    .as_ref()
                    .is_none_or(|page| page.items.is_empty()),
                points.as_ref().is_none_or(|page| page.items.is_empty()),
            ]
            .into_iter()
            .all(|empty| empty);
            let data = json!({
                "search": {
                    "q": text, "all": all, "nothing": nothing,
                    "limited": is_limited, "no_terminals": !rights.terminals,
                },
                "terminals": terminals.map(|page| group(&page, terminal)),
                "establishments": establishments.map(|page| group(&page, establishment)),
                "points": points.map(|page| group(&page, point)),
            });
            ctx.page(&caller, "dashboard/search", data)
        }
    }
}

/// The first of each kind that fit.
pub(super) fn look(
    conn: &mut Conn,
    scope: &Scope,
    text: &str,
    rights: Rights,
) -> Result<Answer, Failure> {
    let turn = Turn::parse(None, Some(LINES))?;
    let mut terminals = None;
    if rights.terminals {
        let tid = Tid::parse(text).ok();
        if let Some(tid) = tid
            && let Some(terminal) = terminals::find(conn, scope, &tid)?
        {
            return Ok(Answer::Terminal(terminal.tid));
        }
        let filter = Filter {
            text: text.to_owned(),
            which: Which::All,
            ..Filter::default()
        };
        terminals = Some(terminals::list(conn, scope, &filter, &turn)?);
    }
    let search = Search {
        text: text.to_owned(),
        ..Search::default()
    };
    let (mut establishments, mut points) = (None, None);
    if rights.network {
        establishments = Some(network::list_establishments(conn, scope, &search, &turn)?);
        points = Some(network::list_points(conn, scope, &search, &turn)?);
    }
    Ok(Answer::Found(Box::new(Found {
        terminals,
        establishments,
        points,
    })))
}

fn group<T>(page: &Page<T>, shown: fn(&T) -> Value) -> Value {
    let (total, exact, more) = (page.total, page.total_is_exact, page.next.is_some());
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    json!({ "items": items, "total": total, "exact": exact, "more": more })
}

fn terminal(line: &Listed) -> Value {
    json!({
        "tid": line.tid,
        "serial": line.serial_number,
        "presence": line.presence.code(),
        "life": line.life.code(),
        "retired": line.life == terminals::Life::Retired,
    })
}

fn establishment(found: &Establishment) -> Value {
    json!({ "code": found.code, "name": found.name })
}

fn point(found: &PointOfService) -> Value {
    json!({
        "code": found.code,
        "name": found.name,
        "establishment_code": found.establishment_code,
        "establishment_name": found.establishment_name,
    })
}
