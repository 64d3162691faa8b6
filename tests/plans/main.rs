//! Lists at size: what they show, and how either engine finds it among 100,000 terminals.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod fleet;
#[path = "../harness/mod.rs"]
mod harness;
mod lists;
mod logs;
mod matching;
mod one;
mod plan;
mod served;
