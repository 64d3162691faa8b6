//! Many terminals at once, as a measurement or a test wants them: rows as registering makes them, a
//! few statements for thousands of terminals. Nobody's deed, so neither audited nor told.
use super::term_store;
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{Conn, Error, Tx};
use crate::fold::{fold, natural};
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TerminalId, Tid};
use crate::on_backend;
use crate::terminals::catalogue;
use crate::terminals::contact;
use crate::terminals::fact;
use crate::terminals::model::{Life, Terminal};
use crate::terminals::schema::{terminal_device, terminal_place};
use crate::terminals::work::Handlers;
use diesel::prelude::*;
use std::collections::HashMap;

/// Terminals of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 1_000;

/// A terminal to be put into the registry, all of it checked.
#[derive(Debug, Clone)]
pub struct Seed {
    pub tid: Tid,
    pub serial_number: String,
    pub model: ModelId,
    pub establishment: EstablishmentId,
    pub point_of_service: PointOfServiceId,
    pub interval_s: i32,
}

impl Seed {
    fn terminal(&self, id: TerminalId, now: Millis) -> Terminal {
        Terminal {
            id,
            tid: self.tid.clone(),
            serial_number: self.serial_number.clone(),
            model: self.model,
            establishment: self.establishment,
            point_of_service: self.point_of_service,
            life: Life::Registered,
            interval_s: Some(self.interval_s),
            log_level: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Puts terminals into the registry as never heard; TIDs that are taken are left alone. Says how many
/// are new.
pub fn seed_many(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    all: &[Seed],
    now: Millis,
) -> Result<usize, Error> {
    let models = catalogue::list(tx)?;
    let mut n = 0;
    for some in all.chunks(AT_ONCE) {
        let made = places(tx, some, now)?;
        let by_tid: HashMap<&Tid, &Seed> = some.iter().map(|seed| (&seed.tid, seed)).collect();
        let new: Vec<(TerminalId, &Seed)> = made
            .iter()
            .filter_map(|(id, tid)| Some((*id, *by_tid.get(tid)?)))
            .collect();
        n += new.len();
        devices(tx, &new, now)?;
        let placed: Vec<_> = new
            .iter()
            .map(|(id, seed)| (*id, &seed.tid, seed.establishment, seed.interval_s))
            .collect();
        contact::place_many(tx, &placed)?;
        let codes: HashMap<_, _> = models.iter().map(|it| (it.id, it.code.as_str())).collect();
        let facts = new.iter().map(|(id, seed)| fact::New {
            terminal: *id,
            establishment: seed.establishment,
            sort_key: natural(seed.tid.as_str()),
            model: codes.get(&seed.model).copied().unwrap_or(fact::NONE),
            point: seed.point_of_service,
        });
        fact::place_many(tx, &facts.collect::<Vec<_>>())?;
        let named: Vec<_> = new
            .iter()
            .map(|(id, seed)| (*id, &seed.tid, seed.serial_number.as_str()))
            .collect();
        term_store::insert_many(tx, &named)?;
        for (id, seed) in new {
            handlers.registered(tx, actor, &seed.terminal(id, now), now)?;
        }
    }
    Ok(n)
}

fn places(conn: &mut Conn, all: &[Seed], now: Millis) -> Result<Vec<(TerminalId, Tid)>, Error> {
    let row = |seed: &Seed| {
        (
            terminal_place::tid.eq(seed.tid.clone()),
            terminal_place::serial_number.eq(seed.serial_number.clone()),
            terminal_place::search.eq(fold(seed.tid.as_str())),
            terminal_place::serial_search.eq(fold(&seed.serial_number)),
            terminal_place::sort_key.eq(natural(seed.tid.as_str())),
            terminal_place::is_retired.eq(false),
            terminal_place::model_id.eq(seed.model),
            terminal_place::establishment_id.eq(seed.establishment),
            terminal_place::point_of_service_id.eq(seed.point_of_service),
            terminal_place::life.eq(Life::Registered.code()),
            terminal_place::interval_s.eq(seed.interval_s),
            terminal_place::created_at.eq(now),
            terminal_place::updated_at.eq(now),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    Ok(on_backend!(conn, |c| diesel::insert_into(
        terminal_place::table
    )
    .values(rows)
    .on_conflict(terminal_place::tid)
    .do_nothing()
    .returning((terminal_place::id, terminal_place::tid))
    .get_results(c))?)
}

fn devices(conn: &mut Conn, all: &[(TerminalId, &Seed)], now: Millis) -> Result<(), Error> {
    let row = |(id, seed): &(TerminalId, &Seed)| {
        (
            terminal_device::terminal_id.eq(*id),
            terminal_device::serial_number.eq(seed.serial_number.clone()),
            terminal_device::from_at.eq(now),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    on_backend!(conn, |c| diesel::insert_into(terminal_device::table)
        .values(rows)
        .execute(c))?;
    Ok(())
}
