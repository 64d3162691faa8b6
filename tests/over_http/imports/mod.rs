//! Imports over HTTP: a file is tried and done, its bad rows come back to be mended, and whatever
//! happens meanwhile, no row counts twice.
mod document;
mod establishments;
mod hostile;
mod killed;
mod pages;
mod particulars;
mod returning;
#[path = "../../crash/server.rs"]
mod server;
use crate::harness::{Answer, ESTABLISHMENT, POINT, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::Value;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const ENDS_WITHIN: Duration = Duration::from_mins(10);
const TERMINALS: &str = "/api/v1/imports/terminals";
const ESTABLISHMENTS: &str = "/api/v1/imports/establishments";
const POINTS: &str = "/api/v1/imports/points";

/// A program that may import.
async fn importer(app: &TestApp) -> Persona {
    app.client(&[Permission::TerminalsManage, Permission::NetworkManage])
        .await
}

async fn send(who: &Persona, path: &str, csv: impl Into<reqwest::Body>) -> Answer {
    let request = who.request(Method::POST, path);
    who.send(request.header("content-type", "text/csv").body(csv))
        .await
}

/// The task, once it has ended.
async fn ended(who: &Persona, id: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let task = who
            .get(&format!("/api/v1/tasks/{id}"))
            .await
            .expect(200)
            .json();
        if !matches!(task["state"].as_str(), Some("queued" | "running")) {
            return task;
        }
        assert!(begun.elapsed() < ENDS_WITHIN, "it goes on and on: {task}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Sends a file and waits for what becomes of it.
async fn import(who: &Persona, path: &str, csv: impl Into<reqwest::Body>) -> Value {
    let task = send(who, path, csv).await.expect(202).json();
    ended(who, &task["id"]).await
}

/// State, and how many rows were done, unchanged and failed.
fn counts(task: &Value) -> String {
    let n = |key: &str| task[key].as_i64().unwrap();
    let state = task["state"].as_str().unwrap();
    format!("{state} {} {} {}", n("done"), n("skipped"), n("failed"))
}

/// Each row as number, subject and code.
async fn rows(who: &Persona, task: &Value) -> Vec<String> {
    let path = format!("/api/v1/tasks/{}/rows?page_size=200", task["id"]);
    let page = who.get(&path).await.expect(200).json();
    let told = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", row["row"], text("subject"), text("code"))
    };
    page["items"].as_array().unwrap().iter().map(told).collect()
}

/// A file of terminals at [`POINT`], numbered.
fn terminals(numbers: std::ops::Range<usize>) -> String {
    let mut csv = "tid,serial_number,model,point_of_service\n".to_owned();
    for n in numbers {
        writeln!(csv, "T{n:05},SN-T{n:05},feitian-f20,{POINT}").unwrap();
    }
    csv
}

on_both_engines! {
    async fn a_file_is_tried_and_then_done(app: TestApp) {
        let who = importer(&app).await;
        let points = "code;name;address;establishment;establishment_name;time_zone\n\
                      P1;Café du Port;2 quai;E1;SARL Port;Europe/Paris\n\
                      P2;Gare;;E1;;\n";
        let tried = import(&who, &format!("{POINTS}?dry_run=true"), points).await;
        assert_eq!(counts(&tried), "done 1 0 1");
        let told = rows(&who, &tried).await;
        assert_eq!(told, ["2 P1 would-create", "3 P2 network.invalid"]);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM network_point_of_service"), 0);

        let done = import(&who, POINTS, points).await;
        assert_eq!(counts(&done), "done 2 0 0");
        let again = import(&who, POINTS, points.replace("Gare", "Gare du Nord")).await;
        assert_eq!(rows(&who, &again).await, ["2 P1 same", "3 P2 changed"]);

        let file = terminals(0..300);
        let tried = import(&who, &format!("{TERMINALS}?dry_run=true"), file.clone()).await;
        assert_eq!(counts(&tried), "done 300 0 0");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM terminal_place"), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM event_outbox \
                                         WHERE kind = 'terminal.registered'"), 0);
        let done = import(&who, &format!("{TERMINALS}?file_name=mine.csv"), file.clone()).await;
        assert_eq!(counts(&done), "done 300 0 0");
        assert_eq!((&done["file_name"], &done["total"]), (&"mine.csv".into(), &300.into()));
        let same = import(&who, TERMINALS, file).await;
        assert_eq!(counts(&same), "done 0 300 0");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM terminal_place"), 300);
        let audited = "SELECT count(*) AS n FROM access_audit WHERE action = 'terminal.register'";
        assert_eq!(app.database().count(audited), 300, "each is audited as by hand");
        app.assert_counters_agree();
    }

    async fn a_terminal_costs_the_same_rows_as_by_hand(app: TestApp) {
        let who = importer(&app).await;
        app.register(&["T00001"]).await;
        let own = ["task_task", "task_row", "storage_blob", "job_lease", "access_audit",
                   "event_outbox", "access_client_token"];
        let before = app.database().rows(&own);
        app.register(&["T00002"]).await;
        let by_hand = app.database().rows(&own);
        let done = import(&who, TERMINALS, terminals(3..4)).await;
        assert_eq!(counts(&done), "done 1 0 0");
        let imported = app.database().rows(&own);
        for (table, n) in &imported {
            assert_eq!(n - by_hand[table], by_hand[table] - before[table], "{table}");
        }
    }

    async fn what_is_wrong_comes_back_to_be_mended(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let file = format!("TID;Serial number;Model;Point of service;check_in\n\
             T1;S1;feitian-f20;{POINT};x\n\
             T 2;;nothing;{POINT};x\n\
             T1;S1;feitian-f20;{POINT};x\n\
             T1;S9;feitian-f20;{POINT};x\n\
             \n\
             T3;S3;feitian-f20;nowhere;'=x\n\
             T4;\"S;4\";feitian-f20;{POINT};x;beyond\n\
             T5;S5;feitian-f20;{POINT}\n");
        let done = import(&who, TERMINALS, file).await;
        assert_eq!(counts(&done), "done 2 1 4");
        assert_eq!(rows(&who, &done).await, [
            "2 T1 created", "3 T 2 terminal.invalid", "4 T1 again", "5 T1 import.twice",
            "7 T3 terminal.invalid", "8 T4 import.too-many-values", "9 T5 created",
        ]);
        let path = format!("/api/v1/tasks/{}/rows?outcome=failed", done["id"]);
        let failed = who.get(&path).await.expect(200).json();
        let detail = failed["items"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("tid: ") && detail.contains("model: "), "{detail}");
        // The person sees the client's task, because he sees every establishment.
        let admin = app.operator(crate::harness::Role::Administrator).await;
        let mended = admin.get(&format!("/imports/{}/refused.csv", done["id"])).await.expect(200);
        let mended = mended.text();
        assert_eq!(mended.lines().count(), 5, "{mended}");
        assert!(mended.starts_with("\u{feff}TID,Serial number,Model,Point of service,check_in,"));
        assert!(mended.contains("\nT3,S3,feitian-f20,nowhere,'=x,"), "{mended}");
        let mended = mended.replace("nowhere", POINT).replace("T1,S9", "T9,S9");
        let again = import(&who, TERMINALS, mended).await;
        assert_eq!(counts(&again), "done 3 0 1");
    }

    async fn tags_come_along(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let head = "tid,serial_number,model,point_of_service,tags\n";
        let file = format!("{head}T1,S1,feitian-f20,{POINT},\"pilot, north; Port de plaisance\"\n\
                            T2,S2,feitian-f20,{POINT},\n\
                            T3,S3,feitian-f20,{POINT},a/b\n");
        let done = import(&who, TERMINALS, file.clone()).await;
        assert_eq!(counts(&done), "done 2 0 1");
        let stuck = "SELECT count(*) AS n FROM terminal_tagged";
        assert_eq!(app.database().count(stuck), 3);
        let placed = "SELECT count(*) AS n FROM terminal_place";
        assert_eq!(app.database().count(placed), 2, "a row that is refused leaves nothing");
        let more = import(&who, TERMINALS, file.replace(",\nT3", ",south\nT3")).await;
        assert_eq!(counts(&more), "done 1 1 1");
        assert_eq!(app.database().count(stuck), 4);
    }

    async fn two_imports_of_the_same_terminals_never_meet_halfway(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let (file, other) = (terminals(0..400), terminals(0..400).replace("SN-", "XX-"));
        let turned: String = {
            let mut lines: Vec<_> = file.lines().collect();
            lines[1..].reverse();
            lines.join("\n")
        };
        let (one, two, three) = tokio::join!(
            import(&who, TERMINALS, file),
            import(&who, TERMINALS, turned),
            import(&who, TERMINALS, other),
        );
        let n = |task: &Value, key: &str| task[key].as_i64().unwrap();
        let all = [&one, &two, &three];
        assert!(all.iter().all(|task| task["state"] == "done" && task["total"] == 400));
        assert_eq!(all.iter().map(|task| n(task, "done")).sum::<i64>(), 400);
        assert_eq!(n(&one, "failed"), n(&two, "failed"), "they say the same");
        assert_eq!(n(&one, "failed"), n(&three, "done"));
        let placed = "SELECT count(*) AS n FROM terminal_place";
        assert_eq!(app.database().count(placed), 400);
        let served = "SELECT count(DISTINCT terminal_id) AS n FROM terminal_device";
        assert_eq!(app.database().count(served), 400);
        app.assert_counters_agree();
    }

    async fn a_cancelled_import_keeps_what_it_did_and_may_go_on(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let task = send(&who, TERMINALS, terminals(0..800)).await.expect(202).json();
        let path = format!("/api/v1/tasks/{}", task["id"]);
        while who.get(&path).await.json()["done"] == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let cancelled = who.delete(&path).await.expect(200).json();
        assert_eq!(cancelled["state"], "cancelled");
        let placed = "SELECT count(*) AS n FROM terminal_place";
        let done = cancelled["done"].as_i64().unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(done > 0 && done < 800, "{done}");
        assert_eq!(app.database().count(placed), done);
        assert_eq!(who.delete(&path).await.expect(409).code(), "task.ended");
        let on = who.request(Method::POST, &format!("{path}/continue"));
        who.send(on).await.expect(202);
        let whole = ended(&who, &task["id"]).await;
        assert_eq!(counts(&whole), "done 800 0 0");
        assert_eq!(app.database().count(placed), 800);
        let on = who.request(Method::POST, &format!("{path}/continue"));
        assert_eq!(who.send(on).await.expect(409).code(), "task.nothing-to-continue");
    }
}
