//! Lists: what every list has, whoever's rows it shows.
//!
//! A slice describes its list as a [`Source`]: its columns, the filters of its address, and how a
//! page of cells is read. From that are made the table with its sort links, the chips of its
//! filters, the choice of columns, the saved views, and the files that carry the same rows away.
//! The slice keeps what is its own: the head of its page, the form of its filters, and what it
//! says when nothing is there.
//!
//! ```text
//! address ─► Query ─► Source::read ─► cells ─► table of the page
//!                │                      └────► CSV, workbook
//!                └─► chips, sort links, the view that is open
//! ```
mod api;
mod columns;
mod error;
mod export;
mod files;
mod forms;
mod model;
mod ops;
mod page;
mod query;
mod reach;
mod schema;
mod source;
mod store;
mod table;
mod task;
mod views;

pub use error::Error;
pub use model::{Saved, View};
pub use page::{ListPage, Place};
pub use source::{Edge, Filter, Lists, Places, Read, Source, Told, Words};

use crate::access::Mount;

/// The forms of views and columns, and every list as a file.
pub fn routes(mount: &mut Mount, lists: &Lists) {
    api::routes(mount);
    forms::routes(mount);
    files::routes(mount, lists);
}

/// The kinds of tasks that prepare long files.
#[must_use]
pub fn kinds(lists: &Lists) -> Vec<crate::tasks::Kind> {
    task::kinds(lists)
}

/// What programs may have of lists.
#[must_use]
pub fn openapi(lists: &Lists) -> utoipa::openapi::OpenApi {
    let mut whole = files::openapi(lists);
    whole.merge(api::openapi());
    whole
}
