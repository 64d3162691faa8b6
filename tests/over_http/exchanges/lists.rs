//! Lists of exchanges, and the page of one: what narrows them, who sees them, and what leaves with them.
use super::{answer, line, listed, put, request, told, watcher};
use crate::harness::{Device, ESTABLISHMENT, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};

/// Four exchanges of T1 with two hosts on two days, and one of T2.
async fn stock(app: &TestApp) -> Device {
    let (t1, t2) = (app.device("T1").await, app.device("T2").await);
    let other = json!({ "host": "acquirer-b" });
    let log = [
        request("1", 0),
        answer("1", 500, "00"),
        request("2", 1_000),
        answer("2", 20_000, "51"),
        line("0800", "3", 30_000, &other),
        line("0200", "4", 86_400_000, &other),
        line(
            "0210",
            "4",
            86_400_700,
            &json!({ "host": "acquirer-b", "result": "05" }),
        ),
    ];
    put(&t1, "a.log?format=ndjson&whole=true", log.concat()).await;
    put(
        &t2,
        "b.log?format=ndjson&whole=true",
        request("1", 2_000).replace("\"T1\"", "\"T2\""),
    )
    .await;
    t1
}

async fn turned(by: &Persona, query: &str) -> Vec<i64> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = by
            .get(&format!(
                "/api/v1/exchanges?{query}&page_size=1&cursor={cursor}"
            ))
            .await
            .expect(200)
            .json();
        all.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_i64().unwrap()),
        );
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return all,
        }
    }
}

/// Values that a hostile log may tell are kept short and clean, or not at all.
fn hostile() -> Vec<Value> {
    vec![
        json!({ "stan": "1\u{0}2", "host": "h\u{0}".repeat(400) }),
        json!({ "stan": "9".repeat(5_000), "rrn": "é".repeat(5_000), "result": "\u{1b}[0m" }),
        json!({ "at": "9999-12-31T23:59:59Z", "stan": "5" }),
        json!({ "at": "0001-01-01T00:00:00Z", "stan": "5", "mti": "0210" }),
        json!({ "mti": "ÿÿÿÿ", "stan": "-1", "amount": -9_223_372_036_854_775_808_i64, "dir": "request" }),
        json!({ "amount": 1e300, "currency": "XXXX", "dir": "answer" }),
    ]
}

