//! Changing what is known of a licence that is here.
use super::change_store as changes;
use super::delivery_ops::{event, note};
use super::error::Error;
use super::facts_model::{Facts, Said};
use super::model::Licence;
use super::ops::take;
use super::search::sees;
use super::store;
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::Tx;
use crate::fold::fold;
use crate::imports::Applied;

/// Writes down what the row says of the licence that it names. A column that the file lacks keeps its
/// values, an empty cell empties one.
pub(super) fn describe(
    tx: &mut Tx,
    actor: &Actor,
    row: &[Option<&str>],
    now: Millis,
) -> Result<Applied, Error> {
    let cell = |at: usize| row.get(at).copied().flatten();
    let text = |at: usize| cell(at).unwrap_or_default().to_owned();
    let said = Said {
        serial_number: text(0),
        platform: text(1),
        software: text(2),
        lic_id: text(3),
        valid_from: text(4),
        valid_until: text(5),
    };
    let said = said.facts().map_err(Error::Invalid)?;
    let said = said.check().map_err(Error::Invalid)?;
    let with = |kept: &Facts| {
        let facts = Facts {
            lic_id: cell(3).map_or(&kept.lic_id, |_| &said.lic_id).clone(),
            valid_from: cell(4).map_or(kept.valid_from, |_| said.valid_from),
            valid_until: cell(5).map_or(kept.valid_until, |_| said.valid_until),
            ..kept.clone()
        };
        facts.check().map_err(Error::Invalid)
    };
    let seen = named(tx, &actor.scope, &said, (cell(1), cell(2)))?;
    // Nothing is locked for a row that changes nothing: a chunk may have many of them.
    if with(&seen.facts)? == seen.facts {
        return Ok(Applied::Same);
    }
    let (before, _) = take(tx, &actor.scope, seen.id)?;
    let facts = with(&before.facts)?;
    if !before.is_current || !changes::describe(tx, before.id, &facts)? {
        return Err(Error::NotCurrent);
    }
    let after = Licence {
        facts,
        ..before.clone()
    };
    let (before, after) = (Some(&before), &after);
    note(tx, actor, "licence.describe", before, Some(after), now);
    tx.emit(event("licence.described", after, now));
    Ok(Applied::Changed)
}

/// The one current licence that serial number, platform and software name. One that is just as the row
/// says comes first; otherwise an empty cell is as good as none.
fn named(
    tx: &mut Tx,
    scope: &Scope,
    said: &Facts,
    (platform, software): (Option<&str>, Option<&str>),
) -> Result<Licence, Error> {
    let same = |is: &str, said: &str| fold(is) == fold(said);
    let exactly = |it: &Facts| {
        platform.is_none_or(|_| same(&it.platform, &said.platform))
            && software.is_none_or(|_| same(&it.software, &said.software))
    };
    let loosely = |it: &Facts| {
        (said.platform.is_empty() || same(&it.platform, &said.platform))
            && (said.software.is_empty() || same(&it.software, &said.software))
    };
    let all = store::current_of_serial(tx, &said.serial_number)?;
    let all: Vec<Licence> = all.into_iter().filter(|it| sees(scope, it)).collect();
    let fits: [&dyn Fn(&Facts) -> bool; 2] = [&exactly, &loosely];
    for fits in fits {
        let mut found = all.iter().filter(|it| fits(&it.facts));
        match (found.next(), found.next()) {
            (Some(only), None) => return Ok(only.clone()),
            (Some(_), Some(_)) => return Err(Error::WhichOf(said.serial_number.clone())),
            (None, _) => {}
        }
    }
    Err(Error::NoneOf(said.serial_number.clone()))
}
