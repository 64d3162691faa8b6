//! Lists that were exported come back: the same columns, in any language, and nothing has to be
//! renamed.
use super::{ESTABLISHMENTS, POINTS, TERMINALS, counts, ended, import, importer, rows, send};
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::{Actor, Permission};
use posfleet::clock::Millis;
use posfleet::db::{self, Tx};
use posfleet::ids::Tid;
use posfleet::network::{self, EstablishmentDraft, Expect, PointDraft};
use posfleet::terminals::{self, Edit, Registration};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Places with names that files quote, and terminals with an interval and tags of their own and
/// without.
async fn build(app: &TestApp) {
    let (ctx, now) = (app.ctx(), app.now());
    let built = ctx.db.write(move |tx| {
        places(tx, now);
        for (n, model) in ["wiseasy-wpos-3", "ingenico-t3", "feitian-f20"]
            .into_iter()
            .enumerate()
        {
            for place in ["E1.P1", "E-2.P3"] {
                terminal(tx, (n, model, place), now);
            }
        }
        Ok::<_, db::Error>(())
    });
    built.await.unwrap();
}

fn places(tx: &mut Tx, now: Millis) {
    let actor = Actor::console();
    for (code, name) in [
        ("E1", "SARL « du Port », frères"),
        ("E-2", "=Ёлка; и \"Пальма\""),
    ] {
        let owner = EstablishmentDraft {
            code: code.into(),
            name: name.into(),
            time_zone: "Europe/Paris".into(),
            country: "FR".into(),
            language: Some("fr".into()),
            currency: Some("XOF".into()),
            status: (code == "E-2").then(|| "closed".into()),
        };
        network::put_establishment(tx, &actor, &owner, Expect::New, now).unwrap();
        for n in 1..=3 {
            let said = |at: i32, text: &str| {
                if n == at {
                    text.to_owned()
                } else {
                    String::new()
                }
            };
            let shop = PointDraft {
                code: format!("{code}.P{n}"),
                name: format!("Café, n° {n}"),
                address: said(1, "2, quai des Indes\n56100 Lorient"),
                manager_name: said(2, "-Иванова"),
                opening_hours: (n == 3).then(|| "Mo-Fr 08:00-20:00; PH off".into()),
                status: (n == 2).then(|| "closed".into()),
            };
            network::put_point(tx, &actor, code, &shop, Expect::New, now).unwrap();
        }
    }
}

fn terminal(tx: &mut Tx, (n, model, place): (usize, &str, &str), now: Millis) {
    let (actor, handlers) = (Actor::console(), posfleet::app::handlers());
    let tid = Tid::parse(&format!("T{n}-{place}")).unwrap();
    let wish = Registration {
        tid: tid.to_string(),
        serial_number: format!("000{n}"),
        model: model.into(),
        point_of_service: place.into(),
        interval_s: if n == 1 { "60".into() } else { String::new() },
    };
    terminals::register(tx, &handlers, &actor, &wish, now).unwrap();
    if n == 2 {
        terminals::tag(tx, &actor, &tid, "pilot", now).unwrap();
        terminals::tag(tx, &actor, &tid, "Été à Brest", now).unwrap();
        let edit = Edit {
            log_level: Some("debug".into()),
            ..Edit::default()
        };
        terminals::change(tx, &actor, &tid, &edit, None, now).unwrap();
        terminals::suspend(tx, &actor, &tid, None, now).unwrap();
    }
}

/// The list as a file with all its columns.
async fn exported(who: &Persona, path: &str) -> String {
    who.get(&format!("{path}?columns=all"))
        .await
        .expect(200)
        .text()
}

