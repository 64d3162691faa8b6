//! The network over the Management API: establishments and points of service, put by code, found by
//! name, turned by cursor, and kept within scope.

use crate::harness::{Answer, Persona, TestApp};
use crate::on_both_engines;
use insta::assert_json_snapshot;
use posfleet::access::{Actor, Permission};
use posfleet::network::{self, Expect, PointDraft};
use serde_json::{Value, json};
use std::time::Duration;

const OWNERS: &str = "/api/v1/establishments";
const POINTS: &str = "/api/v1/points-of-service";

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::NetworkView, Permission::NetworkManage])
        .await
}

/// A script that sees only one establishment.
async fn narrow_script(app: &TestApp, establishment: &str) -> Persona {
    let api = script(app).await;
    app.limit(&api, &[establishment]).await;
    api
}

fn owner(name: &str) -> Value {
    json!({ "name": name, "time_zone": "Europe/Paris", "country": "fr" })
}

async fn put(by: &Persona, list: &str, code: &str, body: Value) -> Answer {
    by.put(&format!("{list}/{code}"), body).await
}

async fn list(by: &Persona, path: &str, query: &str) -> Value {
    by.get(&format!("{path}?{query}")).await.expect(200).json()
}

fn codes(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a list");
    let code = |item: &Value| item["code"].as_str().expect("a code").to_owned();
    items.iter().map(code).collect()
}

async fn found(by: &Persona, path: &str, query: &str) -> String {
    let page = list(by, path, query).await;
    let codes = codes(&page);
    assert_eq!(page["total"], codes.len(), "{query}");
    codes.join(" ")
}

/// Every page of a list from its beginning by `next`, or from its end by `prev`.
async fn walk(by: &Persona, path: &str, from: &str, way: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), from.to_owned());
    loop {
        let page = list(by, path, &format!("page_size=5&cursor={cursor}")).await;
        pages.push(codes(&page));
        match page[way].as_str() {
            Some(further) => further.clone_into(&mut cursor),
            None => return pages,
        }
    }
}

