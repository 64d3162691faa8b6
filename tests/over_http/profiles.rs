//! Profiles: what a terminal inherits from whom, how it hears of a change, and that a change of a
//! level ends up right at every terminal below, whatever else happens meanwhile.

use crate::harness::{ESTABLISHMENT, POINT, Persona, Role, TestApp, serial_of};
use crate::on_both_engines;
use futures_util::future::join_all;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

const ESTABLISHMENTS: &str = "/api/v1/establishments";
const POINTS: &str = "/api/v1/points-of-service";
const TERMINALS: &str = "/api/v1/terminals";
const SETTINGS: &str = "/api/v1/settings/profile";

async fn script(app: &TestApp) -> Persona {
    let may = [
        Permission::TerminalsView,
        Permission::TerminalsManage,
        Permission::NetworkView,
        Permission::NetworkManage,
        Permission::SettingsManage,
    ];
    app.client(&may).await
}

fn of_terminal(tid: &str) -> String {
    format!("{TERMINALS}/{tid}/profile")
}

fn of_establishment(code: &str) -> String {
    format!("{ESTABLISHMENTS}/{code}/profile")
}

fn of_point(code: &str) -> String {
    format!("{POINTS}/{code}/profile")
}

async fn look(by: &Persona, path: &str) -> Value {
    by.get(path).await.expect(200).json()
}

/// Effective interval and log level of a profile, each with its source.
fn effective(profile: &Value) -> (i64, String, String, String) {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (
        profile["interval_s"]["effective"]
            .as_i64()
            .expect("seconds"),
        text(&profile["interval_s"]["source"]),
        text(&profile["log_level"]["effective"]),
        text(&profile["log_level"]["source"]),
    )
}

fn is(interval: i64, from: &str, level: &str, level_from: &str) -> (i64, String, String, String) {
    (interval, from.into(), level.into(), level_from.into())
}

/// Waits until every changed level has reached its terminals.
async fn settled(app: &TestApp) {
    for _ in 0..600 {
        if pending(app) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a level never reached its terminals");
}

fn pending(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM terminal_profile_pending")
}

/// Terminals whose hot row differs from what the levels say.
fn wrong(app: &TestApp, installation: (i64, &str)) -> i64 {
    let (interval_s, log_level) = installation;
    app.database().count(&format!(
        "SELECT count(*) AS n FROM terminal_contact c JOIN terminal_place p ON p.id = c.terminal_id
         LEFT JOIN terminal_profile e
             ON e.kind = 'establishment' AND e.owner_id = p.establishment_id
         LEFT JOIN terminal_profile s
             ON s.kind = 'point-of-service' AND s.owner_id = p.point_of_service_id
         WHERE c.interval_s <> coalesce(p.interval_s, s.interval_s, e.interval_s, {interval_s})
            OR c.log_level <> CASE
                coalesce(p.log_level, s.log_level, e.log_level, '{log_level}')
                WHEN 'error' THEN 0 WHEN 'warn' THEN 1 WHEN 'info' THEN 2 WHEN 'debug' THEN 3
                ELSE 4 END"
    ))
}

/// Terminals past the server, as an import of many would leave them.
async fn many(app: &TestApp, n: i64) {
    app.register(&["M0"]).await;
    app.database().execute(&format!(
        "INSERT INTO terminal_place (tid, serial_number, search, serial_search, sort_key, model_id,
             establishment_id, point_of_service_id, life, version, created_at, updated_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})
         SELECT 'M' || i, 'S' || i, 'm' || i, 's' || i, 'm' || i, p.model_id, p.establishment_id,
             p.point_of_service_id, 'active', 1, p.created_at, p.updated_at
         FROM n, terminal_place p WHERE p.tid = 'M0';
         INSERT INTO terminal_contact (terminal_id, establishment_id, admitted, presence, has_work,
             interval_s)
         SELECT p.id, p.establishment_id, TRUE, 0, FALSE, 300 FROM terminal_place p
         WHERE NOT EXISTS (SELECT 1 FROM terminal_contact c WHERE c.terminal_id = p.id);
         UPDATE terminal_count SET n = n + {n} WHERE presence = 0"
    ));
}

