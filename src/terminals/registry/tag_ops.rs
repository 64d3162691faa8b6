//! Tags: words that people stick to terminals to find them by. A tag is there as soon as a terminal
//! has it, and gone from every choice when none has it any more. Tagging twice changes nothing, and
//! neither way does it touch the terminal's version: two people who tag one terminal do not
//! contradict each other.
use super::error::Error;
use super::model::{self, TAGS_MAX};
use super::ops::{found, note, open, tell};
use super::tag_store;
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::ids::{TagId, TerminalId, Tid};
use crate::terminals::model::Terminal;
use serde_json::json;
use std::collections::HashMap;

/// Whether a word can be a tag.
#[must_use]
pub(in crate::terminals) fn is_tag(name: &str) -> bool {
    model::tag(name).is_some()
}

/// Tags the terminal with a word; false when it had the tag.
pub fn tag(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    name: &str,
    now: Millis,
) -> Result<(Terminal, bool), Error> {
    let name = model::tag(name).ok_or_else(|| Error::field("tag", "terminal.tag-form"))?;
    let place = open(tx, actor, tid)?;
    let id = tag_store::find_or_insert(tx, &name)?;
    if !tag_store::insert(tx, place.id, id)? {
        return Ok((place, false));
    }
    // Counted after the insert: the terminal is locked, so nobody else adds meanwhile.
    if tag_store::count_of(tx, place.id)? > TAGS_MAX {
        return Err(Error::field("tag", "terminal.too-many-tags"));
    }
    written(tx, (actor, now), &place, ("terminal.tag", &name)).map(|it| (it, true))
}

/// Takes a tag off the terminal; false when it did not have it.
pub fn untag(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    name: &str,
    now: Millis,
) -> Result<(Terminal, bool), Error> {
    let place = open(tx, actor, tid)?;
    let Some(id) = tag_store::find(tx, name)? else {
        return Ok((place, false));
    };
    if !tag_store::delete(tx, place.id, id)? {
        return Ok((place, false));
    }
    written(tx, (actor, now), &place, ("terminal.untag", name)).map(|it| (it, true))
}

fn written(
    tx: &mut Tx,
    (actor, now): (&Actor, Millis),
    place: &Terminal,
    (verb, name): (&'static str, &str),
) -> Result<Terminal, Error> {
    let after = found(tx, place.id)?;
    let (before_facts, after_facts) = match verb {
        "terminal.tag" => (json!({}), json!({ "tag": name })),
        _ => (json!({ "tag": name }), json!({})),
    };
    note(tx, (actor, now), verb, (&after, before_facts, after_facts));
    tell(tx, actor, &after, "terminal.changed", json!({}), now);
    Ok(after)
}

/// The tag that is this word, for filters.
pub fn find_tag(conn: &mut Conn, scope: &Scope, name: &str) -> Result<Option<TagId>, db::Error> {
    tag_store::find_in(conn, scope, name)
}

/// The words that terminals in `scope` are tagged with, for a choice: 500 at most.
pub fn tags(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, db::Error> {
    tag_store::known(conn, scope)
}

/// The tags of each of these terminals; who has none is absent.
pub fn tags_of(
    conn: &mut Conn,
    terminals: &[TerminalId],
) -> Result<HashMap<TerminalId, Vec<String>>, db::Error> {
    tag_store::of_terminals(conn, terminals)
}
