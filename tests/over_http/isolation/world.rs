//! One owner's world: what he has on the server, and how an address names it.
use crate::harness::{Persona, Role, TestApp};
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// One owner's things, by the variable of an address that names them. What belongs to the whole
/// installation is the same for both.
pub(super) struct World {
    pub(super) named: BTreeMap<&'static str, String>,
}

impl World {
    /// What the variable of an address stands for, and whether it is one owner's own.
    fn value(&self, path: &str, variable: &str) -> Option<(String, bool)> {
        let own = |key: &str| self.named.get(key).map(|value| (value.clone(), true));
        let common = |value: &str| Some((value.to_owned(), false));
        let under = |part: &str| path.contains(part);
        match variable {
            "tid" => own("tid"),
            "code" if under("/establishments/") => own("establishment"),
            "code" if under("/points-of-service/") => own("point"),
            "code" if under("/models/") => common("wiseasy-wpos-3"),
            "login" => own("login"),
            "session" => own("session"),
            "number" if under("/audit/") => own("audit"),
            "id" if under("/licences/") => own("licence"),
            "id" if under("/logs/") => own("log"),
            "id" if under("/exchanges/") => own("exchange"),
            "id" if under("/tasks/") => own("task"),
            "id" if under("/imports/") => own("import"),
            "id" if under("/clients/") => own("client"),
            "id" if under("/views/") => own("view"),
            "list" => common("terminals"),
            "panel" => common("licence"),
            "tag" => own("tag"),
            "role" => common("viewer"),
            "group" => common("profile"),
            _ => None,
        }
    }

    /// The address with this owner's things in it, and whether it names any. `None` where a variable
    /// names neither his nor everybody's: his own sessions, scripts and style sheets.
    pub(super) fn filled(&self, pattern: &str) -> Option<(String, bool)> {
        let (mut filled, mut names_own, mut rest) = (String::new(), false, pattern);
        while let Some((before, after)) = rest.split_once('{') {
            let (variable, after) = after.split_once('}').expect("a variable ends");
            let (value, is_own) = self.value(pattern, variable)?;
            filled = filled + before + &value;
            names_own |= is_own;
            rest = after;
        }
        Some((filled + rest, names_own))
    }
}

fn newest(app: &TestApp, table: &str) -> String {
    app.database()
        .count(&format!("SELECT max(id) AS n FROM {table}"))
        .to_string()
}

/// Names of things that nobody has.
pub(super) fn nobody() -> World {
    let words = ["establishment", "point", "tid", "tag", "login"];
    let numbers = [
        "licence", "log", "exchange", "client", "view", "import", "task", "audit", "session",
    ];
    let words = words.into_iter().map(|key| (key, "NOBODY77".to_owned()));
    let numbers = numbers.into_iter().map(|key| (key, "999999".to_owned()));
    World {
        named: words.chain(numbers).collect(),
    }
}

/// An owner with a terminal that has come in, a licence, a log of either kind, a tag, a code, work, people, a program, a
/// saved view, an import and an export.
pub(super) async fn owner(app: &TestApp, name: &str) -> World {
    app.place(name, &format!("{name}-SHOP")).await;
    let script = app.client(Permission::ALL).await;
    app.limit(&script, &[name]).await;
    let client = newest(app, "access_client");
    let (tid, tag, licence) = fleet(app, &script, name).await;
    let log = newest(app, "monitoring_log");
    let exchange = newest(app, "monitoring_exchange");
    let (login, view) = people(app, name).await;
    let session = newest(app, "access_session");
    let (import, task) = tasks(app, &script, name).await;
    let audit = format!(
        "SELECT max(a.id) AS n FROM access_audit a JOIN network_establishment e
             ON e.id = a.establishment_id WHERE e.code = '{name}'"
    );
    let audit = app.database().count(&audit).to_string();
    let named = BTreeMap::from([
        ("establishment", name.to_owned()),
        ("point", format!("{name}-SHOP")),
        ("tid", tid),
        ("tag", tag),
        ("licence", licence),
        ("log", log),
        ("exchange", exchange),
        ("login", login),
        ("session", session),
        ("client", client),
        ("view", view),
        ("import", import),
        ("task", task),
        ("audit", audit),
    ]);
    World { named }
}

