//! Which answer belongs to which request, wherever they stand.
use super::{answer, line, listed, put, request, told, watcher};
use crate::on_both_engines;
use serde_json::json;
use std::time::Duration;

const DAY_MS: i64 = 86_400_000;

on_both_engines! {
    async fn every_request_has_its_answer_and_no_other(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let log = [
            request("1", 0),
            request("2", 100),
            answer("2", 900, "51"),
            answer("1", 1_000, "00"),
            request("3", 2_000),
            answer("3", 30_000, "00"),
            request("4", 40_000),
            answer("9", 41_000, "00"),
            "not even JSON\n".to_owned(),
            request("5", 50_000),
            line("", "", 90_000, &json!({ "dir": "failure", "failure": "time-out", "mti": null })),
        ].concat();
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        assert_eq!(told(&by, "").await, [
            "1 answered", "2 answered declined", "3 answered late", "4 unanswered", "9 alone", "- malformed", "5 failed",
        ]);
        let all = listed(&by, "q=1").await;
        let it = &all[0];
        assert_eq!((&it["round_trip_ms"], &it["amount"], &it["rrn"]), (&json!(1_000), &json!(1_250), &json!("R00000000001")));
        assert_eq!((&it["request"]["log"], &it["request"]["offset"]), (&json!(1), &json!(0)), "{it}");
        let failed = listed(&by, "state=failed").await;
        assert_eq!(failed[0]["failure"], "time-out");
        // What could not be read stands in the log, and is shown as such.
        let records = by.get("/api/v1/logs/1/records").await.expect(200).json();
        let odd = records["items"].as_array().unwrap().iter().find(|it| !it["trouble"].is_null());
        assert!(odd.is_some(), "{records}");
    }

    async fn a_pair_may_be_cut_anywhere(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let first = [request("1", 0), request("2", 100)].concat();
        put(&t1, "day-1?format=ndjson", first.clone()).await;
        assert_eq!(told(&by, "").await, ["1 unanswered", "2 unanswered"]);
        put(&t1, &format!("day-1?offset={}&whole=true", first.len()), answer("1", 500, "00")).await;
        // The same bytes again change nothing.
        put(&t1, &format!("day-1?offset={}&whole=true", first.len()), answer("1", 500, "00")).await;
        assert_eq!(told(&by, "").await, ["1 answered", "2 unanswered"]);
        // Over midnight into another file.
        put(&t1, "day-2?format=ndjson&whole=true", [answer("2", 700, "00"), answer("3", 9_900, "05")].concat()).await;
        assert_eq!(told(&by, "").await, ["1 answered", "2 answered", "3 alone declined"]);
        // A file that comes late.
        put(&t1, "day-0?format=ndjson&whole=true", request("3", 9_000)).await;
        assert_eq!(told(&by, "").await, ["1 answered", "2 answered", "3 answered declined"]);
        let all = listed(&by, "q=3").await;
        assert_eq!((&all[0]["request"]["log"], &all[0]["answer"]["log"]), (&json!(3), &json!(2)), "{}", all[0]);
        // Another terminal's answer is none.
        let t2 = app.device("T2").await;
        put(&t2, "day-1?format=ndjson", request("7", 0)).await;
        put(&t1, "day-3?format=ndjson", answer("7", 100, "00")).await;
        assert_eq!(told(&by, "q=7").await, ["7 unanswered", "7 alone"]);
    }

    async fn two_logs_at_once_make_pairs(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let n = 40;
        let requests: String = (0..n).map(|at| request(&(at + 1).to_string(), at * 1_000)).collect();
        let answers: String = (0..n).map(|at| answer(&(at + 1).to_string(), at * 1_000 + 200, "00")).collect();
        futures_util::future::join(
            put(&t1, "asked?format=ndjson&whole=true", requests),
            put(&t1, "said?format=ndjson&whole=true", answers),
        ).await;
        let all = listed(&by, "page_size=200").await;
        assert_eq!(all.len(), 40);
        assert!(all.iter().all(|it| it["state"] == "answered"), "{all:?}");
    }

    async fn a_piece_makes_so_many_exchanges_and_no_more(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let lines = (0..4_500).map(|n| json!({ "mti": "0200", "stan": n.to_string() }).to_string());
        let log = lines.collect::<Vec<_>>().join("\n") + "\n";
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        assert_eq!(app.database().count("SELECT count(*) AS n FROM monitoring_log_piece"), 1);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM monitoring_exchange"), 4_000);
        // The rest can still be read.
        let log = by.get("/api/v1/logs/1").await.expect(200).json();
        assert_eq!((&log["records"], &log["unread"]), (&json!(4_500), &json!(0)), "{log}");
    }

    async fn what_is_sent_again_and_what_comes_again(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let log = [
            line("0420", "5", 0, &json!({})),
            line("0421", "5", 60_000, &json!({})),
            line("0421", "5", 120_000, &json!({})),
            line("0430", "5", 121_000, &json!({ "result": "00" })),
            // The STAN comes round again.
            request("5", DAY_MS / 2),
            request("5", DAY_MS),
            answer("5", DAY_MS + 400, "00"),
        ];
        for (n, one) in log.iter().enumerate() {
            put(&t1, &format!("part-{n}?format=ndjson&whole=true"), one.clone()).await;
        }
        assert_eq!(told(&by, "").await, ["5 answered late", "5 unanswered", "5 answered"]);
        let all = listed(&by, "").await;
        assert_eq!((&all[0]["tries"], &all[0]["request_mti"], &all[0]["answer_mti"]), (&json!(3), &json!("0420"), &json!("0430")));
    }

    async fn what_a_log_told_goes_with_it(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[posfleet::access::Permission::MonitoringView, posfleet::access::Permission::SettingsManage]).await;
        put(&t1, "day-1?format=ndjson&whole=true", [request("1", 0), answer("1", 100, "00"), request("2", 200)].concat()).await;
        let keeping = json!({ "kind": "pos", "days": 5 });
        by.put("/api/v1/logs/keeping", keeping).await.expect(200);
        app.advance(Duration::from_hours(24 * 4));
        put(&t1, "day-2?format=ndjson&whole=true", [answer("2", 900, "00"), request("3", 1_000)].concat()).await;
        assert_eq!(told(&by, "").await, ["1 answered", "2 answered", "3 unanswered"]);
        app.advance(Duration::from_hours(24 * 2));
        for _ in 0..200 {
            app.ctx().jobs.nudge("monitoring.logs");
            tokio::time::sleep(Duration::from_millis(50)).await;
            if app.database().count("SELECT count(*) AS n FROM monitoring_log") == 1 {
                break;
            }
        }
        assert_eq!(told(&by, "").await, ["3 unanswered"]);
    }
}
