//! What lists refuse.
use super::model::{NAME_MAX, VIEWS_MAX};
use crate::db;
use crate::http::{Args, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no list `{0}`")]
    NoList(String),
    #[error("the list has no such order")]
    NoOrder,
    #[error("the list has no column `{0}`")]
    NoColumn(String),
    #[error("nothing narrows the list by `{0}`")]
    NoFilter(String),
    #[error("card numbers are not kept, so nobody can look for one")]
    CardNumber,
    #[error("a list is written as csv or xlsx")]
    NoFormat,
    #[error("these are too many rows for one answer: have them prepared as a task")]
    TooManyRows,
    #[error("more rows match than the list looks through for these conditions together")]
    Cut,
    #[error("a file for the rows could not be written")]
    File(#[source] std::io::Error),
    #[error("there is no such view")]
    NoView,
    #[error("this list is not for the caller")]
    NotTheirs,
    #[error("sharing views with everyone needs the permission `lists.share`")]
    MayNotShare,
    #[error(
        "whoever owns this view sees less than the caller, and would read what he writes into it"
    )]
    SeesMore,
    #[error("the name is not one line of at most {NAME_MAX} characters")]
    NameForm,
    #[error("there is a view of that name")]
    NameTaken,
    #[error("the view holds more than can be kept")]
    TooLong,
    #[error("{VIEWS_MAX} views of one list are the most that anyone keeps")]
    TooMany,
    #[error("views belong to people")]
    NotAPerson,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoList(_) | Self::NoView => Kind::Missing,
            Self::NotTheirs | Self::MayNotShare | Self::SeesMore | Self::NotAPerson => {
                Kind::Forbidden
            }
            Self::NoOrder
            | Self::NoColumn(_)
            | Self::NoFilter(_)
            | Self::CardNumber
            | Self::NoFormat
            | Self::NameForm
            | Self::TooLong => Kind::Invalid,
            Self::NameTaken | Self::TooMany | Self::TooManyRows | Self::Cut => Kind::Conflict,
            Self::File(_) => Kind::Fault,
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoList(_) => "list.unknown",
            Self::NoOrder => "list.no-order",
            Self::NoColumn(_) => "list.no-column",
            Self::NoFilter(_) => "list.no-filter",
            Self::CardNumber => "log.no-card-numbers",
            Self::NoFormat => "list.no-format",
            Self::TooManyRows => "list.too-many-rows",
            Self::Cut => "list.cut",
            Self::File(_) => "list.file",
            Self::NoView => "list.no-view",
            Self::NotTheirs => "list.not-yours",
            Self::MayNotShare => "list.may-not-share",
            Self::SeesMore => "list.view-sees-more",
            Self::NameForm => "list.view-name-form",
            Self::NameTaken => "list.view-name-taken",
            Self::TooLong => "list.view-too-long",
            Self::TooMany => "list.too-many-views",
            Self::NotAPerson => "list.not-a-person",
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::NameForm => vec![("max", NAME_MAX.to_string())],
            Self::TooMany => vec![("max", VIEWS_MAX.to_string())],
            Self::NoColumn(key) | Self::NoFilter(key) => vec![("key", key.clone())],
            _ => Args::new(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::NameForm | Self::NameTaken => vec![FieldFault::of("name", self)],
            _ => Vec::new(),
        }
    }
}
