//! Operators, for those who govern them.
use crate::access::mount::Mount;
pub(super) fn routes(_: &mut Mount) {}
