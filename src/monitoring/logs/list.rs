//! The two lists of logs: their columns, and their pages.
use super::asked::Asked;
use super::list_ops;
use super::model::{Kind, Log};
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::formats::Format;
use crate::http::{self, Failure, Page, Turn};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId};
use crate::list_places;
use crate::lists::{Filter, ListPage, Lists, Source};
use crate::network;
use crate::sheets::{Cell, Column};
use crate::terminals::{self, Listed};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const ECR: &str = "ecr-logs";
const POS: &str = "pos-logs";

const COLUMNS: &[Column] = &[
    Column::new("log", "logs-number").always(),
    Column::new("terminal", "terminals-tid"),
    Column::new("model", "terminals-model"),
    Column::new("point_of_service", "network-point"),
    Column::new("till", "logs-till"),
    Column::new("day", "logs-day").sorted("day", "-day"),
    Column::new("name", "logs-name"),
    Column::new("format", "logs-format"),
    Column::new("state", "logs-state"),
    Column::new("size_bytes", "logs-size"),
    Column::new("records", "logs-records"),
    Column::new("unread", "logs-unread"),
    Column::new("scrubbed", "logs-scrubbed"),
    Column::new("changed_at", "logs-changed"),
    Column::new("establishment", "network-establishment").on_wish(),
    Column::new("begun_at", "logs-begun").on_wish(),
    Column::new("encoding", "logs-encoding").on_wish(),
    Column::new("stored_bytes", "logs-stored").on_wish(),
    Column::new("pans", "logs-pans").on_wish(),
    Column::new("tracks", "logs-tracks").on_wish(),
    Column::new("pins", "logs-pins").on_wish(),
    Column::new("cvvs", "logs-cvvs").on_wish(),
];

const FILTERS: &[Filter] = &[
    Filter::new("terminal", "terminals-tid").without_cards(),
    Filter::new("till", "logs-till").without_cards(),
    Filter::new("from", "logs-from"),
    Filter::new("until", "logs-until"),
    Filter::new("format", "logs-format").keyed("log-format-"),
    Filter::new("establishment", "network-establishment").named(network::name_of_establishment),
    Filter::new("point_of_service", "network-point").named(network::name_of_point),
    Filter::new("unread", "logs-unread").keyed("logs-unread-"),
];

/// Both lists.
#[must_use]
pub fn sources() -> Vec<Source> {
    let of = |kind: Kind| {
        Arc::new(
            move |conn: &mut Conn, scope: &Scope, query: &str, turn: &Turn| {
                read(conn, (scope, kind), query, turn)
            },
        )
    };
    vec![
        Source {
            name: ECR,
            title_key: "logs-ecr",
            places: list_places!("/monitoring/logs/ecr", "ecr-logs"),
            permission: Permission::MonitoringView,
            columns: COLUMNS,
            filters: FILTERS,
            order: "-day",
            read: of(Kind::Ecr),
        },
        Source {
            name: POS,
            title_key: "logs-pos",
            places: list_places!("/monitoring/logs/pos", "pos-logs"),
            permission: Permission::MonitoringView,
            columns: COLUMNS,
            filters: FILTERS,
            order: "-day",
            read: of(Kind::Pos),
        },
    ]
}

fn read(
    conn: &mut Conn,
    (scope, kind): (&Scope, Kind),
    query: &str,
    turn: &Turn,
) -> Result<Page<Vec<Cell>>, Failure> {
    let asked: Asked = http::query(query)?;
    let search = asked.search(conn, scope, kind)?;
    let page = list_ops::list(conn, scope, &search, turn)?;
    let around = Around::read(conn, scope, &page.items)?;
    Ok(page.map(|it| around.cells(&it)))
}

/// What is told of logs beside themselves.
pub(super) struct Around {
    scope: Scope,
    terminals: HashMap<TerminalId, Listed>,
    models: Vec<terminals::Model>,
    points: HashMap<PointOfServiceId, (String, String)>,
    establishments: HashMap<EstablishmentId, (String, String)>,
}

impl Around {
    pub(super) fn read(conn: &mut Conn, scope: &Scope, logs: &[Log]) -> Result<Self, db::Error> {
        let ids: Vec<_> = logs.iter().map(|it| it.terminal).collect();
        let terminals = terminals::listed(conn, &ids)?;
        let mut points: Vec<_> = terminals.values().map(|it| it.point_of_service).collect();
        points.sort_unstable();
        points.dedup();
        let mut owners: Vec<_> = logs.iter().map(|it| it.establishment).collect();
        owners.sort_unstable();
        owners.dedup();
        Ok(Self {
            scope: scope.clone(),
            models: terminals::list_models(conn)?,
            points: network::names_of_points(conn, &points)?,
            establishments: network::names_of_establishments(conn, &owners)?,
            terminals,
        })
    }

