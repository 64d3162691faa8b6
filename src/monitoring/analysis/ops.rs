//! Counts the fleet by one property: from the counters where no filter is set but an establishment,
//! by reading those that match otherwise. Either way the parts add up to the terminals that are listed.
use super::model::{By, shares};
use crate::access::Scope;
use crate::db::Conn;
use crate::http::{self, Failure, address};
use crate::ids::PointOfServiceId;
use crate::monitoring::Error;
use crate::network;
use crate::terminals::{self, By as TallyBy, Filter, Presence, Which};
use crate::views::{Lang, text};
use std::collections::{BTreeMap, HashMap};

/// The component whose versions are shown when nobody chose one.
const USUAL: [&str; 3] = ["pos", "app", "firmware"];
/// The list behind each part.
const LIST: &str = "/monitoring/status";

/// What is asked for: a property, and the filters of the list of terminals.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) by: By,
    pub(super) component: String,
    /// Names and values of the address, without what is not the list's.
    pub(super) filters: Vec<(String, String)>,
}

impl Asked {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// When there is no such property.
    pub(super) fn parse(query: &str) -> Result<Self, Failure> {
        let pairs: Vec<(String, String)> = http::query(query)?;
        let get = |name: &str| {
            pairs
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, v)| v.as_str())
        };
        let by = match get("by").unwrap_or_default() {
            "" => By::Connectivity,
            code => {
                By::parse(code).ok_or_else(|| Error::field("by", "monitoring.no-such-property"))?
            }
        };
        let component = get("component").unwrap_or_default().to_owned();
        let is_filter = |name: &str| terminals::LIST_FILTERS.iter().any(|it| it.name == name);
        let filters = pairs
            .into_iter()
            .filter(|(name, value)| is_filter(name) && !value.is_empty())
            .collect();
        Ok(Self {
            by,
            component,
            filters,
        })
    }

    fn query(&self) -> String {
        address("", &self.pairs())
            .trim_start_matches('?')
            .to_owned()
    }

    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.filters.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The list of the terminals behind one part.
    fn behind(&self, name: &str, value: &str) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(own, _)| *own != name);
        pairs.push((name, value));
        address(LIST, &pairs)
    }
}

/// One part of the fleet.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The value as it is counted.
    pub(super) value: String,
    pub(super) label: String,
    pub(super) n: i64,
    /// Thousandths of the whole.
    pub(super) share: i64,
    /// The terminals behind it.
    pub(super) href: Option<String>,
}

/// The fleet shared out.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) total: i64,
    /// The largest first.
    pub(super) parts: Vec<Part>,
    /// The components that have versions, and the one that is shown.
    pub(super) components: Vec<String>,
    pub(super) component: String,
}

/// Shares the terminals of the scope out.
pub(super) fn share(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked,
    lang: Lang,
) -> Result<Shared, Failure> {
    let filter = terminals::filter_of(conn, scope, &asked.query())?;
    let mut components = Vec::new();
    let mut component = asked.component.clone();
    if asked.by == By::Version {
        components = components_of(conn, scope).map_err(Error::from)?;
        if component.is_empty() {
            let usual = USUAL
                .iter()
                .find(|name| components.iter().any(|own| own == *name));
            let first = usual.map(|name| (*name).to_owned());
            component = first
                .or_else(|| components.first().cloned())
                .unwrap_or_default();
        }
    }
    let counted = count(conn, scope, (asked.by, &component), &filter).map_err(Error::from)?;
    let total = counted.values().sum();
    let words = Words::read(conn, asked.by, &counted, lang).map_err(Error::from)?;
    let mut parts: Vec<(String, i64)> = counted.into_iter().filter(|(_, n)| *n > 0).collect();
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let sizes: Vec<i64> = parts.iter().map(|(_, n)| *n).collect();
    let parts = parts
        .into_iter()
        .zip(shares(&sizes))
        .map(|((value, n), share)| Part {
            label: words.label(&value),
            href: words.behind(asked, &component, &value),
            value,
            n,
            share,
        });
    Ok(Shared {
        total,
        parts: parts.collect(),
        components,
        component,
    })
}

