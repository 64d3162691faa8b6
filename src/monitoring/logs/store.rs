//! Logs and their pieces as they are found.
use super::model::{Counts, ENDED, Held, Kind, Log, Piece};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::formats::{Encoding, Format};
use crate::ids::{BlobId, EstablishmentId, LogId, TerminalId};
use crate::monitoring::days::Day;
use crate::monitoring::schema::{monitoring_log as log, monitoring_log_piece as piece};
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = log)]
pub(in crate::monitoring) struct Row {
    id: LogId,
    terminal_id: TerminalId,
    establishment_id: EstablishmentId,
    kind: String,
    name: String,
    format: String,
    encoding: String,
    till: String,
    day: String,
    begun_at: Millis,
    changed_at: Millis,
    whole: bool,
    size_bytes: i64,
    stored_bytes: i64,
    records: i64,
    unread: i64,
    pans: i64,
    tracks: i64,
    pins: i64,
    cvvs: i64,
    before_bytes: i64,
    device: String,
}

impl From<Row> for Log {
    fn from(row: Row) -> Self {
        let (name, ended) = match row.name.split_once(ENDED) {
            Some((name, _)) => (name.to_owned(), true),
            None => (row.name, false),
        };
        Self {
            id: row.id,
            terminal: row.terminal_id,
            establishment: row.establishment_id,
            // The columns are checked; an unknown word can only be a newer program's.
            kind: Kind::named(&row.kind).unwrap_or(Kind::Ecr),
            name,
            format: Format::named(&row.format).unwrap_or(Format::Text),
            encoding: Encoding::named(&row.encoding).unwrap_or(Encoding::Utf8),
            till: row.till,
            day: Day::parse(&row.day).unwrap_or(Day::of(row.begun_at)),
            begun_at: row.begun_at,
            changed_at: row.changed_at,
            whole: row.whole,
            size_bytes: row.size_bytes,
            stored_bytes: row.stored_bytes,
            records: row.records,
            unread: row.unread,
            counts: Counts {
                pans: row.pans,
                tracks: row.tracks,
                pins: row.pins,
                cvvs: row.cvvs,
            },
            before_bytes: row.before_bytes,
            device: row.device,
            ended,
        }
    }
}

/// A log that the scope holds.
pub(in crate::monitoring) fn find(
    conn: &mut Conn,
    id: LogId,
    scope: &Scope,
) -> Result<Option<Log>, Error> {
    let row: Option<Row> = log::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let found = row.map(Log::from);
    Ok(found.filter(|it| scope.holds(it.establishment)))
}

/// Those of these logs that are not whole, and have grown since.
pub(in crate::monitoring) fn growing(
    conn: &mut Conn,
    these: Vec<LogId>,
    since: Millis,
) -> Result<Vec<LogId>, Error> {
    Ok(log::table
        .filter(log::id.eq_any(these))
        .filter(log::whole.eq(false).and(log::changed_at.ge(since)))
        .select(log::id)
        .load(conn)?)
}

type PieceRow = (i64, i64, i64, i64, i64, BlobId);
const PIECE: (
    piece::at,
    piece::length,
    piece::stored_bytes,
    piece::first_record,
    piece::records,
    piece::blob_id,
) = (
    piece::at,
    piece::length,
    piece::stored_bytes,
    piece::first_record,
    piece::records,
    piece::blob_id,
);

fn of_row((at, length, stored_bytes, first_record, records, blob): PieceRow) -> Piece {
    Piece {
        at,
        length,
        stored_bytes,
        first_record,
        records,
        blob,
    }
}

/// The piece that holds it.
pub(in crate::monitoring) fn piece_of(
    conn: &mut Conn,
    of: LogId,
    held: Held,
) -> Result<Option<Piece>, Error> {
    let all = piece::table
        .filter(piece::log_id.eq(of))
        .select(PIECE)
        .into_boxed();
    let up_to = match held {
        Held::Byte(at) => all.filter(piece::at.le(at)),
        Held::Record(number) => all
            .filter(piece::first_record.le(number))
            .order(piece::first_record.desc()),
    };
    let row: Option<PieceRow> = up_to
        .then_order_by(piece::at.desc())
        .first(conn)
        .optional()?;
    let last = row.map(of_row);
    Ok(last.filter(|it| it.holds(held)))
}

/// The pieces that begin at `from` or behind it, so many at most, the first ones first.
pub(in crate::monitoring) fn pieces(
    conn: &mut Conn,
    of: LogId,
    from: i64,
    most: i64,
) -> Result<Vec<Piece>, Error> {
    let rows: Vec<PieceRow> = piece::table
        .filter(piece::log_id.eq(of).and(piece::at.ge(from)))
        .order(piece::at.asc())
        .select(PIECE)
        .limit(most)
        .load(conn)?;
    Ok(rows.into_iter().map(of_row).collect())
}
