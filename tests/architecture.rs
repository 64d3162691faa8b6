//! The house rules, executable: who may name whom, who writes which table, what each kind of file
//! never does. `the_rules_bite` shows that a fault would be found.
mod scan;

use scan::{Source, files};
use std::collections::BTreeMap;
use std::path::Path;

/// The rooms in the order of dependence: each may name those before it, as far as [`may_name`]
/// allows. With a room goes the word that its tables begin with.
const ROOMS: &[(&str, Kind, Option<&str>)] = &[
    ("ids", Kind::Leaf, None),
    ("clock", Kind::Leaf, None),
    ("config", Kind::Leaf, None),
    ("fold", Kind::Leaf, None),
    ("formats", Kind::Leaf, None),
    ("db", Kind::Engine, None),
    ("storage", Kind::Engine, Some("storage_")),
    ("sealing", Kind::Engine, None),
    ("http", Kind::Tool, None),
    ("views", Kind::Tool, None),
    ("events", Kind::Tool, Some("event_")),
    ("sheets", Kind::Tool, None),
    ("access", Kind::Tool, Some("access_")),
    ("mail", Kind::Tool, Some("mail_")),
    ("jobs", Kind::Tool, Some("job_")),
    ("settings", Kind::Tool, Some("setting_")),
    ("context", Kind::Tool, None),
    ("tasks", Kind::Slice, Some("task_")),
    // Beside tasks, and no part of access: what is approved belongs to slices, whose doing is handed in by
    // app, and its pages need the context. Above all that ask, so that each may ask.
    ("approvals", Kind::Slice, Some("approval_")),
    ("lists", Kind::Slice, Some("list_")),
    ("imports", Kind::Slice, None),
    ("network", Kind::Slice, Some("network_")),
    ("terminals", Kind::Slice, Some("terminal_")),
    ("licences", Kind::Slice, Some("licence_")),
    ("updates", Kind::Slice, Some("update_")),
    ("keys", Kind::Slice, Some("key_")),
    ("eslips", Kind::Slice, Some("eslip_")),
    ("monitoring", Kind::Slice, Some("monitoring_")),
    ("offline_sync", Kind::Slice, Some("offline_")),
    ("alerts", Kind::Slice, Some("alert_")),
    ("dashboard", Kind::Slice, Some("dashboard_")),
    ("app", Kind::App, None),
    ("cli", Kind::Cli, None),
    ("reference", Kind::Reference, None),
    ("lib", Kind::Root, None),
    ("main", Kind::Root, None),
];
const MAX_LINES: usize = 400;
const MAX_MAIN_LINES: usize = 40;
/// The only files that may register a route with actix: the main listener's through `Mount`, and the
/// few of the operations listener.
const MAY_ROUTE: &[&str] = &["access/mount.rs", "app/operations.rs", "app/serve.rs"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Leaf,
    Engine,
    Tool,
    Slice,
    App,
    Cli,
    Reference,
    Root,
}

fn room(name: &str) -> Option<(usize, Kind, Option<&'static str>)> {
    let at = ROOMS.iter().position(|(room, ..)| *room == name)?;
    Some((at, ROOMS[at].1, ROOMS[at].2))
}

/// The table of STYLE.md, for two different rooms.
fn may_name(one: &str, other: &str) -> bool {
    let (Some((here, kind, _)), Some((there, others, _))) = (room(one), room(other)) else {
        return false;
    };
    match kind {
        Kind::Leaf | Kind::Reference => false,
        Kind::Engine | Kind::Tool => there < here,
        Kind::Slice => there < here && other != "config",
        Kind::App => others != Kind::Cli && others != Kind::Reference,
        Kind::Cli | Kind::Root => true,
    }
}

/// Everything that is wrong with one file; `owners` knows each table's room.
fn faults(source: &Source, owners: &BTreeMap<String, String>) -> Vec<String> {
    let mut out = Vec::new();
    if room(source.room()).is_none() {
        out.push("stands in a room that nobody declared".to_owned());
    }
    names(source, &mut out);
    tables(source, owners, &mut out);
    anatomy(source, &mut out);
    let limit = match source.file.as_str() {
        "main.rs" => MAX_MAIN_LINES,
        _ => MAX_LINES,
    };
    if source.text.lines().count() > limit {
        out.push(format!("is over {limit} lines"));
    }
    let file = &source.file;
    out.iter().map(|what| format!("{file} {what}")).collect()
}

