//! Why a file cannot be read or written as a table.
use super::read::{MAX_FIELDS, MAX_RECORD};
use crate::http::{Args, FieldFault, Kind, Problem};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("row {row} is longer than {MAX_RECORD} bytes")]
    TooLong { row: i64 },
    #[error("row {row} has more than {MAX_FIELDS} fields")]
    TooManyFields { row: i64 },
    #[error("the file is no text")]
    NotText,
    #[error("it cannot be told in which encoding the file is")]
    UnknownEncoding,
    #[error("there is no encoding `{0}`")]
    NoSuchEncoding(String),
    #[error("row {row} is not {encoding}")]
    BrokenText { row: i64, encoding: &'static str },
    #[error("the file has no header")]
    NoHeader,
    #[error("the file has no rows")]
    NoRows,
    #[error("the header lacks {0}")]
    ColumnMissing(String),
    #[error("the header has {0} twice")]
    ColumnTwice(String),
    #[error("a workbook has at most 1,048,575 rows")]
    TooManyRows,
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Workbook(_) => Kind::Fault,
            _ => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "sheet.too-long",
            Self::TooManyFields { .. } => "sheet.too-many-fields",
            Self::NotText => "sheet.not-text",
            Self::UnknownEncoding => "sheet.unknown-encoding",
            Self::NoSuchEncoding(_) => "sheet.no-such-encoding",
            Self::BrokenText { .. } => "sheet.broken-text",
            Self::NoHeader => "sheet.no-header",
            Self::NoRows => "sheet.no-rows",
            Self::ColumnMissing(_) => "sheet.column-missing",
            Self::ColumnTwice(_) => "sheet.column-twice",
            Self::TooManyRows => "sheet.too-many-rows",
            Self::Workbook(_) => "sheet.workbook",
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::TooLong { row } => {
                vec![("row", row.to_string()), ("max", MAX_RECORD.to_string())]
            }
            Self::TooManyFields { row } => {
                vec![("row", row.to_string()), ("max", MAX_FIELDS.to_string())]
            }
            Self::BrokenText { row, encoding } => vec![
                ("row", row.to_string()),
                ("encoding", (*encoding).to_owned()),
            ],
            Self::NoSuchEncoding(name) => vec![("encoding", name.clone())],
            Self::ColumnMissing(columns) | Self::ColumnTwice(columns) => {
                vec![("columns", columns.clone())]
            }
            _ => Args::new(),
        }
    }

    /// On a form, what is wrong with a file stands beside the file.
    fn fields(&self) -> Vec<FieldFault> {
        if self.kind() != Kind::Invalid {
            return Vec::new();
        }
        let field = match self {
            Self::UnknownEncoding | Self::NoSuchEncoding(_) => "encoding",
            _ => "file",
        };
        vec![FieldFault::of(field, self)]
    }
}
