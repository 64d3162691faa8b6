//! Imports: a CSV file becomes rows of the business, in the background, as a task.
//!
//! ```text
//! file ─► looked at while it is stored ─► tried: every row is done and undone ─► done in earnest
//! ```
//!
//! A kind of import is an [`Import`], its columns, and [`Apply`], what is done with one row. Everything else is
//! here: reading from the place where the last step ended, chunks that are short enough not to hold up
//! the fleet, what became of each row, and the file of refused rows to mend and send again.
//!
//! Rows go through the same ops as forms do, so each is checked, audited and told of as if somebody had
//! typed it. A row that is refused leaves nothing behind, and the others go on.
mod api;
mod error;
mod form;
mod page;
mod receive;
mod refused;
mod step;

pub use api::{Sent, receive_csv};
pub use error::Error;
pub use step::kind;

use crate::access::{Actor, Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, FieldFault};
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::web;
use std::future::ready;
use std::sync::Arc;

/// One kind of import.
pub struct Import {
    /// `import.` and what: the kind of its tasks.
    pub kind: &'static str,
    pub permission: Permission,
    /// Fluent keys of what it is called, and of what the file should hold.
    pub title_key: &'static str,
    /// The same of a file that is only tried.
    pub check_key: &'static str,
    pub hint_key: &'static str,
    /// Address of its form, `/imports/` and what.
    pub path: &'static str,
    /// The navigation entry that its form belongs to, and where that leads.
    pub section: (&'static str, &'static str),
    pub columns: &'static [Wanted],
    /// How many columns, from the first on, say what a row is about.
    pub about: usize,
}

/// Does one row, whose values come in the order of the columns; `None` where the file has no such
/// column. What it did before it refuses is undone.
pub type Apply =
    Arc<dyn Fn(&mut Tx, &Actor, &[Option<&str>], Millis) -> Result<Applied, Failure> + Send + Sync>;

/// What a row came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    Created,
    Changed,
    /// It was so already.
    Same,
}

/// Faults of a form's fields as those of the columns that they come from: each pair is a field and its
/// column, where that is called otherwise.
#[must_use]
pub fn in_columns(
    mut faults: Vec<FieldFault>,
    names: &[(&'static str, &'static str)],
) -> Vec<FieldFault> {
    for fault in &mut faults {
        let other = names.iter().find(|(field, _)| *field == fault.field);
        fault.field = other.map_or(fault.field, |(_, column)| *column);
    }
    faults
}

/// The form of one kind of import.
pub fn form_routes(mount: &mut Mount, import: &'static Import) {
    let needs = Needs::Permission(import.permission);
    mount.web(
        Method::GET,
        import.path,
        needs,
        move |ctx: web::Data<Ctx>, caller: Caller| ready(page::form(import, &ctx, &caller)),
    );
    mount.web(
        Method::POST,
        import.path,
        needs,
        move |ctx, caller, body| page::upload(import, ctx, caller, body),
    );
}

/// What every kind of import has.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
}
