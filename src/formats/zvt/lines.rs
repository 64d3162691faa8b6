//! ZVT as lines. Stands in until the real one is there.
pub(in crate::formats) use crate::formats::lines::{read, scrub};
