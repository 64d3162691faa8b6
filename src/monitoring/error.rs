//! What monitoring refuses.
use crate::db;
use crate::http::{Args, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some values cannot be accepted")]
    Invalid(Vec<FieldFault>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    pub(super) fn field(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldFault {
            field,
            code,
            args: Args::new(),
        }])
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "monitoring.invalid",
            Self::Db(e) => e.code(),
        }
    }
    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::Db(_) => Vec::new(),
        }
    }
}
