//! Tasks: work that somebody asked for and that takes longer than a request: imports, exports, bulk
//! actions. Whoever asked goes away, comes back, and sees how far it is and what became of each row.
//!
//! ```text
//! queued ──► running ──► done
//!    │          │  └───► failed ────┐
//!    └──────────┴──────► cancelled ─┴─(continued)──► queued
//! ```
//!
//! A task is *done* when it came to its end, though some of its rows may have failed. Its [`Kind`] says
//! how one **step** of it is made: a bounded piece of work that moves the **cursor**. Where a step
//! changes something, [`advance`] moves the cursor in the same transaction, guarded by the count of
//! steps that the task was read with; so a killed server goes on exactly where it was, and two nodes
//! never do one step twice. A step that only reads (an export) may start afresh instead.
//!
//! Steps of several tasks take turns. Each begins by asking what the one who started it may do *now*:
//! whoever lost the right loses the task.
mod api;
mod error;
mod model;
mod one;
mod ops;
mod pace;
mod page;
mod row_store;
mod run;
mod schema;
mod shown;
mod store;
mod task;
mod waits;

pub use api::{Dto, openapi};
pub use error::Error;
pub use model::{Outcome, State};
pub use one::seen;
pub use ops::{Viewer, advance, cancel, find, follower, note_progress, rows_of, start};
pub use pace::{Hold, write_chunk};
pub use row_store::{after as rows_after, earlier};
pub use run::{RUN, Runner, nudge, purge};
pub use shown::words;
pub use task::{Advance, Kind, Kinds, New, Output, Panel, RowResult, Step, Stepped, Task};
pub use waits::Waits;

use crate::access::Mount;

/// Every route of this slice.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}
