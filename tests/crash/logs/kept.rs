//! What has to hold of logs whenever the server is gone, and that nothing stays that nobody needs.
use crate::harness::TestApp;
use posfleet::jobs::{Progress, Ran};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// What is wrong in each case, and how many there are of it.
const WRONG: &[(&str, &str)] = &[
    (
        "a log is what its pieces are",
        "SELECT count(*) AS n FROM monitoring_log l LEFT JOIN (SELECT log_id, sum(length) AS length, \
             sum(stored_bytes) AS stored, sum(records) AS records FROM monitoring_log_piece GROUP BY log_id) p \
             ON p.log_id = l.id WHERE coalesce(p.length, 0) <> l.size_bytes \
             OR coalesce(p.stored, 0) <> l.stored_bytes OR coalesce(p.records, 0) <> l.records",
    ),
    (
        "each piece begins where one ends",
        "SELECT count(*) AS n FROM monitoring_log_piece p WHERE (p.at > 0 OR p.first_record > 0) AND NOT EXISTS \
             (SELECT 1 FROM monitoring_log_piece b WHERE b.log_id = p.log_id AND b.at + b.length = p.at \
             AND b.first_record + b.records = p.first_record)",
    ),
    (
        "a log begins at its begin",
        "SELECT count(*) AS n FROM monitoring_log l WHERE l.size_bytes > 0 AND NOT EXISTS \
             (SELECT 1 FROM monitoring_log_piece p WHERE p.log_id = l.id AND p.at = 0)",
    ),
    (
        "a blob is held by its pieces",
        "SELECT count(*) AS n FROM storage_blob b WHERE b.content_type = 'application/gzip' AND b.ref_count <> \
             (SELECT count(*) FROM monitoring_log_piece p WHERE p.blob_id = b.id)",
    ),
    (
        "a piece is as long as its blob",
        "SELECT count(*) AS n FROM monitoring_log_piece p LEFT JOIN storage_blob b ON b.id = p.blob_id \
             WHERE b.id IS NULL OR b.state <> 'live' OR b.size_bytes <> p.stored_bytes",
    ),
    (
        "an exchange stands in what is there",
        "SELECT count(*) AS n FROM monitoring_exchange x JOIN monitoring_log l ON l.id = x.log_id \
             LEFT JOIN monitoring_log a ON a.id = x.answer_log WHERE x.request_at >= l.size_bytes \
             OR x.failure_at >= l.size_bytes OR x.answer_at >= a.size_bytes",
    ),
];

/// Nothing is half written, whatever moment the server was killed at.
pub(super) fn assert_sound(app: &TestApp, when: &str) {
    for (what, wrong) in WRONG {
        assert_eq!(app.database().count(wrong), 0, "{when}: {what}");
    }
}

/// Blobs that no row names, and keys that are no blob's.
pub(super) fn strays(app: &TestApp) -> (i64, i64) {
    let blobs = "SELECT count(*) AS n FROM storage_blob WHERE ref_count = 0";
    let keys = "SELECT count(*) AS n FROM storage_loose";
    (app.database().count(blobs), app.database().count(keys))
}

/// Lets days go by in which the housekeeping runs; then neither a row nor a file is left that nobody names.
pub(super) async fn assert_cleaned(app: &TestApp) {
    for _ in 0..3 {
        app.advance(Duration::from_hours(25));
        let jobs = app.ctx().jobs;
        loop {
            match jobs.run_now("storage.collect").await.unwrap() {
                Ran::Here(Progress::Done) => break,
                Ran::Here(Progress::More) => {}
                Ran::NotHere => tokio::time::sleep(Duration::from_millis(20)).await,
                other => panic!("the housekeeping: {other:?}"),
            }
        }
    }
    assert_eq!(strays(app), (0, 0), "nothing is left that nobody names");
    let named = app
        .database()
        .texts("SELECT store_key AS name FROM storage_blob");
    let named: BTreeSet<String> = named.into_iter().collect();
    let root = app.folder().join("firmware-store");
    let mut there = BTreeSet::new();
    files(&root, &root, &mut there);
    assert!(there == named, "files and rows differ: {there:?} {named:?}");
}

fn files(root: &Path, folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, into);
        } else {
            let key = path.strip_prefix(root).unwrap();
            into.insert(key.to_str().unwrap().to_owned());
        }
    }
}
