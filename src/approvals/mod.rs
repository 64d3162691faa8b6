//! Approvals: what one person may not do alone. Somebody asks, with a reason; a second person who could
//! do it himself says yes or no before it expires; only then is it done, as the one who asked.
//!
//! ```text
//! pending ──► approved      by another person, in one transaction with what is then done
//!    ├──────► rejected      by another, with a reason
//!    ├──────► withdrawn     by the one who asked
//!    └──────► expired       by time
//! ```
//!
//! A slice says what can be asked for as an [`Approvable`], which `app` registers; it calls [`ask`]
//! where it would otherwise do the thing. The second person is a person: a program may ask, take back
//! and reject, and never approve. He is another one than who asked, also where a program asked with a
//! token that he made; he holds the permission of the thing itself and sees every establishment that it
//! concerns. What the one who asked may do is looked up again at that moment. Whoever was faster ends
//! the request by a guarded update, so nothing is done twice.
mod api;
mod approval;
mod error;
mod governance;
mod model;
mod ops;
mod page;
mod schema;
mod shown;
mod store;

pub use api::{openapi, place as api_place};
pub use approval::{Approvable, Approvables, Approval, Granted, New, Panel};
pub use error::Error;
pub use governance::{SETTINGS, second_person_above};
pub use model::State;
pub use ops::{Viewer, Whose, ask, expire, find, forget, list, waiting};
pub use page::place;

use crate::access::Mount;

/// Every route of this slice.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}
