//! Operators, for those who govern them.
use crate::access::mount::Mount;
pub(in crate::access) fn routes(_: &mut Mount) {}
