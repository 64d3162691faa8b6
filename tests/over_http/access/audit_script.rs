//! The audit log checked from outside, each time by the command and by `scripts/audit-verify`, which
//! shares no code with it: both must say the same, word for word.
//!
//! Needs Python 3 and `psql`, which `scripts/test` brings.
use crate::harness::{Engine, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Checkpoint;
use posfleet::access::Permission;
use posfleet::clock::Millis;
use posfleet::sealing::Secret;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/audit-verify");
/// The rows as an owner of a PostgreSQL database hands them over, in the two ways there are.
const AS_JSON: &str = "SELECT row_to_json(a) FROM access_audit a ORDER BY id";
const AS_TABLE: &str = "SELECT * FROM access_audit ORDER BY id";

/// How a program ended and what it said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: i32,
    text: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let told = text(&output.stderr);
        let told = told.lines().map(|line| {
            let (who, what) = line.split_once(": ").unwrap_or_default();
            assert!(["posfleet", "audit-verify"].contains(&who), "{line}");
            what.to_owned()
        });
        Self {
            code: output.status.code().unwrap(),
            text: text(&output.stdout) + &told.collect::<Vec<_>>().join("\n"),
        }
    }
}

/// `posfleet audit …` beside the running server, on its database.
fn audit(app: &TestApp, args: &[&str]) -> Said {
    let out = Command::new(env!("CARGO_BIN_EXE_posfleet"))
        .arg("audit")
        .args(args)
        .arg("--data")
        .arg(app.folder())
        .args(["--set", &format!("database.url={}", app.database().url())])
        .output()
        .unwrap();
    Said::of(&out)
}

/// What a command prints that cannot fail here.
fn printed(app: &TestApp, args: &[&str]) -> String {
    let said = audit(app, args);
    assert_eq!(said.code, 0, "{said:?}");
    said.text.trim_end().to_owned()
}

fn psql(app: &TestApp, query: &str) -> Vec<u8> {
    let out = Command::new("psql")
        .args(["-X", "--csv", "-c", query, app.database().url()])
        .output()
        .expect("psql is there");
    assert!(out.status.success(), "{out:?}");
    out.stdout
}

/// The script, with what `psql` printed or with nothing on its standard input.
fn piped(args: &[&str], input: &[u8]) -> Said {
    let mut script = Command::new(SCRIPT)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python is there");
    // A script that refuses its arguments does not listen.
    script.stdin.take().unwrap().write_all(input).ok();
    Said::of(&script.wait_with_output().unwrap())
}

/// The script on the database of the test.
fn script(app: &TestApp, args: &[&str]) -> Said {
    let (place, input) = match app.database().engine {
        Engine::Sqlite => (app.database().url(), Vec::new()),
        Engine::Postgres => ("-", psql(app, AS_JSON)),
    };
    piped(&[args, &[place]].concat(), &input)
}

/// What both say of the log by itself.
fn both(app: &TestApp) -> String {
    agreed(&audit(app, &["verify"]), script(app, &[]))
}

/// What both say of the log and of checkpoints that were kept.
fn both_with(app: &TestApp, key: &str, checkpoints: &str) -> String {
    let file = app.folder().join("checkpoints");
    std::fs::write(&file, checkpoints).unwrap();
    let file = file.to_str().unwrap();
    let command = audit(app, &["verify", "--checkpoint", file]);
    let script = script(app, &["--checkpoint", file, "--key", key]);
    agreed(&command, script).replace(&format!("{file}: "), "")
}

fn agreed(command: &Said, script: Said) -> String {
    assert_eq!(*command, script);
    script.text
}

/// Two rows each.
async fn add(app: &TestApp, logins: &[&str]) {
    for login in logins {
        app.add_operator(login, Role::Viewer).await;
    }
}

/// Six rows, the checkpoints taken after the second and after the sixth, and the key.
async fn noted(app: &TestApp) -> ([String; 2], String) {
    add(app, &["ann"]).await;
    let first = printed(app, &["checkpoint"]);
    add(app, &["bob", "cid"]).await;
    let second = printed(app, &["checkpoint"]);
    app.database()
        .execute("CREATE TABLE spare AS SELECT * FROM access_audit");
    ([first, second], printed(app, &["key"]))
}

