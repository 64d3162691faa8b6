//! posfleet keeps a fleet of payment terminals licensed, watched, up to date, keyed and accounted
//! for. This page is the map.
//!
//! A request comes in through [`http`] and the gate of [`access`], which knows what every route
//! needs. A handler in a slice (a folder named after what the business does) parses it, runs one of
//! the slice's verbs inside [`db::Db::write`], and answers: a page made by [`views`], or JSON. What
//! happened is put into the outbox of [`events`] in the same transaction, and from there reaches
//! live pages and waiting terminals.
//!
//! Leaves: [`ids`], [`clock`], [`fold`], [`formats`], [`config`]. Tools: [`db`], [`storage`], [`sealing`], [`http`],
//! [`views`], [`events`], [`sheets`], [`access`], [`jobs`], [`settings`], bundled for handlers in [`context`].
//! Slices follow in the order in which they may name each other. [`mod@reference`] is a terminal, and
//! a fleet of them, on the other side of the wire. [`app`] is the composition root, the only place
//! that names every slice.
//!
//! Read next: `app`, then `licences`, then `tests/over_http/licences.rs` and `tests/architecture.rs`.
pub mod access;
pub mod app;
pub mod approvals;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod dashboard;
pub mod db;
pub mod events;
pub mod fold;
pub mod formats;
pub mod http;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod licences;
pub mod lists;
pub mod monitoring;
pub mod network;
pub mod reference;
pub mod sealing;
pub mod settings;
pub mod sheets;
pub mod storage;
pub mod tasks;
pub mod terminals;
pub mod views;