fn names(source: &Source, out: &mut Vec<String>) {
    let here = source.room();
    for other in source.named() {
        let is_leaf = matches!(other.as_str(), "ids" | "clock" | "formats");
        if other == here || room(&other).is_none() {
            continue;
        }
        if !may_name(here, &other) {
            out.push(format!("may not name `{other}`"));
        } else if source.file.ends_with("/model.rs") && !is_leaf {
            out.push(format!("is a model and may not name `{other}`"));
        }
    }
}

/// Tables carry their owner's word; only its stores write, in queries and in SQL text alike.
fn tables(source: &Source, owners: &BTreeMap<String, String>, out: &mut Vec<String>) {
    let here = source.room();
    let word = room(here).and_then(|(_, _, word)| word);
    let is_own = |table: &str| word.is_some_and(|word| table.starts_with(word));
    for table in source.tables() {
        if !is_own(&table) {
            out.push(format!("declares the foreign table `{table}`"));
        }
    }
    let writes = [
        "insert_into (",
        "replace_into (",
        "diesel : : update (",
        "diesel : : delete (",
    ];
    for at in writes.iter().flat_map(|verb| source.find(verb)) {
        let target = resolve(source, &source.tokens[at]);
        if !source.is("store") {
            out.push(format!("writes `{target}` but is no store"));
        }
        if owners.get(&target).is_some_and(|owner| owner != here) {
            out.push(format!("may not write `{target}`"));
        }
    }
    for target in source.strings().iter().flat_map(|sql| written(sql)) {
        if !source.is("store") || !is_own(&target) {
            out.push(format!("may not write `{target}` in SQL"));
        }
    }
}

/// Follows `use schema::terminal_work as work` and `let row = terminal_work::table…`.
fn resolve(source: &Source, name: &str) -> String {
    let alias = source.find(&format!("as {name}")).first().copied();
    if let Some(at) = alias.filter(|at| *at >= 3) {
        return source.tokens[at - 3].clone();
    }
    let bound = source.find(&format!("let {name} =")).first().copied();
    match bound.and_then(|at| source.tokens.get(at)) {
        Some(first) if first != name => resolve(source, first),
        _ => name.to_owned(),
    }
}

/// The tables that a text of SQL writes to.
fn written(sql: &str) -> Vec<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let mut out = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        let target = match pair {
            ["INSERT" | "REPLACE", "INTO"] | ["DELETE", "FROM"] => words.get(at + 2),
            ["UPDATE", "SET"] | ["DO" | "FOR", "UPDATE"] => None,
            ["UPDATE", table] if *table != "SET" && (at == 0 || words[at - 1] != "DO") => {
                Some(table)
            }
            _ => None,
        };
        out.extend(target.map(|t| t.trim_end_matches(['(', ',']).to_owned()));
    }
    out
}

/// What each kind of file never does.
fn anatomy(source: &Source, out: &mut Vec<String>) {
    let kind = room(source.room()).map(|(_, kind, _)| kind);
    if !source.text.starts_with("//!") {
        out.push("does not begin with `//!`".to_owned());
    }
    let surfaces = ["page", "api", "device", "partner"];
    let is_slice = kind == Some(Kind::Slice);
    if is_slice && surfaces.iter().any(|s| source.is(s)) && source.says("diesel :") {
        out.push("is a surface and holds SQL".to_owned());
    }
    let inner = ["ops", "store", "model"];
    if inner.iter().any(|s| source.is(s)) && source.says("actix_web :") {
        out.push("knows about actix".to_owned());
    }
    let opened = source.says("pub mod") || source.says("pub ( crate ) mod");
    if is_slice && source.file.ends_with("/mod.rs") && opened {
        out.push("shows a module: its face is `pub use`".to_owned());
    }
    let routes = [
        ". route (",
        ". service (",
        "web : : resource",
        "web : : scope",
    ];
    if !MAY_ROUTE.contains(&source.file.as_str()) && routes.iter().any(|r| source.says(r)) {
        out.push("registers a route past `Mount`".to_owned());
    }
    if source.says("todo !") || source.says("unimplemented !") {
        out.push("has unfinished work".to_owned());
    }
}

