//! The list of what terminals report: its columns, and its page. Narrowed and ordered as the list of
//! terminals is.
use super::model::{Compared, versions};
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{self, Failure, Page, Turn};
use crate::list_places;
use crate::lists::{ListPage, Lists, Source};
use crate::monitoring::Error;
use crate::network;
use crate::sheets::{Cell, Column};
use crate::terminals::{self, Listed, Seen};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const LIST: &str = "status";

const COLUMNS: &[Column] = &[
    Column::new("tid", "terminals-tid")
        .always()
        .sorted("tid", "-tid"),
    Column::new("state", "terminals-state"),
    Column::new("serial_number", "terminals-serial").sorted("serial", "-serial"),
    Column::new("model", "terminals-model"),
    Column::new("point_of_service", "network-point"),
    Column::new("versions", "monitoring-versions"),
    Column::new("battery", "monitoring-battery"),
    Column::new("paper", "monitoring-paper"),
    Column::new("clock", "monitoring-clock"),
    Column::new("last_action", "terminals-fact-action"),
    Column::new("drift", "monitoring-drift"),
    Column::new("last_status_at", "monitoring-told"),
    Column::new("last_contact_at", "terminals-seen")
        .sorted("seen", "-seen")
        .on_wish(),
    Column::new("clock_offset_s", "monitoring-offset").on_wish(),
    Column::new("update", "terminals-fact-update").on_wish(),
    Column::new("licence", "terminals-fact-licence").on_wish(),
    Column::new("error", "terminals-fact-error").on_wish(),
    Column::new("establishment", "network-establishment").on_wish(),
    Column::new("point_code", "terminals-point-code").on_wish(),
];

/// What terminals report, as a list.
#[must_use]
pub fn source() -> Source {
    Source {
        name: LIST,
        title_key: "monitoring-status",
        places: list_places!("/monitoring/status", "status"),
        permission: Permission::MonitoringView,
        columns: COLUMNS,
        filters: terminals::LIST_FILTERS,
        order: "tid",
        read: Arc::new(read),
    }
}

fn read(
    conn: &mut Conn,
    scope: &Scope,
    query: &str,
    turn: &Turn,
) -> Result<Page<Vec<Cell>>, Failure> {
    let (page, around) = page_of(conn, scope, query, turn)?;
    Ok(page.map(|it| around.cells(&it)))
}

/// A page of terminals with what is told of them.
pub(super) fn page_of(
    conn: &mut Conn,
    scope: &Scope,
    query: &str,
    turn: &Turn,
) -> Result<(Page<Listed>, Around), Failure> {
    let filter = terminals::filter_of(conn, scope, query)?;
    let page = terminals::list(conn, scope, &filter, turn).map_err(Error::from)?;
    let around = Around::read(conn, &page.items).map_err(Error::from)?;
    Ok((page, around))
}

/// What the rows of a page show beside themselves.
pub(super) struct Around {
    pub(super) models: Vec<terminals::Model>,
    pub(super) points: HashMap<crate::ids::PointOfServiceId, (String, String)>,
    pub(super) establishments: HashMap<crate::ids::EstablishmentId, (String, String)>,
    pub(super) facts: HashMap<crate::ids::TerminalId, HashMap<String, String>>,
    pub(super) seen: HashMap<crate::ids::TerminalId, Seen>,
}

impl Around {
    fn read(conn: &mut Conn, rows: &[Listed]) -> Result<Self, crate::db::Error> {
        let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
        let points: Vec<_> = rows.iter().map(|it| it.point_of_service).collect();
        let owners: Vec<_> = rows.iter().map(|it| it.establishment).collect();
        Ok(Self {
            models: terminals::list_models(conn)?,
            points: network::names_of_points(conn, &points)?,
            establishments: network::names_of_establishments(conn, &owners)?,
            facts: terminals::facts_of(conn, &ids)?,
            seen: terminals::seen_of(conn, &ids)?,
        })
    }

