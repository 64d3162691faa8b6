//! The list of terminals.
use super::one::state;
use crate::access::{Caller, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Page, Turn, address};
use crate::network;
use crate::terminals::catalogue;
use crate::terminals::model::{Life, Presence};
use crate::terminals::registry::{self, Error, Filter, Listed, PresenceIs, Sort, Which};
use crate::views::{Lang, text};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const HERE: &str = "/terminals";

/// How a list is narrowed, sorted and turned; every page and the API read it alike. Everything is
/// optional, so no address fails to be read.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::terminals) struct Asked {
    /// The beginning of a TID or serial number; case and accents make no difference.
    #[serde(default)]
    pub(in crate::terminals) q: String,
    /// `never`, `listening`, `online`, `late`, `disconnected`, `connected` or `not-connected`.
    #[serde(default)]
    pub(in crate::terminals) presence: String,
    /// `registered`, `active`, `suspended`, `retired` or `all`; all but the retired when absent.
    #[serde(default)]
    pub(in crate::terminals) life: String,
    /// Code of a model.
    #[serde(default)]
    pub(in crate::terminals) model: String,
    /// Code of an establishment.
    #[serde(default)]
    pub(in crate::terminals) establishment: String,
    /// Code of a point of service.
    #[serde(default)]
    pub(in crate::terminals) point_of_service: String,
    /// `tid`, `-tid`, `seen` or `-seen` (the time of the last contact).
    #[serde(default)]
    pub(in crate::terminals) sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    pub(in crate::terminals) cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    pub(in crate::terminals) page_size: Option<String>,
}

impl Asked {
    pub(in crate::terminals) fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(
            self.cursor.as_deref(),
            self.page_size.as_deref(),
        )?)
    }

    /// The filter that was asked for. A code that does not exist, or is out of scope, matches
    /// nothing and is told as at fault.
    pub(in crate::terminals) fn filter(
        &self,
        conn: &mut Conn,
        scope: &Scope,
    ) -> Result<Filter, Error> {
        let mut wrong = Vec::new();
        let mut filter = Filter {
            text: self.q.clone(),
            ..Filter::default()
        };
        if !self.presence.is_empty() {
            filter.presence = PresenceIs::parse(&self.presence);
            if filter.presence.is_none() {
                wrong.push(("presence", "terminal.no-such-presence"));
            }
        }
        match Which::parse(&self.life) {
            Some(which) => filter.which = which,
            None => wrong.push(("life", "terminal.no-such-life")),
        }
        match Sort::parse(&self.sort) {
            Some(sort) => filter.sort = sort,
            None => wrong.push(("sort", "terminal.no-such-sort")),
        }
        if !self.model.is_empty() {
            filter.model = catalogue::find(conn, &self.model)?.map(|m| m.id);
            if filter.model.is_none() {
                wrong.push(("model", "terminal.no-such-model"));
            }
        }
        if !self.establishment.is_empty() {
            let found = network::find_establishment(conn, scope, &self.establishment)?;
            filter.establishment = found.map(|e| e.id);
            if filter.establishment.is_none() {
                wrong.push(("establishment", "terminal.no-such-establishment"));
            }
        }
        if !self.point_of_service.is_empty() {
            let found = network::find_point(conn, scope, &self.point_of_service)?;
            filter.point_of_service = found.map(|p| p.id);
            if filter.point_of_service.is_none() {
                wrong.push(("point_of_service", "terminal.no-such-point"));
            }
        }
        if wrong.is_empty() {
            Ok(filter)
        } else {
            Err(Error::invalid(wrong))
        }
    }

    /// The filter as names and values, for addresses.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("q", self.q.as_str()),
            ("presence", &self.presence),
            ("life", &self.life),
            ("model", &self.model),
            ("establishment", &self.establishment),
            ("point_of_service", &self.point_of_service),
            ("sort", &self.sort),
        ]
    }

    fn without(&self, name: &str) -> String {
        let rest: Vec<_> = self
            .pairs()
            .into_iter()
            .filter(|(key, _)| *key != name)
            .collect();
        address(HERE, &rest)
    }

    /// A link for each filter that is set; following it removes the filter.
    fn chips(&self, lang: Lang) -> Vec<Value> {
        let word = |name: &str, value: &str| match name {
            "presence" | "life" => text(lang, &format!("terminals-is-{value}"), &[]),
            _ => value.to_owned(),
        };
        self.pairs()
            .into_iter()
            .filter(|(name, value)| *name != "sort" && !value.is_empty())
            .map(|(name, value)| {
                let key = format!("terminals-chip-{}", name.replace('_', "-"));
                let label = text(lang, &key, &[("value", word(name, value))]);
                json!({ "label": label, "remove": self.without(name) })
            })
            .collect()
    }

    /// The address that sorts by `up`, or by `down` when that is the order now.
    fn sorted(&self, now: Sort, up: Sort, down: Sort) -> Value {
        let to = if now == up { down } else { up };
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| *name != "sort");
        pairs.push(("sort", to.code()));
        json!({
            "href": address(HERE, &pairs),
            "aria": match now {
                _ if now == up => "ascending",
                _ if now == down => "descending",
                _ => "none",
            },
        })
    }
}