on_both_engines! {
    async fn an_establishment_is_put_by_its_code(app: TestApp) {
        let api = script(&app).await;
        let made = put(&api, OWNERS, "E1", owner("Énergie  du Sud")).await.expect(201).json();
        assert_json_snapshot!(made, @r#"
        {
          "code": "E1",
          "name": "Énergie du Sud",
          "time_zone": "Europe/Paris",
          "country": "FR",
          "language": "en",
          "currency": null,
          "status": "open",
          "version": 1,
          "created_at": "2027-01-15T08:00:00.000Z"
        }
        "#);
        assert_eq!(put(&api, OWNERS, "E1", owner("Énergie du Sud")).await.expect(200).json(), made);
        let changed = put(&api, OWNERS, "E1", owner("Énergie du Nord")).await.expect(200).json();
        assert_eq!(changed["version"], 2);
        let mut late = owner("Énergie de l’Est");
        late["version"] = 1.into();
        assert_eq!(put(&api, OWNERS, "E1", late.clone()).await.expect(409).code(), "network.stale");
        assert_eq!(put(&api, OWNERS, "E2", late).await.expect(404).code(), "network.no-establishment");
        let wrong = json!({ "name": " ", "time_zone": "Mars/Phobos", "country": "FRA" });
        let told = put(&api, OWNERS, "a%20b", wrong).await.expect(422).json();
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(4), "{told}");
        assert_eq!(api.get(&format!("{OWNERS}/E1")).await.expect(200).json(), changed);
        api.get(&format!("{OWNERS}/E2")).await.expect(404);
        let audited = "SELECT action AS name FROM access_audit WHERE object_kind = 'establishment' ORDER BY id";
        assert_eq!(app.database().texts(audited), ["establishment.create", "establishment.change"]);
    }

    async fn a_point_of_service_stays_with_its_establishment(app: TestApp) {
        let api = script(&app).await;
        put(&api, OWNERS, "E1", owner("One")).await.expect(201);
        put(&api, OWNERS, "E2", owner("Two")).await.expect(201);
        let body = json!({ "establishment": "E1", "name": "Station 1", "address": "1, rue Haute",
                           "manager_name": "A. Petit" });
        let made = put(&api, POINTS, "P1", body.clone()).await.expect(201).json();
        assert_json_snapshot!(made, @r#"
        {
          "code": "P1",
          "establishment": "E1",
          "name": "Station 1",
          "address": "1, rue Haute",
          "manager_name": "A. Petit",
          "opening_hours": "",
          "status": "open",
          "version": 1,
          "created_at": "2027-01-15T08:00:00.000Z"
        }
        "#);
        assert_eq!(put(&api, POINTS, "P1", body.clone()).await.expect(200).json(), made);
        let mut other = body.clone();
        other["establishment"] = "E2".into();
        assert_eq!(put(&api, POINTS, "P1", other.clone()).await.expect(409).code(), "network.other-establishment");
        other["establishment"] = "E9".into();
        assert_eq!(put(&api, POINTS, "P2", other).await.expect(404).code(), "network.no-establishment");
        let mut changed = body;
        changed["manager_name"] = "B. Grand".into();
        changed["version"] = 1.into();
        let after = put(&api, POINTS, "P1", changed.clone()).await.expect(200).json();
        assert_eq!((&after["version"], &after["manager_name"]), (&json!(2), &json!("B. Grand")));
        assert_eq!(put(&api, POINTS, "P1", changed).await.expect(409).code(), "network.stale");
        let long = json!({ "establishment": "E1", "name": "x".repeat(201), "address": "y".repeat(201) });
        let told = put(&api, POINTS, "P2", long).await.expect(422).json();
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(2), "{told}");
        put(&api, POINTS, "P2", json!({ "name": "no owner" })).await.expect(422);
        api.get(&format!("{POINTS}/P2")).await.expect(404);
    }

    async fn names_are_found_whatever_their_accents(app: TestApp) {
        let api = script(&app).await;
        for (code, name) in [("E1", "Énergie du Sud"), ("E2", "energie du nord"), ("N-3", "Станция")] {
            put(&api, OWNERS, code, owner(name)).await.expect(201);
            let point = json!({ "establishment": code, "name": format!("{name} 1") });
            put(&api, POINTS, &format!("P-{code}"), point).await.expect(201);
        }
        assert_eq!(found(&api, OWNERS, "").await, "E2 E1 N-3");
        assert_eq!(found(&api, OWNERS, "q=ENERGIE").await, "E2 E1");
        assert_eq!(found(&api, OWNERS, "q=%C3%A9nergie%20du%20s").await, "E1");
        assert_eq!(found(&api, OWNERS, "q=N-").await, "N-3");
        assert_eq!(found(&api, OWNERS, "q=%D1%81%D1%82%D0%B0").await, "N-3");
        assert_eq!(found(&api, OWNERS, "q=%25").await, "");
        assert_eq!(found(&api, POINTS, "q=energie").await, "P-E2 P-E1");
        assert_eq!(found(&api, POINTS, "q=energie&establishment=E1").await, "P-E1");
        assert_eq!(found(&api, POINTS, "q=P-N").await, "P-N-3");
        api.get(&format!("{POINTS}?establishment=E9")).await.expect(404);
    }

    async fn a_place_whose_name_and_code_match_is_told_once(app: TestApp) {
        let api = script(&app).await;
        let all: Vec<String> = (0..60).map(|n| format!("SHOP{n:02}")).collect();
        for code in &all {
            app.place("E1", code).await;
        }
        let whole = list(&api, POINTS, "q=sho&page_size=100").await;
        assert_eq!(codes(&whole), all);
        assert_eq!(walk(&api, POINTS, "&q=sho", "next").await.concat(), all);
    }

    async fn lists_of_any_length_are_turned(app: TestApp) {
        let api = script(&app).await;
        put(&api, OWNERS, "E0", owner("Aa")).await.expect(201);
        let mut there = 0;
        for rows in [0, 1, 3, 19, 20, 21] {
            for n in there..rows {
                // Equal names: the order among them is that of their making.
                let body = json!({ "establishment": "E0", "name": "Same" });
                put(&api, POINTS, &format!("P{n}"), body).await.expect(201);
                put(&api, OWNERS, &format!("E{}", n + 1), owner("Same")).await.expect(201);
            }
            there = rows;
            let points: Vec<String> = (0..rows).map(|n| format!("P{n}")).collect();
            let owners: Vec<String> = (0..=rows).map(|n| format!("E{n}")).collect();
            for (path, all) in [(POINTS, points), (OWNERS, owners)] {
                let forward = walk(&api, path, "", "next").await;
                assert_eq!(forward.concat(), all, "{path}, {rows} rows");
                assert_eq!(forward.len(), all.len().div_ceil(5).max(1));
                let backward = walk(&api, path, "last", "prev").await;
                assert_eq!(backward.into_iter().rev().collect::<Vec<_>>().concat(), all, "{path}, {rows} rows backward");
                assert_eq!(list(&api, path, "page_size=5").await["total"], all.len());
            }
        }
        let next = list(&api, POINTS, "page_size=20").await["next"].clone();
        app.database().execute("DELETE FROM network_point_of_service WHERE code = 'P20';
            UPDATE network_establishment SET points = points - 1 WHERE points > 1");
        let query = format!("page_size=20&cursor={}", next.as_str().expect("more"));
        let past = list(&api, POINTS, &query).await;
        assert_eq!(past, json!({ "items": [], "next": null, "prev": "last", "total": 20, "total_is_exact": true, "capped": false }));
        for query in ["cursor=none", "page_size=0", "page_size=201", "page_size=x"] {
            api.get(&format!("{OWNERS}?{query}")).await.expect(422);
        }
    }

    async fn what_is_out_of_scope_does_not_exist(app: TestApp) {
        app.place("E1", "P1").await;
        app.place("E2", "P2").await;
        let api = narrow_script(&app, "E1").await;
        assert_eq!(found(&api, OWNERS, "").await, "E1");
        assert_eq!(found(&api, POINTS, "").await, "P1");
        api.get(&format!("{OWNERS}/E2")).await.expect(404);
        api.get(&format!("{POINTS}/P2")).await.expect(404);
        api.get(&format!("{POINTS}?establishment=E2")).await.expect(404);
        let shop = |owner: &str| json!({ "establishment": owner, "name": "Shop" });
        put(&api, POINTS, "P3", shop("E2")).await.expect(404);
        put(&api, POINTS, "P3", shop("E1")).await.expect(201);
        let taken = put(&api, POINTS, "P2", shop("E1")).await.expect(422).json();
        assert_eq!(taken["errors"][0]["code"], "network.code-taken");
        put(&api, OWNERS, "E2", owner("Mine")).await.expect(422);
        let refused = put(&api, OWNERS, "E3", owner("Mine")).await.expect(403);
        assert_eq!(refused.code(), "network.scope-too-narrow");
        put(&api, OWNERS, "E1", owner("Mine")).await.expect(200);

        let viewer = app.client(&[Permission::NetworkView]).await;
        viewer.get(OWNERS).await.expect(200);
        put(&viewer, OWNERS, "E1", owner("Yours")).await.expect(403);
        put(&viewer, POINTS, "P1", shop("E1")).await.expect(403);
        app.visitor().get(OWNERS).await.expect(401);
    }

    async fn points_made_in_any_order_never_wait_for_each_other(app: TestApp) {
        app.place("E1", "P1").await;
        app.place("E2", "P2").await;
        let (ctx, now) = (app.ctx(), app.now());
        let make = |all: [(&'static str, &'static str); 2]| ctx.db.write(move |tx| {
            for (owner, code) in all {
                let draft = PointDraft { code: code.into(), name: code.into(), ..PointDraft::default() };
                network::put_point(tx, &Actor::console(), owner, &draft, Expect::New, now)?;
                // Both are under way now.
                #[expect(clippy::disallowed_methods, reason = "stands on the database's thread")]
                std::thread::sleep(Duration::from_millis(300));
            }
            Ok::<_, network::Error>(())
        });
        let (one, two) = tokio::join!(make([("E1", "A1"), ("E2", "A2")]), make([("E2", "B2"), ("E1", "B1")]));
        one.expect("the first");
        two.expect("the second");
        let counted = "SELECT count(*) AS n FROM network_establishment WHERE points = 3";
        assert_eq!(app.database().count(counted), 2);
    }
}
