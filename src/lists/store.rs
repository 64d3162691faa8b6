//! All SQL of views and column choices.
use super::model::{Saved, View};
use super::reach;
use super::schema::{list_choice as choice, list_view as view};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use diesel::prelude::*;

type Row = (
    i64,
    String,
    String,
    String,
    OperatorId,
    bool,
    String,
    Millis,
);
type Columns = (
    view::id,
    view::list,
    view::name,
    view::query,
    view::owner_id,
    view::is_shared,
    view::reach,
    view::updated_at,
);
const COLUMNS: Columns = (
    view::id,
    view::list,
    view::name,
    view::query,
    view::owner_id,
    view::is_shared,
    view::reach,
    view::updated_at,
);

fn read(row: Row) -> View {
    let (id, list, name, query, owner, is_shared, reach, updated_at) = row;
    View {
        id,
        list,
        name,
        query,
        owner,
        saved: Saved::of(is_shared),
        reach,
        updated_at,
    }
}

/// The views of a list that an operator sees: his own, and the shared ones of who sees no more than
/// he does, by name.
pub(super) fn views(
    conn: &mut Conn,
    list: &str,
    (who, scope): (OperatorId, &Scope),
) -> Result<Vec<View>, Error> {
    let rows: Vec<Row> = view::table
        .filter(view::list.eq(list))
        .filter(view::owner_id.eq(who).or(view::is_shared.eq(true)))
        .order((view::name.asc(), view::id.asc()))
        .select(COLUMNS)
        .load(conn)?;
    let views = rows.into_iter().map(read);
    Ok(views
        .filter(|view| reach::is_for(view, (who, scope)))
        .collect())
}

/// The views of a list that were shared by those who see no more than `scope`, by name.
pub(super) fn shared_views(conn: &mut Conn, list: &str, scope: &Scope) -> Result<Vec<View>, Error> {
    let rows: Vec<Row> = view::table
        .filter(view::list.eq(list).and(view::is_shared.eq(true)))
        .order((view::name.asc(), view::id.asc()))
        .select(COLUMNS)
        .load(conn)?;
    let views = rows.into_iter().map(read);
    Ok(views.filter(|view| reach::is_open(view, scope)).collect())
}

/// How many views of a list an operator keeps.
pub(super) fn count_views(conn: &mut Conn, list: &str, who: OperatorId) -> Result<i64, Error> {
    let n = view::table
        .filter(view::list.eq(list).and(view::owner_id.eq(who)))
        .count()
        .get_result(conn)?;
    Ok(n)
}

/// A view of this list that the operator sees.
pub(super) fn find_view(
    conn: &mut Conn,
    (list, id): (&str, i64),
    (who, scope): (OperatorId, &Scope),
) -> Result<Option<View>, Error> {
    let row: Option<Row> = view::table
        .filter(view::id.eq(id).and(view::list.eq(list)))
        .filter(view::owner_id.eq(who).or(view::is_shared.eq(true)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row
        .map(read)
        .filter(|view| reach::is_for(view, (who, scope))))
}

/// What is saved under a name.
pub(super) struct New<'a> {
    pub(super) list: &'a str,
    pub(super) name: &'a str,
    pub(super) query: &'a str,
    pub(super) owner: OperatorId,
    pub(super) saved: Saved,
    pub(super) reach: &'a Scope,
}

/// `None` when the owner has a view of that name.
pub(super) fn insert_view(
    conn: &mut Conn,
    new: &New<'_>,
    now: Millis,
) -> Result<Option<i64>, Error> {
    let id = on_backend!(conn, |c| diesel::insert_into(view::table)
        .values((
            view::list.eq(new.list),
            view::name.eq(new.name),
            view::query.eq(new.query),
            view::owner_id.eq(new.owner),
            view::is_shared.eq(new.saved.is_shared()),
            view::reach.eq(reach::written(new.reach)),
            view::created_at.eq(now),
            view::updated_at.eq(now),
        ))
        .on_conflict((view::list, view::owner_id, view::name))
        .do_nothing()
        .returning(view::id)
        .get_result(c)
        .optional())?;
    Ok(id)
}

/// What of a view changes.
#[derive(AsChangeset)]
#[diesel(table_name = view)]
pub(super) struct Changes<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) query: Option<&'a str>,
    pub(super) is_shared: Option<bool>,
    pub(super) reach: String,
    pub(super) updated_at: Millis,
}

/// True when the view was there, and no other of its owner's has that name.
pub(super) fn update_view(
    conn: &mut Conn,
    it: &View,
    changes: &Changes<'_>,
) -> Result<bool, Error> {
    let (other, name) = (
        diesel::alias!(view as other),
        changes.name.unwrap_or(&it.name),
    );
    let namesakes = other
        .filter(other.field(view::list).eq(&it.list))
        .filter(other.field(view::owner_id).eq(it.owner))
        .filter(other.field(view::name).eq(name))
        .filter(other.field(view::id).ne(it.id));
    let row = view::table
        .filter(view::id.eq(it.id))
        .filter(diesel::dsl::not(diesel::dsl::exists(namesakes)));
    Ok(diesel::update(row).set(changes).execute(conn)? == 1)
}

/// True when this call removed it.
pub(super) fn delete_view(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    let row = view::table.filter(view::id.eq(id));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// The keys of the columns that an operator chose, if he did.
pub(super) fn choice(
    conn: &mut Conn,
    list: &str,
    who: OperatorId,
) -> Result<Option<Vec<String>>, Error> {
    let stored: Option<String> = choice::table
        .filter(choice::operator_id.eq(who).and(choice::list.eq(list)))
        .select(choice::chosen)
        .first(conn)
        .optional()?;
    let keys = |text: String| {
        text.split(' ')
            .filter(|k| !k.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Ok(stored.map(keys))
}

pub(super) fn choose(
    conn: &mut Conn,
    list: &str,
    who: OperatorId,
    keys: &[String],
    now: Millis,
) -> Result<(), Error> {
    let keys = keys.join(" ");
    on_backend!(conn, |c| diesel::insert_into(choice::table)
        .values((
            choice::operator_id.eq(who),
            choice::list.eq(list),
            choice::chosen.eq(&keys),
            choice::updated_at.eq(now),
        ))
        .on_conflict((choice::operator_id, choice::list))
        .do_update()
        .set((choice::chosen.eq(&keys), choice::updated_at.eq(now)))
        .execute(c))?;
    Ok(())
}

pub(super) fn forget_choice(conn: &mut Conn, list: &str, who: OperatorId) -> Result<(), Error> {
    let row = choice::table.filter(choice::operator_id.eq(who).and(choice::list.eq(list)));
    diesel::delete(row).execute(conn)?;
    Ok(())
}
