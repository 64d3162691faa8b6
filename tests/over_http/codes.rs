//! Activation codes for many terminals at once: a sheet that exists only in its answer, and codes
//! that let exactly their terminals in.

use crate::harness::{Answer, Engine, POINT, Persona, Role, TestApp, serial_of};
use crate::on_both_engines;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

const MANY: &str = "/api/v1/activation-codes";

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::TerminalsActivate, Permission::TerminalsManage])
        .await
}

/// TID and code of every line.
fn codes(answer: &Answer) -> Vec<(String, String)> {
    let text = answer.text();
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let header = lines.next().expect("a header");
    assert_eq!(header.split(',').count(), 5, "{header}");
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), 5, "{line}");
            assert_eq!(cells[1], serial_of(cells[0]), "{line}");
            (cells[0].to_owned(), cells[3].to_owned())
        })
        .collect()
}

fn count(app: &TestApp, what: &str) -> i64 {
    app.database()
        .count(&format!("SELECT count(*) AS n FROM {what}"))
}

fn audited(app: &TestApp) -> i64 {
    count(
        app,
        "access_audit WHERE action = 'terminal.make-activation-code'",
    )
}

on_both_engines! {
    async fn an_activation_that_waits_for_a_sheet_does_not_hold_its_code(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        if app.database().engine == Engine::Postgres {
            let url = app.database().url().to_owned();
            // A sheet holds its places, and writes the codes a moment later.
            let sheet = std::thread::spawn(move || {
                PgConnection::establish(&url).unwrap().batch_execute(
                    "BEGIN; SELECT id FROM terminal_place FOR NO KEY UPDATE; SELECT pg_sleep(1);
                     UPDATE terminal_activation SET created_by = 'a sheet'; COMMIT",
                )
            });
            tokio::time::sleep(Duration::from_millis(400)).await;
            app.activate("T1", &code).await.check_in().await;
            sheet.join().unwrap().expect("nobody stands in its way");
        }
    }

    async fn who_is_activated_while_a_sheet_waits_keeps_its_peace(app: TestApp) {
        app.register(&["T1", "T2"]).await;
        let api = script(&app).await;
        if app.database().engine == Engine::Postgres {
            let url = app.database().url().to_owned();
            // An activation holds its place when the sheet comes to it.
            let activation = std::thread::spawn(move || {
                PgConnection::establish(&url).unwrap().batch_execute(
                    "BEGIN; UPDATE terminal_place SET life = 'active' WHERE tid = 'T1';
                     SELECT pg_sleep(1); COMMIT",
                )
            });
            tokio::time::sleep(Duration::from_millis(400)).await;
            let sheet = codes(&api.post(MANY, json!({})).await.expect(200));
            activation.join().unwrap().expect("nobody stands in its way");
            assert_eq!(sheet.iter().map(|line| line.0.as_str()).collect::<Vec<_>>(), ["T2"]);
        }
    }

    async fn a_sheet_lets_each_of_its_terminals_in(app: TestApp) {
        let tids: Vec<String> = (0..450).map(|n| format!("C{n:04}")).collect();
        let all: Vec<&str> = tids.iter().map(String::as_str).collect();
        app.register(&all).await;
        let api = script(&app).await;
        let sheet = api.post(MANY, json!({})).await.expect(200);
        assert_eq!(sheet.header("cache-control"), Some("no-store"));
        assert!(!matches!(sheet.header("content-encoding"), Some("gzip" | "zstd" | "br")));
        assert!(sheet.header("content-disposition").unwrap().contains(".csv"));
        let made = codes(&sheet);
        assert_eq!(made.len(), 450);
        assert_eq!(made.iter().map(|line| &line.0).collect::<Vec<_>>(), tids.iter().collect::<Vec<_>>());
        assert_eq!((count(&app, "terminal_activation"), audited(&app)), (450, 450));
        for (tid, code) in [&made[0], &made[200], &made[449]] {
            app.activate(tid, code).await.check_in().await;
        }
        // The next sheet is for those that no device has activated, and voids their codes.
        let again = codes(&api.post(MANY, json!({ "point_of_service": POINT })).await.expect(200));
        assert_eq!(again.len(), 447);
        let (tid, old) = &made[1];
        let wish = json!({ "terminal_id": tid, "serial_number": serial_of(tid), "activation_code": old });
        app.visitor().post("/terminal/v1/activate", wish).await.expect(403);
        app.activate(tid, &again[0].1).await.check_in().await;
        let both = api.post(MANY, json!({ "active_too": true, "establishment": "E1" })).await;
        assert_eq!(codes(&both.expect(200)).len(), 450);

        // Nothing in clear, neither in the database nor in any file.
        let secret = made[2].1.replace('-', "");
        for entry in std::fs::read_dir(app.folder()).unwrap().flatten() {
            let Ok(bytes) = std::fs::read(entry.path()) else { continue };
            for code in [&made[2].1, &secret] {
                let found = bytes.windows(code.len()).any(|at| at == code.as_bytes());
                assert!(!found, "{}", entry.path().display());
            }
        }
    }

    async fn named_terminals_get_codes_in_the_order_of_their_naming(app: TestApp) {
        app.register(&["T1", "T2", "T3", "T4"]).await;
        let api = script(&app).await;
        api.post("/api/v1/terminals/T3/suspend", json!({})).await.expect(200);
        let made = api.post(MANY, json!({ "terminals": ["T4", "T3", "T1", "T4"] })).await.expect(200);
        let tids: Vec<String> = codes(&made).into_iter().map(|line| line.0).collect();
        assert_eq!(tids, ["T4", "T1"], "who is suspended gets none");
        let before = audited(&app);
        let wrong = |terminals: Value| api.post(MANY, json!({ "terminals": terminals }));
        let told = wrong(json!(["T1", "T9"])).await.expect(422).json();
        assert_eq!(told["errors"][0]["code"], "activation.unknown-named", "{told}");
        let many: Vec<String> = (0..10_001).map(|n| n.to_string()).collect();
        wrong(json!(many)).await.expect(422);
        api.post(MANY, json!({ "establishment": "E9" })).await.expect(422);
        api.post(MANY, json!({ "point_of_service": "P9" })).await.expect(422);
        api.post(MANY, json!({ "all": true })).await.expect(422);
        assert_eq!(audited(&app), before, "nothing half-done");
        assert_eq!(codes(&wrong(json!([])).await.expect(200)).len(), 0);
    }

    async fn people_review_before_they_make_codes(app: TestApp) {
        app.register(&["T1", "T2", "T3"]).await;
        app.activation_code("T1").await;
        let admin = app.operator(Role::Administrator).await;
        let here = "/activation-codes";
        let fields = [("tids", ""), ("which", "registered"), ("point_of_service", POINT)];
        let page = admin.submit(here, here, &fields).await.expect(200);
        assert!(page.text().contains("Unused codes that become void"), "{}", page.text());
        let make = |count: &'static str, tids: &'static str| {
            let fields = [("tids", tids), ("which", "registered"), ("count", count)];
            let admin = &admin;
            async move { admin.submit(here, "/activation-codes/sheet", &fields).await }
        };
        assert!(make("2", "").await.expect(422).text().contains("Type the number of codes"));
        assert!(make("1", "T1 T9").await.expect(422).text().contains("Unknown TIDs"));
        let sheet = make("3", "").await.expect(200);
        assert_eq!(sheet.header("cache-control"), Some("no-store"));
        assert!(sheet.text().contains("TID,Serial number"), "{}", sheet.text());
        let all = codes(&sheet);
        assert_eq!(all.len(), 3);
        app.activate("T2", &all[1].1).await.check_in().await;
        let odd = [("tids", ""), ("establishment", "E9"), ("which", "all")];
        admin.submit(here, here, &odd).await.expect(422);
        let viewer = app.operator(Role::Viewer).await;
        viewer.get(here).await.expect(403);
    }

    async fn nobody_makes_codes_out_of_his_sight(app: TestApp) {
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        let api = script(&app).await;
        app.limit(&api, &["E2"]).await;
        assert_eq!(codes(&api.post(MANY, json!({})).await.expect(200)).len(), 0);
        api.post(MANY, json!({ "terminals": ["T1"] })).await.expect(422);
        assert_eq!(audited(&app), 0);
    }
}
