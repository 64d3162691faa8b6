//! Monitoring: what terminals report as a list, and the fleet shared out by it. Whatever the filter and
//! the scope, the parts add up to what is listed.

use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::jobs::{Progress, Ran};
use posfleet::monitoring::Day;
use serde_json::{Value, json};

const CHECK_IN: &str = "/terminal/v1/checkin";
const DAY: std::time::Duration = std::time::Duration::from_hours(24);

const PROPERTIES: [&str; 10] = [
    "connectivity",
    "model",
    "platform",
    "version",
    "update",
    "licence",
    "point",
    "action",
    "error",
    "clock",
];

async fn analysis(by: &Persona, query: &str) -> Value {
    let answer = by.get(&format!("/api/v1/analysis?{query}")).await;
    answer.expect(200).json()
}

/// As every hour. The server's own run may be at it.
async fn keep(app: &TestApp) {
    for _ in 0..100 {
        let ran = app.ctx().jobs.run_now("monitoring.days").await;
        if ran.unwrap() == Ran::Here(Progress::Done) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the days are not kept");
}

/// `value n` of each part, the largest first.
fn parts(analysis: &Value) -> String {
    let parts = analysis["parts"].as_array().unwrap().iter();
    let words = parts.map(|it| format!("{} {}", it["value"].as_str().unwrap(), it["n"]));
    words.collect::<Vec<_>>().join(", ")
}

async fn listed(by: &Persona, query: &str) -> i64 {
    let page = by
        .get(&format!("/api/v1/terminals?{query}"))
        .await
        .expect(200)
        .json();
    page["total"].as_i64().unwrap()
}

/// Every property of what a filter leaves adds up to the terminals that the list shows.
async fn assert_sums(by: &Persona, filter: &str) {
    let fleet = listed(by, filter).await;
    for property in PROPERTIES {
        let found = analysis(by, &format!("by={property}&page_size=200&{filter}")).await;
        let parts = found["parts"].as_array().unwrap();
        let sum: i64 = parts.iter().map(|it| it["n"].as_i64().unwrap()).sum();
        assert_eq!(
            (sum, found["total"].as_i64().unwrap()),
            (fleet, fleet),
            "{property}&{filter}: {found}"
        );
        let percent = |it: &Value| {
            it["percent"]
                .as_str()
                .unwrap()
                .replace('.', "")
                .parse::<i64>()
                .unwrap()
        };
        let whole: i64 = parts.iter().map(percent).sum();
        assert_eq!(
            whole,
            if fleet == 0 { 0 } else { 1_000 },
            "{property}&{filter}: {found}"
        );
    }
}

fn status(pos: &str) -> Value {
    json!({ "status": {
        "model": "F20", "serial_number": "SN-other", "battery": { "percent": 76 }, "paper": "low",
        "versions": { "pos": pos, "emv": "2.1" }, "fan": { "rpm": 900 } } })
}

async fn viewer(app: &TestApp) -> Persona {
    app.client(&[Permission::TerminalsView, Permission::MonitoringView])
        .await
}

on_both_engines! {
    async fn nothing_and_one_are_shared_out(app: TestApp) {
        let api = viewer(&app).await;
        let root = app.operator(Role::Viewer).await;
        assert_sums(&api, "").await;
        let page = root.get("/monitoring/analysis").await.expect(200).text();
        assert!(!page.contains("<polygon"), "nothing is drawn of nothing");
        app.register(&["T1"]).await;
        for property in PROPERTIES {
            let page = root.get(&format!("/monitoring/analysis?by={property}")).await.expect(200).text();
            assert_eq!(page.matches("<polygon").count(), 1, "{property}: {page}");
        }
        assert_eq!(parts(&analysis(&api, "").await), "never 1");
        assert_eq!(parts(&analysis(&api, "by=model").await), "feitian-f20 1");
        assert_eq!(parts(&analysis(&api, "by=version").await), "none 1");
        assert_eq!(parts(&analysis(&api, "by=point").await), "P1 1");
        let odd = api.get("/api/v1/analysis?by=colour").await.expect(422);
        assert_eq!(odd.json()["errors"][0]["code"], "monitoring.no-such-property");
        root.get("/monitoring/analysis?by=colour").await.expect(422);
        for query in ["establishment=E9", "by=model&period=30&establishment=E9"] {
            let again = root.get(&format!("/monitoring/analysis?{query}")).await.expect(422).text();
            for part in ["There is a problem", "href=\"#f-establishment\"", "id=\"f-establishment-fault\"", "There is no such establishment."] {
                assert!(again.contains(part), "{part} is not in {again}");
            }
            assert!(!again.contains("id=\"shared\"") && !again.contains("<polygon"), "{again}");
        }
        let front = root.get("/monitoring").await.expect(303);
        assert_eq!(front.header("location"), Some("/monitoring/status"));
    }

    async fn parts_add_up_whatever_the_filter_and_the_scope(app: TestApp) {
        let api = viewer(&app).await;
        let t1 = app.device("T1").await;
        let t2 = app.device("T2").await;
        app.register(&["T3", "T4"]).await;
        app.place("E2", "P2").await;
        let may = app.client(&[Permission::TerminalsManage, Permission::TerminalsView]).await;
        for tid in ["T2", "T4"] {
            let moved = json!({ "point_of_service": "P2", "model": "wiseasy-wpos-3" });
            may.patch(&format!("/api/v1/terminals/{tid}"), moved).await.expect(200);
        }
        t1.post(CHECK_IN, status("4.2.1")).await.expect(200);
        t2.post(CHECK_IN, status("4.3")).await.expect(200);
        for filter in [
            "", "establishment=E2", "presence=connected", "presence=never", "model=feitian-f20", "q=t1",
            "version=pos:4.2.1", "version=pos:none", "licence=none", "platform=android", "life=all",
            "establishment=E1&clock=right", "point_of_service=P2&update=none", "error=none&action=none",
            "fact=version:emv:2.1&version=4.3", "life=retired",
        ] {
            assert_sums(&api, filter).await;
        }
        let e2 = viewer(&app).await;
        app.limit(&e2, &["E2"]).await;
        for filter in ["", "presence=never", "version=pos:none", "model=feitian-f20"] {
            assert_sums(&e2, filter).await;
        }
        assert_eq!(parts(&analysis(&e2, "by=version&component=pos").await), "4.3 1, none 1");
        let by_version = analysis(&api, "by=version").await;
        assert_eq!(parts(&by_version), "none 2, 4.2.1 1, 4.3 1");
        assert_eq!((&by_version["component"], &by_version["components"]), (&json!("pos"), &json!(["emv", "pos"])));
        assert_eq!(parts(&analysis(&api, "").await), "never 2, online 2");
        may.post("/api/v1/terminals/T4/retire", json!({})).await.expect(200);
        assert_sums(&api, "").await;
        assert_sums(&api, "life=retired").await;
    }

    async fn each_part_leads_to_its_terminals(app: TestApp) {
        let root = app.operator(Role::Viewer).await;
        let t1 = app.device("T1").await;
        app.register(&["T2"]).await;
        t1.post(CHECK_IN, status("4.2.1 \"<b>")).await.expect(200);
        let session = json!({ "session": { "id": "1", "last_action": "fuel_rates_refresh" } });
        t1.post(CHECK_IN, session).await.expect(200);
        for property in PROPERTIES {
            let page = root.get(&format!("/monitoring/analysis?by={property}")).await.expect(200).text();
            assert!(!page.contains("<b>4") && !page.contains("\"<b>"), "text stays text");
            let places: Vec<String> = page
                .split("<a href=\"/monitoring/status?")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#x3D;", "="))
                .collect();
            assert!(!places.is_empty(), "{property}: {page}");
            for place in places {
                let list = root.get(&format!("/monitoring/status?{place}")).await.expect(200).text();
                assert!(list.contains("<code>T"), "{property}: {place}");
            }
        }
        let svg = root.get("/monitoring/analysis.svg?by=version").await.expect(200);
        assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
        let svg = svg.text();
        assert!(svg.contains("xmlns") && svg.contains("4.2.1 &quot;&lt;b&gt;"), "{svg}");
        let csv = root.get("/monitoring/analysis.csv?by=model").await.expect(200).text();
        assert!(csv.contains("feitian-f20,Feitian F20,2,100.0"), "{csv}");
    }

    async fn three_hundred_versions_are_drawn(app: TestApp) {
        let (api, root) = (viewer(&app).await, app.operator(Role::Viewer).await);
        let tids: Vec<String> = (0..60).map(|n| format!("T{n}")).collect();
        app.register(&tids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        app.database().execute(
            "INSERT INTO terminal_fact (terminal_id, name, value, establishment_id, is_retired, sort_key)
                 WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 5)
                 SELECT id, 'version:c' || n, '1.' || id || '.' || n, establishment_id, FALSE, sort_key
                 FROM terminal_place, s;
             INSERT INTO terminal_fact_count
                 SELECT establishment_id, name, value, count(*) FROM terminal_fact
                     WHERE name LIKE 'version:%' GROUP BY establishment_id, name, value;
             INSERT INTO terminal_fact_count
                 SELECT 0, name, value, count(*) FROM terminal_fact
                     WHERE name LIKE 'version:%' GROUP BY name, value",
        );
        let found = analysis(&api, "by=version&component=c3&page_size=200").await;
        assert_eq!((found["parts"].as_array().unwrap().len(), &found["total"]), (60, &json!(60)));
        let page = root.get("/monitoring/analysis?by=version&component=c3").await.expect(200).text();
        assert_eq!(page.matches("<polygon").count(), 7);
        assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 51, "fifty, and the others");
        let page = root.get("/monitoring/analysis?by=version&component=c3&from=50").await.expect(200).text();
        assert_eq!(page.matches("<tr><th scope=\"row\">").count(), 11);
    }

    async fn the_status_list_tells_what_was_reported_and_where_it_drifts(app: TestApp) {
        let root = app.operator(Role::Viewer).await;
        let t1 = app.device("T1").await;
        app.register(&["T2"]).await;
        t1.post(CHECK_IN, status("4.2.1")).await.expect(200);
        let ahead = posfleet::clock::Millis(app.now().0 + 720_000);
        let session = json!({ "terminal_time": ahead, "session": { "id": "1", "last_action": "wash_hands" } });
        t1.post(CHECK_IN, session).await.expect(200);
        let page = root.get("/monitoring/status").await.expect(200).text();
        for shown in ["emv 2.1, pos 4.2.1", "76 %", "Low", "Clock off", "wash_hands", "Other serial number"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("Other model"), "{page}");
        let known = json!({ "session": { "id": "2", "last_action": "fuel_rates_refresh" } });
        t1.post(CHECK_IN, known).await.expect(200);
        let page = root.get("/monitoring/status?clock=off").await.expect(200).text();
        assert!(page.contains("Fuel day-rate refresh") && !page.contains(">T2<"), "{page}");
        let file = viewer(&app).await.get("/api/v1/status.csv?version=4.2.1").await;
        let file = file.expect(200).text();
        assert_eq!(file.lines().count(), 2, "{file}");
    }

    async fn what_changes_of_a_status_is_kept(app: TestApp) {
        let api = viewer(&app).await;
        let t1 = app.device("T1").await;
        let path = "/api/v1/terminals/T1/status/history";
        let told = |percent: i64, pos: &str| json!({ "status": {
            "battery": { "percent": percent }, "versions": { "pos": pos } } });
        t1.post(CHECK_IN, told(80, "4.2")).await.expect(200);
        t1.post(CHECK_IN, told(79, "4.2")).await.expect(200);
        t1.post(CHECK_IN, told(78, "4.3")).await.expect(200);
        let found = api.get(path).await.expect(200).json();
        assert_eq!(found["total"], 2, "{found}");
        let newest = &found["items"][0]["differences"];
        assert_eq!(newest, &json!([
            { "path": "battery.percent", "old": "79", "new": "78" },
            { "path": "versions.pos", "old": "4.2", "new": "4.3" },
        ]));
        assert_eq!(found["items"][1]["differences"][1], json!({ "path": "versions.pos", "new": "4.2" }));
        let first = api.get(&format!("{path}?page_size=1")).await.expect(200).json();
        let next = first["next"].as_str().unwrap();
        let next = api.get(&format!("{path}?page_size=1&cursor={next}")).await.expect(200).json();
        assert_eq!(next["items"][0], found["items"][1]);
        let root = app.operator(Role::Viewer).await;
        let page = root.get("/terminals/T1/panels/history").await.expect(200).text();
        assert!(page.contains("versions.pos") && page.contains("4.3"), "{page}");
        app.place("E2", "P2").await;
        let other = viewer(&app).await;
        app.limit(&other, &["E2"]).await;
        other.get(path).await.expect(404);
        api.get("/api/v1/terminals/T9/status/history").await.expect(404);
        let (ctx, now) = (app.ctx(), app.now());
        let later = posfleet::clock::Millis(now.0 + 1);
        let gone = ctx.db.write(move |tx| posfleet::monitoring::forget_changes(tx, later, 100));
        let gone: Result<usize, posfleet::db::Error> = gone.await;
        assert_eq!(gone.unwrap(), 2);
    }

    async fn what_the_fleet_comes_to_is_kept_day_by_day(app: TestApp) {
        let api = viewer(&app).await;
        app.register(&["T1", "T2", "T3"]).await;
        let t1 = app.device("T4").await;
        t1.post(CHECK_IN, status("4.2")).await.expect(200);
        keep(&app).await;
        let first = Day::of(app.now());
        app.advance(DAY);
        t1.post(CHECK_IN, status("4.2")).await.expect(200);
        keep(&app).await;
        keep(&app).await;
        let path = "/api/v1/analysis/days";
        let found = api.get(path).await.expect(200).json();
        let days = found["items"].as_array().unwrap();
        assert_eq!(days.len(), 2, "{found}");
        assert_eq!(days[0]["day"], first.to_string());
        assert_eq!(days[0]["total"], 4);
        assert_eq!(days[0]["parts"], json!([{ "value": "never", "n": 3 }, { "value": "online", "n": 1 }]));
        app.register(&["T5"]).await;
        let now = api.get(path).await.expect(200).json();
        assert_eq!(now["items"][1]["total"], 5, "the current day is as it stands: {now}");
        let then = analysis(&api, &format!("on={first}")).await;
        assert_eq!(parts(&then), "never 3, online 1");
        let models = analysis(&api, &format!("by=platform&on={first}")).await;
        assert_eq!(models["total"], 4, "{models}");
        let none = analysis(&api, "on=2020-02-29").await;
        assert_eq!(none["total"], 0);

        let of = |query: &str| format!("{path}?{query}");
        let own = api.get(&of("establishment=E1")).await.expect(200).json();
        assert_eq!(own["items"][0]["total"], 4, "{own}");
        app.place("E2", "P2").await;
        let other = viewer(&app).await;
        app.limit(&other, &["E2"]).await;
        let empty = other.get(path).await.expect(200).json();
        let sum: i64 = empty["items"].as_array().unwrap().iter().map(|it| it["total"].as_i64().unwrap()).sum();
        assert_eq!(sum, 0, "{empty}");

        for (query, field) in [
            ("by=version", "by"),
            ("by=point", "by"),
            ("from=yesterday", "from"),
            ("to=2026-02-30", "to"),
            ("from=2020-01-01&to=2022-01-01", "from"),
            ("from=2020-01-02&to=2020-01-01", "from"),
            ("establishment=E1&model=wiseasy-wpos-3", "establishment"),
        ] {
            let refused = api.get(&of(query)).await.expect(422).json();
            assert_eq!(refused["errors"][0]["field"], field, "{query}: {refused}");
        }
        for query in ["on=1", "by=version&on=2020-01-01", "presence=never&on=2020-01-01", "on=2099-01-01", "period=31"] {
            let refused = api.get(&format!("/api/v1/analysis?{query}")).await;
            refused.expect(422);
        }
        let operator = app.operator(Role::Viewer).await;
        let page = operator.get("/monitoring/analysis?period=7").await.expect(200).text();
        let page = page.replace("&#x3D;", "=");
        assert!(page.contains("class=\"bars\"") && page.contains(&format!("on={first}")), "{page}");
        let page = operator.get(&format!("/monitoring/analysis?on={first}")).await.expect(200).text();
        assert!(page.contains(&format!("name=\"on\" value=\"{first}\"")), "{page}");
        assert!(operator.get("/monitoring/analysis?by=version").await.expect(200).text().contains("donut"));
        let gone = operator.get("/monitoring/analysis?by=version&component=gone").await.expect(200).text();
        assert!(gone.contains("<option value=\"gone\" selected"), "{gone}");

        let old = || app.database().count("SELECT count(*) AS n FROM monitoring_day WHERE day < 20000");
        app.database().execute("INSERT INTO monitoring_day SELECT establishment_id, name, day - 10000, value, n FROM monitoring_day");
        assert!(old() > 0);
        keep(&app).await;
        assert_eq!(old(), 0);
    }

    async fn a_day_follows_whoever_moves_and_retires(app: TestApp) {
        let api = app.client(&[Permission::TerminalsView, Permission::TerminalsManage, Permission::MonitoringView]).await;
        app.register(&["T1", "T2", "T3"]).await;
        app.place("E2", "P2").await;
        keep(&app).await;
        let day = Day::of(app.now());
        for tid in ["T1", "T2"] {
            let it = format!("/api/v1/terminals/{tid}");
            api.patch(&it, json!({ "point_of_service": "P2" })).await.expect(200);
        }
        api.post("/api/v1/terminals/T3/retire", json!({})).await.expect(200);
        keep(&app).await;
        app.advance(DAY);
        let own = |establishment: &str| format!("by=model&on={day}&establishment={establishment}");
        assert_eq!(analysis(&api, &own("E1")).await["total"], 0, "who has nobody left keeps nothing");
        assert_eq!(analysis(&api, &own("E2")).await["total"], 2);
        assert_eq!(analysis(&api, &format!("on={day}")).await["total"], 2);
        app.limit(&api, &["E1", "E2"]).await;
        for property in ["connectivity", "model", "error"] {
            let both = analysis(&api, &format!("by={property}&on={day}")).await;
            assert_eq!(both["total"], 2, "{property}: {both}");
        }
        // Nothing is written where nothing changed.
        let written = || app.database().count("SELECT count(*) AS n FROM monitoring_day");
        keep(&app).await;
        let before = written();
        keep(&app).await;
        assert_eq!(written(), before);
    }

    async fn whatever_a_terminal_tells_little_of_it_is_kept(app: TestApp) {
        let t1 = app.device("T1").await;
        for n in 0..3 {
            let key = "k".repeat(20_000);
            t1.post(CHECK_IN, json!({ "status": { (key): vec![n; 9_000] } })).await.expect(200);
        }
        let most = app.database().count("SELECT CAST(max(length(body_diff)) AS BIGINT) AS n FROM monitoring_change");
        assert!((1..40_000).contains(&most), "{most}");
        app.database().execute(
            "INSERT INTO monitoring_change (terminal_id, establishment_id, at, body_diff)
             WITH RECURSIVE s (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n < 1500)
             SELECT (SELECT max(id) FROM terminal_place), 1, n, '{\"told\":[]}' FROM s",
        );
        for n in 0..33 {
            t1.post(CHECK_IN, json!({ "status": { "n": n } })).await.expect(200);
        }
        let kept = app.database().count("SELECT count(*) AS n FROM monitoring_change");
        assert!((1_000..1_034).contains(&kept), "the newest thousand stay: {kept}");
    }
}
