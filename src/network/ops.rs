//! The verbs of the network. Both things are put by their code: the first time creates, the same
//! again changes nothing, so scripts may repeat themselves.
use super::draft_model::{EstablishmentDraft, Faults, PointDraft};
use super::error::Error;
use super::model::{Choice, Code, Establishment, PointOfService, Put, Search, Status, Tally};
use super::{establishment_store, list, point_store, term_store};
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{Conn, CountKey, Tx};
use crate::http::{FieldFault, Page, Turn};
use crate::ids::{EstablishmentId, PointOfServiceId};
use crate::settings;
use serde_json::{Value, json};
use std::collections::HashMap;

/// A select box holds at most this many entries; beyond, a form asks for the code.
const CHOICES: i64 = 200;

type Count<Id> = fn(&mut Conn, &[Id]) -> Result<HashMap<Id, Tally>, crate::db::Error>;

/// What the slices below know of these places; the composition root hands it over as app data.
#[derive(Clone, Copy)]
pub struct Neighbours {
    pub terminals_of_establishments: Count<EstablishmentId>,
    pub terminals_at_points: Count<PointOfServiceId>,
}

/// How sure a writer is of what he overwrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It must not be there yet.
    New,
    /// It must still be at this version.
    Version(i64),
    /// Whatever is there: the caller holds the truth.
    Anything,
}

