//! HTTP as every surface sees it: how a failure becomes an answer, what a request may look like.
mod paging;
mod problem;

pub use paging::{BadTurn, COUNTED, Cursor, Page, Turn, USUAL_ROWS};
pub use problem::{Args, Failure, FieldFault, Kind, Problem};
