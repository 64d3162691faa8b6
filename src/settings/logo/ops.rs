//! Reading, replacing and removing the logo.
use super::{Kept, Logo, New, store};
use crate::access::{Actor, Scope, change as audited};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::settings::Brand;
use crate::settings::error::Error;
use crate::settings::ops::told_of;
use crate::storage;
use serde_json::{Value, json};

/// The name that audit and events know it by.
const LOGO: &str = "logo";

/// How it stands with the logo.
pub(in crate::settings) fn find(conn: &mut Conn) -> Result<Kept, db::Error> {
    let Some(row) = store::find(conn)? else {
        return Ok(Kept::default());
    };
    let blob = match row.blob {
        Some(id) => storage::find(conn, id)?,
        None => None,
    };
    let logo = blob.map(|blob| Logo {
        blob,
        content_type: row.content_type,
        width: row.width,
        height: row.height,
    });
    Ok(Kept {
        logo,
        version: row.version,
        changed_at: Some(row.changed_at),
        changed_by: Some(row.changed_by),
    })
}

fn facts(logo: &Logo) -> Value {
    json!({
        "sha256": logo.blob.sha256, "content_type": logo.content_type,
        "width": logo.width, "height": logo.height,
    })
}

/// Puts another picture in place of the logo, or none; the same again changes nothing. `brand` hears
/// of it when it is durable.
pub(super) fn put(
    tx: &mut Tx,
    brand: &Brand,
    actor: &Actor,
    new: Option<New>,
    seen: Option<i64>,
    now: Millis,
) -> Result<Kept, Error> {
    if actor.scope != Scope::All {
        return Err(Error::ScopeTooNarrow);
    }
    let before = find(tx)?;
    let new = new.map(|new| Logo {
        blob: new.blob,
        content_type: new.picture.content_type.to_owned(),
        width: new.picture.width.into(),
        height: new.picture.height.into(),
    });
    let seen = seen.unwrap_or(before.version);
    let blob_of = |logo: &Option<Logo>| logo.as_ref().map(|logo| logo.blob.id);
    if blob_of(&new) == blob_of(&before.logo) && seen == before.version {
        return Ok(before);
    }
    let row = match &new {
        Some(it) => (
            Some(it.blob.id),
            it.content_type.as_str(),
            it.width,
            it.height,
        ),
        None => (None, "", 0, 0),
    };
    // Whoever writes the row holds it until his commit, so the blob that stood there is let go once.
    if !store::put(tx, row, seen, (now, actor.who.name()))? {
        return Err(Error::Stale);
    }
    if let Some(it) = &new
        && !storage::hold(tx, it.blob.id)?
    {
        return Err(storage::Error::Interrupted("it waited too long to be used".into()).into());
    }
    if let Some(old) = &before.logo {
        storage::release(tx, old.blob.id)?;
    }
    let action = match &new {
        Some(_) => "settings.set-logo",
        None => "settings.remove-logo",
    };
    let mut said = audited(actor, now, action, "settings", LOGO);
    if let Some(old) = &before.logo {
        said = said.before(facts(old));
    }
    if let Some(new) = &new {
        said = said.after(facts(new));
    }
    tx.record(said);
    told_of(tx, LOGO, now);
    let after = find(tx)?;
    let (brand, version, logo) = (brand.clone(), after.version, after.logo.clone());
    tx.after_commit(move || brand.marked(version, logo));
    Ok(after)
}
