//! A server with something to see on every page.
use crate::harness::{Device, ESTABLISHMENT, Engine, POINT, Persona, Role, Setup, TestApp, png};
use posfleet::access::{Actor, Permission};
use posfleet::network::{self, EstablishmentDraft, Expect, PointDraft};
use reqwest::Method;
use serde_json::{Value, json};

const LONG_NAME: &str =
    "Общество с ограниченной ответственностью «Северо-Западная Топливная Компания»";

/// A server with a small fleet in every state that a page shows, and its administrator.
pub(crate) async fn peopled() -> (TestApp, Persona) {
    let at = Setup::real_time().with_provider("https://id.example", LONG_NAME);
    let app = TestApp::start(Engine::Sqlite, at).await;
    let names: Vec<String> = (1..=60).map(|n| format!("K{n}")).collect();
    let tids: Vec<&str> = names.iter().map(String::as_str).collect();
    app.register(&tids).await;
    rename(&app).await;
    let operator = app.operator(Role::Administrator).await;
    let script = app.client(Permission::ALL).await;
    let wish = json!({ "action": "tag", "value": "Pilote", "tids": ["K9"] });
    script
        .post("/api/v1/terminals/bulk", wish)
        .await
        .expect(202);
    for tid in ["K1", "K2", "K3"] {
        let code = app.activation_code(tid).await;
        let device = app.activate(tid, &code).await;
        operator
            .upload_licence(tid, "terminal.lic", tid.as_bytes())
            .await
            .expect(303);
        let session = json!({ "id": "s1", "reference": "R-1", "title": LONG_NAME });
        let status = json!({
            "model": "F20", "serial_number": device.serial, "paper": "low",
            "versions": { "os": "11", "app": "4.2.1" },
            "battery": { "percent": 17, "charging": false },
            "packages": [{ "name": "com.example.acquiring.payment.service", "version": "4.2.1" }],
        });
        let told = json!({ "session": session, "status": status });
        let answer = device.post("/terminal/v1/checkin", told).await.expect(200);
        let work = answer.json()["work"][0]["id"]
            .as_i64()
            .expect("the licence");
        let state = if tid == "K2" { "failed" } else { "downloading" };
        device.report(work, state).await.expect(200);
        if tid == "K1" {
            logs(&device).await;
            exchanges(&device).await;
        }
    }
    app.activation_code("K4").await;
    app.client(&[]).await;
    app.operator(Role::Viewer).await;
    ask(&script).await;
    let role = json!({ "code": "pilot", "name": LONG_NAME, "permissions": ["terminals.view"] });
    script.post("/api/v1/roles", role).await.expect(201);
    let logo = script
        .request(Method::PUT, "/api/v1/logo")
        .body(png(64, 32, 1));
    script.send(logo).await.expect(200);
    let wrong = [("login", LONG_NAME), ("password", "not the password")];
    let answer = app.visitor().submit("/sign-in", "/sign-in", &wrong).await;
    answer.expect(422);
    (app, operator)
}

/// What a terminal exchanged with its till: a payment as ZVT telegrams, with rubbish at their end, and lines
/// of text, one of them long.
async fn logs(device: &Device) {
    let telegrams: &[&[u8]] = &[
        b"\x06\x00\x06\x00\x00\x00\xbe\x09\x78",
        b"\x80\x00\x00",
        b"\x06\x01\x07\x04\x00\x00\x00\x00\x12\x50",
        b"\x04\xff\x01\x0a",
        b"\x04\x0f\x10\x27\x00\x04\x00\x00\x00\x00\x12\x50\x0b\x00\x01\x23\x49\x09\x78",
        b"\x06\x0f\x00",
        b"\x7f\x01\xff\xff",
    ];
    let lines = format!(
        "2026-11-25 10:00:01 -> сумма 12.50\n2026-11-25 10:00:02 <- {}\n\
         2026-11-25 10:00:03 чек 17 закрыт\n",
        "0123456789abcdef".repeat(40)
    );
    for (name, format, body) in [
        ("payments.zvt", "zvt", telegrams.concat()),
        (
            "a-name-of-the-terminal-that-is-as-long-as-names-may-be-2026-11-25.log",
            "text",
            lines.into_bytes(),
        ),
    ] {
        let path = format!("/terminal/v1/logs/ecr/{name}?whole=true&format={format}&till=Kassa-01");
        let sent = device.request(Method::PUT, &path).body(body);
        device.send(sent).await.expect(200);
    }
}

/// What a terminal exchanged with its hosts: a payment, one that was declined late, one without an answer.
async fn exchanges(device: &Device) {
    let host = "acquirer-with-a-long-name.example.org:8583";
    let line = |at: &str, mti: &str, stan: i64, more: Value| {
        let mut line =
            json!({ "at": format!("2026-11-25T10:{at}Z"), "mti": mti, "stan": stan, "host": host });
        line.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        format!("{line}\n")
    };
    let paid = json!({ "amount": 123_456, "currency": "978", "terminal": "K1", "card": "411111******1111" });
    let log = [
        line("00:01.000", "0200", 1, paid.clone()),
        line(
            "00:01.800",
            "0210",
            1,
            json!({ "result": "00", "rrn": "632910000001" }),
        ),
        line("05:00.000", "0200", 2, paid.clone()),
        line(
            "05:40.000",
            "0210",
            2,
            json!({ "result": "51", "rrn": "632910000002" }),
        ),
        line("06:00.000", "0200", 3, paid),
        line("06:45.000", "0810", 9, json!({ "result": "91" })),
        line(
            "06:46.000",
            "",
            0,
            json!({ "dir": "failure", "failure": "disconnected", "stan": null, "mti": null }),
        ),
    ];
    let path = "/terminal/v1/logs/pos/host-2026-11-25.ndjson?whole=true&format=ndjson";
    let sent = device.request(Method::PUT, path).body(log.concat());
    device.send(sent).await.expect(200);
}

/// Something waits for a second person.
async fn ask(script: &Persona) {
    let above = |n: i64| json!({ "values": { "bulk_above": n } });
    let rule = "/api/v1/settings/governance";
    script.patch(rule, above(1)).await.expect(200);
    let wish = json!({ "action": "suspend", "tids": ["K8", "K9"], "reason": LONG_NAME });
    let asked = script.post("/api/v1/terminals/bulk", wish).await;
    assert_eq!(asked.expect(202).json()["approval"], 1);
    script.patch(rule, above(0)).await.expect(200);
}

/// The places get the longest names that a page has to bear.
async fn rename(app: &TestApp) {
    let ctx = app.ctx();
    let now = app.now();
    let owner = EstablishmentDraft {
        code: ESTABLISHMENT.to_owned(),
        name: LONG_NAME.to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
        country: "RU".to_owned(),
        ..EstablishmentDraft::default()
    };
    let shop = PointDraft {
        code: POINT.to_owned(),
        name: format!("{LONG_NAME}, станция № 117 на Московском шоссе"),
        ..PointDraft::default()
    };
    let renamed = ctx.db.write(move |tx| {
        let actor = Actor::console();
        network::put_establishment(tx, &actor, &owner, Expect::Anything, now)?;
        network::put_point(tx, &actor, &owner.code, &shop, Expect::Anything, now)
    });
    renamed.await.expect("places are renamed");
}
