//! All SQL of operators and their one-time links.
use super::limit_store;
use super::model::{Operator, Proved};
use crate::access::look::Wish;
use crate::access::model::{Scope, State};
use crate::access::schema::{
    access_link as link, access_operator as operator, access_operator_role as held,
};
use crate::clock::Millis;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Turn};
use crate::ids::{OperatorId, RoleId};
use crate::on_backend;
use crate::sealing::TokenHash;
use anyhow::anyhow;
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = operator)]
struct Row {
    id: OperatorId,
    login: String,
    name: String,
    password_hash: Option<String>,
    state: String,
    all_establishments: bool,
    version: i64,
    created_at: Millis,
    last_sign_in_at: Option<Millis>,
}

type Columns = (
    operator::id,
    operator::login,
    operator::name,
    operator::password_hash,
    operator::state,
    operator::all_establishments,
    operator::version,
    operator::created_at,
    operator::last_sign_in_at,
);
const COLUMNS: Columns = (
    operator::id,
    operator::login,
    operator::name,
    operator::password_hash,
    operator::state,
    operator::all_establishments,
    operator::version,
    operator::created_at,
    operator::last_sign_in_at,
);

impl TryFrom<Row> for Operator {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let state = State::parse(&row.state)
            .ok_or_else(|| Error::Fault(anyhow!("operator state `{}`", row.state)))?;
        Ok(Self {
            id: row.id,
            login: row.login,
            name: row.name,
            state,
            has_password: row.password_hash.is_some(),
            sees_all: row.all_establishments,
            version: row.version,
            created_at: row.created_at,
            last_sign_in_at: row.last_sign_in_at,
        })
    }
}

pub(in crate::access) fn find(conn: &mut Conn, id: OperatorId) -> Result<Option<Operator>, Error> {
    let row: Option<Row> = operator::table
        .filter(operator::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(Operator::try_from).transpose()
}

/// By the folded login.
pub(super) fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<Operator>, Error> {
    let row: Option<Row> = operator::table
        .filter(operator::login.eq(login))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(Operator::try_from).transpose()
}

/// The hash to compare a password with, of an operator who may sign in.
pub(in crate::access) fn password_hash_of(
    conn: &mut Conn,
    login: &str,
) -> Result<Option<(OperatorId, String)>, Error> {
    let found: Option<(OperatorId, Option<String>)> = operator::table
        .filter(operator::login.eq(login))
        .filter(operator::state.eq(State::Active.code()))
        .select((operator::id, operator::password_hash))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(id, hash)| Some((id, hash?))))
}

/// All operators, by login.
pub(in crate::access) fn list(conn: &mut Conn) -> Result<Vec<Operator>, Error> {
    let rows: Vec<Row> = operator::table
        .order(operator::login.asc())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(Operator::try_from).collect()
}

/// Login and name of these operators.
pub(in crate::access) fn names_of(
    conn: &mut Conn,
    these: Vec<OperatorId>,
) -> Result<Vec<(OperatorId, String, String)>, Error> {
    Ok(operator::table
        .filter(operator::id.eq_any(these))
        .select((operator::id, operator::login, operator::name))
        .load(conn)?)
}

