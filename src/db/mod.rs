//! The only room that knows there are two engines.
//!
//! A query is written once and runs on [`Conn`]; what Diesel's multi-connection cannot express
//! (`ON CONFLICT`, batch insert, `as_returning`) goes through [`crate::on_backend!`], one body compiled
//! twice. Reads run on a pool. Writes run in [`Db::write`]: on SQLite through one fair queue that
//! puts many callers' changes into one durable transaction, on PostgreSQL in a transaction each.
//!
//! A [`Tx`] collects what the change says of itself (events and audited changes) and writes it as
//! its last statement, under one lock, so that their numbers rise in commit order on both engines.
mod checkpoint;
mod count;
mod engine;
mod error;
mod keyset;
mod line;
mod merge;
mod migrate;
mod queue;
mod tx;

pub use count::count;
pub use engine::{Conn, Db, Options};
pub use error::Error;
pub use keyset::{Beyond, beyond};
pub use merge::{Entry, Merge, Spot};
pub use tx::{Change, CountKey, Event, Seal, Tail, Tx};

/// Compiles one query once per engine: for what [`Conn`] itself cannot express
/// (`ON CONFLICT`, batch insert, `as_returning`).
#[macro_export]
macro_rules! on_backend {
    ($conn:expr, |$c:ident| $query:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($c) => $query,
            $crate::db::Conn::Sqlite($c) => $query,
        }
    };
}