/// Puts the log back as it was.
fn put_back(app: &TestApp) {
    app.database()
        .execute("DELETE FROM access_audit; INSERT INTO access_audit SELECT * FROM spare");
}

/// The time in a checkpoint.
fn time_of(line: &str) -> &str {
    line.split(' ').nth(3).unwrap()
}

/// What the owner of the database may do, and the row that does not hold then.
const TAMPERING: &[(&str, &str)] = &[
    (
        "UPDATE access_audit SET actor_name = 'eve' WHERE id = 3",
        "row 3 was changed after it was written",
    ),
    (
        "UPDATE access_audit SET from_ip = '' WHERE id = 4",
        "row 4 was changed after it was written",
    ),
    (
        "UPDATE access_audit SET after_json = replace(after_json, 'bob', 'eve') WHERE id = 3",
        "row 3 was changed after it was written",
    ),
    (
        "UPDATE access_audit SET hash = prev_hash WHERE id = 5",
        "row 5 was changed after it was written",
    ),
    (
        "DELETE FROM access_audit WHERE id = 2",
        "row 2 is missing: row 3 follows the one before it",
    ),
    (
        "DELETE FROM access_audit WHERE id = 1",
        "row 1 is missing: row 2 follows the one before it",
    ),
    (
        "DELETE FROM access_audit WHERE id = 2; UPDATE access_audit SET id = 2 WHERE id = 3",
        "row 2 does not follow the row before it: its link was changed",
    ),
    (
        "UPDATE access_audit SET id = 30 WHERE id = 6",
        "row 6 is missing: row 30 follows the one before it",
    ),
    (
        "UPDATE access_audit SET id = 0 WHERE id = 6",
        "row 0 does not belong there: row 1 is due",
    ),
    (
        "UPDATE access_audit SET id = 99 WHERE id = 3;
         UPDATE access_audit SET id = 3 WHERE id = 4;
         UPDATE access_audit SET id = 4 WHERE id = 99",
        "row 3 does not follow the row before it: its link was changed",
    ),
];