/// Two terminals: one has come in, has a licence, a log, a tag and work; the other waits with its code.
async fn fleet(app: &TestApp, script: &Persona, name: &str) -> (String, String, String) {
    let (tid, spare) = (format!("{name}001"), format!("{name}002"));
    for tid in [&tid, &spare] {
        let wish = json!({
            "serial_number": format!("SN-{tid}"),
            "model": "wiseasy-wpos-3",
            "point_of_service": format!("{name}-SHOP"),
        });
        let path = format!("/api/v1/terminals/{tid}");
        script.put(&path, wish).await.expect(201);
    }
    let tag = format!("{}-tag", name.to_lowercase());
    let path = format!("/api/v1/terminals/{tid}/tags/{tag}");
    let tagged = script.put(&path, json!({})).await;
    assert!(tagged.status < 300, "{}", tagged.text());
    let path = format!("/api/v1/licences?serial_number=SN-{tid}&file_name={name}.lic");
    let file = script.request(Method::PUT, &path);
    let file = file.body(format!("the licence of {name}"));
    let licence = script.send(file).await.expect(201).json()["id"].to_string();
    let code = app.activation_code(&tid).await;
    let device = app.activate(&tid, &code).await;
    device.check_in().await;
    let path = format!("/terminal/v1/logs/pos/{name}.log?whole=true&format=ndjson");
    let line = json!({ "mti": "0200", "stan": "7", "host": format!("{name}-host") });
    let log = device.request(Method::PUT, &path);
    device.send(log.body(format!("{line}\n"))).await.expect(200);
    let path = format!("/terminal/v1/logs/ecr/{name}.log?whole=true&format=text&till={name}-till");
    let log = device.request(Method::PUT, &path);
    let log = log.body(format!("a line of {name}\n"));
    device.send(log).await.expect(200);
    app.assign(&tid, &format!("{name}-work")).await;
    app.activation_code(&spare).await;
    (tid, tag, licence)
}

/// An administrator for this owner alone, who shares a view.
async fn people(app: &TestApp, name: &str) -> (String, String) {
    let login = format!("{}-boss", name.to_lowercase());
    app.add_operator(&login, Role::Administrator).await;
    let boss = app.visitor();
    boss.sign_in(&login).await;
    app.limit(&boss, &[name]).await;
    let (view, query) = (format!("view of {name}"), format!("establishment={name}"));
    let fields = [
        ("name", view.as_str()),
        ("query", query.as_str()),
        ("is_shared", "true"),
    ];
    let saved = boss.submit("/terminals", "/lists/terminals/views", &fields);
    saved.await.expect(303);
    (login, newest(app, "list_view"))
}

/// An import and an export, both ended.
async fn tasks(app: &TestApp, script: &Persona, name: &str) -> (String, String) {
    let csv = format!("code,name,establishment\n{name}-NEW,New shop of {name},{name}\n");
    let path = format!("/api/v1/imports/points?file_name={name}.csv");
    let import = script.request(Method::POST, &path);
    let import = import.header("content-type", "text/csv").body(csv);
    let begun = script.send(import).await;
    assert!(begun.status < 300, "{}", begun.text());
    let import = newest(app, "task_task");
    let wish = json!({ "list": "terminals", "format": "csv" });
    let begun = script.post("/api/v1/exports", wish).await.expect(202);
    let task = begun.json()["task"].to_string();
    for id in [&import, &task] {
        done(script, id).await;
    }
    (import, task)
}

/// Waits until a task has ended.
async fn done(by: &Persona, id: &str) {
    for _ in 0..400 {
        let task = by
            .get(&format!("/api/v1/tasks/{id}"))
            .await
            .expect(200)
            .json();
        if task["state"] == "done" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("task {id} does not end");
}