fn owners(all: &[Source]) -> BTreeMap<String, String> {
    all.iter()
        .flat_map(|source| {
            let room = source.room().to_owned();
            source.tables().into_iter().map(move |t| (t, room.clone()))
        })
        .collect()
}

#[test]
fn rooms_keep_to_themselves() {
    let all = Source::all("src");
    let owners = owners(&all);
    let found: Vec<_> = all.iter().flat_map(|s| faults(s, &owners)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_test_grows_too_long() {
    let mut paths = Vec::new();
    files(Path::new("tests"), "rs", &mut paths);
    for path in paths {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_LINES, "{}: {lines} lines", path.display());
    }
}

#[test]
fn every_declared_table_has_an_owner_in_both_engines() {
    for (table, _) in owners(&Source::all("src")) {
        for engine in ["sqlite", "postgres"] {
            let mut paths = Vec::new();
            files(
                Path::new("migrations").join(engine).as_path(),
                "sql",
                &mut paths,
            );
            let made = paths.iter().any(|path| {
                let sql = std::fs::read_to_string(path).unwrap();
                sql.contains(&format!("CREATE TABLE {table} ("))
            });
            assert!(made, "no {engine} migration makes `{table}`");
        }
    }
}

/// How many faults each piece of code must be found to have.
const BITES: &[(usize, &str, &str)] = &[
    (1, "db/mod.rs", "use crate::alerts::Rule;"),
    (1, "db/mod.rs", "use crate::{clock::Clock, alerts};"),
    (1, "db/mod.rs", "use super::alerts;"),
    (1, "db/tx.rs", "use super::super::alerts::Rule;"),
    (0, "db/tx.rs", "use super::Error;"),
    (1, "network/ops.rs", "fn f() { crate::terminals::assign() }"),
    (1, "network/ops.rs", "use crate::config::Config;"),
    (
        0,
        "terminals/ops.rs",
        "use crate::{db::Tx, network::Place};",
    ),
    (1, "terminals/ops.rs", "use actix_web::web;"),
    (1, "licences/page.rs", "use diesel::prelude::*;"),
    (1, "reference/fleet.rs", "use crate::clock::Clock;"),
    (1, "alerts/model.rs", "use crate::db::Conn;"),
    (1, "licences/mod.rs", "pub mod store;"),
    (1, "licences/page.rs", "fn f(a: App) { a.route(\"/\", x); }"),
    (1, "dashboard/page.rs", "use crate::app::nav;"),
    (1, "extras/mod.rs", ""),
    (
        1,
        "alerts/store.rs",
        "fn f() { diesel::update(\n terminal_work::table) }",
    ),
    (
        1,
        "alerts/store.rs",
        "use s::terminal_work as w; fn f() { diesel::delete(w::table) }",
    ),
    (
        1,
        "alerts/store.rs",
        "fn f() { let row = terminal_work::table; diesel::update(row) }",
    ),
    (
        2,
        "alerts/api.rs",
        "fn f() { diesel::insert_into(alert_rule::table); }",
    ),
    (
        0,
        "alerts/store.rs",
        "fn f() { on_backend!(c, |c| diesel::insert_into(alert_rule::table)); }",
    ),
    (
        1,
        "alerts/store.rs",
        "const Q: &str = \"UPDATE terminal_work SET x = 1\";",
    ),
    (
        0,
        "alerts/rule_store.rs",
        "const Q: &str = \"UPDATE alert_rule SET x = 1\";",
    ),
    (
        1,
        "alerts/schema.rs",
        "diesel::table! { terminal_work (id) { id -> BigInt, } }",
    ),
];

#[test]
fn the_rules_bite() {
    let owners = [("terminal_work", "terminals"), ("alert_rule", "alerts")]
        .map(|(table, room)| (table.to_owned(), room.to_owned()))
        .into();
    for (n, file, source) in BITES {
        let found = faults(&Source::new(file, &format!("//! x\n{source}")), &owners);
        assert_eq!(found.len(), *n, "{file}: {source}: {found:?}");
    }
    let long = Source::new(
        "http/mod.rs",
        &format!("//! x{}", "\n".repeat(MAX_LINES + 1)),
    );
    assert_eq!(faults(&long, &owners).len(), 1);
}