on_both_engines! {
    async fn both_find_it_sound(app: TestApp) {
        assert!(both(&app).starts_with("the audit log is sound: 0 rows\n"));
        let (lines, key) = noted(&app).await;
        let newest = lines[1].split(' ').nth(2).unwrap();
        let sound = format!("the audit log is sound: 6 rows\n  head 6 {newest}\n");
        assert_eq!(both(&app), sound);
        let said = both_with(&app, &key, &format!("# kept at the bank\n\n{}\n", lines.join("\n")));
        assert_eq!(said, format!("{sound}  checkpoints that hold: 2, up to row 6\n"));
        // The log may have grown since, by whatever can be written.
        add(&app, &["dan"]).await;
        app.operator(Role::Administrator).await
            .submit("/admin/clients", "/admin/clients", &[
                ("name", "é\u{2028}\u{ad}\\\"</script>\u{1f600}"), ("scopes", "licences.view"),
            ]).await.expect(200);
        let said = both_with(&app, &key, &lines.join("\r\n"));
        assert!(said.starts_with("the audit log is sound: 1"), "{said}");
        assert!(said.ends_with("  checkpoints that hold: 2, up to row 6\n"), "{said}");
        if app.database().engine == Engine::Postgres {
            let said = piped(&["-"], &psql(&app, AS_TABLE));
            assert_eq!(said.text, both(&app));
        }
    }

    async fn both_name_the_first_row_that_does_not_hold(app: TestApp) {
        let (lines, key) = noted(&app).await;
        for (sql, told) in TAMPERING {
            app.database().execute(sql);
            assert_eq!(both(&app), format!("the audit log is broken: {told}"), "{sql}");
            put_back(&app);
        }
        let (sql, told) = TAMPERING[0];
        app.database().execute(sql);
        let said = both_with(&app, &key, &lines.join("\n"));
        assert_eq!(said, format!("the audit log is broken: {told}"));
    }

    async fn only_checkpoints_show_what_was_cut_off(app: TestApp) {
        let (lines, key) = noted(&app).await;
        let at = time_of(&lines[1]);
        for left in [4, 0] {
            app.database().execute(&format!("DELETE FROM access_audit WHERE id > {left}"));
            let alone = both(&app);
            assert!(alone.starts_with(&format!("the audit log is sound: {left} rows\n")), "{alone}");
            let said = both_with(&app, &key, &lines.join("\n"));
            assert_eq!(said, format!(
                "the audit log is broken: row {} is missing: the log ends before it, \
                 and the checkpoint of {at} saw 6 rows", left + 1,
            ));
        }
    }

    async fn only_checkpoints_show_a_log_written_anew(app: TestApp) {
        let (lines, key) = noted(&app).await;
        let anew = |row: i64, line: &str, first: i64| format!(
            "the audit log is broken: row {row} is not the one that the checkpoint of {} saw: \
             the log was written anew from row {first} or a later one", time_of(line),
        );
        // From the third row on; the server itself writes what follows, with all hashes right.
        app.database().execute("DELETE FROM access_audit WHERE id > 2");
        add(&app, &["eve", "fay", "gil"]).await;
        assert!(both(&app).starts_with("the audit log is sound: 8 rows\n"));
        let said = both_with(&app, &key, &lines.join("\n"));
        assert_eq!(said, anew(6, &lines[1], 3));
        // All of it.
        app.database().execute("DELETE FROM access_audit");
        add(&app, &["hal", "ian", "joe"]).await;
        assert!(both(&app).starts_with("the audit log is sound: 6 rows\n"));
        assert_eq!(both_with(&app, &key, &lines[1]), anew(6, &lines[1], 1));
        let said = both_with(&app, &key, &format!("{}\n{}", lines[1], lines[0]));
        assert_eq!(said, anew(2, &lines[0], 1));
    }

    async fn a_forged_checkpoint_is_not_believed(app: TestApp) {
        let (lines, key) = noted(&app).await;
        app.database().execute("DELETE FROM access_audit WHERE id > 2");
        // Taken from the line before, the shorter log would fit.
        let fitting = lines[0].split(' ').nth(2).unwrap();
        let fields: Vec<_> = lines[1].split(' ').collect();
        let changed = lines[1].replace(fields[2], fitting).replacen(" 6 ", " 2 ", 1);
        let said = both_with(&app, &key, &format!("{}\n{changed}", lines[0]));
        assert_eq!(said, "line 2 was changed after it was signed, or forged");

        let now = Checkpoint { rows: 0, head: vec![0; 32], at: Millis(1_800_000_000_000) };
        let own = now.signed(&Secret::from_bytes(&[1; 32]));
        let stranger = own.split(' ').nth(4).unwrap();
        let said = both_with(&app, &key, &format!("{own}\n"));
        assert_eq!(said, format!("line 1 is signed by another key, {stranger}"));
        // It does hold for whoever believes that key, and without one the script says whose it is.
        let file = app.folder().join("checkpoints");
        let file = file.to_str().unwrap();
        let with = audit(&app, &["verify", "--checkpoint", file, "--key", stranger]);
        assert_eq!(with, script(&app, &["--checkpoint", file, "--key", stranger]));
        assert_eq!(with.code, 0);
        let without = script(&app, &["--checkpoint", file]);
        assert!(without.code == 0 && without.text.contains(stranger), "{without:?}");
        assert!(without.text.contains("without --key"), "{without:?}");
    }

    async fn a_checkpoint_is_fetched_from_the_page(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let limited = app.operator(Role::Administrator).await;
        app.operator(Role::Viewer).await.get("/admin/audit/checkpoint").await.expect(403);
        let before = app.database().count("SELECT count(*) AS n FROM access_audit");
        let button = "href=\"/admin/audit/checkpoint\"";
        assert!(admin.get("/admin/audit").await.expect(200).text().contains(button));
        let answer = admin.get("/admin/audit/checkpoint").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        let name = format!("attachment; filename=\"audit-{before}.txt\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let line = answer.text();
        assert!(line.starts_with(&format!("posfleet-audit-1 {before} ")), "{line}");
        let key = printed(&app, &["key"]);
        let held = both_with(&app, &key, &line);
        assert!(held.ends_with(&format!("hold: 1, up to row {before}\n")), "{held}");
        // Who sees a part of the log gets no word on the whole.
        let login = limited.login();
        app.database().execute(&format!(
            "UPDATE access_operator SET all_establishments = FALSE WHERE login = '{login}'"
        ));
        let refused = limited.get("/admin/audit/checkpoint").await.expect(403).text();
        assert!(refused.contains("sees every establishment"), "{refused}");
        assert!(!limited.get("/admin/audit").await.expect(200).text().contains(button));
        // Reading changes nothing.
        let after = app.database().count("SELECT count(*) AS n FROM access_audit");
        assert_eq!(after, before);
    }

    async fn a_program_fetches_a_checkpoint(app: TestApp) {
        app.place("E1", "P1").await;
        let auditor = app.client(&[Permission::AuditView]).await;
        let part = app.client(Permission::ALL).await;
        app.limit(&part, &["E1"]).await;
        let rows = app.database().count("SELECT count(*) AS n FROM access_audit");
        let path = "/api/v1/audit/checkpoint";
        let answer = auditor.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let held = both_with(&app, &printed(&app, &["key"]), &answer.text());
        assert!(held.ends_with(&format!("hold: 1, up to row {rows}\n")), "{held}");
        assert_eq!(part.get(path).await.expect(403).code(), "access.scope-too-narrow");
        app.client(&[Permission::AccessView]).await.get(path).await.expect(403);
    }
}

/// A row that no server wrote, and that cannot be hashed: half of a pair of surrogates.
#[test]
fn a_row_that_cannot_be_hashed_is_broken() {
    let row = format!(
        r#"{{"id":1,"at":1,"actor_kind":"job","actor_id":null,"actor_name":"\ud800","from_ip":null,
            "action":"a","object_kind":"b","object":"c","establishment_id":null,"before_json":null,
            "after_json":null,"prev_hash":"\\x{}","hash":"\\x{}"}}"#,
        "00".repeat(32),
        "11".repeat(32),
    );
    let csv = format!("row_to_json\n\"{}\"\n", row.replace('"', "\"\""));
    let said = piped(&["-"], csv.as_bytes());
    let told = "the audit log is broken: row 1 was changed after it was written";
    assert_eq!((said.code, said.text.as_str()), (1, told));
}

