//! What is to be known of a place beside its name: language and currency, opening hours, whether it is
//! in business, and the terminals that stand there.
use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};

const OWNERS: &str = "/api/v1/establishments";
const POINTS: &str = "/api/v1/points-of-service";

async fn script(app: &TestApp) -> Persona {
    let may = [
        Permission::NetworkView,
        Permission::NetworkManage,
        Permission::SettingsManage,
    ];
    app.client(&may).await
}

async fn put(by: &Persona, list: &str, code: &str, body: Value) -> Answer {
    by.put(&format!("{list}/{code}"), body).await
}

async fn codes(by: &Persona, path: &str, query: &str) -> String {
    let page = by.get(&format!("{path}?{query}")).await.expect(200).json();
    let items = page["items"].as_array().expect("a list");
    let codes: Vec<&str> = items.iter().filter_map(|it| it["code"].as_str()).collect();
    assert_eq!(page["total"], codes.len(), "{query}");
    codes.join(" ")
}

fn faults(answer: Answer) -> Vec<(String, String)> {
    let told = answer.expect(422).json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = told["errors"].as_array().expect("faults").iter();
    all.map(|it| (text(&it["field"]), text(&it["code"])))
        .collect()
}

on_both_engines! {
    async fn what_a_new_establishment_does_not_say_is_as_the_settings_say(app: TestApp) {
        let api = script(&app).await;
        let made = put(&api, OWNERS, "E0", json!({ "name": "Zero" })).await.expect(201).json();
        let said = |it: &Value| ["time_zone", "language", "currency", "status"].map(|key| it[key].clone());
        assert_eq!(said(&made), [json!("UTC"), json!("en"), json!(null), json!("open")]);
        let usual = json!({ "values": { "language": "fr", "time_zone": "Africa/Dakar", "currency": "XOF" } });
        api.patch("/api/v1/settings/defaults", usual).await.expect(200);
        let made = put(&api, OWNERS, "E1", json!({ "name": "One" })).await.expect(201).json();
        assert_eq!(said(&made), [json!("Africa/Dakar"), json!("fr"), json!("XOF"), json!("open")]);
        // Those that are there stay as they are.
        let zero = api.get(&format!("{OWNERS}/E0")).await.expect(200).json();
        assert_eq!(said(&zero), [json!("UTC"), json!("en"), json!(null), json!("open")]);

        let told = json!({ "name": "Two", "time_zone": "Asia/Almaty", "language": "ru", "currency": "kzt" });
        let made = put(&api, OWNERS, "E2", told.clone()).await.expect(201).json();
        assert_eq!(said(&made), [json!("Asia/Almaty"), json!("ru"), json!("KZT"), json!("open")]);
        assert_eq!(put(&api, OWNERS, "E2", told).await.expect(200).json(), made);
        // What is left out stays; an empty currency is none.
        let less = json!({ "name": "Two", "time_zone": "Asia/Almaty" });
        assert_eq!(put(&api, OWNERS, "E2", less).await.expect(200).json(), made);
        let none = json!({ "name": "Two", "time_zone": "Asia/Almaty", "currency": "" });
        assert_eq!(put(&api, OWNERS, "E2", none).await.expect(200).json()["currency"], json!(null));
        let wrong = json!({ "name": "x", "language": "de", "currency": "EURO", "status": "shut" });
        let expected = [("language", "network.no-such-language"), ("currency", "network.no-such-currency"),
                        ("status", "network.no-such-status")];
        assert_eq!(faults(put(&api, OWNERS, "E3", wrong).await),
            expected.map(|(field, code)| (field.to_owned(), code.to_owned())));

        // The form begins with the same.
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/network/establishments/new").await.expect(200).text();
        for value in ["Africa/Dakar", "fr", "XOF"] {
            assert!(page.contains(&format!("value=\"{value}\" selected")), "{value}: {page}");
        }
    }

    async fn closed_places_are_told_apart(app: TestApp) {
        let api = script(&app).await;
        for (code, name) in [("E1", "Alpha"), ("E2", "Beta"), ("E3", "Gamma")] {
            put(&api, OWNERS, code, json!({ "name": name })).await.expect(201);
            for n in 1..=2 {
                let shop = json!({ "establishment": code, "name": format!("{name} {n}") });
                put(&api, POINTS, &format!("{code}.P{n}"), shop).await.expect(201);
            }
        }
        put(&api, OWNERS, "E2", json!({ "name": "Beta", "time_zone": "UTC", "status": "closed" })).await.expect(200);
        for (owner, code, name) in [("E1", "E1.P2", "Alpha 2"), ("E2", "E2.P1", "Beta 1")] {
            let shop = json!({ "establishment": owner, "name": name, "status": "closed" });
            let shut = put(&api, POINTS, code, shop).await.expect(200).json();
            assert_eq!((&shut["status"], &shut["version"]), (&json!("closed"), &json!(2)));
        }
        for (path, query, expected) in [
            (OWNERS, "status=closed", "E2"),
            (OWNERS, "status=open", "E1 E3"),
            (OWNERS, "status=open&sort=-name", "E3 E1"),
            (OWNERS, "status=open&sort=-code", "E3 E1"),
            (OWNERS, "status=closed&q=alpha", ""),
            (OWNERS, "status=closed&q=bet", "E2"),
            (POINTS, "status=closed", "E1.P2 E2.P1"),
            (POINTS, "status=closed&establishment=E1", "E1.P2"),
            (POINTS, "status=open&establishment=E1", "E1.P1"),
            (POINTS, "status=open", "E1.P1 E2.P2 E3.P1 E3.P2"),
            (POINTS, "status=open&q=2", "E2.P2 E3.P2"),
            (POINTS, "status=closed&sort=code", "E1.P2 E2.P1"),
            (POINTS, "status=", "E1.P1 E1.P2 E2.P1 E2.P2 E3.P1 E3.P2"),
        ] {
            assert_eq!(codes(&api, path, query).await, expected, "{path}?{query}");
        }
        api.get(&format!("{OWNERS}?status=shut")).await.expect(422);
        api.get(&format!("{POINTS}?status=shut")).await.expect(422);
        let file = api.get("/api/v1/points-of-service.csv?status=closed").await.expect(200).text();
        assert_eq!(file.lines().count(), 3, "{file}");

        let viewer = app.operator(Role::Viewer).await;
        let page = viewer.get("/network?status=closed").await.expect(200).text();
        assert!(page.contains("Beta") && !page.contains("Gamma"), "{page}");
        let page = viewer.get("/network/establishments/E2").await.expect(200).text();
        assert!(page.contains("Closed"), "{page}");
        app.limit(&viewer, &["E1"]).await;
        let page = viewer.get("/network/points-of-service?status=closed").await.expect(200).text();
        assert!(page.contains("E1.P2") && !page.contains("E2.P1"), "{page}");
    }

    async fn opening_hours_are_read_and_told(app: TestApp) {
        app.place("E1", "P1").await;
        let (api, admin) = (script(&app).await, app.operator(Role::Administrator).await);
        let shop = |hours: &str| json!({ "establishment": "E1", "name": "Shop P1", "opening_hours": hours });
        let kept = put(&api, POINTS, "P1", shop("mo-fr 8:00 – 20:00;sa 09:00-13:00; ph closed")).await.expect(200).json();
        assert_eq!(kept["opening_hours"], "Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off");
        let page = "/network/points-of-service/P1";
        for (lang, told) in [
            ("en", "Mon–Fri 08:00–20:00<br>Sat 09:00–13:00<br>public holidays: closed"),
            ("fr", "lun.–ven. 08:00–20:00<br>sam. 09:00–13:00"),
            ("ru", "Пн–Пт 08:00–20:00<br>Сб 09:00–13:00"),
        ] {
            admin.submit(page, "/look", &[("lang", lang)]).await.expect(303);
            let shown = admin.get(page).await.expect(200).text();
            assert!(shown.contains(told), "{lang}: {shown}");
        }
        for bad in ["9 to 5", "Mo 08:00", "Mo 25:00-26:00", "Lu-Ve 08:00-12:00"] {
            let told = faults(put(&api, POINTS, "P1", shop(bad)).await);
            assert_eq!(told, [("opening_hours".to_owned(), "network.hours-form".to_owned())], "{bad}");
        }
        // Left out, they stay; empty, nobody knows.
        let less = json!({ "establishment": "E1", "name": "Shop P1" });
        assert_eq!(put(&api, POINTS, "P1", less).await.expect(200).json()["version"], kept["version"]);
        assert_eq!(put(&api, POINTS, "P1", shop("")).await.expect(200).json()["opening_hours"], "");
        let edit = "/network/points-of-service/P1/edit";
        let fields = [("version", "3"), ("name", "Shop P1"), ("address", ""), ("manager_name", ""),
                      ("opening_hours", "24/7"), ("status", "closed")];
        admin.submit(edit, edit, &fields).await.expect(303);
        let now = api.get(&format!("{POINTS}/P1")).await.expect(200).json();
        assert_eq!((&now["opening_hours"], &now["status"]), (&json!("24/7"), &json!("closed")));
        let audited = "SELECT after_json AS name FROM access_audit WHERE object = 'P1' ORDER BY id DESC";
        let last = app.database().texts(audited).remove(0);
        assert!(last.contains("\"opening_hours\":\"24/7\"") && last.contains("\"status\":\"closed\""), "{last}");
    }

    async fn a_place_shows_its_terminals(app: TestApp) {
        app.place("E2", "P2").await;
        app.register(&["T1", "T2", "T3"]).await;
        let device = app.device("T4").await;
        device.check_in().await;
        let viewer = app.operator(Role::Viewer).await;
        for place in ["/network/establishments/E1/terminals", "/network/points-of-service/P1/terminals"] {
            let page = viewer.get(place).await.expect(200).text();
            for tid in ["T1", "T2", "T3", "T4"] {
                assert!(page.contains(&format!("href=\"/terminals/{tid}\"")), "{tid}: {page}");
            }
            assert!(page.contains("<span class=\"n\">4</span>"), "{page}");
            let page = viewer.get(&format!("{place}?presence=connected")).await.expect(200).text();
            assert!(page.contains("/terminals/T4\"") && !page.contains("/terminals/T1\""), "{page}");
            let first = viewer.get(&format!("{place}?page_size=2")).await.expect(200).text();
            assert!(first.contains("/terminals/T2\"") && !first.contains("/terminals/T3\""), "{first}");
        }
        for place in ["/network/establishments/E2/terminals", "/network/points-of-service/P2/terminals"] {
            let page = viewer.get(place).await.expect(200).text();
            assert!(page.contains("No terminals here yet") && !page.contains("/terminals/T1\""), "{page}");
        }
        viewer.get("/network/establishments/E9/terminals").await.expect(404);
        app.limit(&viewer, &["E1"]).await;
        viewer.get("/network/establishments/E1/terminals").await.expect(200);
        viewer.get("/network/establishments/E2/terminals").await.expect(404);
        viewer.get("/network/points-of-service/P2/terminals").await.expect(404);
    }
}
