//! When exchanges took place: by days of the reader, by terminals' own clocks, by what messages say, and at the end of
//! logs that still grow.
use super::{answer, line, listed, put, request, told, watcher};
use crate::harness::Role;
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR_MS: i64 = 3_600_000;

/// A line that is logged by a clock of no known zone.
fn local(mti: &str, stan: &str, at: &str) -> String {
    line(
        mti,
        stan,
        0,
        &json!({ "at": at, "result": if mti == "0210" { "00" } else { "" } }),
    )
}

/// A line that tells no time, but perhaps field 7.
fn bare(mti: &str, stan: &str, sent: Option<&str>) -> String {
    line(mti, stan, 0, &json!({ "at": null, "transmitted": sent }))
}

/// `STAN time`, the oldest first.
fn placed(all: &[Value]) -> Vec<String> {
    let text = |it: &Value, name: &str| it[name].as_str().unwrap_or("-").to_owned();
    all.iter()
        .map(|it| format!("{} {}", text(it, "stan"), text(it, "listed_at")))
        .collect()
}

on_both_engines! {
    async fn a_period_is_of_days_as_the_page_tells_them(app: TestApp) {
        let t1 = app.device("T1").await;
        // At ten in the evening of the 25th in New York, on the 26th in UTC; and four hours later.
        let log = [request("501", 17 * HOUR_MS), request("502", 21 * HOUR_MS)].concat();
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        let (here, there) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        there.set_cookie("tz", "America%2FNew_York");
        for (by, query, wanted) in [
            (&here, "until=2025-11-25", [false, false]),
            (&here, "since=2025-11-26", [true, true]),
            (&there, "until=2025-11-25", [true, false]),
            (&there, "since=2025-11-25&until=2025-11-25", [true, false]),
            (&there, "since=2025-11-26", [false, true]),
            (&there, "since=2025-11-26T05:00:00Z", [false, true]),
        ] {
            let page = by.get(&format!("/monitoring/exchanges?{query}")).await.expect(200).text();
            let file = by.get(&format!("/monitoring/exchanges.csv?{query}")).await.expect(200).text();
            for text in [&page, &file] {
                let seen = ["501", "502"].map(|stan| text.contains(&format!("R{stan}")) || text.contains(&format!(">{stan}<")) || text.contains(&format!(",{stan},")));
                assert_eq!(seen, wanted, "{query} in {text}");
            }
            // The form shows the day that was chosen.
            let day = query.split('=').nth(1).unwrap().split('&').next().unwrap();
            assert!(page.contains(&format!("value=\"{day}\"")), "{page}");
        }
        // Programs mean days of UTC.
        let by = watcher(&app).await;
        assert_eq!(told(&by, "until=2025-11-25").await, Vec::<String>::new());
        let file = by.get("/api/v1/exchanges.csv?since=2025-11-26").await.expect(200).text();
        assert_eq!(file.lines().count(), 3, "{file}");
    }

    async fn an_answer_may_be_late_and_a_refusal(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = [
            request("1", 0), answer("1", 20_000, "51"),
            request("2", 30_000), answer("2", 60_000, "00"),
            request("3", 90_000), answer("3", 90_500, "51"),
        ].concat();
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        let viewer = app.operator(Role::Viewer).await;
        for (id, words) in [(1, "Declined late"), (2, "Late answer"), (3, "Declined")] {
            let pill = format!("</svg>{words}</span>");
            let one = viewer.get(&format!("/monitoring/exchanges/{id}")).await.expect(200).text();
            assert!(one.contains(&pill), "{words} is not in {one}");
            let list = viewer.get(&format!("/monitoring/exchanges?q={id}")).await.expect(200).text();
            assert!(list.contains(&pill), "{words} is not in {list}");
        }
    }

    async fn a_clock_of_no_zone_tells_what_lies_between(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let log = [
            local("0200", "1", "2025-11-25T10:00:00.250"), local("0210", "1", "2025-11-25T10:00:01.000"),
            local("0200", "2", "2025-11-25T10:01:00"), local("0210", "2", "2025-11-25T10:01:40"),
            // The clock is set back while the answer is under way.
            local("0200", "3", "2025-11-25T10:02:00"), local("0210", "3", "2025-11-25T09:02:01"),
            // One number again, nine days later.
            local("0200", "4", "2025-11-25T10:03:00"), local("0210", "4", "2025-12-04T10:03:00"),
        ].concat();
        put(&t1, "a.log?format=ndjson&whole=true&day=2025-11-25", log).await;
        let all = listed(&by, "until=2025-11-25").await;
        let round: Vec<_> = all.iter().map(|it| (it["stan"].clone(), it["round_trip_ms"].clone(), it["late"].clone())).collect();
        assert_eq!(round, [
            (json!("1"), json!(750), json!(false)), (json!("2"), json!(40_000), json!(true)),
            (json!("3"), json!(null), json!(false)), (json!("4"), json!(null), json!(false)),
        ]);
        assert_eq!(told(&by, "q=4").await, ["4 unanswered", "4 alone"]);
        // Sorted as the establishment's clocks go, told as the terminal's own did.
        assert_eq!(placed(&all)[0], "1 2025-11-25T09:00:00.250Z");
        let it = &all[0];
        assert_eq!((&it["requested_at"], &it["requested_local"]), (&json!(null), &json!("2025-11-25T10:00:00.250")), "{it}");
        assert_eq!((&it["answered_local"], &it["stated_time"]), (&json!("2025-11-25T10:00:01.000"), &json!("2025-11-25T10:00:00.250")));
        let viewer = app.operator(Role::Viewer).await;
        viewer.set_cookie("tz", "America%2FNew_York");
        let shown = "<time datetime=\"2025-11-25T10:00:00\">25 Nov 2025, 10:00:00</time> <span class=\"muted\">(terminal’s own time)</span>";
        for page in ["/monitoring/exchanges?q=1", "/monitoring/exchanges/1"] {
            let page = viewer.get(page).await.expect(200).text();
            assert!(page.contains(shown), "{page}");
        }
        let file = viewer.get("/monitoring/exchanges.csv?q=1").await.expect(200).text();
        assert!(file.contains("2025-11-25 10:00:00 (terminal’s own time)"), "{file}");
    }

    async fn what_tells_no_time_stands_on_the_day_of_its_log(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let log = [
            bare("0200", "1", Some("1231235950")), bare("0210", "1", Some("1231235950")),
            bare("0200", "2", Some("0101000010")), bare("0200", "3", Some("0000000000")),
        ].concat();
        put(&t1, "a.log?format=ndjson&whole=true&day=2026-01-01", log).await;
        put(&t1, "b.log?format=ndjson&whole=true&day=2026-03-05", bare("0200", "4", None)).await;
        let all = listed(&by, "").await;
        assert_eq!(placed(&all), [
            "1 2025-12-31T23:59:50.000Z", "2 2026-01-01T00:00:10.000Z",
            // Beside what stands before it.
            "3 2026-01-01T00:00:10.000Z", "4 2026-03-05T00:00:00.000Z",
        ]);
        assert_eq!((&all[0]["state"], &all[0]["requested_at"], &all[0]["round_trip_ms"]), (&json!("answered"), &json!(null), &json!(null)));
        assert_eq!(told(&by, "since=2026-03-05&until=2026-03-05").await, ["4 unanswered"]);
        let viewer = app.operator(Role::Viewer).await;
        for (stan, shown) in [("1", ">31 Dec 2025, 23:59:50<"), ("3", ">1 Jan 2026<"), ("4", "<time datetime=\"2026-03-05\">5 Mar 2026<")] {
            for page in [format!("?q={stan}"), format!("/{stan}")] {
                let page = viewer.get(&format!("/monitoring/exchanges{page}")).await.expect(200).text();
                assert!(page.contains(shown), "{shown} is not in {page}");
            }
        }
    }

    async fn the_last_requests_of_a_growing_log_may_be_answered_yet(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = watcher(&app).await;
        let awaited = async |query: &str| {
            let all = listed(&by, query).await;
            let open = all.iter().filter(|it| it["answer_may_come"] == true);
            open.map(|it| it["stan"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let first = [request("1", 0), request("2", 100_000), request("3", 130_000)].concat();
        put(&t1, "a.log?format=ndjson", first.clone()).await;
        // One that stands alone, with no time to tell how near the end it is.
        put(&t1, "b.log?format=ndjson", [bare("0200", "8", None), bare("0200", "9", None)].concat()).await;
        assert_eq!(awaited("").await, ["2", "3", "9"]);
        assert_eq!(awaited("state=unanswered&q=1").await, Vec::<String>::new());
        let viewer = app.operator(Role::Viewer).await;
        let see = async |id: i64| viewer.get(&format!("/monitoring/exchanges/{id}")).await.expect(200).text();
        let (open, over) = (see(3).await, see(1).await);
        assert!(open.contains("</svg>Answer may still come<") && open.contains("The log still grows"), "{open}");
        assert!(over.contains("</svg>Unanswered<") && over.contains("No answer belongs"), "{over}");
        let list = viewer.get("/monitoring/exchanges?state=unanswered").await.expect(200).text();
        assert_eq!(list.matches("</svg>Answer may still come<").count(), 3, "{list}");
        // What follows tells it, and so does the end.
        let place = format!("a.log?offset={}", first.len());
        put(&t1, &place, request("4", 170_000)).await;
        assert_eq!(awaited("terminal=T1&since=2025-11-25&until=2025-11-25").await, ["3", "4"]);
        put(&t1, &format!("a.log?offset={}&whole=true", first.len() + request("4", 170_000).len()), answer("3", 131_000, "00")).await;
        assert_eq!(awaited("").await, ["9"]);
        assert_eq!(told(&by, "q=4").await, ["4 unanswered"]);
        // Nobody waits for ever.
        app.advance(Duration::from_secs(86_500));
        assert_eq!(awaited("").await, Vec::<String>::new());
        let client = app.client(&[Permission::MonitoringView]).await;
        assert_eq!(client.get("/api/v1/exchanges/3").await.expect(200).json()["answer_may_come"], false);
    }
}
