//! All SQL of API clients and their tokens.
use super::limit_store::{self, scope_of};
use crate::access::model::{Permissions, Scope, State};
use crate::access::roles::{from_json, to_json};
use crate::access::schema::{access_client as client, access_client_token as token};
use crate::clock::Millis;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Turn};
use crate::ids::{ClientId, OperatorId};
use crate::on_backend;
use crate::sealing::TokenHash;
use anyhow::anyhow;
use diesel::prelude::*;
use std::time::Duration;

/// "Last used" is not written more often than this.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// A token that opens the gate, with what the gate wants to know of its client.
#[derive(Debug)]
pub(in crate::access) struct Live {
    pub token: i64,
    pub client: ClientId,
    pub name: String,
    pub permissions: Permissions,
    pub scope: Scope,
    /// Requests that it may make in a minute, if that was said of it.
    pub per_minute: Option<u32>,
    last_used_at: Option<Millis>,
    /// What is stored of the key that it has to show, and until when that is good.
    pub(super) certificate: Option<(Vec<u8>, Millis)>,
}

impl Live {
    pub(in crate::access) fn is_use_due(&self, now: Millis) -> bool {
        self.last_used_at.is_none_or(|at| at + NOTE_EVERY <= now)
    }
}

/// Whose token it is, while token and client are good.
pub(in crate::access) fn find_live(
    conn: &mut Conn,
    hash: &TokenHash,
    now: Millis,
) -> Result<Option<Live>, Error> {
    type Found = (
        i64,
        Option<Millis>,
        ClientId,
        String,
        String,
        bool,
        Option<i64>,
        (Option<Vec<u8>>, Option<Millis>),
    );
    let found: Option<Found> = token::table
        .inner_join(client::table)
        .filter(token::hash.eq(hash.to_vec()))
        .filter(token::revoked_at.is_null())
        .filter(token::expires_at.is_null().or(token::expires_at.gt(now)))
        .filter(client::state.eq(State::Active.code()))
        .select((
            token::id,
            token::last_used_at,
            client::id,
            client::name,
            client::scopes,
            client::all_establishments,
            client::per_minute,
            (client::certificate_key, client::certificate_until),
        ))
        .first(conn)
        .optional()?;
    let Some((token, last_used_at, client, name, scopes, all, per_minute, shown)) = found else {
        return Ok(None);
    };
    Ok(Some(Live {
        token,
        client,
        name,
        permissions: from_json(&scopes)?,
        scope: scope_of(conn, client, all)?,
        per_minute: pace(per_minute),
        last_used_at,
        certificate: shown.0.zip(shown.1),
    }))
}

fn pace(stored: Option<i64>) -> Option<u32> {
    stored.and_then(|n| u32::try_from(n).ok())
}

/// What a client may do and see; `None` when it may not come in.
pub(in crate::access) fn reach(
    conn: &mut Conn,
    id: ClientId,
) -> Result<Option<(Permissions, Scope)>, Error> {
    let found: Option<(String, bool)> = client::table
        .filter(
            client::id
                .eq(id)
                .and(client::state.eq(State::Active.code())),
        )
        .select((client::scopes, client::all_establishments))
        .first(conn)
        .optional()?;
    let Some((scopes, all)) = found else {
        return Ok(None);
    };
    Ok(Some((from_json(&scopes)?, scope_of(conn, id, all)?)))
}

/// Notes that a token was used, unless that was noted a moment ago.
pub(in crate::access) fn note_use(conn: &mut Conn, id: i64, now: Millis) -> Result<(), Error> {
    let due = token::table.filter(token::id.eq(id)).filter(
        token::last_used_at
            .is_null()
            .or(token::last_used_at.le(now - NOTE_EVERY)),
    );
    diesel::update(due)
        .set(token::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// One API client, as its page shows it.
#[derive(Debug, Clone)]
pub(in crate::access) struct Client {
    pub id: ClientId,
    pub name: String,
    pub state: State,
    pub scopes: Permissions,
    /// Whether it sees every establishment; if not, the store knows which.
    pub sees_all: bool,
    /// Requests that it may make in a minute, if that was said of it.
    pub per_minute: Option<u32>,
    pub version: i64,
    pub created_at: Millis,
}

/// One of its tokens; the token itself is not known here.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Token {
    pub id: i64,
    pub client: ClientId,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
}

impl Token {
    /// Whether it opens the gate, if its client may come in at all.
    pub(super) fn is_good(&self, now: Millis) -> bool {
        self.expires_at.is_none_or(|at| at > now)
    }

    pub(super) fn state(&self, now: Millis) -> &'static str {
        if self.is_good(now) {
            "active"
        } else {
            "expired"
        }
    }
}

type Row = (
    ClientId,
    String,
    String,
    String,
    bool,
    Option<i64>,
    i64,
    Millis,
);
type Columns = (
    client::id,
    client::name,
    client::state,
    client::scopes,
    client::all_establishments,
    client::per_minute,
    client::version,
    client::created_at,
);
const COLUMNS: Columns = (
    client::id,
    client::name,
    client::state,
    client::scopes,
    client::all_establishments,
    client::per_minute,
    client::version,
    client::created_at,
);