/// One establishment in `scope`, by its code.
pub fn find_establishment(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<Option<Establishment>, Error> {
    Ok(establishment_store::establishment_by_code(
        conn, scope, code,
    )?)
}

/// The establishments in `scope` that have one of these codes.
pub fn find_establishments(
    conn: &mut Conn,
    scope: &Scope,
    codes: &[String],
) -> Result<Vec<Establishment>, Error> {
    Ok(establishment_store::establishments_by_codes(
        conn, scope, codes,
    )?)
}

/// One point of service in `scope`, by its code.
pub fn find_point(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<Option<PointOfService>, Error> {
    Ok(point_store::point_by_code(conn, scope, code)?)
}

/// The establishments in `scope`.
pub fn list_establishments(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Establishment>, Error> {
    Ok(list::establishments(conn, scope, search, turn)?)
}

/// The points of service in `scope`.
pub fn list_points(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<PointOfService>, Error> {
    Ok(list::points(conn, scope, search, turn)?)
}

/// Every establishment in `scope` for a select box; `None` when there are too many for one.
pub fn choices_of_establishments(
    conn: &mut Conn,
    scope: &Scope,
) -> Result<Option<Vec<Choice>>, Error> {
    let page = list_establishments(conn, scope, &Search::default(), &all_choices())?;
    Ok(page.next.is_none().then(|| {
        let label = |e: Establishment| Choice {
            text: format!("{} ({})", e.name, e.code),
            is_closed: e.status == Status::Closed,
            value: e.code,
        };
        page.items.into_iter().map(label).collect()
    }))
}

/// Every point of service in `scope` for a select box; `None` when there are too many for one.
pub fn choices_of_points(conn: &mut Conn, scope: &Scope) -> Result<Option<Vec<Choice>>, Error> {
    let page = list_points(conn, scope, &Search::default(), &all_choices())?;
    Ok(page.next.is_none().then(|| {
        let label = |p: PointOfService| Choice {
            text: format!("{}, {} ({})", p.establishment_name, p.name, p.code),
            is_closed: p.status == Status::Closed,
            value: p.code,
        };
        page.items.into_iter().map(label).collect()
    }))
}

fn all_choices() -> Turn {
    Turn {
        rows: CHOICES,
        ..Turn::default()
    }
}

/// Creates the establishment or changes it, as `expect` allows.
pub fn put_establishment(
    tx: &mut Tx,
    actor: &Actor,
    draft: &EstablishmentDraft,
    expect: Expect,
    now: Millis,
) -> Result<(Establishment, Put), Error> {
    let there = match Code::parse(&draft.code) {
        Some(code) => establishment_store::establishment_by_code(tx, &Scope::All, code.as_str())?,
        None => None,
    };
    let whole = match &there {
        Some(before) => draft.over(before),
        None => draft.over_defaults(&settings::find(tx, &settings::DEFAULTS)?.values),
    };
    let (_, clean) = whole.check().map_err(invalid)?;
    let Some(before) = there else {
        return create_establishment(tx, actor, &clean, expect, now);
    };
    if !actor.scope.holds(before.id) {
        // Its code is taken, which is all that he may learn of it.
        return match expect {
            Expect::Version(_) => Err(Error::NoEstablishment(clean.code)),
            Expect::New | Expect::Anything => Err(Error::field("code", "network.code-taken")),
        };
    }
    let seen = match expect {
        Expect::New => return Err(Error::field("code", "network.code-taken")),
        Expect::Version(seen) => seen,
        Expect::Anything => before.version,
    };
    if clean.describes(&before) && seen == before.version {
        return Ok((before, Put::Same));
    }
    if !establishment_store::update_establishment(tx, before.id, seen, &clean)? {
        return Err(Error::Stale);
    }
    term_store::write_establishment(tx, before.id, &clean.name, &clean.code)?;
    let audited = change(
        actor,
        now,
        "establishment.change",
        "establishment",
        &clean.code,
    )
    .within(before.id)
    .before(facts_of_establishment(&before))
    .after(json!(clean));
    tx.record(audited);
    let after = found_establishment(tx, before.id)?;
    Ok((after, Put::Changed))
}

fn create_establishment(
    tx: &mut Tx,
    actor: &Actor,
    clean: &EstablishmentDraft,
    expect: Expect,
    now: Millis,
) -> Result<(Establishment, Put), Error> {
    if matches!(expect, Expect::Version(_)) {
        return Err(Error::NoEstablishment(clean.code.clone()));
    }
    if actor.scope != Scope::All {
        return Err(Error::ScopeTooNarrow);
    }
    let id = establishment_store::insert_establishment(tx, clean, now)?
        .ok_or_else(|| Error::field("code", "network.code-taken"))?;
    term_store::write_establishment(tx, id, &clean.name, &clean.code)?;
    let audited = change(
        actor,
        now,
        "establishment.create",
        "establishment",
        &clean.code,
    )
    .within(id)
    .after(json!(clean));
    tx.record(audited);
    Ok((found_establishment(tx, id)?, Put::Created))
}

/// Creates the point of service in an establishment or changes it there, as `expect` allows.
pub fn put_point(
    tx: &mut Tx,
    actor: &Actor,
    establishment: &str,
    draft: &PointDraft,
    expect: Expect,
    now: Millis,
) -> Result<(PointOfService, Put), Error> {
    let there = match Code::parse(&draft.code) {
        Some(code) => point_store::point_by_code(tx, &Scope::All, code.as_str())?,
        None => None,
    };
    let whole = match &there {
        Some(before) => draft.over(before),
        None => draft.anew(),
    };
    let (_, clean) = whole.check().map_err(invalid)?;
    let owner = establishment_store::establishment_by_code(tx, &actor.scope, establishment)?
        .ok_or_else(|| Error::NoEstablishment(establishment.to_owned()))?;
    let Some(before) = there else {
        return create_point(tx, actor, &owner, &clean, expect, now);
    };
    let seen = match expect {
        Expect::New => return Err(Error::field("code", "network.code-taken")),
        _ if !actor.scope.holds(before.establishment) => {
            return Err(Error::field("code", "network.code-taken"));
        }
        _ if before.establishment != owner.id => return Err(Error::OtherEstablishment(clean.code)),
        Expect::Version(seen) => seen,
        Expect::Anything => before.version,
    };
    if clean.describes(&before) && seen == before.version {
        return Ok((before, Put::Same));
    }
    if !point_store::update_point(tx, before.id, seen, &clean)? {
        return Err(Error::Stale);
    }
    term_store::write_point(tx, before.id, &clean.name, &clean.code)?;
    let audited = change(
        actor,
        now,
        "point-of-service.change",
        "point-of-service",
        &clean.code,
    )
    .within(owner.id)
    .before(facts_of_point(&before))
    .after(json!(clean));
    tx.record(audited);
    Ok((found_point(tx, before.id)?, Put::Changed))
}

fn create_point(
    tx: &mut Tx,
    actor: &Actor,
    owner: &Establishment,
    clean: &PointDraft,
    expect: Expect,
    now: Millis,
) -> Result<(PointOfService, Put), Error> {
    if matches!(expect, Expect::Version(_)) {
        return Err(Error::NoPoint(clean.code.clone()));
    }
    let id = point_store::insert_point(tx, owner.id, clean, now)?
        .ok_or_else(|| Error::field("code", "network.code-taken"))?;
    term_store::write_point(tx, id, &clean.name, &clean.code)?;
    tx.count(
        "network_establishment",
        CountKey::number(owner.id.0, 0),
        1,
        |conn, key, n| establishment_store::add_points(conn, EstablishmentId(key.of), n),
    );
    let audited = change(
        actor,
        now,
        "point-of-service.create",
        "point-of-service",
        &clean.code,
    )
    .within(owner.id)
    .after(json!(clean));
    tx.record(audited);
    Ok((found_point(tx, id)?, Put::Created))
}

fn invalid(faults: Faults) -> Error {
    Error::Invalid(
        faults
            .into_iter()
            .map(|(field, code)| FieldFault::new(field, code))
            .collect(),
    )
}

fn facts_of_establishment(it: &Establishment) -> Value {
    json!({ "code": it.code, "name": it.name, "time_zone": it.time_zone,
            "country": it.country.as_deref().unwrap_or_default(), "language": it.language,
            "currency": it.currency.as_deref().unwrap_or_default(),
            "status": it.status.code() })
}

fn facts_of_point(it: &PointOfService) -> Value {
    json!({ "code": it.code, "name": it.name, "address": it.address,
            "manager_name": it.manager_name, "opening_hours": it.opening_hours,
            "status": it.status.code() })
}

fn found_establishment(tx: &mut Tx, id: EstablishmentId) -> Result<Establishment, Error> {
    establishment_store::establishment_by_id(tx, id)?.ok_or_else(|| gone("establishment"))
}

fn found_point(tx: &mut Tx, id: PointOfServiceId) -> Result<PointOfService, Error> {
    point_store::point_by_id(tx, id)?.ok_or_else(|| gone("point of service"))
}

/// A row of this transaction cannot vanish, so this is a fault of ours.
fn gone(what: &str) -> Error {
    Error::Db(crate::db::Error::Fault(anyhow::anyhow!(
        "an {what} vanished while it was changed"
    )))
}
