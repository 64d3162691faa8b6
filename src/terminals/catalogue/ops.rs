//! The verbs of the model catalogue.
use super::model::{self, Model, ModelDraft};
use super::store;
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::fold::fold;
use crate::network::{Expect, Put};
use crate::terminals::registry::Error;
use serde_json::{Value, json};

/// What a select box of models offers.
///
/// # Errors
/// When the database fails.
pub fn choices(conn: &mut Conn) -> Result<Vec<Value>, db::Error> {
    let choice = |it: &Model| json!({ "value": it.code, "text": it.title() });
    Ok(store::all(conn)?.iter().map(choice).collect())
}

/// Adds the models that are known from the start where they are missing. What administrators
/// changed stays.
pub fn seed(tx: &mut Tx, now: Millis) -> Result<(), db::Error> {
    for (code, draft) in model::known() {
        store::insert(tx, code, &draft, now)?;
    }
    Ok(())
}

/// Every model, by manufacturer and name.
pub fn list(conn: &mut Conn) -> Result<Vec<Model>, db::Error> {
    store::all(conn)
}

pub fn find(conn: &mut Conn, code: &str) -> Result<Option<Model>, db::Error> {
    store::by_code(conn, code)
}

/// The code of the model that a table names by its code or, as our own lists do, by its title; what is
/// neither, or the title of several, stays as it is.
pub(in crate::terminals) fn code_of(conn: &mut Conn, named: String) -> Result<String, db::Error> {
    if store::by_code(conn, named.trim())?.is_some() {
        return Ok(named);
    }
    let title = fold(&named);
    let all = store::all(conn)?.into_iter();
    let mut called = all.filter(|model| fold(&model.title()) == title);
    Ok(match (called.next(), called.next()) {
        (Some(model), None) => model.code,
        _ => named,
    })
}

/// Creates the model or changes it, as `expect` allows; the same again changes nothing.
pub fn put(
    tx: &mut Tx,
    actor: &Actor,
    code: &str,
    draft: &ModelDraft,
    expect: Expect,
    now: Millis,
) -> Result<(Model, Put), Error> {
    if actor.scope != Scope::All {
        return Err(Error::ScopeTooNarrow);
    }
    let (code, clean) = check(code, draft)?;
    let Some(before) = store::by_code(tx, &code)? else {
        if matches!(expect, Expect::Version(_)) {
            return Err(Error::NoModel(code));
        }
        if !store::insert(tx, &code, &clean, now)? {
            return Err(Error::field("code", "model.code-taken"));
        }
        tx.record(change(actor, now, "model.create", "model", &code).after(&clean));
        return Ok((found(tx, &code)?, Put::Created));
    };
    let seen = match expect {
        Expect::New => return Err(Error::field("code", "model.code-taken")),
        Expect::Version(seen) => seen,
        Expect::Anything => before.version,
    };
    if clean == before.draft && seen == before.version {
        return Ok((before, Put::Same));
    }
    if !store::update(tx, before.id, seen, &clean)? {
        return Err(Error::Stale);
    }
    let audited = change(actor, now, "model.change", "model", &code);
    tx.record(audited.before(&before.draft).after(&clean));
    Ok((found(tx, &code)?, Put::Changed))
}

fn check(code: &str, draft: &ModelDraft) -> Result<(String, ModelDraft), Error> {
    let mut wrong = Vec::new();
    let code = model::code(code);
    if code.is_none() {
        wrong.push(("code", "model.code-form"));
    }
    match (code, draft.check()) {
        (Some(code), Ok(clean)) => Ok((code, clean)),
        (_, checked) => {
            wrong.extend(checked.err().unwrap_or_default());
            Err(Error::invalid(wrong))
        }
    }
}

fn found(tx: &mut Tx, code: &str) -> Result<Model, Error> {
    store::by_code(tx, code)?.ok_or_else(|| Error::NoModel(code.to_owned()))
}
