//! What we build on may be used by anyone for anything: every crate of the lock file has a
//! permissive licence. And no snapshot lies about that no test looks at: snapshots stand inline.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether one may choose permissive licences only under an SPDX expression.
fn is_permissive(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (holds, rest) = any(&words);
    holds && rest.is_empty()
}

fn any<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut holds, mut rest) = all(words);
    while let ["OR", more @ ..] = rest {
        let (other, left) = all(more);
        holds |= other;
        rest = left;
    }
    (holds, rest)
}

fn all<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut holds, mut rest) = one(words);
    while let ["AND", more @ ..] = rest {
        let (other, left) = one(more);
        holds &= other;
        rest = left;
    }
    (holds, rest)
}

fn one<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inner @ ..] => {
            let (holds, rest) = any(inner);
            (holds, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        // An exception only widens what the licence allows.
        [name, "WITH", _, rest @ ..] | [name, rest @ ..] => (PERMISSIVE.contains(name), rest),
        [] => (false, words),
    }
}

/// The platform that this runs on: only its crates are sure to be downloaded.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

#[test]
fn every_crate_is_permissive() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .arg(format!("--filter-platform={}", host()))
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: Vec<String> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| !is_permissive(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_licence_expression_is_understood() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0 OR MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_permissive(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-2.0",
        "MPL-2.0",
        "MIT extra",
    ] {
        assert!(!is_permissive(bad), "{bad}");
    }
}

#[test]
fn no_snapshot_stands_alone() {
    fn look(folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path);
            } else {
                let ending = path.extension().unwrap_or_default();
                assert!(ending != "snap", "{} is not inline", path.display());
            }
        }
    }
    look(Path::new("src"));
    look(Path::new("tests"));
}
