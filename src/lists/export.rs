//! A list as a file: the same rows, read page by page, so that a file of any length needs little
//! memory.
//!
//! Rows come in the list's usual order, whichever order the page shows: in an order by something
//! that changes all day, a row could be passed by or come twice. By key cursor it does neither.
use super::error::Error;
use super::query::Query;
use super::source::Source;
use crate::access::Scope;
use crate::db::Conn;
use crate::http::{COUNTED, Failure, Turn};
use crate::sheets::{Cell, Column, Csv, Shown, Xlsx};
use crate::views::{Look, text};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Rows that are read at once.
const PIECE: i64 = 500;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = FileFormat)]
pub(super) enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub(super) const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(super) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Who reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reader {
    /// The header says labels in his language.
    Person,
    /// The header says the columns' keys.
    Program,
}

/// What of a list goes into a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wish {
    pub(super) list: String,
    pub(super) format: Format,
    pub(super) reader: Reader,
    /// What narrows the list.
    pub(super) query: String,
    /// Keys of the columns.
    pub(super) columns: Vec<String>,
}

/// The places of the columns that `wanted` names: keys with commas between, or `all`.
pub(super) fn columns(source: &Source, wanted: &str) -> Result<Vec<usize>, Error> {
    let all = source.columns;
    if wanted == "all" {
        return Ok((0..all.len()).collect());
    }
    let keys: Vec<&str> = wanted
        .split(',')
        .map(str::trim)
        .filter(|k| !k.is_empty())
        .collect();
    if let Some(unknown) = keys.iter().find(|key| !all.iter().any(|c| c.key == **key)) {
        return Err(Error::NoColumn((*unknown).to_owned()));
    }
    let is_named = |column: &Column| column.shown == Shown::Always || keys.contains(&column.key);
    let named = all
        .iter()
        .enumerate()
        .filter(|(_, column)| is_named(column));
    Ok(named.map(|(at, _)| at).collect())
}

enum Writer {
    Csv(Csv),
    Xlsx(Box<Xlsx>),
}

/// A file under way.
pub(super) struct Export {
    source: Source,
    scope: Scope,
    query: String,
    at: Vec<usize>,
    writer: Writer,
    cursor: Option<String>,
    pub(super) is_over: bool,
    pub(super) done: i64,
    /// Rows in all, as far as they are counted.
    pub(super) total: Option<i64>,
    /// More than lists count.
    pub(super) is_long: bool,
}

impl Export {
    /// # Errors
    /// When a file for the rows cannot be made.
    pub(super) fn new(
        source: &Source,
        scope: Scope,
        wish: &Wish,
        look: Look,
    ) -> Result<Self, Failure> {
        let at = columns(source, &wish.columns.join(","))?;
        let columns: Vec<Column> = at.iter().map(|at| source.columns[*at]).collect();
        let writer = match (wish.format, wish.reader) {
            (Format::Csv, reader) => {
                let mut csv = Csv::new(look);
                match reader {
                    Reader::Person => csv.header(&columns),
                    Reader::Program => {
                        csv = csv.with_commas();
                        csv.keys(&columns);
                    }
                }
                Writer::Csv(csv)
            }
            (Format::Xlsx, _) => {
                let title = text(look.lang, source.title_key, &[]);
                let folder = std::env::temp_dir();
                Writer::Xlsx(Box::new(Xlsx::new(look, &title, &columns, &folder)?))
            }
        };
        let asked = Query::parse(&wish.query)?;
        let mut wanted = source.narrowing(&asked).without(super::query::SORT);
        if wish.reader == Reader::Person {
            wanted = source.days_of(look.zone, &wanted);
        }
        Ok(Self {
            query: wanted.text(),
            source: source.clone(),
            scope,
            at,
            writer,
            cursor: None,
            is_over: false,
            done: 0,
            total: None,
            is_long: false,
        })
    }

    /// Reads and writes some more rows. Blocks.
    pub(super) fn piece(mut self, conn: &mut Conn) -> Result<Self, Failure> {
        let mut turn = Turn::parse(self.cursor.as_deref(), None)?;
        turn.rows = PIECE;
        let page = (self.source.read)(conn, &self.scope, &self.query, &turn)?;
        for row in &page.items {
            let cells: Vec<Cell> = self
                .at
                .iter()
                .filter_map(|at| row.get(*at).cloned())
                .collect();
            match &mut self.writer {
                Writer::Csv(csv) => csv.row(&cells),
                Writer::Xlsx(xlsx) => xlsx.row(&cells)?,
            }
            self.done += 1;
        }
        self.total = page.total_is_exact.then_some(page.total);
        // What was looked through in part only may turn out to be cut at its end: a task can say so.
        self.is_long = page.capped || (!page.total_is_exact && page.total >= COUNTED);
        if page.capped && page.next.is_none() {
            return Err(Error::Cut.into());
        }
        self.is_over = page.next.is_none();
        self.cursor = page.next;
        Ok(self)
    }

    /// What of the file can leave already.
    pub(super) fn take(&mut self) -> Bytes {
        match &mut self.writer {
            Writer::Csv(csv) => csv.take(),
            Writer::Xlsx(_) => Bytes::new(),
        }
    }

    /// The whole file, where nothing of it could leave before its end. Blocks.
    pub(super) fn finish(self) -> Result<Option<std::fs::File>, Failure> {
        let Writer::Xlsx(xlsx) = self.writer else {
            return Ok(None);
        };
        let mut file = tempfile::tempfile().map_err(Error::File)?;
        xlsx.finish(&file)?;
        std::io::Seek::rewind(&mut file).map_err(Error::File)?;
        Ok(Some(file))
    }
}