/// Up to [`Turn::limit`] operators who see nothing out of `scope`, by login, which is unique, in the
/// order of reading; and how many there are.
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    turn: &Turn,
) -> Result<(Vec<Operator>, i64), Error> {
    let within = match scope {
        Scope::All => None,
        Scope::Only(these) => Some(limit_store::within(conn, these)?),
    };
    let (edge, backwards) = turn.edge();
    let mut query = operator::table
        .select(COLUMNS)
        .limit(turn.limit())
        .into_boxed();
    if let Some(at) = edge {
        let login = at.key.clone();
        query = if backwards {
            query.filter(operator::login.lt(login))
        } else {
            query.filter(operator::login.gt(login))
        };
    }
    query = if backwards {
        query.order(operator::login.desc())
    } else {
        query.order(operator::login.asc())
    };
    let mut all = operator::table
        .select(operator::id)
        .limit(COUNTED + 1)
        .into_boxed();
    if let Some(these) = within {
        let inside = |these: Vec<OperatorId>| {
            let limited = operator::all_establishments.eq(false);
            limited.and(operator::id.eq_any(these))
        };
        query = query.filter(inside(these.clone()));
        all = all.filter(inside(these));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let counted = db::count(conn, all)?;
    let rows: Result<Vec<Operator>, Error> = rows.into_iter().map(Operator::try_from).collect();
    Ok((rows?, counted))
}

/// Whether an operator sees every establishment; `None` when he may not come in.
pub(in crate::access) fn sees_all(conn: &mut Conn, id: OperatorId) -> Result<Option<bool>, Error> {
    Ok(operator::table
        .filter(operator::id.eq(id))
        .filter(operator::state.eq(State::Active.code()))
        .select(operator::all_establishments)
        .first(conn)
        .optional()?)
}

/// `None` when the login is taken.
pub(super) fn insert(
    conn: &mut Conn,
    (login, name): (&str, &str),
    scope: &Scope,
    now: Millis,
) -> Result<Option<OperatorId>, Error> {
    let id: Option<OperatorId> = on_backend!(conn, |c| diesel::insert_into(operator::table)
        .values((
            operator::login.eq(login),
            operator::name.eq(name),
            operator::state.eq(State::Active.code()),
            operator::all_establishments.eq(*scope == Scope::All),
            operator::created_at.eq(now),
        ))
        .on_conflict(operator::login)
        .do_nothing()
        .returning(operator::id)
        .get_result(c)
        .optional())?;
    if let Some(id) = id {
        limit_store::put(conn, id, scope)?;
    }
    Ok(id)
}

pub(super) fn give_role(conn: &mut Conn, id: OperatorId, role: RoleId) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(held::table)
        .values((held::operator_id.eq(id), held::role_id.eq(role)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Gives these roles and takes all others.
pub(super) fn set_roles(conn: &mut Conn, id: OperatorId, roles: &[RoleId]) -> Result<(), Error> {
    diesel::delete(held::table.filter(held::operator_id.eq(id))).execute(conn)?;
    roles.iter().try_for_each(|role| give_role(conn, id, *role))
}

/// True when this call made the change.
pub(super) fn set_state(conn: &mut Conn, id: OperatorId, to: State) -> Result<bool, Error> {
    let row = operator::table.filter(operator::id.eq(id).and(operator::state.ne(to.code())));
    let n = diesel::update(row)
        .set((
            operator::state.eq(to.code()),
            operator::version.eq(operator::version + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Holds an operator's row until the transaction ends, so that nobody changes meanwhile what he may do,
/// or who he is; false when there is no such operator.
pub(in crate::access) fn hold(conn: &mut Conn, id: OperatorId) -> Result<bool, Error> {
    let row = operator::table.filter(operator::id.eq(id));
    let same = operator::version.eq(operator::version);
    Ok(diesel::update(row).set(same).execute(conn)? == 1)
}

/// [`hold`], by the folded login.
pub(super) fn hold_by_login(conn: &mut Conn, login: &str) -> Result<(), Error> {
    let row = operator::table.filter(operator::login.eq(login));
    diesel::update(row)
        .set(operator::version.eq(operator::version))
        .execute(conn)?;
    Ok(())
}

/// [`hold`], while he may come in and what he proved is still so; false when it no longer is.
pub(in crate::access) fn hold_proved(conn: &mut Conn, proved: &Proved) -> Result<bool, Error> {
    let row = operator::table.filter(
        operator::id
            .eq(proved.operator)
            .and(operator::state.eq(State::Active.code()))
            .and(operator::password_hash.eq(&proved.hash)),
    );
    let same = operator::version.eq(operator::version);
    Ok(diesel::update(row).set(same).execute(conn)? == 1)
}

/// True when the operator may sign in, and now has.
pub(super) fn note_sign_in(conn: &mut Conn, id: OperatorId, now: Millis) -> Result<bool, Error> {
    let row = operator::table.filter(
        operator::id
            .eq(id)
            .and(operator::state.eq(State::Active.code())),
    );
    let n = diesel::update(row)
        .set(operator::last_sign_in_at.eq(now))
        .execute(conn)?;
    Ok(n == 1)
}

/// Sets the password of an active operator.
pub(super) fn set_password(conn: &mut Conn, id: OperatorId, hash: &str) -> Result<bool, Error> {
    let row = operator::table.filter(
        operator::id
            .eq(id)
            .and(operator::state.eq(State::Active.code())),
    );
    let set = (
        operator::password_hash.eq(hash),
        operator::version.eq(operator::version + 1),
    );
    Ok(diesel::update(row).set(set).execute(conn)? == 1)
}

/// Takes an operator's password and unused links away.
pub(in crate::access) fn drop_password(conn: &mut Conn, id: OperatorId) -> Result<(), Error> {
    delete_open_links(conn, id)?;
    let with = operator::table.filter(
        operator::id
            .eq(id)
            .and(operator::password_hash.is_not_null()),
    );
    diesel::update(with)
        .set((
            operator::password_hash.eq(None::<String>),
            operator::version.eq(operator::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps how the operator wants to read, and his name; what is absent stays as it is.
pub(super) fn set_look(
    conn: &mut Conn,
    id: OperatorId,
    wish: Wish,
    name: Option<&str>,
) -> Result<(), Error> {
    diesel::update(operator::table.filter(operator::id.eq(id)))
        .set((
            operator::version.eq(operator::version + 1),
            wish.lang.map(|lang| operator::lang.eq(lang.tag())),
            wish.theme.map(|theme| operator::theme.eq(theme.code())),
            wish.zone.map(|zone| operator::zone.eq(zone.name())),
            name.map(|name| operator::name.eq(name)),
        ))
        .execute(conn)?;
    Ok(())
}

pub(super) fn insert_link(
    conn: &mut Conn,
    hash: &TokenHash,
    whose: OperatorId,
    now: Millis,
    until: Millis,
) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(link::table)
        .values((
            link::hash.eq(hash.to_vec()),
            link::operator_id.eq(whose),
            link::purpose.eq("set-password"),
            link::created_at.eq(now),
            link::expires_at.eq(until),
        ))
        .execute(c))?;
    Ok(())
}

/// Takes back links that were not used.
pub(super) fn delete_open_links(conn: &mut Conn, whose: OperatorId) -> Result<usize, Error> {
    let open = link::table.filter(link::operator_id.eq(whose).and(link::used_at.is_null()));
    Ok(diesel::delete(open).execute(conn)?)
}

/// Whose link it is, while it works.
pub(in crate::access) fn find_by_link(
    conn: &mut Conn,
    hash: &TokenHash,
    now: Millis,
) -> Result<Option<Operator>, Error> {
    let row: Option<Row> = link::table
        .inner_join(operator::table)
        .filter(link::hash.eq(hash.to_vec()))
        .filter(link::used_at.is_null())
        .filter(link::expires_at.gt(now))
        .filter(operator::state.eq(State::Active.code()))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(Operator::try_from).transpose()
}

/// Spends a link; true when it still worked.
pub(super) fn use_link(conn: &mut Conn, hash: &TokenHash, now: Millis) -> Result<bool, Error> {
    let row = link::table.filter(
        link::hash
            .eq(hash.to_vec())
            .and(link::used_at.is_null())
            .and(link::expires_at.gt(now)),
    );
    let n = diesel::update(row)
        .set(link::used_at.eq(now))
        .execute(conn)?;
    Ok(n == 1)
}
