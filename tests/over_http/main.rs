//! What the server does for those who talk with it, over real HTTP, one file for each matter. One
//! program for all of them: linking is what most of a test's building takes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod access;
mod activation;
mod api_document;
mod api_reads;
mod approvals;
mod bad_business;
mod bad_input;
mod branding;
mod codes;
mod database;
mod exchanges;
#[path = "../harness/mod.rs"]
mod harness;
mod imports;
mod isolation;
mod jobs;
mod licences;
mod licences_archives;
mod licences_binding;
mod licences_import;
mod licences_lists;
mod licences_many;
mod licences_moves;
mod lists;
mod logs;
mod matrix;
mod migrations;
mod monitoring;
mod monitoring_api;
mod monitoring_bounds;
mod mutual;
mod network;
mod network_places;
mod profiles;
mod protocol_document;
mod reference;
mod reference_client;
mod server;
mod storage;
mod terminals_device;
mod terminals_registry;