on_both_engines! {
    async fn a_list_is_narrowed_and_turned(app: TestApp) {
        stock(&app).await;
        let by = watcher(&app).await;
        assert_eq!(told(&by, "").await, [
            "1 answered", "2 answered late declined", "1 unanswered", "3 unanswered", "4 answered declined",
        ]);
        for (query, wanted) in [
            ("terminal=T2", &["1 unanswered"][..]),
            ("terminal=t9", &[]),
            ("state=late", &["2 answered late declined"]),
            ("state=late-answer", &["2 answered late declined"]),
            ("state=declined", &["2 answered late declined", "4 answered declined"]),
            ("state=unanswered", &["1 unanswered", "3 unanswered"]),
            ("state=unanswered&terminal=T1", &["3 unanswered"]),
            ("state=failed", &[]),
            ("result=51", &["2 answered late declined"]),
            ("result=51&state=late&host=acquirer-a&terminal=T1", &["2 answered late declined"]),
            ("result=51&host=acquirer-b", &[]),
            ("host=acquirer-b", &["3 unanswered", "4 answered declined"]),
            ("q=000004", &["4 answered declined"]),
            ("q=R00000000002", &["2 answered late declined"]),
            ("q=1", &["1 answered", "1 unanswered"]),
            ("since=2025-11-26", &["4 answered declined"]),
            ("until=2025-11-25&result=00", &["1 answered"]),
            ("since=2025-11-25T10:00:01Z&until=2025-11-25T10:00:02Z", &["2 answered late declined", "1 unanswered"]),
        ] {
            assert_eq!(told(&by, query).await, wanted, "{query}");
        }
        for query in ["", "terminal=T1", "state=declined&terminal=T1", "sort=at"] {
            let page = by.get(&format!("/api/v1/exchanges?{query}")).await.expect(200).json();
            let whole: Vec<i64> = page["items"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect();
            assert_eq!(turned(&by, query).await, whole, "{query}");
        }
        for (query, code) in [
            ("state=odd", "exchange.no-such-state"), ("since=today", "exchange.moment-form"), ("sort=stan", "exchange.no-such-order"),
        ] {
            let refused = by.get(&format!("/api/v1/exchanges?{query}")).await.expect(422).json();
            assert_eq!(refused["errors"][0]["code"], code);
        }
    }

    async fn a_page_shows_both_sides(app: TestApp) {
        stock(&app).await;
        let root = app.operator(Role::Viewer).await;
        let list = root.get("/monitoring/exchanges").await.expect(200).text();
        for part in ["12.50\u{a0}EUR", "Financial transaction", "Unanswered", "/monitoring/exchanges/1", "acquirer-b", "Insufficient funds"] {
            assert!(list.contains(part), "{part} is not in {list}");
        }
        for (lang, late, amount) in [
            ("fr", "Réponse tardive", "12,50\u{a0}EUR"), ("ru", "Поздний ответ", "12,50\u{a0}EUR"), ("en", "Late answer", "12.50\u{a0}EUR"),
        ] {
            root.submit("/account", "/look", &[("lang", lang)]).await.expect(303);
            let list = root.get("/monitoring/exchanges?state=late-answer").await.expect(200).text();
            assert!(list.matches(late).count() > 1 && list.contains(amount), "{lang}: {list}");
            let one = root.get("/monitoring/exchanges/1").await.expect(200).text();
            assert!(one.contains(amount), "{lang}: {one}");
        }
        let none = root.get("/monitoring/exchanges?state=failed").await.expect(200).text();
        assert!(none.contains("No exchange matches"), "{none}");
        let one = root.get("/monitoring/exchanges/1").await.expect(200).text();
        for part in ["Request", "Answer", "12.50\u{a0}EUR", "R00000000001", "#record-0\">In the log a.log", "00000000  ", "Next of this terminal"] {
            assert!(one.contains(part), "{part} is not in {one}");
        }
        let alone = root.get("/monitoring/exchanges/5").await.expect(200).text();
        assert!(alone.contains("No answer belongs to this request"), "{alone}");
        root.get("/monitoring/exchanges/99").await.expect(404);
        let api = watcher(&app).await;
        assert_eq!(api.get("/api/v1/exchanges/99").await.expect(404).json()["code"], "exchange.unknown");
    }

    async fn who_sees_a_part_of_the_fleet_sees_its_exchanges(app: TestApp) {
        let t1 = stock(&app).await;
        app.place("E2", "P2").await;
        let may = app.client(&[Permission::TerminalsManage, Permission::TerminalsView]).await;
        let moved = json!({ "point_of_service": "P2" });
        may.patch("/api/v1/terminals/T1", moved).await.expect(200);
        let (here, there) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        app.limit(&here, &[ESTABLISHMENT]).await;
        app.limit(&there, &["E2"]).await;
        // What was told while the terminal stood elsewhere stays there.
        let seen = here.get("/monitoring/exchanges").await.expect(200).text();
        assert!(seen.contains("/monitoring/exchanges/1\""), "{seen}");
        let unseen = there.get("/monitoring/exchanges?terminal=T1").await.expect(200).text();
        assert!(!unseen.contains("/monitoring/exchanges/1\""), "{unseen}");
        here.get("/monitoring/exchanges/1").await.expect(200);
        there.get("/monitoring/exchanges/1").await.expect(404);
        put(&t1, "c.log?format=ndjson&whole=true", request("77", 5_000)).await;
        there.get("/monitoring/exchanges/6").await.expect(200);
        here.get("/monitoring/exchanges/6").await.expect(404);
    }

    async fn a_list_leaves_as_a_file(app: TestApp) {
        stock(&app).await;
        let by = watcher(&app).await;
        let file = by.get("/api/v1/exchanges.csv?state=declined&columns=all").await.expect(200).text();
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 3, "{file}");
        assert!(lines[0].contains("round_trip_ms") && lines[0].contains("stan"), "{file}");
        assert!(file.contains("19000") && file.contains("51"), "{file}");
        by.get("/api/v1/exchanges.csv?stat=declined").await.expect(422);
    }

    async fn hostile_values_harm_nothing(app: TestApp) {
        let t1 = app.device("T1").await;
        let log: String = hostile().iter().map(|more| line("0200", "1", 0, more)).collect();
        // One STAN again and again.
        let many: String = (0..3_000).map(|ms| request("6", ms)).collect();
        put(&t1, "odd?format=ndjson", log.clone()).await;
        put(&t1, &format!("odd?offset={}", log.len()), many).await;
        let by = watcher(&app).await;
        let all = listed(&by, "page_size=200").await;
        assert_eq!(all.len(), 200);
        let root = app.operator(Role::Viewer).await;
        root.get("/monitoring/exchanges?page_size=200&sort=at").await.expect(200);
        for id in 1..7 {
            root.get(&format!("/monitoring/exchanges/{id}")).await.expect(200);
        }
    }
}
