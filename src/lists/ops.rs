//! The verbs of views and columns. A view is changed and deleted by its owner; a shared one also by
//! whoever may share.
use super::error::Error;
use super::model::{self, QUERY_MAX, Saved, VIEWS_MAX, View};
use super::reach;
use super::store::{self, Changes, New};
use crate::access::{self, Actor, Who, change as audited};
use crate::clock::Millis;
use crate::db::Tx;
use crate::ids::OperatorId;
use serde_json::{Value, json};

/// The one who keeps something about lists.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    pub(super) actor: Actor,
    pub(super) id: OperatorId,
    pub(super) may_share: bool,
}

impl Keeper {
    pub(super) fn new(actor: Actor, may_share: bool) -> Result<Self, Error> {
        match actor.who {
            Who::Operator(id, _) => Ok(Self {
                actor,
                id,
                may_share,
            }),
            _ => Err(Error::NotAPerson),
        }
    }

    pub(super) fn may_change(&self, view: &View) -> bool {
        view.owner == self.id || (self.may_share && view.saved.is_shared())
    }

    fn check_sharing(&self, saved: Saved) -> Result<(), Error> {
        match saved {
            Saved::ForAll if !self.may_share => Err(Error::MayNotShare),
            _ => Ok(()),
        }
    }
}

/// A view as somebody typed it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) query: String,
    pub(super) saved: Saved,
}

/// Keeps a query under a name.
pub(super) fn save(
    tx: &mut Tx,
    by: &Keeper,
    list: &str,
    draft: &Draft,
    now: Millis,
) -> Result<View, Error> {
    let name = model::name(&draft.name).ok_or(Error::NameForm)?;
    by.check_sharing(draft.saved)?;
    if draft.query.len() > QUERY_MAX {
        return Err(Error::TooLong);
    }
    if store::count_views(tx, list, by.id)? >= VIEWS_MAX {
        return Err(Error::TooMany);
    }
    let new = New {
        list,
        name: &name,
        query: &draft.query,
        owner: by.id,
        saved: draft.saved,
        reach: &by.actor.scope,
    };
    let id = store::insert_view(tx, &new, now)?.ok_or(Error::NameTaken)?;
    let view = find(tx, by, (list, id))?;
    note(
        tx,
        (by, now),
        "view.save",
        (&view, None, Some(facts(&view))),
    );
    Ok(view)
}

/// What of a view is to be otherwise.
#[derive(Debug, Clone, Default)]
pub(super) struct Edit {
    pub(super) name: Option<String>,
    pub(super) query: Option<String>,
    pub(super) saved: Option<Saved>,
}

/// Changes what `edit` names.
pub(super) fn change(
    tx: &mut Tx,
    by: &Keeper,
    of: (&str, i64),
    edit: &Edit,
    now: Millis,
) -> Result<View, Error> {
    let before = own(tx, by, of)?;
    let name = match &edit.name {
        Some(typed) => Some(model::name(typed).ok_or(Error::NameForm)?),
        None => None,
    };
    let name = name.filter(|name| *name != before.name);
    if let Some(saved) = edit.saved.filter(|saved| *saved != before.saved) {
        by.check_sharing(saved)?;
    }
    if edit
        .query
        .as_ref()
        .is_some_and(|query| query.len() > QUERY_MAX)
    {
        return Err(Error::TooLong);
    }
    let (reach, tells) = (
        reach::read(&before.reach),
        name.is_some() || edit.query.is_some(),
    );
    if tells && before.owner != by.id {
        // Its owner goes on reading it, and whatever somebody who sees more writes into it. He may see less
        // today than when he made it.
        let owner = Who::Operator(before.owner, String::new());
        let owner = access::standing(tx, &owner)?;
        let sees = owner.is_none_or(|(_, scope)| scope.covers(&by.actor.scope));
        if !sees || !reach.covers(&by.actor.scope) {
            return Err(Error::SeesMore);
        }
    }
    // What stays of it may tell of more than he sees today who changes the rest.
    let reach = if edit.query.is_some() || by.actor.scope.covers(&reach) {
        reach::written(&by.actor.scope)
    } else {
        before.reach.clone()
    };
    let changes = Changes {
        name: name.as_deref(),
        query: edit.query.as_deref(),
        is_shared: edit.saved.map(Saved::is_shared),
        reach: reach.clone(),
        updated_at: now,
    };
    if !store::update_view(tx, &before, &changes)? {
        return Err(Error::NameTaken);
    }
    // Read without the eyes of the keeper: he may just have closed it to himself.
    let after = View {
        name: name.unwrap_or_else(|| before.name.clone()),
        query: edit.query.clone().unwrap_or_else(|| before.query.clone()),
        saved: edit.saved.unwrap_or(before.saved),
        reach,
        updated_at: now,
        ..before.clone()
    };
    let told = (&after, Some(facts(&before)), Some(facts(&after)));
    note(tx, (by, now), "view.change", told);
    Ok(after)
}

/// Removes a view for everyone.
pub(super) fn delete(
    tx: &mut Tx,
    by: &Keeper,
    of: (&str, i64),
    now: Millis,
) -> Result<View, Error> {
    let view = own(tx, by, of)?;
    if !store::delete_view(tx, view.id)? {
        return Err(Error::NoView);
    }
    note(
        tx,
        (by, now),
        "view.delete",
        (&view, Some(facts(&view)), None),
    );
    Ok(view)
}

fn find(tx: &mut Tx, by: &Keeper, of: (&str, i64)) -> Result<View, Error> {
    store::find_view(tx, of, (by.id, &by.actor.scope))?.ok_or(Error::NoView)
}

fn own(tx: &mut Tx, by: &Keeper, of: (&str, i64)) -> Result<View, Error> {
    let view = find(tx, by, of)?;
    if by.may_change(&view) {
        Ok(view)
    } else {
        Err(Error::MayNotShare)
    }
}

fn facts(view: &View) -> Value {
    json!({ "name": view.name, "query": view.query, "is_shared": view.saved.is_shared() })
}

fn note(
    tx: &mut Tx,
    (by, now): (&Keeper, Millis),
    verb: &'static str,
    (view, before, after): (&View, Option<Value>, Option<Value>),
) {
    let object = format!("{}/{}", view.list, view.name);
    let mut entry = audited(&by.actor, now, verb, "view", object);
    if let Some(before) = before {
        entry = entry.before(before);
    }
    if let Some(after) = after {
        entry = entry.after(after);
    }
    tx.record(entry);
}
