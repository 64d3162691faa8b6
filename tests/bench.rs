//! The benchmarks run and report as `docs/benchmarks.md` says; how fast anything is, no test asks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
use std::process::Command;

/// The report of a benchmark.
fn bench(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let said = Command::new(env!("CARGO_BIN_EXE_posfleet"))
        .arg("bench")
        .args(arguments)
        .args(["--folder", folder.path().to_str().unwrap()])
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{complaint}");
    let left = folder.path().read_dir().unwrap().count();
    assert_eq!(left, 0, "the temporary folder goes with the run");
    String::from_utf8(said.stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "test configuration")]
fn postgres() -> String {
    std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names a PostgreSQL server")
}

/// The row that begins with these cells.
fn row<'a>(report: &'a str, cells: &[&str]) -> Vec<&'a str> {
    let rows = report.lines().filter(|line| line.starts_with('|'));
    let mut split = rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect());
    split
        .find(|row: &Vec<&str>| row.starts_with(cells))
        .unwrap_or_else(|| panic!("no row {cells:?} in:\n{report}"))
}

fn number(cell: &str) -> f64 {
    cell.parse()
        .unwrap_or_else(|_| panic!("{cell} is no number"))
}

const CHECK_IN: &[&str] = &[
    "checkin",
    "--seconds",
    "0.3",
    "--rounds",
    "1",
    "--connections",
    "4",
    "--terminals",
    "12",
];

fn assert_check_in(report: &str, engine: &str) {
    assert!(
        report.contains("made durable in the data folder: p50 "),
        "{report}"
    );
    let report = &report[report.find(engine).expect(engine)..];
    for transport in ["plain", "TLS"] {
        for kind in [
            "(a) constant JSON",
            "(b) parsed, not stored",
            "(c) durable",
            "(d) a transaction each",
        ] {
            let found = row(report, &[kind, "4", transport]);
            assert_eq!(found.len(), 9);
            assert!(number(found[3]) > 0.0, "{found:?}");
            assert!(number(found[4]) <= number(found[5]), "{found:?}");
        }
        for cell in &row(report, &["4 connections", transport])[2..6] {
            assert!(number(cell) > 0.0);
        }
    }
    assert!(report.contains("(aim: at least 0."), "{report}");
    assert!(report.contains("- failed requests: 0\n"), "{report}");
}

#[test]
fn check_ins_are_measured_on_sqlite() {
    let report = bench(CHECK_IN);
    assert_check_in(&report, "## SQLite, synchronous=FULL");
    assert!(report.contains("PostgreSQL was not measured"), "{report}");
}

const GROWTH: &[&str] = &["growth", "--seconds", "0.3", "--sizes", "20,60"];

fn assert_growth(report: &str, engine: &str) {
    let report = &report[report.find(engine).expect(engine)..];
    for name in ["check-in", "/dashboard", "/terminals", "/api/v1/terminals"] {
        let found = row(report, &[name]);
        assert_eq!(found.len(), 5, "{found:?}");
        for cell in &found[1..3] {
            let parts: Vec<f64> = cell.split('/').map(|part| number(part.trim())).collect();
            assert_eq!(parts.len(), 3);
        }
    }
    assert!(report.contains("- failed requests: none\n"), "{report}");
}

#[test]
fn growth_is_measured_on_sqlite() {
    let report = bench(GROWTH);
    assert_growth(&report, "## SQLite, synchronous=FULL");
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn growth_is_measured_on_postgresql() {
    let report = bench(&[GROWTH, &["--postgres", &postgres()]].concat());
    assert_growth(&report, "## PostgreSQL");
}

const IMPORT: &[&str] = &[
    "import",
    "--terminals",
    "40",
    "--points",
    "4",
    "--active",
    "5",
    "--rate",
    "20",
    "--seconds",
    "1",
];

fn assert_import(report: &str, engine: &str) {
    let report = &report[report.find(engine).expect(engine)..];
    for (what, rows) in [
        ("4 points of service", "4"),
        ("40 terminals", "40"),
        ("40 licences in zips, with a table", "40"),
        ("4 more licences, one by one", "4"),
    ] {
        let found = row(report, &[what]);
        assert_eq!(found[2..4], [rows, "0"], "{found:?}");
    }
    for what in ["before", "after"] {
        assert!(number(row(report, &[what])[6]) > 0.0);
    }
    assert!(
        report.contains("- the first failed check-in: none\n"),
        "{report}"
    );
}

#[test]
fn an_import_is_measured_on_sqlite() {
    let report = bench(IMPORT);
    assert_import(&report, "## SQLite, synchronous=FULL");
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn an_import_is_measured_on_postgresql() {
    let report = bench(&[IMPORT, &["--postgres", &postgres()]].concat());
    assert_import(&report, "## PostgreSQL");
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn check_ins_are_measured_on_postgresql() {
    let report = bench(&[CHECK_IN, &["--postgres", &postgres()]].concat());
    assert_check_in(&report, "## PostgreSQL");
    assert!(!report.contains("was not measured"), "{report}");
}
