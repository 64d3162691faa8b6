//! All SQL of activation codes.
use super::model::{Activation, CodeState};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::TerminalId;
use crate::on_backend;
use crate::terminals::schema::terminal_activation;
use diesel::prelude::*;

/// A code as kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = terminal_activation)]
pub(super) struct Kept {
    pub(super) id: i64,
    pub(super) nonce: Vec<u8>,
    pub(super) serial_number: String,
    pub(super) code_hash: Vec<u8>,
    pub(super) attempts_left: i32,
    pub(super) expires_at: Millis,
    pub(super) used_at: Option<Millis>,
    pub(super) idempotency_hash: Option<Vec<u8>>,
}

/// A new code.
#[derive(Debug, Clone, Copy)]
pub(super) struct New<'a> {
    pub(super) nonce: &'a [u8],
    pub(super) serial_number: &'a str,
    pub(super) code_hash: &'a [u8],
    pub(super) attempts_left: i32,
    pub(super) expires_at: Millis,
    pub(super) created_by: &'a str,
}

/// Keeps a terminal's code in place of the one before.
pub(super) fn replace(
    conn: &mut Conn,
    terminal: TerminalId,
    new: New,
    now: Millis,
) -> Result<(), Error> {
    let fields = (
        terminal_activation::nonce.eq(new.nonce),
        terminal_activation::serial_number.eq(new.serial_number),
        terminal_activation::code_hash.eq(new.code_hash),
        terminal_activation::attempts_left.eq(new.attempts_left),
        terminal_activation::expires_at.eq(new.expires_at),
        terminal_activation::created_at.eq(now),
        terminal_activation::created_by.eq(new.created_by),
        terminal_activation::used_at.eq(None::<Millis>),
        terminal_activation::idempotency_hash.eq(None::<Vec<u8>>),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_activation::table)
        .values((
            terminal_activation::terminal_id.eq(terminal),
            fields.clone()
        ))
        .on_conflict(terminal_activation::terminal_id)
        .do_update()
        .set(fields)
        .execute(c))?;
    Ok(())
}

pub(super) fn find(conn: &mut Conn, terminal: TerminalId) -> Result<Option<Kept>, Error> {
    Ok(terminal_activation::table
        .filter(terminal_activation::terminal_id.eq(terminal))
        .select(Kept::as_select())
        .first(conn)
        .optional()?)
}

/// Counts a failure; the attempts left now, or `None` when the code was not to be used any more.
pub(super) fn count_down(conn: &mut Conn, id: i64, now: Millis) -> Result<Option<i32>, Error> {
    let usable = terminal_activation::table.filter(
        terminal_activation::id
            .eq(id)
            .and(terminal_activation::used_at.is_null())
            .and(terminal_activation::attempts_left.gt(0))
            .and(terminal_activation::expires_at.gt(now)),
    );
    let counted = diesel::update(usable)
        .set(terminal_activation::attempts_left.eq(terminal_activation::attempts_left - 1))
        .execute(conn)?;
    let left: Option<i32> = terminal_activation::table
        .find(id)
        .select(terminal_activation::attempts_left)
        .first(conn)
        .optional()?;
    Ok(left.filter(|_| counted == 1))
}

/// Uses the code up; false when it was not to be used any more.
pub(super) fn spend(
    conn: &mut Conn,
    id: i64,
    nonce: &[u8],
    idempotency_hash: Option<&[u8]>,
    now: Millis,
) -> Result<bool, Error> {
    let usable = terminal_activation::table.filter(
        terminal_activation::id
            .eq(id)
            .and(terminal_activation::nonce.eq(nonce))
            .and(terminal_activation::used_at.is_null())
            .and(terminal_activation::attempts_left.gt(0))
            .and(terminal_activation::expires_at.gt(now)),
    );
    let spent = diesel::update(usable)
        .set((
            terminal_activation::used_at.eq(now),
            terminal_activation::idempotency_hash.eq(idempotency_hash),
        ))
        .execute(conn)?;
    Ok(spent == 1)
}

/// Makes an unused code useless; false when there is none.
pub(super) fn kill(conn: &mut Conn, terminal: TerminalId) -> Result<bool, Error> {
    let unused = terminal_activation::table.filter(
        terminal_activation::terminal_id
            .eq(terminal)
            .and(terminal_activation::used_at.is_null())
            .and(terminal_activation::attempts_left.gt(0)),
    );
    let killed = diesel::update(unused)
        .set(terminal_activation::attempts_left.eq(0))
        .execute(conn)?;
    Ok(killed == 1)
}

/// The terminal's code as its operators see it.
pub fn activation(
    conn: &mut Conn,
    terminal: TerminalId,
    now: Millis,
) -> Result<Option<Activation>, Error> {
    type Row = (String, i32, Millis, String, Millis, Option<Millis>);
    let row: Option<Row> = terminal_activation::table
        .filter(terminal_activation::terminal_id.eq(terminal))
        .select((
            terminal_activation::serial_number,
            terminal_activation::attempts_left,
            terminal_activation::created_at,
            terminal_activation::created_by,
            terminal_activation::expires_at,
            terminal_activation::used_at,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(
        |(serial_number, attempts_left, created_at, created_by, expires_at, used_at)| Activation {
            state: CodeState::of(now, attempts_left, expires_at, used_at),
            serial_number,
            attempts_left,
            created_at,
            created_by,
            expires_at,
            used_at,
        },
    ))
}
