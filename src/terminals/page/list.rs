//! The list of terminals: its columns, its filters, and its page.
use super::one::state;
use crate::access::{Caller, Permission};
use crate::context::Ctx;
use crate::http::{self, Failure};
use crate::list_places;
use crate::lists::{Filter, ListPage, Lists, Source};
use crate::network;
use crate::sheets::{Cell, Column};
use crate::terminals::BulkAction;
use crate::terminals::action::Action;
use crate::terminals::catalogue;
use crate::terminals::model::{Life, Presence};
use crate::terminals::registry::{self, Error, Listed};
use crate::terminals::shown::{Asked, Names, read};
use crate::terminals::{fact, work_words};
use crate::views::{Lang, text};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::sync::Arc;

pub(in crate::terminals) const LIST: &str = "terminals";

const COLUMNS: &[Column] = &[
    Column::new("tid", "terminals-tid")
        .always()
        .sorted("tid", "-tid"),
    Column::new("state", "terminals-state"),
    Column::new("serial_number", "terminals-serial").sorted("serial", "-serial"),
    Column::new("model", "terminals-model"),
    Column::new("establishment", "network-establishment"),
    Column::new("point_of_service", "network-point"),
    Column::new("last_contact_at", "terminals-seen").sorted("seen", "-seen"),
    Column::new("expected_at", "terminals-expected"),
    Column::new("has_work", "terminals-has-work"),
    Column::new("tags", "terminals-tags").on_wish(),
    Column::new("life", "terminals-life").on_wish(),
    Column::new("presence", "terminals-presence").on_wish(),
    Column::new("interval_s", "terminals-interval").on_wish(),
    Column::new("establishment_code", "terminals-establishment-code").on_wish(),
    Column::new("point_code", "terminals-point-code").on_wish(),
];

/// What terminals are narrowed by, wherever they are listed.
pub const FILTERS: &[Filter] = &[
    Filter::new("q", "list-q"),
    Filter::new("presence", "terminals-presence").keyed("terminals-is-"),
    Filter::new("life", "terminals-life").keyed("terminals-is-"),
    Filter::new("model", "terminals-model").named(|conn, _, _, code| {
        let model = catalogue::find(conn, code).map_err(Error::from)?;
        Ok(model.map(|model| model.title()))
    }),
    Filter::new("establishment", "network-establishment").named(network::name_of_establishment),
    Filter::new("point_of_service", "network-point").named(network::name_of_point),
    Filter::new("tag", "terminals-tag"),
    Filter::new("platform", "terminals-platform"),
    Filter::new("version", "terminals-version"),
    Filter::new("licence", "terminals-fact-licence").keyed("terminals-licence-"),
    Filter::new("update", "terminals-fact-update").keyed("terminals-update-"),
    Filter::new("clock", "terminals-fact-clock").keyed("terminals-clock-is-"),
    Filter::new("action", "terminals-fact-action")
        .named(|_, _, lang, code| Ok(action_words(lang, code))),
    Filter::new("error", "terminals-fact-error")
        .named(|_, _, lang, code| Ok(error_words(lang, code))),
    Filter::new("fact", "terminals-fact"),
];

/// The name of a terminal's pill.
#[must_use]
pub fn state_of(it: &Listed) -> &'static str {
    state(it.life, it.presence)
}

/// What a last action is called; `None` where it is shown as it came.
#[must_use]
pub fn action_words(lang: Lang, code: &str) -> Option<String> {
    if code == fact::NONE {
        return Some(text(lang, "terminals-action-none", &[]));
    }
    let key = Action::parse(code).label_key()?;
    Some(text(lang, &key, &[]))
}

/// What an error is called; `None` where it is shown as it came.
#[must_use]
pub fn error_words(lang: Lang, code: &str) -> Option<String> {
    if code == fact::NONE {
        return Some(text(lang, "terminals-error-none", &[]));
    }
    work_words::outcome(lang, code)
}