fn components_of(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, crate::db::Error> {
    let names = terminals::fact_names(conn, scope, terminals::VERSION_FACT)?;
    let bare = |name: &String| {
        name.strip_prefix(terminals::VERSION_FACT)
            .map(str::to_owned)
    };
    Ok(names.iter().filter_map(bare).collect())
}

/// The fact that a property is counted by.
fn fact_of(by: By, component: &str) -> String {
    match by {
        By::Model | By::Platform | By::Connectivity => terminals::MODEL_FACT.to_owned(),
        By::Version => format!("{}{component}", terminals::VERSION_FACT),
        By::Update => terminals::UPDATE_FACT.to_owned(),
        By::Licence => terminals::LICENCE_FACT.to_owned(),
        By::Point => terminals::POINT_FACT.to_owned(),
        By::Action => terminals::LAST_ACTION_FACT.to_owned(),
        By::Error => terminals::ERROR_FACT.to_owned(),
        By::Clock => terminals::CLOCK_FACT.to_owned(),
    }
}

/// Whether nothing but the scope and an establishment narrows.
fn is_plain(filter: &Filter) -> bool {
    filter.text.is_empty()
        && filter.presence.is_none()
        && filter.which == Which::InService
        && filter.model.is_none()
        && filter.of_models.is_none()
        && filter.point_of_service.is_none()
        && filter.tag.is_none()
        && filter.facts.is_empty()
}

fn count(
    conn: &mut Conn,
    scope: &Scope,
    (by, component): (By, &str),
    filter: &Filter,
) -> Result<BTreeMap<String, i64>, crate::db::Error> {
    let name = fact_of(by, component);
    let counted = match (by, is_plain(filter)) {
        (By::Connectivity, true) => {
            let counts = terminals::presences_of(conn, scope, filter.establishment)?;
            let n = |presence: Presence| (presence.code().to_owned(), counts.of(presence));
            Presence::ALL.map(n).into_iter().collect()
        }
        (By::Connectivity, false) => {
            terminals::tally_matching(conn, scope, filter, TallyBy::Presence)?
        }
        (_, true) => {
            let counts = terminals::fact_counts(conn, scope, filter.establishment, &name)?;
            counts.into_iter().collect()
        }
        (_, false) => terminals::tally_matching(conn, scope, filter, TallyBy::Fact(&name))?,
    };
    let mut counted: BTreeMap<String, i64> = counted;
    match by {
        // Who listens is online.
        By::Connectivity => {
            let listening = counted.remove("listening").unwrap_or_default();
            *counted.entry("online".to_owned()).or_default() += listening;
        }
        By::Platform => counted = by_platform(conn, &counted)?,
        By::Version => {
            // Who reports none has no such fact: the counters tell only of the others.
            let mut rest = counted.remove("").unwrap_or_default();
            if is_plain(filter) {
                let counts = terminals::presences_of(conn, scope, filter.establishment)?;
                // One that retires between the two reads must not make less than nothing.
                rest = (counts.total() - counted.values().sum::<i64>()).max(0);
            }
            *counted.entry(terminals::NO_FACT.to_owned()).or_default() += rest;
        }
        _ => {}
    }
    Ok(counted)
}

fn by_platform(
    conn: &mut Conn,
    models: &BTreeMap<String, i64>,
) -> Result<BTreeMap<String, i64>, crate::db::Error> {
    let known = terminals::list_models(conn)?;
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for (code, n) in models {
        let model = known.iter().find(|model| model.code == *code);
        let platform = model.map_or(terminals::NO_FACT, |model| model.draft.platform.as_str());
        *all.entry(platform.to_owned()).or_default() += n;
    }
    Ok(all)
}

/// What values are called, and how the list is narrowed to them.
struct Words {
    by: By,
    lang: Lang,
    models: HashMap<String, String>,
    /// Code and name by id.
    points: HashMap<PointOfServiceId, (String, String)>,
}

impl Words {
    fn read(
        conn: &mut Conn,
        by: By,
        counted: &BTreeMap<String, i64>,
        lang: Lang,
    ) -> Result<Self, crate::db::Error> {
        const AT_ONCE: usize = 500;
        let mut words = Self {
            by,
            lang,
            models: HashMap::new(),
            points: HashMap::new(),
        };
        if by == By::Model {
            let models = terminals::list_models(conn)?.into_iter();
            words.models = models.map(|it| (it.code.clone(), it.title())).collect();
        }
        if by == By::Point {
            let ids: Vec<PointOfServiceId> =
                counted.keys().filter_map(|id| id.parse().ok()).collect();
            for some in ids.chunks(AT_ONCE) {
                words.points.extend(network::names_of_points(conn, some)?);
            }
        }
        Ok(words)
    }

    fn label(&self, value: &str) -> String {
        let said = |key: &str| text(self.lang, &format!("{key}{value}"), &[]);
        match self.by {
            By::Connectivity => said("state-"),
            By::Update => said("terminals-update-"),
            By::Licence => said("terminals-licence-"),
            By::Clock => said("terminals-clock-is-"),
            By::Version if value == terminals::NO_FACT => {
                text(self.lang, "monitoring-no-version", &[])
            }
            By::Action => {
                terminals::action_words(self.lang, value).unwrap_or_else(|| value.to_owned())
            }
            By::Error => {
                terminals::error_words(self.lang, value).unwrap_or_else(|| value.to_owned())
            }
            By::Model => self
                .models
                .get(value)
                .cloned()
                .unwrap_or_else(|| value.to_owned()),
            By::Point => match self.point(value) {
                Some((code, name)) => format!("{name} ({code})"),
                None => value.to_owned(),
            },
            By::Version | By::Platform => value.to_owned(),
        }
    }

    fn point(&self, id: &str) -> Option<&(String, String)> {
        self.points.get(&id.parse().ok()?)
    }

    fn behind(&self, asked: &Asked, component: &str, value: &str) -> Option<String> {
        let is_taken = |name: &str| asked.filters.iter().any(|(own, _)| own == name);
        Some(match self.by {
            // Nobody reports any version.
            By::Version if component.is_empty() => return None,
            By::Version if !is_taken("version") => {
                asked.behind("version", &format!("{component}:{value}"))
            }
            By::Version if !is_taken("fact") => {
                let name = terminals::VERSION_FACT;
                asked.behind("fact", &format!("{name}{component}:{value}"))
            }
            By::Version => return None,
            By::Connectivity if value == "online" => asked.behind("presence", "connected"),
            By::Connectivity => asked.behind("presence", value),
            By::Point => asked.behind("point_of_service", &self.point(value)?.0),
            By::Model => asked.behind("model", value),
            by => asked.behind(by.code(), value),
        })
    }
}