#[test]
fn a_key_alone_is_refused() {
    let (script, posfleet) = (SCRIPT, env!("CARGO_BIN_EXE_posfleet"));
    let key = "00".repeat(32);
    let refused = |command: &mut Command| {
        let out = command.args(["--key", &key]).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{out:?}");
        let told = String::from_utf8(out.stderr).unwrap();
        assert!(told.contains("--checkpoint"), "{told}");
    };
    refused(Command::new(script).arg("-"));
    refused(Command::new(posfleet).args(["audit", "verify"]));
}

#[test]
fn what_cannot_be_read_is_neither_sound_nor_broken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it");
    let file = file.to_str().unwrap();
    let refused = |args: &[&str], input: &str, told: &str| {
        let said = piped(args, input.as_bytes());
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.text.contains(told), "{said:?}");
    };
    refused(&[file], "", "No such file");
    std::fs::write(file, "hello ".repeat(1000)).unwrap();
    refused(&[file], "", "not a database");
    refused(&["--checkpoint", file, "-"], "", "line 1 is no checkpoint");
    std::fs::write(file, "# nothing yet\n").unwrap();
    refused(
        &["--checkpoint", file, "-"],
        "",
        "there is no checkpoint in it",
    );
    refused(&["-"], "", "nothing on standard input");
    refused(&["-"], "a,b\n1,2\n", "lacks the column id");
    refused(&["-"], "row\n\"{\"\"id\"\": 1", "unexpected end of data");
}