/// Terminals as a list.
#[must_use]
pub fn source() -> Source {
    Source {
        name: LIST,
        title_key: "nav-terminals",
        places: list_places!("/terminals", "terminals"),
        permission: Permission::TerminalsView,
        columns: COLUMNS,
        filters: FILTERS,
        order: "tid",
        read: Arc::new(|conn, scope, query, turn| {
            let asked: Asked = http::query(query)?;
            let filter = asked.filter(conn, scope)?;
            let (page, names) = read(conn, scope, &filter, turn)?;
            Ok(page.map(|it| names.cells(&it)))
        }),
    }
}

impl Names {
    /// One line, in the order of [`COLUMNS`].
    fn cells(&self, it: &Listed) -> Vec<Cell> {
        let model = self.models.iter().find(|m| m.id == it.model);
        let owner = self.establishments.get(&it.establishment);
        let point = self.points.get(&it.point_of_service);
        let place = |of: Option<&(String, String)>, filter: &str| {
            Cell::of(of, |(code, name)| Cell::Link {
                text: name.clone(),
                href: http::address("/terminals", &[(filter, code)]),
            })
        };
        let code = |of: Option<&(String, String)>| Cell::of(of, |(code, _)| Cell::id(code));
        vec![
            Cell::id_at(it.tid.as_str(), format!("/terminals/{}", it.tid)),
            Cell::Pill(state(it.life, it.presence).to_owned()),
            Cell::id(&it.serial_number),
            Cell::of(model, |model| Cell::text(model.title())),
            place(owner, "establishment"),
            place(point, "point_of_service"),
            Cell::of(it.last_contact_at, Cell::Ago),
            Cell::of(it.expected_at(), Cell::Clock),
            if it.has_work {
                Cell::Yes(true)
            } else {
                Cell::Empty
            },
            Cell::of(self.tags.get(&it.id), |tags| Cell::text(tags.join(", "))),
            Cell::Word(format!("terminals-is-{}", it.life.code())),
            Cell::Word(format!("terminals-is-{}", it.presence.code())),
            Cell::Seconds(it.interval_s.into()),
            code(owner),
            code(point),
        ]
    }
}

/// What the select boxes of a list of terminals offer: presences, and lives.
#[must_use]
pub fn options() -> (Vec<Value>, Vec<Value>) {
    let option = |code: &str| json!({ "value": code, "key": format!("terminals-is-{code}") });
    let mut presences: Vec<Value> = ["connected", "not-connected"].map(option).into();
    presences.extend(Presence::ALL.iter().map(|p| option(p.code())));
    let mut lives: Vec<Value> = Life::ALL.iter().map(|l| option(l.code())).collect();
    lives.push(option("all"));
    (presences, lives)
}

/// What can be done to those who are selected.
fn verbs() -> Vec<Value> {
    let verb = |action: &BulkAction| {
        let code = action.code();
        json!({ "value": code, "key": format!("terminals-bulk-{code}") })
    };
    BulkAction::ALL.iter().map(verb).collect()
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new(LIST, "terminals/list");
    let may_add = caller.may(Permission::TerminalsManage);
    let page = lists.show(&ctx, &caller, wish, move |conn, scope| {
        let establishments = network::choices_of_establishments(conn, scope)?;
        let models = catalogue::choices(conn).map_err(Error::from)?;
        let (presences, lives) = options();
        let tags = registry::tags(conn, scope).map_err(Error::from)?;
        let tags: Vec<Value> = tags
            .iter()
            .map(|tag| json!({ "value": tag, "text": tag }))
            .collect();
        Ok(json!({
            "presences": presences, "lives": lives, "models": models,
            "establishments": establishments, "tags": tags, "may_add": may_add,
            "bulk": may_add.then(|| json!({
                "action": "/terminals/bulk/review", "verbs": verbs(),
            })),
        }))
    });
    page.await
}