/// A page of the list with the names that its lines show.
pub(in crate::terminals) fn read(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Page<Listed>, Names), Error> {
    let page = registry::list(conn, scope, filter, turn)?;
    let establishments: Vec<_> = page.items.iter().map(|l| l.establishment).collect();
    let points: Vec<_> = page.items.iter().map(|l| l.point_of_service).collect();
    let names = Names {
        models: catalogue::list(conn)?,
        establishments: network::names_of_establishments(conn, &establishments)?,
        points: network::names_of_points(conn, &points)?,
    };
    Ok((page, names))
}

/// Codes and names of what a page's lines point to.
pub(in crate::terminals) struct Names {
    pub(in crate::terminals) models: Vec<catalogue::Model>,
    pub(in crate::terminals) establishments:
        std::collections::HashMap<crate::ids::EstablishmentId, (String, String)>,
    pub(in crate::terminals) points:
        std::collections::HashMap<crate::ids::PointOfServiceId, (String, String)>,
}

impl Names {
    fn line(&self, it: &Listed) -> Value {
        let named = |pair: Option<&(String, String)>| {
            pair.map(|(code, name)| json!({ "code": code, "name": name }))
        };
        let model = self.models.iter().find(|m| m.id == it.model);
        json!({
            "tid": it.tid, "serial_number": it.serial_number,
            "model": model.map(catalogue::Model::title),
            "state": state(it.life, it.presence),
            "establishment": named(self.establishments.get(&it.establishment)),
            "point": named(self.points.get(&it.point_of_service)),
            "last_contact_at": it.last_contact_at, "expected_at": it.expected_at(),
            "has_work": it.has_work,
        })
    }
}

fn options() -> (Vec<Value>, Vec<Value>) {
    let option = |code: &str| json!({ "value": code, "key": format!("terminals-is-{code}") });
    let mut presences: Vec<Value> = ["connected", "not-connected"].map(option).into();
    presences.extend(Presence::ALL.iter().map(|p| option(p.code())));
    let mut lives: Vec<Value> = Life::ALL.iter().map(|l| option(l.code())).collect();
    lives.push(option("all"));
    (presences, lives)
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, asked) = (caller.actor()?.scope, asked.into_inner());
    let turn = asked.turn()?;
    let (reading, wish) = (turn.clone(), asked.clone());
    let ((page, names), filter, establishments) = ctx
        .db
        .read(move |conn| {
            let filter = wish.filter(conn, &scope)?;
            let found = read(conn, &scope, &filter, &reading)?;
            let establishments = network::choices_of_establishments(conn, &scope)?;
            Ok::<_, Error>((found, filter, establishments))
        })
        .await?;
    let (presences, lives) = options();
    let models: Vec<Value> = names
        .models
        .iter()
        .map(|m| json!({ "value": m.code, "text": m.title() }))
        .collect();
    let items: Vec<Value> = page.items.iter().map(|l| names.line(l)).collect();
    let chips = asked.chips(caller.look.lang);
    let data = json!({
        "items": items,
        "pager": page.pager(HERE, &asked.pairs(), &turn),
        "is_filtered": !chips.is_empty(),
        "chips": chips,
        "clear": HERE,
        "by_tid": asked.sorted(filter.sort, Sort::Tid, Sort::TidDown),
        "by_seen": asked.sorted(filter.sort, Sort::Seen, Sort::SeenDown),
        "form": {
            "q": asked.q, "presence": asked.presence, "life": asked.life, "model": asked.model,
            "establishment": asked.establishment, "point_of_service": asked.point_of_service,
            "sort": asked.sort, "page_size": asked.page_size,
        },
        "presences": presences, "lives": lives, "models": models,
        "establishments": establishments,
    });
    ctx.page(&caller, "terminals/list", data)
}
