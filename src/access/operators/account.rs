//! The operator's own account.
use crate::access::mount::Mount;
pub(super) fn routes(_: &mut Mount) {}