on_both_engines! {
    async fn the_nearest_level_is_in_effect(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1"]).await;
        let t1 = of_terminal("T1");
        let usual = look(&api, &t1).await;
        assert_eq!(effective(&usual), is(300, "installation", "info", "installation"));
        assert_eq!((&usual["interval_s"]["own"], &usual["reported"]), (&Value::Null, &Value::Null));

        let set = json!({ "values": { "interval_s": 600 } });
        let kept = api.patch(SETTINGS, set.clone()).await.expect(200).json();
        assert_eq!(kept["values"], json!({ "interval_s": 600, "log_level": "info" }));
        assert_eq!(api.patch(SETTINGS, set).await.expect(200).json()["version"], 1);
        let e1 = api.patch(&of_establishment(ESTABLISHMENT), json!({ "interval_s": 120 })).await;
        assert_eq!(effective(&e1.expect(200).json()), is(120, "establishment", "info", "installation"));
        let p1 = api.put(&of_point(POINT), json!({ "log_level": "debug" })).await.expect(200).json();
        assert_eq!(effective(&p1), is(120, "establishment", "debug", "point-of-service"));
        assert_eq!(p1["log_level"]["source_code"], POINT);
        assert_eq!(p1["interval_s"]["source_code"], ESTABLISHMENT);
        let own = api.patch(&t1, json!({ "interval_s": 60 })).await.expect(200).json();
        assert_eq!(effective(&own), is(60, "terminal", "debug", "point-of-service"));

        // Null goes back to what is above; a PUT names all there is.
        let back = api.patch(&t1, json!({ "interval_s": null })).await.expect(200).json();
        assert_eq!(effective(&back).0, 120);
        api.put(&of_establishment(ESTABLISHMENT), json!({})).await.expect(200);
        settled(&app).await;
        let shown = api.get(&format!("{TERMINALS}/T1")).await.expect(200).json();
        assert_eq!((&shown["interval_s"], wrong(&app, (600, "info"))), (&json!(600), 0));

        for wish in [json!({ "interval_s": 9 }), json!({ "log_level": "loud" }), json!({ "x": 1 })] {
            api.patch(&of_point(POINT), wish.clone()).await.expect(422);
            api.patch(&t1, wish).await.expect(422);
        }
        api.patch(SETTINGS, json!({ "values": { "interval_s": 5 } })).await.expect(422);
        api.patch(SETTINGS, json!({ "values": { "tea": 5 } })).await.expect(422);
        let stale = json!({ "interval_s": 90, "version": 7 });
        assert_eq!(api.patch(&of_point(POINT), stale.clone()).await.expect(409).code(), "terminal.stale");
        assert_eq!(api.patch(&t1, stale).await.expect(409).code(), "terminal.stale");
        let stale = json!({ "values": { "interval_s": 90 }, "version": 0 });
        assert_eq!(api.patch(SETTINGS, stale).await.expect(409).code(), "settings.stale");
        api.get(&of_point("P9")).await.expect(404);
        let audited = "SELECT action AS name FROM access_audit
            WHERE action IN ('profile.change', 'settings.change') ORDER BY id";
        assert_eq!(app.database().texts(audited),
            ["settings.change", "profile.change", "profile.change", "profile.change"]);
    }

    async fn a_shorter_interval_is_heard_at_the_next_check_in(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        device.check_in().await;
        let shown = || async { api.get(&format!("{TERMINALS}/T1")).await.expect(200).json() };
        let before = shown().await;
        app.advance(Duration::from_secs(200));
        api.patch(&of_establishment(ESTABLISHMENT), json!({ "interval_s": 60 })).await.expect(200);
        settled(&app).await;
        // It was told 300 s, so it is neither late nor expected earlier.
        app.ctx().jobs.run_now("terminals.sweep").await.expect("the sweeper runs");
        let after = shown().await;
        assert_eq!((&after["interval_s"], &after["presence"]), (&json!(60), &json!("online")));
        assert_eq!(after["expected_at"], before["expected_at"]);

        let told = device.check_in().await["next_check_in_s"].as_i64().unwrap_or_default();
        assert!((54..=66).contains(&told), "{told}");
        let heard = shown().await;
        assert_ne!(heard["expected_at"], before["expected_at"]);
        // From now on it is late after a minute and a half and the grace.
        app.advance(Duration::from_secs(121));
        app.ctx().jobs.run_now("terminals.sweep").await.expect("the sweeper runs");
        assert_eq!(shown().await["presence"], "late");
    }

    async fn a_dead_terminal_is_late_by_the_shorter_interval_that_it_heard(app: TestApp) {
        let api = script(&app).await;
        let e1 = of_establishment(ESTABLISHMENT);
        let device = app.device("T1").await;
        api.patch(&e1, json!({ "interval_s": 3600 })).await.expect(200);
        settled(&app).await;
        device.check_in().await;
        api.patch(&e1, json!({ "interval_s": 60 })).await.expect(200);
        settled(&app).await;
        for (heard, presence) in [(true, "online"), (false, "late")] {
            app.advance(Duration::from_secs(121));
            app.ctx().jobs.run_now("terminals.sweep").await.expect("the sweeper runs");
            assert_eq!(look(&api, &format!("{TERMINALS}/T1")).await["presence"], presence);
            if heard {
                device.check_in().await;
            }
        }
    }

    async fn a_device_that_replaces_another_is_told_everything_anew(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        let said = device.check_in().await["profile"].clone();
        device.post("/terminal/v1/checkin", json!({ "profile": said })).await.expect(200);
        assert_eq!(device.check_in().await.get("profile"), None);
        let other = app.client(&[Permission::TerminalsActivate]).await;
        other.post(&format!("{TERMINALS}/T1/revoke"), json!({})).await.expect(200);
        let code = app.activation_code("T1").await;
        let other = app.activate("T1", &code).await;
        assert_eq!(look(&api, &of_terminal("T1")).await["reported"], Value::Null);
        assert_eq!(other.check_in().await["profile"]["log_level"], "info");
    }

    async fn a_log_level_reaches_the_terminal_and_is_reported(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        let first = device.check_in().await;
        assert_eq!(first["profile"]["log_level"], "info");
        let version = &first["profile"]["version"];
        let say = |profile: Value| device.post("/terminal/v1/checkin", json!({ "profile": profile }));
        let told = json!({ "version": version, "log_level": "info" });
        assert_eq!(say(told).await.expect(200).json().get("profile"), None);
        assert_eq!(device.check_in().await.get("profile"), None, "nothing is repeated");
        assert_eq!(look(&api, &of_terminal("T1")).await["reported"]["is_applied"], true);

        api.patch(&of_point(POINT), json!({ "log_level": "debug" })).await.expect(200);
        settled(&app).await;
        let changed = device.check_in().await;
        assert_eq!(changed["profile"]["log_level"], "debug");
        assert_ne!(&changed["profile"]["version"], version);
        let waits = look(&api, &of_terminal("T1")).await;
        assert_eq!(waits["reported"]["is_applied"], false);
        // It took note, but cannot: that is told, and not repeated for ever.
        let cannot = json!({ "version": changed["profile"]["version"], "log_level": "info" });
        assert_eq!(say(cannot).await.expect(200).json().get("profile"), None);
        let differs = look(&api, &of_terminal("T1")).await;
        assert_eq!(differs["reported"]["is_applied"], false);
        assert_eq!(differs["reported"]["log_level"], "info");
        let odd = json!({ "version": "\u{0}x", "log_level": "z".repeat(500) });
        assert_eq!(say(odd).await.expect(200).json()["profile"]["log_level"], "debug");
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/terminals/T1/profile").await.expect(200);
        assert!(page.text().contains("Differs"), "{}", page.text());
    }

    async fn a_terminal_that_moves_inherits_from_its_new_place(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1", "T2"]).await;
        app.place("E2", "P2").await;
        api.patch(&of_point("P2"), json!({ "interval_s": 45, "log_level": "warn" })).await.expect(200);
        for tid in ["T1", "T2"] {
            let body = json!({ "point_of_service": "P2" });
            api.patch(&format!("{TERMINALS}/{tid}"), body).await.expect(200);
        }
        let there = look(&api, &of_terminal("T1")).await;
        assert_eq!(effective(&there), is(45, "point-of-service", "warn", "point-of-service"));
        // One that is registered there inherits from its first moment on.
        let wish = json!({ "serial_number": serial_of("T3"), "model": "feitian-f20", "point_of_service": "P2" });
        let made = api.put(&format!("{TERMINALS}/T3"), wish).await.expect(201).json();
        assert_eq!(made["interval_s"], 45);
        let code = app.activation_code("T3").await;
        let told = app.activate("T3", &code).await.check_in().await;
        assert!((40..=50).contains(&told["next_check_in_s"].as_i64().unwrap_or_default()), "{told}");
        assert_eq!(wrong(&app, (300, "info")), 0);
    }

    async fn a_large_level_is_brought_down_in_steps_and_goes_on_after_a_restart(app: TestApp) {
        let api = script(&app).await;
        many(&app, 3_200).await;
        let begun = api.patch(&of_establishment(ESTABLISHMENT), json!({ "interval_s": 900 })).await;
        begun.expect(200);
        settled(&app).await;
        assert_eq!(wrong(&app, (300, "info")), 0);

        // As a killed server leaves it: the level is changed, the terminals are not.
        app.stop().await;
        app.database().execute(
            "UPDATE terminal_profile SET interval_s = 77, version = version + 1;
             INSERT INTO terminal_profile_pending (kind, owner_id, after_id, version, since_at)
             SELECT kind, owner_id, 1000, 1, 0 FROM terminal_profile",
        );
        app.database().execute(
            "UPDATE terminal_contact SET interval_s = 77 WHERE terminal_id <= 1000",
        );
        app.start_again().await.expect("the server starts again");
        app.ctx().jobs.nudge("terminals.profiles");
        settled(&app).await;
        assert_eq!(wrong(&app, (300, "info")), 0);
    }

    async fn changes_at_once_end_in_the_right_values(app: TestApp) {
        let api = script(&app).await;
        many(&app, 1_300).await;
        app.place("E2", "P2").await;
        let body = |round: i64, level: &str| json!({ "interval_s": 30 + round, "log_level": level });
        for round in 0..4_i64 {
            let level = ["error", "warn", "debug", "trace"][usize::try_from(round).unwrap_or(0)];
            let mut all = Vec::new();
            for (path, by) in [(of_establishment(ESTABLISHMENT), 100), (of_point(POINT), 200), (of_establishment("E2"), 300)] {
                let clears = (round + by / 100) % 3 == 0;
                let wish = if clears { json!({ "interval_s": null }) } else { body(round + by, level) };
                let api = &api;
                all.push(Box::pin(async move { api.patch(&path, wish).await.status }) as std::pin::Pin<Box<dyn Future<Output = u16>>>);
            }
            let settings = json!({ "values": body(round + 400, "warn") });
            all.push(Box::pin(async { api.patch(SETTINGS, settings).await.status }));
            for at in 1..=12_i64 {
                let tid = format!("M{}", at * 100);
                let to = if (at + round) % 2 == 0 { "P2" } else { POINT };
                let (api, place) = (&api, format!("{TERMINALS}/{tid}"));
                let own = if at % 3 == 0 { json!({ "interval_s": 11 + round }) } else { json!({ "interval_s": null }) };
                all.push(Box::pin(async move { api.patch(&of_terminal(&tid), own).await.status }));
                all.push(Box::pin(async move {
                    api.patch(&place, json!({ "point_of_service": to })).await.status
                }));
            }
            for status in join_all(all).await {
                assert!(matches!(status, 200 | 409), "{status}");
            }
        }
        settled(&app).await;
        let kept = look(&api, SETTINGS).await;
        let seconds = kept["values"]["interval_s"].as_i64().expect("seconds");
        let level = kept["values"]["log_level"].as_str().expect("a level").to_owned();
        assert_eq!(wrong(&app, (seconds, &level)), 0);
        app.assert_counters_agree();
    }

    async fn people_see_where_values_come_from_and_change_them_there(app: TestApp) {
        app.register(&["T1"]).await;
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/admin/settings").await.expect(200);
        for told in [">What every terminal inherits</h2>", "Nobody has changed these yet"] {
            assert!(page.text().contains(told), "{told}: {}", page.text());
        }
        let own = "/admin/settings";
        let save = |version: &'static str, seconds: &'static str| {
            let fields = [("version", version), ("interval_s", seconds), ("log_level", "warn")];
            let admin = &admin;
            async move { admin.submit(own, "/admin/settings/profile", &fields).await }
        };
        save("0", "240").await.expect(303);
        assert!(save("0", "250").await.expect(422).text().contains("Someone else changed"));
        let refused = save("1", "5").await.expect(422);
        assert!(refused.text().contains("from 10 to"), "{}", refused.text());
        assert!(admin.get(own).await.expect(200).text().contains("240"));

        let fields = [("version", "0"), ("interval_s", "120"), ("log_level", "")];
        for (place, said) in [
            ("/network/establishments/E1/profile", "establishment: Establishment E1"),
            ("/network/points-of-service/P1/profile", "point of service: Shop P1"),
        ] {
            admin.submit(place, place, &fields).await.expect(303);
            assert!(admin.get(place).await.expect(200).text().contains(said), "{said}");
            assert!(admin.get("/terminals/T1/profile").await.expect(200).text().contains(said), "{said}");
            let stale = admin.submit(place, place, &fields).await.expect(422);
            assert!(stale.text().contains("Someone else changed"), "{}", stale.text());
            let wrong = [("version", "1"), ("interval_s", "x"), ("log_level", "")];
            admin.submit(place, place, &wrong).await.expect(422);
        }
        let place = "/terminals/T1/profile";
        let fields = [("version", "1"), ("interval_s", "30"), ("log_level", "trace")];
        admin.submit(place, place, &fields).await.expect(303);
        let page = admin.get(place).await.expect(200);
        assert!(page.text().contains("this terminal") && page.text().contains("Everything"), "{}", page.text());
        // Whoever only looks sees all of it and no form; the settings are not his.
        let viewer = app.operator(Role::Viewer).await;
        let page = viewer.get(place).await.expect(200);
        assert!(!page.text().contains("name=\"interval_s\""), "{}", page.text());
        viewer.get("/admin/settings").await.expect(403);
    }

    async fn nobody_reaches_levels_out_of_his_sight(app: TestApp) {
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        let api = script(&app).await;
        app.limit(&api, &["E2"]).await;
        for path in [of_establishment("E1"), of_point("P1"), of_terminal("T1")] {
            api.get(&path).await.expect(404);
            api.patch(&path, json!({ "interval_s": 60 })).await.expect(404);
        }
        api.patch(&of_point("P2"), json!({ "interval_s": 60 })).await.expect(200);
        let told = api.patch(SETTINGS, json!({ "values": {} })).await.expect(403);
        assert_eq!(told.code(), "settings.scope-too-narrow");
        assert_eq!(wrong(&app, (300, "info")), 0);
    }
}
