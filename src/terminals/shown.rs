//! What operators and scripts are shown of terminals, whichever surface they ask: how a list is
//! narrowed, and a terminal with its surroundings.
use super::activation::{Activation, activation};
use super::catalogue::{self, Model};
use super::contact::{Contact, contact};
use super::model::{DEFAULT_INTERVAL_S, Presence, Terminal};
use super::registry::{
    self, Error, Filter, Listed, PresenceIs, Sort, Which, expected_at, find_tag, tags_of,
};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::Conn;
use crate::http::{Failure, Page, Turn, query};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId, Tid};
use crate::network::{self, Establishment, PointOfService};
use serde::Deserialize;
use std::collections::HashMap;

/// How a list is narrowed, sorted and turned; every page and the API read it alike. Everything is
/// optional, so no address fails to be read.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A part of a TID or serial number, or of the name or code of the establishment or point of
    /// service; of one or two characters, a beginning. Case and accents make no difference.
    #[serde(default)]
    pub(super) q: String,
    /// `never`, `listening`, `online`, `late`, `disconnected`, `connected` or `not-connected`.
    #[serde(default)]
    pub(super) presence: String,
    /// `registered`, `active`, `suspended`, `retired` or `all`; all but the retired when absent.
    #[serde(default)]
    pub(super) life: String,
    /// Any value of `presence` or of `life`, in the place of either.
    #[serde(default)]
    pub(super) status: String,
    /// Code of a model.
    #[serde(default)]
    pub(super) model: String,
    /// Code of an establishment.
    #[serde(default)]
    pub(super) establishment: String,
    /// Code of a point of service.
    #[serde(default)]
    pub(super) point_of_service: String,
    /// A tag, however it is written.
    #[serde(default)]
    pub(super) tag: String,
    /// A platform of the model catalogue.
    #[serde(default)]
    pub(super) platform: String,
    /// A version of any component or package, `component:version` for that of one component, or
    /// `component:none` for terminals that report none.
    #[serde(default)]
    pub(super) version: String,
    /// `none`, `waiting`, `fetched`, `confirmed` or `failed`.
    #[serde(default)]
    pub(super) licence: String,
    /// State of the latest work that changes the terminal: `none`, `waiting`, `under-way`, `failed` or
    /// `done`.
    #[serde(default)]
    pub(super) update: String,
    /// `right`, or `off` by more than five minutes.
    #[serde(default)]
    pub(super) clock: String,
    /// The last action, as the terminal named it; `none` where it named none.
    #[serde(default)]
    pub(super) action: String,
    /// Code of the last failure of work or of a session; `none` where all is well.
    #[serde(default)]
    pub(super) error: String,
    /// Any fact as `name:value`: `model`, `point`, `last-action`, `licence`, `update`, `error`, `clock`,
    /// `version:` and a component, `app:` and a package.
    #[serde(default)]
    pub(super) fact: String,
    /// `tid`, `serial` or `seen` (the longest unheard first, connected ones last), with `-` before it
    /// for the reverse; when absent, what fits best first if `q` is given, by TID otherwise.
    #[serde(default)]
    pub(super) sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    pub(super) cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    pub(super) page_size: Option<String>,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(
            self.cursor.as_deref(),
            self.page_size.as_deref(),
        )?)
    }

    /// The presence and the life that are asked for; `None` when the status is neither, or in the place of what is asked
    /// for too.
    fn states(&self) -> Option<(&str, &str)> {
        let (presence, life) = (self.presence.as_str(), self.life.as_str());
        match self.status.as_str() {
            "" => Some((presence, life)),
            status if PresenceIs::parse(status).is_some() => {
                presence.is_empty().then_some((status, life))
            }
            status if Which::parse(status).is_some() => {
                life.is_empty().then_some((presence, status))
            }
            _ => None,
        }
    }

    /// The filter that was asked for. A code that does not exist, or is out of scope, matches
    /// nothing and is told as at fault.
    pub(super) fn filter(&self, conn: &mut Conn, scope: &Scope) -> Result<Filter, Error> {
        let mut wrong = Vec::new();
        let mut filter = Filter {
            text: self.q.clone(),
            ..Filter::default()
        };
        let (presence, life) = self.states().unwrap_or_else(|| {
            wrong.push(("status", "terminal.no-such-status"));
            (&self.presence, &self.life)
        });
        if !presence.is_empty() {
            filter.presence = PresenceIs::parse(presence);
            if filter.presence.is_none() {
                wrong.push(("presence", "terminal.no-such-presence"));
            }
        }
        match Which::parse(life) {
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
        if !self.tag.is_empty() {
            filter.tag = find_tag(conn, scope, &self.tag)?;
            if filter.tag.is_none() {
                wrong.push(("tag", "terminal.no-such-tag"));
            }
        }
        self.facts(conn, &mut filter, &mut wrong)?;
        if wrong.is_empty() {
            Ok(filter)
        } else {
            Err(Error::invalid(wrong))
        }
    }
}

