//! Counts the fleet by one property: from the counters where no filter is set but an establishment,
//! by reading those that match otherwise. Either way the parts add up to the terminals that are listed.
use super::asked::Asked;
use super::model::{By, shares};
use super::words::Words;
use crate::access::Scope;
use crate::db::Conn;
use crate::http::Failure;
use crate::monitoring::Error;
use crate::monitoring::days::{self, Day};
use crate::terminals::{self, By as TallyBy, Filter, Presence, Which};
use crate::views::Lang;
use std::collections::{BTreeMap, HashMap};

/// The component whose versions are shown when nobody chose one.
const USUAL: [&str; 3] = ["pos", "app", "firmware"];

/// One part of the fleet.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The value as programs know it.
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
    /// The largest first; last what is kept of a past day as one sum.
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
    let counted = match asked.on {
        Some(day) => count_on(conn, scope, asked.by, &filter, day)?,
        None => count(conn, scope, (asked.by, &component), &filter).map_err(Error::from)?,
    };
    let total = counted.values().sum();
    let words = Words::read(conn, asked.by, &counted, lang).map_err(Error::from)?;
    let mut parts: Vec<(String, i64)> = counted.into_iter().filter(|(_, n)| *n > 0).collect();
    // What is kept of a day as one sum comes last, however much it is.
    let is_sum = |value: &str| value == days::OTHERS;
    parts.sort_by(|a, b| {
        let by_size = b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        is_sum(&a.0).cmp(&is_sum(&b.0)).then(by_size)
    });
    let sizes: Vec<i64> = parts.iter().map(|(_, n)| *n).collect();
    let parts = parts
        .into_iter()
        .zip(shares(&sizes))
        .map(|((value, n), share)| Part {
            label: words.label(&value),
            // The list is of those that are so now.
            href: match asked.on {
                Some(_) => None,
                None => words.behind(asked, &component, &value),
            },
            value: words.code(value),
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

/// Under which name a property is kept of each day.
pub(super) fn kept_name(by: By) -> Option<String> {
    let name = match by {
        By::Connectivity => days::CONNECTIVITY.to_owned(),
        by => fact_of(by, ""),
    };
    days::is_kept(&name).then_some(name)
}

fn count_on(
    conn: &mut Conn,
    scope: &Scope,
    by: By,
    filter: &Filter,
    day: Day,
) -> Result<BTreeMap<String, i64>, Failure> {
    let name = kept_name(by).ok_or_else(|| Error::field("on", "monitoring.not-kept"))?;
    if !is_plain(filter) {
        return Err(Error::field("on", "monitoring.day-narrowed").into());
    }
    let counted =
        days::counts(conn, scope, filter.establishment, &name, day).map_err(Error::from)?;
    match by {
        By::Platform => {
            let platforms = platforms(conn).map_err(Error::from)?;
            Ok(by_platform(&platforms, &counted))
        }
        _ => Ok(counted),
    }
}

/// Whether nothing but the scope and an establishment narrows.
pub(super) fn is_plain(filter: &Filter) -> bool {
    filter.text.is_empty()
        && filter.presence.is_none()
        && filter.which == Which::InService
        && filter.model.is_none()
        && filter.of_models.is_none()
        && filter.point_of_service.is_none()
        && filter.tag.is_none()
        && filter.facts.is_empty()
}

pub(super) fn count(
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
        By::Platform => counted = by_platform(&platforms(conn)?, &counted),
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

/// The platform of each model, by its code.
pub(super) fn platforms(conn: &mut Conn) -> Result<HashMap<String, String>, crate::db::Error> {
    let models = terminals::list_models(conn)?.into_iter();
    let platform = models.map(|it| (it.code, it.draft.platform.as_str().to_owned()));
    Ok(platform.collect())
}

pub(super) fn by_platform(
    platforms: &HashMap<String, String>,
    models: &BTreeMap<String, i64>,
) -> BTreeMap<String, i64> {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for (code, n) in models {
        let platform = platforms
            .get(code)
            .map_or(terminals::NO_FACT, String::as_str);
        *all.entry(platform.to_owned()).or_default() += n;
    }
    all
}
