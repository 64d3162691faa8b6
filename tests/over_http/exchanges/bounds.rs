//! What one part of a log may make the server do is bounded, and what that cuts off is told.
use super::{answer, listed, put, request, told, watcher};
use crate::harness::{Device, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};

/// So many messages of a part of a log become exchanges.
const MOST: i64 = 4_000;
const DAY_MS: i64 = 86_400_000;

async fn set(app: &TestApp, limits: Value) {
    let by = app.client(&[Permission::SettingsManage]).await;
    by.patch("/api/v1/settings/logs", json!({ "values": limits }))
        .await
        .expect(200);
}

/// Sends bytes of a POS log; the code of what refuses them.
async fn refusal(by: &Device, place: &str, body: String) -> String {
    let to = by.request(Method::PUT, &format!("/terminal/v1/logs/pos/{place}"));
    let answer = by.send(to.body(body)).await;
    answer.expect(429).code()
}

fn count(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM monitoring_exchange")
}

on_both_engines! {
    async fn messages_that_the_list_does_not_hold_are_told(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let root = app.operator(Role::Viewer).await;
        let lines = (0..MOST + 500).map(|n| json!({ "mti": "0200", "stan": n.to_string() }).to_string());
        let log = lines.collect::<Vec<_>>().join("\n") + "\n";
        put(&t1, "a.log?format=ndjson&whole=true", log.clone()).await;
        // The same once more changes nothing.
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        put(&t1, "b.log?format=ndjson&whole=true", request("1", 0)).await;
        let left = |log: Value| (log["unlisted"].clone(), log["uncompared"].clone());
        let first = by.get("/api/v1/logs/1").await.expect(200).json();
        assert_eq!(left(first), (json!(500), json!(0)));
        let second = by.get("/api/v1/logs/2").await.expect(200).json();
        assert_eq!(left(second), (json!(0), json!(0)));
        let page = root.get("/monitoring/logs/1").await.expect(200).text();
        assert!(page.contains("500 messages of this log are not among the exchanges"), "{page}");
        let page = root.get("/monitoring/logs/2").await.expect(200).text();
        assert!(!page.contains("are not among the exchanges"), "{page}");
    }

    async fn exchanges_count_for_what_they_take(app: TestApp) {
        let t1 = app.device("T1").await;
        set(&app, json!({ "log_day_mib": 6 })).await;
        let short = |n: i64| format!("{}\n", json!({ "mti": "0200", "stan": n.to_string() }));
        let log: String = (0..MOST).map(short).collect();
        put(&t1, "a.log?format=ndjson&whole=true", log.clone()).await;
        // A hundred kilobytes, and four megabytes of rows.
        assert_eq!(refusal(&t1, "b.log?format=ndjson&whole=true", log).await, "log.quota");
        assert_eq!(count(&app), MOST);
        // What tells few messages for its length goes on.
        let t2 = app.device("T2").await;
        put(&t2, "a.log?format=ndjson&whole=true", [request("1", 0), answer("1", 90, "00")].concat()).await;
    }

    async fn what_is_known_is_read_up_to_a_bound(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let root = app.operator(Role::Viewer).await;
        // One number in one day, again and again, and so often that nobody compares all of it.
        for part in 0..3 {
            let all: String = (0..MOST).map(|n| request("7", part * 4_000_000 + n * 1_000)).collect();
            put(&t1, &format!("part-{part}?format=ndjson&whole=true"), all).await;
        }
        let last = by.get("/api/v1/logs/3").await.expect(200).json();
        assert_eq!(last["uncompared"], MOST, "{last}");
        let page = root.get("/monitoring/logs/3").await.expect(200).text();
        assert!(page.contains("4,000 messages of this log were not compared"), "{page}");
    }

    async fn a_clock_that_jumps_asks_for_so_much_of_the_history(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let days = 300;
        let asked: String = (0..days).map(|day| request(&day.to_string(), day * 3 * DAY_MS)).collect();
        put(&t1, "asked?format=ndjson&whole=true", asked).await;
        let said: String = (0..days).map(|day| answer(&day.to_string(), day * 3 * DAY_MS + 500, "00")).collect();
        put(&t1, "said?format=ndjson&whole=true", said).await;
        let log = by.get("/api/v1/logs/2").await.expect(200).json();
        let uncompared = log["uncompared"].as_i64().unwrap();
        assert!((1..days).contains(&uncompared), "{log}");
        let answered = app.database().count("SELECT count(*) AS n FROM monitoring_exchange WHERE state = 'answered'");
        assert_eq!(answered, days - uncompared, "what is not told as left out is paired");
        // Where logs go on, they are compared.
        assert_eq!(told(&by, "q=0").await, ["0 answered"]);
        assert_eq!(told(&by, "q=299").await, ["299 answered"]);
    }

    async fn one_number_again_and_again_is_paired_all_along(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let n = 400;
        let pair = |at: i64| [request("1", at * 60_000), answer("1", at * 60_000 + 700, "00")].concat();
        put(&t1, "a.log?format=ndjson&whole=true", (0..n).map(pair).collect::<String>()).await;
        let states = "SELECT count(*) AS n FROM monitoring_exchange WHERE state = 'answered' AND round_trip_ms = 700";
        assert_eq!(app.database().count(states), n);
        assert!(listed(&by, "page_size=1").await[0]["state"] == "answered");
    }
}