/// The filter that the query of a list's address asks for.
///
/// # Errors
/// When it names what is not there.
pub fn filter_of(conn: &mut Conn, scope: &Scope, text: &str) -> Result<Filter, Failure> {
    let asked: Asked = query(text)?;
    Ok(asked.filter(conn, scope)?)
}

/// A page of the list with the names that its lines show.
pub(super) fn read(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Page<Listed>, Names), Error> {
    let page = registry::list(conn, scope, filter, turn)?;
    let establishments: Vec<_> = page.items.iter().map(|l| l.establishment).collect();
    let points: Vec<_> = page.items.iter().map(|l| l.point_of_service).collect();
    let terminals: Vec<_> = page.items.iter().map(|l| l.id).collect();
    let names = Names {
        models: catalogue::list(conn)?,
        establishments: network::names_of_establishments(conn, &establishments)?,
        points: network::names_of_points(conn, &points)?,
        tags: tags_of(conn, &terminals)?,
    };
    Ok((page, names))
}

/// Codes and names of what a page's lines point to.
pub(super) struct Names {
    pub(super) models: Vec<catalogue::Model>,
    pub(super) establishments: HashMap<EstablishmentId, (String, String)>,
    pub(super) points: HashMap<PointOfServiceId, (String, String)>,
    pub(super) tags: HashMap<TerminalId, Vec<String>>,
}

/// A terminal with what its page needs of its surroundings.
pub(super) struct One {
    pub(super) terminal: Terminal,
    pub(super) contact: Option<Contact>,
    pub(super) model: Option<Model>,
    pub(super) point: Option<PointOfService>,
    pub(super) establishment: Option<Establishment>,
    pub(super) activation: Option<Activation>,
    pub(super) tags: Vec<String>,
}

/// Reads a terminal in `scope` with its surroundings.
pub(super) fn read_one(
    conn: &mut Conn,
    scope: &Scope,
    tid: &Tid,
    now: Millis,
) -> Result<One, Error> {
    let terminal =
        registry::find(conn, scope, tid)?.ok_or_else(|| Error::NoTerminal(tid.to_string()))?;
    Ok(One {
        contact: contact(conn, terminal.id)?,
        model: catalogue::by_id(conn, terminal.model)?,
        point: network::point_by_id(conn, terminal.point_of_service)?,
        establishment: network::establishment_by_id(conn, terminal.establishment)?,
        activation: activation(conn, terminal.id, now)?,
        tags: tags_of(conn, &[terminal.id])?
            .remove(&terminal.id)
            .unwrap_or_default(),
        terminal,
    })
}

impl One {
    pub(super) fn presence(&self) -> Presence {
        self.contact
            .as_ref()
            .map_or(Presence::Never, |c| c.presence)
    }

    pub(super) fn heard(&self) -> Option<Millis> {
        self.contact.as_ref().and_then(|c| c.last_contact_at)
    }

    /// Seconds between check-ins, as the terminal hears them at its next one.
    pub(super) fn interval_s(&self) -> i32 {
        let contact = self.contact.as_ref();
        contact.map_or(DEFAULT_INTERVAL_S, |it| it.effective.interval_s)
    }

    pub(super) fn expected_at(&self) -> Option<Millis> {
        let it = &self.terminal;
        let due_by_s = self.contact.as_ref()?.due_by_s;
        expected_at(it.id, it.life, due_by_s, self.heard())
    }
}
