//! What programs read of the fleet: what each terminal told last, and shares of many parts, page by page.
use crate::harness::{ESTABLISHMENT, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::terminals;
use serde_json::{Value, json};
use std::time::Duration;

const CHECK_IN: &str = "/terminal/v1/checkin";

async fn viewer(app: &TestApp) -> Persona {
    let sees = [Permission::TerminalsView, Permission::MonitoringView];
    app.client(&sees).await
}

async fn manager(app: &TestApp) -> Persona {
    let may = [Permission::TerminalsManage, Permission::TerminalsView];
    app.client(&may).await
}

async fn read(by: &Persona, path: &str) -> Value {
    by.get(path).await.expect(200).json()
}

async fn tids(by: &Persona, path: &str) -> Vec<String> {
    told(&read(by, path).await)
}

fn told(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page").iter();
    items
        .map(|it| it["tid"].as_str().unwrap().to_owned())
        .collect()
}

/// Every value of an analysis and how many have it, on the way that `step` names.
async fn all_parts(by: &Persona, query: &str, (step, begin): (&str, &str)) -> Vec<(String, i64)> {
    let (mut all, mut cursor) = (Vec::new(), begin.to_owned());
    loop {
        let path = format!("/api/v1/analysis?{query}&page_size=7&cursor={cursor}");
        let found = read(by, &path).await;
        let part = |it: &Value| {
            let value = it["value"].as_str().unwrap().to_owned();
            (value, it["n"].as_i64().unwrap())
        };
        let these: Vec<_> = found["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(part)
            .collect();
        assert!(these.len() <= 7, "{found}");
        all = if step == "next" {
            [all, these].concat()
        } else {
            [these, all].concat()
        };
        match found[step].as_str() {
            Some(on) => on.clone_into(&mut cursor),
            None => return all,
        }
    }
}

/// What T1 tells.
fn status() -> Value {
    json!({
        "session": { "id": "s1", "last_action": "sale" },
        "status": {
            "model": "F20", "serial_number": "SN-other", "battery": { "percent": 76 }, "paper": "low",
            "versions": { "pos": "4.2.1", "emv": "2.1" }, "packages": [{ "name": "com.x", "version": "7" }] },
    })
}

on_both_engines! {
    async fn what_terminals_told_is_listed(app: TestApp) {
        let (api, may) = (viewer(&app).await, manager(&app).await);
        let (t1, t2) = (app.device("T1").await, app.device("T2").await);
        app.register(&["T3", "T4"]).await;
        t1.post(CHECK_IN, status()).await.expect(200);
        t2.check_in().await;
        may.post("/api/v1/terminals/T4/retire", json!({})).await.expect(200);
        let page = read(&api, "/api/v1/status").await;
        assert_eq!((told(&page).join(" ").as_str(), &page["total"]), ("T1 T2 T3", &json!(3)));
        let one = &page["items"][0];
        assert_eq!((&one["versions"], &one["apps"]), (&json!({ "pos": "4.2.1", "emv": "2.1" }), &json!({ "com.x": "7" })));
        assert_eq!((&one["battery_percent"], &one["paper"], &one["last_action"]), (&json!(76), &json!("low"), &json!("sale")));
        assert_eq!((&one["establishment"], &one["point_of_service"]), (&json!(ESTABLISHMENT), &json!("P1")));
        assert_eq!((&one["licence"], &one["update"], &one["error"]), (&json!("none"), &json!("none"), &json!("none")));
        assert!(one["drift"].as_array().unwrap().contains(&json!("serial")), "{one}");
        assert!(one["reported_at"].is_string() && one["clock_is_off"] == false, "{one}");
        let never = &page["items"][2];
        assert_eq!((&never["presence"], &never["reported_at"], &never["versions"]), (&json!("never"), &Value::Null, &json!({})));
        for (query, wanted) in [
            ("version=pos:4.2.1", "T1"), ("sort=-tid", "T3 T2 T1"), ("action=sale", "T1"), ("q=t2", "T2"),
            ("status=never&point_of_service=P1", "T3"), ("status=retired", "T4"), ("establishment=E1&presence=online", "T1 T2"),
        ] {
            assert_eq!(tids(&api, &format!("/api/v1/status?{query}")).await.join(" "), wanted, "{query}");
        }
        let first = read(&api, "/api/v1/status?page_size=2").await;
        let next = first["next"].as_str().unwrap();
        let rest = read(&api, &format!("/api/v1/status?page_size=2&cursor={next}")).await;
        assert_eq!((told(&rest).join(" ").as_str(), &rest["next"]), ("T3", &Value::Null));
        for query in ["page_size=0", "cursor=x", "presence=odd", "sort=odd"] {
            api.get(&format!("/api/v1/status?{query}")).await.expect(422);
        }
        let file = api.get("/api/v1/status.csv?columns=tid,versions&presence=online").await.expect(200).text();
        assert!(file.contains("emv 2.1, pos 4.2.1"), "{file}");
        app.place("E2", "P2").await;
        app.limit(&api, &["E2"]).await;
        assert_eq!(read(&api, "/api/v1/status").await["total"], 0);
        app.client(&[Permission::TerminalsView]).await.get("/api/v1/status").await.expect(403);
    }

    async fn each_status_is_an_exact_set_over_all_points(app: TestApp) {
        let (api, may) = (viewer(&app).await, manager(&app).await);
        app.place("E2", "P2").await;
        app.device("T1").await.check_in().await;
        may.patch("/api/v1/terminals/T1", json!({ "point_of_service": "P2" })).await.expect(200);
        app.advance(Duration::from_hours(24));
        app.device("T2").await.check_in().await;
        app.advance(Duration::from_hours(1));
        app.device("T3").await.check_in().await;
        app.register(&["T5", "T6"]).await;
        may.post("/api/v1/terminals/T6/retire", json!({})).await.expect(200);
        let (ctx, now) = (app.ctx(), app.now());
        let swept = ctx.db.write(move |tx| {
            while terminals::sweep(tx, now, 100)? > 0 {}
            Ok::<_, posfleet::db::Error>(())
        });
        swept.await.unwrap();
        let mut sum = 0;
        for (status, wanted) in [("disconnected", "T1"), ("late", "T2"), ("online", "T3"), ("never", "T5"), ("listening", "")] {
            for list in ["terminals", "status"] {
                let path = format!("/api/v1/{list}?status={status}");
                assert_eq!(tids(&api, &path).await.join(" "), wanted, "{path}");
            }
            sum += wanted.split_whitespace().count();
        }
        assert_eq!(read(&api, "/api/v1/terminals").await["total"], sum);
        for (query, wanted) in [
            ("status=retired", "T6"), ("status=disconnected&point_of_service=P1", ""), ("status=late&life=active", "T2"),
            ("status=all&presence=late", "T2"),
        ] {
            assert_eq!(tids(&api, &format!("/api/v1/terminals?{query}")).await.join(" "), wanted, "{query}");
        }
        for query in ["status=there", "status=late&presence=late", "status=retired&life=active"] {
            let refused = read_refused(&api, query).await;
            assert_eq!(refused["errors"][0]["code"], "terminal.no-such-status", "{query}");
        }
    }

    async fn many_parts_are_told_page_by_page(app: TestApp) {
        let (api, may) = (viewer(&app).await, manager(&app).await);
        for n in 0..61 {
            // Two at one of them.
            let point = format!("P{}", if n == 60 { 9 } else { n });
            app.place(ESTABLISHMENT, &point).await;
            let wish = json!({ "serial_number": format!("S{n}"), "model": "wiseasy-wpos-3", "point_of_service": point });
            may.put(&format!("/api/v1/terminals/T{n}"), wish).await.expect(201);
        }
        let first = read(&api, "/api/v1/analysis?by=point").await;
        let parts = first["parts"].as_array().unwrap();
        assert_eq!((parts.len(), &first["values"], &first["total"]), (50, &json!(60), &json!(61)));
        assert_eq!((&parts[0]["value"], &parts[0]["n"]), (&json!("P9"), &json!(2)), "{first}");
        assert!(first["prev"].is_null(), "{first}");
        let onward = all_parts(&api, "by=point", ("next", "")).await;
        assert_eq!(onward, all_parts(&api, "by=point", ("prev", "last")).await);
        assert_eq!((onward.len(), onward.iter().map(|(_, n)| n).sum::<i64>()), (60, 61));
        let mut values: Vec<_> = onward.into_iter().map(|(value, _)| value).collect();
        values.sort();
        values.dedup();
        assert_eq!(values.len(), 60);
        let few = read(&api, "/api/v1/analysis?by=connectivity").await;
        assert_eq!((&few["values"], &few["next"], &few["prev"]), (&json!(1), &Value::Null, &Value::Null));
        for query in ["page_size=201", "cursor=x"] {
            api.get(&format!("/api/v1/analysis?by=point&{query}")).await.expect(422);
        }
    }
}

async fn read_refused(by: &Persona, query: &str) -> Value {
    by.get(&format!("/api/v1/terminals?{query}"))
        .await
        .expect(422)
        .json()
}