fn read(row: Row) -> Result<Client, Error> {
    let (id, name, state, scopes, sees_all, per_minute, version, created_at) = row;
    let state =
        State::parse(&state).ok_or_else(|| Error::Fault(anyhow!("client state `{state}`")))?;
    Ok(Client {
        id,
        name,
        state,
        scopes: from_json(&scopes)?,
        sees_all,
        per_minute: pace(per_minute),
        version,
        created_at,
    })
}

/// Up to [`Turn::limit`] clients that see nothing out of `scope`, by name, which is unique, in the
/// order of reading; and how many there are.
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    turn: &Turn,
) -> Result<(Vec<Client>, i64), Error> {
    let within = match scope {
        Scope::All => None,
        Scope::Only(these) => Some(limit_store::within(conn, these)?),
    };
    let (edge, backwards) = turn.edge();
    let mut query = client::table
        .select(COLUMNS)
        .limit(turn.limit())
        .into_boxed();
    if let Some(at) = edge {
        let name = at.key.clone();
        query = if backwards {
            query.filter(client::name.lt(name))
        } else {
            query.filter(client::name.gt(name))
        };
    }
    query = if backwards {
        query.order(client::name.desc())
    } else {
        query.order(client::name.asc())
    };
    let mut all = client::table
        .select(client::id)
        .limit(COUNTED + 1)
        .into_boxed();
    if let Some(these) = within {
        let inside = |these: Vec<ClientId>| {
            let limited = client::all_establishments.eq(false);
            limited.and(client::id.eq_any(these))
        };
        query = query.filter(inside(these.clone()));
        all = all.filter(inside(these));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let counted = db::count(conn, all)?;
    let rows: Result<Vec<Client>, Error> = rows.into_iter().map(read).collect();
    Ok((rows?, counted))
}

pub(super) fn find(conn: &mut Conn, id: ClientId) -> Result<Option<Client>, Error> {
    let row: Option<Row> = client::table
        .filter(client::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

pub(super) fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Client>, Error> {
    let row: Option<Row> = client::table
        .filter(client::name.eq(name))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(read).transpose()
}

/// The tokens of these clients that were not revoked, oldest first.
pub(super) fn tokens_of(conn: &mut Conn, these: Vec<ClientId>) -> Result<Vec<Token>, Error> {
    let mut all: Vec<Token> = token::table
        .filter(token::client_id.eq_any(these))
        .filter(token::revoked_at.is_null())
        .select((
            token::id,
            token::client_id,
            token::created_at,
            token::expires_at,
            token::last_used_at,
        ))
        .load(conn)?;
    all.sort_by_key(|token| token.id);
    Ok(all)
}

/// `None` when the name is taken.
pub(super) fn insert(
    conn: &mut Conn,
    name: &str,
    scopes: &Permissions,
    scope: &Scope,
    now: Millis,
) -> Result<Option<ClientId>, Error> {
    let id: Option<ClientId> = on_backend!(conn, |c| diesel::insert_into(client::table)
        .values((
            client::name.eq(name),
            client::state.eq(State::Active.code()),
            client::scopes.eq(to_json(scopes)),
            client::all_establishments.eq(*scope == Scope::All),
            client::created_at.eq(now),
        ))
        .on_conflict(client::name)
        .do_nothing()
        .returning(client::id)
        .get_result(c)
        .optional())?;
    if let Some(id) = id {
        limit_store::put(conn, id, scope)?;
    }
    Ok(id)
}

/// True when this call made the change.
pub(super) fn set_state(conn: &mut Conn, id: ClientId, to: State) -> Result<bool, Error> {
    let row = client::table.filter(client::id.eq(id).and(client::state.ne(to.code())));
    let n = diesel::update(row)
        .set((
            client::state.eq(to.code()),
            client::version.eq(client::version + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

pub(super) fn insert_token(
    conn: &mut Conn,
    (whose, maker): (ClientId, Option<OperatorId>),
    hash: &TokenHash,
    now: Millis,
    until: Option<Millis>,
) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(token::table)
        .values((
            token::client_id.eq(whose),
            token::hash.eq(hash.to_vec()),
            token::created_at.eq(now),
            token::expires_at.eq(until),
            token::made_by_id.eq(maker),
        ))
        .execute(c))?;
    Ok(())
}

/// Whether this operator made a token of the client, be it revoked by now.
pub(in crate::access) fn has_token_of(
    conn: &mut Conn,
    whose: ClientId,
    maker: OperatorId,
) -> Result<bool, Error> {
    let made = token::table
        .filter(token::client_id.eq(whose))
        .filter(token::made_by_id.eq(maker));
    Ok(diesel::select(diesel::dsl::exists(made)).get_result(conn)?)
}

/// True when the token was the client's and good until now.
pub(super) fn revoke_token(
    conn: &mut Conn,
    whose: ClientId,
    id: i64,
    now: Millis,
) -> Result<bool, Error> {
    let row = token::table.filter(
        token::id
            .eq(id)
            .and(token::client_id.eq(whose))
            .and(token::revoked_at.is_null()),
    );
    let n = diesel::update(row)
        .set(token::revoked_at.eq(now))
        .execute(conn)?;
    Ok(n == 1)
}