    /// The TID of the terminal that sent it.
    pub(super) fn tid(&self, it: &Log) -> &str {
        let found = self.terminals.get(&it.terminal);
        found.map_or("", |it| it.tid.as_str())
    }

    /// Its terminal, unless that moved to where the reader may not look.
    pub(super) fn terminal(&self, it: &Log) -> Option<&Listed> {
        let found = self.terminals.get(&it.terminal)?;
        self.scope.holds(found.establishment).then_some(found)
    }

    pub(super) fn model(&self, it: &Log) -> Option<String> {
        let id = self.terminal(it)?.model;
        let found = self.models.iter().find(|model| model.id == id)?;
        Some(found.title())
    }

    /// Code and name of where its terminal stands now.
    pub(super) fn point(&self, it: &Log) -> Option<&(String, String)> {
        let id = self.terminal(it)?.point_of_service;
        self.points.get(&id)
    }

    /// Code and name of whose it was when it began.
    pub(super) fn establishment(&self, it: &Log) -> Option<&(String, String)> {
        self.establishments.get(&it.establishment)
    }

    /// One line, in the order of [`COLUMNS`].
    fn cells(&self, it: &Log) -> Vec<Cell> {
        let (own, list) = (
            format!("/monitoring/logs/{}", it.id),
            format!("/monitoring/logs/{}", it.kind.name()),
        );
        let narrowed = |of: Option<&(String, String)>, filter: &str| {
            Cell::of(of, |(code, name)| Cell::Link {
                text: name.clone(),
                href: http::address(&list, &[(filter, code)]),
            })
        };
        let some = |n: i64| if n == 0 { Cell::Empty } else { Cell::Number(n) };
        let counts = it.counts;
        let tid = self.tid(it);
        vec![
            Cell::id_at(it.id.to_string(), &own),
            if self.terminal(it).is_some() {
                Cell::id_at(tid, format!("/terminals/{tid}"))
            } else {
                Cell::id(tid)
            },
            Cell::of(self.model(it), Cell::text),
            narrowed(self.point(it), "point_of_service"),
            Cell::of(Some(&it.till).filter(|till| !till.is_empty()), Cell::id),
            Cell::Day(it.day.start()),
            Cell::Link {
                text: it.name.clone(),
                href: own.clone(),
            },
            Cell::Word(format!("log-format-{}", it.format.name())),
            Cell::Pill(state(it).to_owned()),
            Cell::Bytes(it.size_bytes),
            Cell::Number(it.records),
            some(it.unread),
            some(counts.pans + counts.tracks + counts.pins + counts.cvvs),
            Cell::Time(it.changed_at),
            narrowed(self.establishment(it), "establishment"),
            Cell::Time(it.begun_at),
            Cell::Word(format!("log-encoding-{}", it.encoding.name())),
            Cell::Bytes(it.stored_bytes),
            Cell::Number(counts.pans),
            Cell::Number(counts.tracks),
            Cell::Number(counts.pins),
            Cell::Number(counts.cvvs),
        ]
    }
}

/// The name of a log's pill.
pub(super) fn state(it: &Log) -> &'static str {
    match (it.whole, it.ended) {
        (true, _) => "whole",
        (false, true) => "ended",
        (false, false) => "coming",
    }
}

/// The formats that a log of this kind may have, for a select box.
fn formats(kind: Kind) -> Vec<Value> {
    let all = Format::ALL.into_iter().filter(|format| kind.fits(*format));
    let option = |format: Format| json!({ "value": format.name(), "key": format!("log-format-{}", format.name()) });
    all.map(option).collect()
}

async fn show(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    kind: Kind,
) -> Result<HttpResponse, Failure> {
    let list = match kind {
        Kind::Ecr => ECR,
        Kind::Pos => POS,
    };
    let may_download = caller.may(Permission::LogsDownload);
    let wish = ListPage::new(list, "monitoring/logs");
    let page = lists.show(&ctx, &caller, wish, move |conn, scope| {
        let establishments = network::choices_of_establishments(conn, scope)?;
        Ok(json!({
            "kind": kind.name(), "formats": formats(kind), "establishments": establishments,
            "bulk": may_download.then(|| json!({
                "action": format!("/monitoring/logs/{}/zip", kind.name()),
                "verbs": [{ "value": "zip", "key": "logs-save-zip" }],
            })),
        }))
    });
    page.await
}

pub(super) async fn ecr(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    show(ctx, lists, caller, Kind::Ecr).await
}

pub(super) async fn pos(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    show(ctx, lists, caller, Kind::Pos).await
}