    /// One line, in the order of [`COLUMNS`].
    fn cells(&self, it: &Listed) -> Vec<Cell> {
        let (none, unseen) = (HashMap::new(), Seen::default());
        let facts = self.facts.get(&it.id).unwrap_or(&none);
        let seen = self.seen.get(&it.id).unwrap_or(&unseen);
        let body = seen.report.as_ref().map(|report| &report.body);
        let model = self.models.iter().find(|model| model.id == it.model);
        let point = self.points.get(&it.point_of_service);
        let owner = self.establishments.get(&it.establishment);
        let drifts = self.compared(it, seen, facts).drifts();
        let fact = |name: &str| facts.get(name).filter(|value| *value != terminals::NO_FACT);
        let keyed = |name: &str, beginning: &str| {
            Cell::of(facts.get(name), |value| {
                Cell::Word(format!("{beginning}{value}"))
            })
        };
        let link = |of: Option<&(String, String)>, filter: &str| {
            Cell::of(of, |(code, name)| Cell::Link {
                text: name.clone(),
                href: http::address("/monitoring/status", &[(filter, code)]),
            })
        };
        vec![
            Cell::id_at(it.tid.as_str(), format!("/terminals/{}", it.tid)),
            Cell::Pill(terminals::state_of(it).to_owned()),
            Cell::id(&it.serial_number),
            Cell::of(model, |model| Cell::text(model.title())),
            link(point, "point_of_service"),
            Cell::text(versions(told_versions(facts))),
            battery(body),
            paper(body),
            if seen.clock_is_off {
                Cell::Pill("clock-off".to_owned())
            } else {
                Cell::Empty
            },
            Cell::of(fact(terminals::LAST_ACTION_FACT), |code| action(code)),
            if drifts.is_empty() {
                Cell::Empty
            } else {
                Cell::Words(drifts.iter().map(|drift| drift.key().to_owned()).collect())
            },
            Cell::of(seen.report.as_ref(), |report| Cell::Ago(report.reported_at)),
            Cell::of(it.last_contact_at, Cell::Ago),
            Cell::of(seen.clock_offset_ms, |ms| Cell::Number(ms / 1000)),
            keyed(terminals::UPDATE_FACT, "terminals-update-"),
            keyed(terminals::LICENCE_FACT, "terminals-licence-"),
            Cell::of(fact(terminals::ERROR_FACT), Cell::text),
            link(owner, "establishment"),
            Cell::of(point, |(code, _)| Cell::id(code)),
        ]
    }

    pub(super) fn compared(
        &self,
        it: &Listed,
        seen: &Seen,
        facts: &HashMap<String, String>,
    ) -> Compared {
        let said = |key: &str| {
            seen.report
                .as_ref()
                .and_then(|report| report.body[key].as_str())
        };
        let model = self.models.iter().find(|model| model.id == it.model);
        let licence = facts.get(terminals::LICENCE_FACT).map(String::as_str);
        Compared {
            other_model: match (model, said("model")) {
                (Some(model), Some(said)) => !model.is_called(said),
                _ => false,
            },
            other_serial: said("serial_number").is_some_and(|said| said != it.serial_number),
            other_parameters: seen.parameters_differ,
            licence_is_due: matches!(licence, Some("waiting" | "fetched" | "failed")),
            clock_is_off: seen.clock_is_off,
        }
    }
}

fn told_versions(facts: &HashMap<String, String>) -> Vec<(String, String)> {
    let versions = facts.iter().filter_map(|(name, value)| {
        let component = name.strip_prefix(terminals::VERSION_FACT)?;
        Some((component.to_owned(), value.clone()))
    });
    versions.collect()
}

fn battery(body: Option<&Value>) -> Cell {
    let percent = body.and_then(|body| body["battery"]["percent"].as_i64());
    Cell::of(percent, |percent| Cell::text(format!("{percent} %")))
}

fn paper(body: Option<&Value>) -> Cell {
    match body.and_then(|body| body["paper"].as_str()) {
        Some(paper @ ("ok" | "low" | "out")) => Cell::Word(format!("monitoring-paper-{paper}")),
        Some(other) => Cell::text(other),
        None => Cell::Empty,
    }
}

/// The words of the catalogue; what is not in it stands as it came.
fn action(code: &str) -> Cell {
    match terminals::Action::parse(code).label_key() {
        Some(key) => Cell::Word(key),
        None => Cell::text(code),
    }
}

pub(in crate::monitoring) async fn show(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new(LIST, "monitoring/status");
    let page = lists.show(&ctx, &caller, wish, move |conn, scope| {
        let establishments = network::choices_of_establishments(conn, scope)?;
        let models = terminals::choices_of_models(conn).map_err(Error::from)?;
        let (presences, lives) = terminals::list_options();
        let keyed = |name: &str, beginning: &str| -> Vec<Value> {
            let known = terminals::FACT_VALUES.iter().find(|(of, _)| *of == name);
            let words = known.map_or(&[][..], |(_, words)| *words);
            let option =
                |code: &&str| json!({ "value": code, "key": format!("{beginning}{code}") });
            words.iter().map(option).collect()
        };
        Ok(json!({
            "presences": presences, "lives": lives,
            "models": models, "establishments": establishments,
            "licences": keyed(terminals::LICENCE_FACT, "terminals-licence-"),
            "updates": keyed(terminals::UPDATE_FACT, "terminals-update-"),
            "clocks": keyed(terminals::CLOCK_FACT, "terminals-clock-is-"),
        }))
    });
    page.await
}
