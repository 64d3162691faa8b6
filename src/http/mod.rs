//! HTTP as every surface sees it: how a failure becomes an answer, what a request may look like.
mod problem;

pub use problem::{Args, Failure, FieldFault, Kind, Problem};