/// Every row is unchanged; what the file has beside is named as ignored.
async fn comes_back(app: &TestApp, who: &Persona, (to, csv): (&str, &str), n: i64) -> Vec<Value> {
    let tried = import(who, &format!("{to}?dry_run=true"), csv.to_owned()).await;
    assert_eq!(
        counts(&tried),
        format!("done 0 {n} 0"),
        "{csv}\n{:?}",
        rows(who, &tried).await
    );
    let told = rows(who, &tried).await;
    assert!(told.iter().all(|row| row.ends_with(" same")), "{told:?}");
    let unused = tried["params"]["matched"]["unused"]
        .as_array()
        .unwrap()
        .clone();
    let root = app.operator(Role::Administrator).await;
    let page = root
        .get(&format!("/tasks/{}", tried["id"]))
        .await
        .expect(200)
        .text();
    assert!(page.contains("Columns ignored"), "{page}");
    unused
}

on_both_engines! {
    async fn an_exported_list_is_imported_again_without_renaming(app: TestApp) {
        build(&app).await;
        let who = importer(&app).await;
        let ann = app.operator(Role::Viewer).await;
        let reader = app.client(Permission::ALL).await;
        for (lang, n) in [("en", 6), ("fr", 7), ("ru", 8)] {
            ann.set_cookie("lang", lang);
            let file = exported(&ann, "/terminals.csv").await;
            let unused = comes_back(&app, &who, (TERMINALS, &file), n).await;
            assert_eq!(unused.len(), 9, "{lang}: {unused:?}");
            let file = exported(&ann, "/network/points-of-service.csv").await;
            let unused = comes_back(&app, &who, (POINTS, &file), 6).await;
            assert_eq!(unused.len(), 7, "{lang}: {unused:?}");
            let file = exported(&ann, "/network.csv").await;
            let unused = comes_back(&app, &who, (ESTABLISHMENTS, &file), 2).await;
            assert_eq!(unused.len(), 6, "{lang}: {unused:?}");
            // A row more, written below the others in the same columns, becomes one.
            let file = exported(&ann, "/terminals.csv").await;
            let last = file.lines().find(|line| line.starts_with("T2-E1.P1")).unwrap();
            let (tid, serial) = (format!("New-{lang}"), format!("N-{lang}"));
            let new = last.replacen("T2-E1.P1", &tid, 1).replacen("0002", &serial, 1);
            assert_ne!(new, last, "{file}");
            let done = import(&who, TERMINALS, format!("{file}{new}\r\n")).await;
            assert_eq!(counts(&done), format!("done 1 {n} 0"), "{:?}", rows(&who, &done).await);
            let made = reader.get(&format!("/api/v1/terminals/{tid}")).await.expect(200).json();
            assert_eq!(made["model"], "feitian-f20", "{made}");
        }
        // The header for programs says keys.
        let file = exported(&reader, "/api/v1/terminals.csv").await;
        comes_back(&app, &who, (TERMINALS, &file), 9).await;
        let file = exported(&reader, "/api/v1/points-of-service.csv").await;
        comes_back(&app, &who, (POINTS, &file), 6).await;
        let file = exported(&reader, "/api/v1/establishments.csv").await;
        comes_back(&app, &who, (ESTABLISHMENTS, &file), 2).await;
    }

    async fn no_row_is_held_for_another_terminals_sake(app: TestApp) {
        if app.ctx().db.has_one_writer() {
            // Whoever holds a row there holds everybody.
            return;
        }
        app.register(&["T1", "T2", "T3"]).await;
        let who = importer(&app).await;
        let held = app.hold_row("T2").await;
        let rows: String = ["T1", "T2", "T3"]
            .map(|tid| format!("{tid},SN-{tid},feitian-f20,P1,pilot\n"))
            .concat();
        let file = format!("tid,serial_number,model,point_of_service,tags\n{rows}");
        let sent = send(&who, TERMINALS, file).await.expect(202).json();
        let stuck = "SELECT count(*) AS n FROM terminal_tagged";
        let begun = Instant::now();
        while app.database().count(stuck) == 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "T1 waits for T2");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        held.let_go().await;
        assert_eq!(counts(&ended(&who, &sent["id"]).await), "done 3 0 0");
        assert_eq!(app.database().count(stuck), 3);
    }
}
