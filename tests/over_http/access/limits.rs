//! Establishments that people and programs are limited to: who may say so, and that it counts at once.
use crate::harness::{Answer, Persona, Role, TestApp, value_of};
use crate::on_both_engines;
use posfleet::access::{Actor, Permission};
use posfleet::network::{self, EstablishmentDraft, Expect};
use reqwest::Method;
use std::process::{Command, Output};
use std::time::Duration;

const OPERATORS: &str = "/admin/operators";
const CLIENTS: &str = "/admin/clients";

/// The form that changes somebody; `fields` stand beside its version.
async fn edit(by: &Persona, place: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("{place}/edit");
    let page = by.get(&path).await.expect(200).text();
    let version = value_of(&page, "version").expect("the form carries its version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    by.submit(&path, &path, &all).await
}

/// What the audit log says of the last change with that verb.
fn audited(app: &TestApp, verb: &str) -> String {
    let rows = app.database().texts(&format!(
        "SELECT object || ': ' || before_json || ' ' || after_json AS name FROM access_audit
             WHERE action = '{verb}' ORDER BY id DESC"
    ));
    rows.first().cloned().unwrap_or_default()
}

/// Codes of the establishments that an operator is limited to.
fn limits(app: &TestApp, login: &str) -> String {
    app.database()
        .texts(&format!(
            "SELECT e.code AS name FROM access_operator o
                 JOIN access_operator_establishment l ON l.operator_id = o.id
                 JOIN network_establishment e ON e.id = l.establishment_id
                 WHERE o.login = '{login}' AND NOT o.all_establishments ORDER BY e.code"
        ))
        .join(" ")
}

/// What a page shows of the two establishments of these tests.
async fn seen(by: &Persona, path: &str) -> (bool, bool) {
    let page = by.get(path).await.expect(200).text();
    let has = |code: &str| page.contains(&format!("Establishment {code}"));
    (has("E1"), has("E2"))
}

async fn two_places(app: &TestApp) {
    app.register(&["T1"]).await;
    app.place("E2", "P2").await;
}

/// An administrator who sees only these.
async fn limited(app: &TestApp, login: &str, establishments: &[&str]) -> Persona {
    app.add_operator(login, Role::Administrator).await;
    let it = app.visitor();
    it.sign_in(login).await;
    app.limit(&it, establishments).await;
    it
}

fn token_on(page: &str) -> String {
    let at = page.find("pfc_").expect("a token");
    let end = page[at..].find(['<', '"']).expect("its end");
    page[at..at + end].to_owned()
}

/// The program itself, on this server's database.
async fn command(app: &TestApp, args: &[&str]) -> Output {
    let database = format!("database.url={}", app.database().url());
    let mut command = Command::new(env!("CARGO_BIN_EXE_posfleet"));
    command
        .args(args)
        .arg("--data")
        .arg(app.folder())
        .args(["--set", &database]);
    let done = tokio::task::spawn_blocking(move || command.output());
    done.await.unwrap().expect("the program runs")
}

on_both_engines! {
    async fn a_session_sees_less_from_its_next_request_on(app: TestApp) {
        two_places(&app).await;
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("bob", Role::Viewer).await;
        let bob = app.visitor();
        bob.sign_in("bob").await;
        assert_eq!(seen(&bob, "/network").await, (true, true));
        assert!(bob.get("/terminals").await.text().contains("/terminals/T1\""));
        let form = admin.get("/admin/operators/bob/edit").await.expect(200).text();
        for code in ["E1", "E2"] {
            assert!(form.contains(&format!("type=\"checkbox\" name=\"establishment\" value=\"{code}\"")), "{form}");
        }
        let fields = [("name", "Bob the second"), ("limits", "some"), ("limits_were", "all"),
            ("establishment", "E2")];
        let done = edit(&admin, "/admin/operators/bob", &fields).await.expect(303);
        assert_eq!(done.header("location"), Some("/admin/operators/bob?said=operator-changed"));
        assert_eq!(seen(&bob, "/network").await, (false, true));
        assert_eq!(seen(&bob, "/account").await, (false, true));
        bob.get("/network/establishments/E1").await.expect(404);
        bob.get("/terminals/T1").await.expect(404);
        assert!(!bob.get("/terminals").await.text().contains("/terminals/T1\""));
        assert_eq!(seen(&admin, "/admin/operators/bob").await, (false, true));
        let list = admin.get("/admin/operators.csv").await.expect(200).text();
        assert!(list.lines().any(|line| line.contains("Bob the second") && line.contains("E2")), "{list}");
        assert_eq!(audited(&app, "operator.rename"), r#"bob: {"name":"bob"} {"name":"Bob the second"}"#);
        assert_eq!(
            audited(&app, "operator.set-limits"),
            r#"bob: {"establishments":"all"} {"establishments":["E2"]}"#
        );
        let fields = [("name", "Bob the second"), ("limits", "all"), ("limits_were", "some"),
            ("establishment", "E2")];
        edit(&admin, "/admin/operators/bob", &fields).await.expect(303);
        assert_eq!(seen(&bob, "/network").await, (true, true));
        assert_eq!(
            audited(&app, "operator.set-limits"),
            r#"bob: {"establishments":["E2"]} {"establishments":"all"}"#
        );
    }

    async fn a_token_sees_less_from_its_next_request_on(app: TestApp) {
        two_places(&app).await;
        let admin = app.operator(Role::Administrator).await;
        let fields = [("name", "robot"), ("scopes", "network.view"), ("limits", "some"),
            ("establishment", "E1")];
        let made = admin.submit(CLIENTS, CLIENTS, &fields).await.expect(200);
        let robot = app.visitor().bearing(token_on(&made.text()));
        let me = robot.get("/api/v1/whoami").await.expect(200).json();
        assert_eq!(me["establishments"], serde_json::json!(["E1"]));
        let all = "/api/v1/establishments";
        assert_eq!(robot.get(all).await.expect(200).json()["total"], 1);
        robot.get("/api/v1/establishments/E2").await.expect(404);
        let id = app.database().count("SELECT max(id) AS n FROM access_client");
        let place = format!("{CLIENTS}/{id}");
        assert_eq!(seen(&admin, &place).await, (true, false));
        let fields = [("name", "robot 2"), ("scopes", "network.view"), ("limits", "some"),
            ("establishment", "E2")];
        edit(&admin, &place, &fields).await.expect(303);
        robot.get("/api/v1/establishments/E1").await.expect(404);
        robot.get("/api/v1/establishments/E2").await.expect(200);
        assert_eq!(
            audited(&app, "client.set-limits"),
            r#"robot: {"establishments":["E1"]} {"establishments":["E2"]}"#
        );
        assert_eq!(audited(&app, "client.rename"), r#"robot: {"name":"robot"} {"name":"robot 2"}"#);
        let fields = [("name", "robot 2"), ("scopes", "network.view"), ("limits", "all"),
            ("limits_were", "some")];
        edit(&admin, &place, &fields).await.expect(303);
        let me = robot.get("/api/v1/whoami").await.expect(200).json();
        assert_eq!(me.get("establishments"), None);
        assert_eq!(robot.get(all).await.expect(200).json()["total"], 2);
        let other = [("name", "other"), ("scopes", "network.view")];
        admin.submit(CLIENTS, CLIENTS, &other).await.expect(200);
        let taken = edit(&admin, &place, &[("name", "other"), ("scopes", "network.view")]).await.expect(422);
        assert!(taken.text().contains("Another API client has this name"), "{}", taken.text());
    }

    async fn nobody_gives_more_than_he_sees(app: TestApp) {
        two_places(&app).await;
        let ann = limited(&app, "ann", &["E1"]).await;
        let new = |login: &'static str| [("login", login), ("name", "Eve"), ("role", "viewer")];
        let all = [&new("eve")[..], &[("limits", "all")]].concat();
        ann.submit(OPERATORS, OPERATORS, &all).await.expect(403);
        let other = [&new("eve")[..], &[("limits", "some"), ("establishment", "E2")]].concat();
        let refused = ann.submit(OPERATORS, OPERATORS, &other).await.expect(422);
        assert!(refused.text().contains("There is no such establishment: E2."), "{}", refused.text());
        let form = ann.get(OPERATORS).await.expect(200).text();
        assert!(form.contains("value=\"E1\"") && !form.contains("value=\"E2\""), "{form}");
        assert!(!form.contains("name=\"limits\" value=\"all\""), "{form}");
        ann.submit(OPERATORS, OPERATORS, &new("eve")).await.expect(200);
        assert_eq!(limits(&app, "eve"), "E1");
        let client = [("name", "robot"), ("scopes", "network.view"), ("limits", "all")];
        ann.submit(CLIENTS, CLIENTS, &client).await.expect(403);
        ann.submit(CLIENTS, CLIENTS, &client[..2]).await.expect(200);
        let made = app.database().count(
            "SELECT count(*) AS n FROM access_client_establishment l
                 JOIN network_establishment e ON e.id = l.establishment_id WHERE e.code = 'E1'",
        );
        assert_eq!(made, 1);
        edit(&ann, "/admin/operators/eve", &[("limits", "all"), ("limits_were", "some")]).await.expect(403);
        let other = [("limits", "some"), ("establishment", "E2")];
        edit(&ann, "/admin/operators/eve", &other).await.expect(422);
        assert_eq!(limits(&app, "eve"), "E1");
        // His own limits are for others to move, his name is his.
        let own = [("name", "Ann"), ("limits", "all"), ("limits_were", "some")];
        edit(&ann, "/admin/operators/ann", &own).await.expect(422);
        edit(&ann, "/admin/operators/ann", &own[..1]).await.expect(303);
        assert_eq!(limits(&app, "ann"), "E1");
    }

    async fn who_sees_more_does_not_exist_for_who_sees_less(app: TestApp) {
        two_places(&app).await;
        let (ann, bob) = (limited(&app, "ann", &["E1"]).await, limited(&app, "bob", &["E1", "E2"]).await);
        limited(&app, "cid", &["E2"]).await;
        app.add_operator("root", Role::Administrator).await;
        let wide = app.client(&[Permission::NetworkView]).await;
        let narrow = app.client(&[Permission::NetworkView]).await;
        app.limit(&narrow, &["E1"]).await;
        let who = |page: String| ["ann", "bob", "cid", "root"].map(|login| {
            page.contains(&format!("/admin/operators/{login}\""))
        });
        let page = ann.get(OPERATORS).await.expect(200).text();
        assert_eq!(who(page), [true, false, false, false]);
        let page = bob.get(OPERATORS).await.expect(200).text();
        assert_eq!(who(page), [true, true, true, false]);
        let page = ann.get(CLIENTS).await.expect(200).text();
        assert!(page.contains(&narrow.login()) && !page.contains(&format!(">{}<", wide.login())), "{page}");
        let files = [ann.get("/admin/operators.csv").await, ann.get("/admin/clients.csv").await];
        let files = files.map(|answer| answer.expect(200).text()).concat();
        assert!(files.contains("ann") && !files.contains("root") && !files.contains("bob"), "{files}");
        assert_eq!(files.matches("client ").count(), 1, "{files}");
        let id = app.database().count("SELECT min(id) AS n FROM access_client");
        for place in ["/admin/operators/root".to_owned(), "/admin/operators/bob".to_owned(),
            format!("{CLIENTS}/{id}")] {
            ann.get(&place).await.expect(404);
            ann.get(&format!("{place}/edit")).await.expect(404);
            for verb in ["edit", "disable"] {
                let refused = ann.submit(OPERATORS, &format!("{place}/{verb}"), &[("version", "1")]).await;
                assert_eq!(refused.status, 404, "{place}/{verb}");
            }
        }
        let audit = ann.get("/admin/audit").await.expect(200).text();
        assert!(!audit.contains("operator."), "{audit}");
    }

    async fn a_change_of_what_is_stale_is_refused(app: TestApp) {
        two_places(&app).await;
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("bob", Role::Viewer).await;
        let path = "/admin/operators/bob/edit";
        let page = admin.get(path).await.expect(200).text();
        let version = value_of(&page, "version").unwrap();
        edit(&admin, "/admin/operators/bob", &[("name", "Robert")]).await.expect(303);
        let late = [("version", version.as_str()), ("name", "Bobby"), ("limits", "some"), ("establishment", "E1")];
        let refused = admin.submit(path, path, &late).await.expect(422).text();
        assert!(refused.contains("Someone else changed it") && refused.contains("Robert"), "{refused}");
        assert!(refused.contains("value=\"Bobby\""), "{refused}");
        assert!(refused.contains("value=\"E1\" checked"), "{refused}");
        admin.submit(path, path, &late[1..]).await.expect(422);
        assert_eq!(limits(&app, "bob"), "");
        let seen = value_of(&refused, "version").unwrap();
        let again = [&[("version", seen.as_str())][..], &late[1..]].concat();
        admin.submit(path, path, &again).await.expect(303);
        assert_eq!(limits(&app, "bob"), "E1");
    }

    async fn what_is_unclear_gives_nothing(app: TestApp) {
        two_places(&app).await;
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("bob", Role::Viewer).await;
        for (fields, words) in [
            (&[("limits", "some")][..], "Choose at least one establishment"),
            (&[("limits", "some"), ("codes", " ,; ")][..], "Choose at least one establishment"),
            (&[("limits", "some"), ("codes", "E1 E9")][..], "There is no such establishment: E9."),
            (&[("limits", "all"), ("limits_were", "all"), ("establishment", "E1")][..],
                "You chose every establishment and single ones as well"),
        ] {
            let refused = edit(&admin, "/admin/operators/bob", fields).await.expect(422).text();
            assert!(refused.contains(words), "{refused}");
            let new = [&[("login", "eve"), ("name", "Eve"), ("role", "viewer")][..], fields].concat();
            let refused = admin.submit(OPERATORS, OPERATORS, &new).await.expect(422).text();
            assert!(refused.contains(words) && refused.contains("value=\"eve\""), "{refused}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator_establishment"), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 2);
        for lang in ["en", "fr", "ru"] {
            admin.submit("/account", "/look", &[("lang", lang)]).await.expect(303);
            app.client(&[]).await;
            for page in ["/admin/operators/bob/edit", "/admin/operators/bob", "/admin/clients/1/edit",
                "/admin/clients/1"] {
                let text = admin.get(page).await.expect(200).text();
                assert!(!text.contains('⟦') && text.contains(&format!("<html lang=\"{lang}\"")), "{page}");
            }
        }
    }

    async fn among_many_one_searches_and_types(app: TestApp) {
        let (ctx, now) = (app.ctx(), app.now());
        let made = ctx.db.write(move |tx| {
            for n in 1..=230 {
                let draft = EstablishmentDraft {
                    code: format!("E{n}"),
                    name: format!("House {n}"),
                    time_zone: "Europe/Paris".to_owned(),
                    country: "FR".to_owned(),
                    ..EstablishmentDraft::default()
                };
                network::put_establishment(tx, &Actor::console(), &draft, Expect::New, now)?;
            }
            Ok::<_, network::Error>(())
        });
        made.await.unwrap();
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("bob", Role::Viewer).await;
        let path = "/admin/operators/bob/edit";
        let page = admin.get(path).await.expect(200).text();
        assert!(page.contains("<textarea id=\"f-codes\"") && !page.contains("name=\"establishment\""), "{page}");
        let search = [("name", "Bobby"), ("limits", "some"), ("codes", "E1, E2\r\nE177"),
            ("find", "house 177"), ("do", "find")];
        let found = edit(&admin, "/admin/operators/bob", &search).await.expect(200).text();
        assert!(found.contains("name=\"establishment\" value=\"E177\" checked"), "{found}");
        assert!(found.contains("E1\nE2</textarea>") && found.contains("value=\"Bobby\""), "{found}");
        assert_eq!(limits(&app, "bob"), "");
        let none = [("limits", "some"), ("find", "nowhere"), ("do", "find")];
        let none = edit(&admin, "/admin/operators/bob", &none).await.expect(200).text();
        assert!(none.contains("No establishment fits."), "{none}");
        let save = [("name", "Bobby"), ("limits", "some"), ("codes", "E1, E2\r\nE3;E1"),
            ("establishment", "E177"), ("find", "house 177")];
        edit(&admin, "/admin/operators/bob", &save).await.expect(303);
        assert_eq!(limits(&app, "bob"), "E1 E177 E2 E3");
        let every: Vec<String> = (1..=230).map(|n| format!("E{n}")).collect();
        let every = every.join("\n");
        edit(&admin, "/admin/operators/bob", &[("limits", "some"), ("codes", &every)]).await.expect(303);
        let shown = admin.get("/admin/operators/bob").await.expect(200).text();
        assert!(shown.contains("and 130 more"), "{shown}");
        let new = [("login", "eve"), ("name", "Eve"), ("role", "viewer"), ("limits", "some"),
            ("codes", "E5"), ("find", "E230"), ("do", "find")];
        let found = admin.submit(OPERATORS, OPERATORS, &new).await.expect(200).text();
        assert!(found.contains("value=\"E230\"") && found.contains("value=\"eve\""), "{found}");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 2);
        admin.submit(OPERATORS, OPERATORS, &new[..5]).await.expect(200);
        assert_eq!(limits(&app, "eve"), "E5");
    }

    async fn an_open_stream_ends_before_it_tells_what_is_out_of_sight(app: TestApp) {
        two_places(&app).await;
        app.add_operator("bob", Role::Viewer).await;
        let bob = app.visitor();
        bob.sign_in("bob").await;
        let mut stream = bob.request(Method::GET, "/live?want=terminal.*").send().await.unwrap();
        app.register(&["T8"]).await;
        let mut heard = String::new();
        while !heard.contains("event: happened") {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        app.limit(&bob, &["E2"]).await;
        app.register(&["T9"]).await;
        let rest = tokio::time::timeout(Duration::from_secs(12), stream.text()).await;
        let rest = rest.expect("the stream ends").unwrap();
        assert!(!rest.contains("event: happened"), "{rest}");
    }

    async fn the_console_limits_operators(app: TestApp) {
        two_places(&app).await;
        app.add_operator("root", Role::Administrator).await;
        let done = command(&app, &["user", "add", "bob", "--establishment", "E2"]).await;
        assert!(done.status.success(), "{done:?}");
        assert_eq!(limits(&app, "bob"), "E2");
        let done = command(&app, &["user", "limit", "bob", "--establishment", "E1",
            "--establishment", "E2"]).await;
        assert!(done.status.success(), "{done:?}");
        assert_eq!(limits(&app, "bob"), "E1 E2");
        assert_eq!(
            audited(&app, "operator.set-limits"),
            r#"bob: {"establishments":["E2"]} {"establishments":["E1","E2"]}"#
        );
        let listed = command(&app, &["user", "list"]).await.stdout;
        let listed = String::from_utf8(listed).unwrap();
        assert!(listed.lines().any(|line| line.starts_with("bob\t") && line.ends_with("\tE1,E2")), "{listed}");
        assert!(listed.lines().any(|line| line.starts_with("root\t") && line.ends_with("\tall")), "{listed}");
        for wrong in [&["user", "limit", "bob", "--establishment", "E9"][..], &["user", "limit", "bob"],
            &["user", "limit", "bob", "--all", "--establishment", "E1"],
            &["user", "limit", "nobody", "--all"], &["user", "add", "eve", "--establishment", "E9"]] {
            let refused = command(&app, wrong).await;
            assert!(!refused.status.success(), "{wrong:?}: {refused:?}");
        }
        assert_eq!(limits(&app, "bob"), "E1 E2");
        let done = command(&app, &["user", "limit", "bob", "--all"]).await;
        assert!(done.status.success(), "{done:?}");
        assert_eq!(limits(&app, "bob"), "");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 2);
    }
}
