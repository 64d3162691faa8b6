//! Two owners on one server: who is limited to the one finds nothing of the other, by whatever way he
//! looks. The walk takes every address that is declared, so that no page can be forgotten.
//!
//! What he sees is written down while the other owner does not exist yet, and must be the same to the
//! letter when it does: lists, counts, charts, files. Every name of the other has the word `bravo` in
//! it, which may stand in no answer. An address that names something of the other answers as if it
//! were not there.
mod world;

use self::world::{World, nobody, owner};
use crate::harness::{Answer, PASSWORD, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::{Needs, Permission, Surface};
use posfleet::app;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Duration;

const OURS: &str = "ALPHA";
const THEIRS: &str = "BRAVO";

/// Addresses at which a program may make what is not there yet.
const MAKES: [&str; 3] = [
    "/api/v1/terminals/{tid}",
    "/api/v1/establishments/{code}",
    "/api/v1/points-of-service/{code}",
];

/// Addresses that answer a person or a program, with what has to stand behind them.
fn walk(surface: Surface) -> Vec<(Method, String, Needs)> {
    let declared = app::routes().declared();
    declared
        .into_iter()
        .filter(|(_, _, it)| it.surface == surface)
        .map(|(method, path, it)| {
            let method = Method::from_bytes(method.as_str().as_bytes()).expect("a method");
            (method, path, it.needs)
        })
        .collect()
}

/// Everything readable in an answer: its headers too, and what a spreadsheet packs.
fn readable(answer: &Answer) -> String {
    let told = ["location", "content-disposition", "content-type", "link"];
    let headers = told.iter().filter_map(|name| answer.header(name));
    let mut text = headers.collect::<Vec<_>>().join("\n") + "\n";
    if !answer.body.starts_with(b"PK") {
        return text + &answer.text();
    }
    let packed = std::io::Cursor::new(answer.body.clone());
    let mut packed = zip::ZipArchive::new(packed).expect("a spreadsheet");
    for n in 0..packed.len() {
        let mut part = packed.by_index(n).expect("a part");
        // When the file was made stands in it too.
        if part.name().is_ok_and(|name| name.starts_with("docProps/")) {
            continue;
        }
        let mut inside = Vec::new();
        part.read_to_end(&mut inside).expect("it unpacks");
        text.push_str(&String::from_utf8_lossy(&inside));
    }
    text
}

/// The same without what is new in every answer: tokens of forms, and cursors, which are sealed.
fn settled(answer: &Answer) -> String {
    let lines = readable(answer);
    // Every request has a number of its own, which a refusal shows.
    let kept = lines
        .lines()
        .filter(|line| !line.contains("<dt>Request</dt>"));
    let mut text = kept.collect::<Vec<_>>().join("\n");
    for (before, after) in [
        ("name=\"_csrf\" value=\"", "\""),
        ("cursor&#x3D;", "\""),
        ("nonce-", "'"),
    ] {
        let mut kept = String::new();
        let mut rest = text.as_str();
        while let Some((head, tail)) = rest.split_once(before) {
            kept = kept + head + before;
            rest = tail.split_once(after).map_or("", |(_, rest)| rest);
        }
        text = kept + rest;
    }
    text
}

fn tells(text: &str) -> bool {
    text.to_lowercase().contains("bravo")
}

/// What `who` sees at every address of his surface that names nothing or something of his own.
async fn seen(who: &Persona, surface: Surface, own: &World) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (method, pattern, _) in walk(surface) {
        // The stream has no end; its own test hears it. Of a log that leaves, the audit tells.
        let is_noted = pattern.ends_with("/content");
        if method != Method::GET || pattern == "/live" || is_noted {
            continue;
        }
        let Some((path, _)) = own.filled(&pattern) else {
            continue;
        };
        let answer = who.get(&path).await;
        assert!(answer.status < 500, "{path}: {}", answer.text());
        all.insert(path, settled(&answer));
    }
    all
}

/// What differs between two answers, as far as a person has to see of it.
fn difference(one: &str, other: &str) -> String {
    let differing = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    let (a, b) = differing.unwrap_or(("(shorter)", "(longer)"));
    let cut = |text: &str| text.chars().take(600).collect::<String>();
    format!("  before: {}\n  after:  {}", cut(a), cut(b))
}

/// Sends what changes something: a form with its token, or JSON that would do where it is allowed.
async fn change(who: &Persona, surface: Surface, method: Method, path: &str) -> Answer {
    if surface == Surface::Api {
        let wish = json!({
            "name": "Ours", "establishment": OURS, "point_of_service": "ALPHA-SHOP",
            "serial_number": "SN-OTHER", "model": "wiseasy-wpos-3", "time_zone": "Europe/Paris",
            "state": "closed", "settings": {}, "version": 1,
        });
        return who.send(who.request(method, path).json(&wish)).await;
    }
    let csrf = who.csrf("/account").await;
    let fields = [
        ("_csrf", csrf.as_str()),
        ("version", "1"),
        ("name", "Ours"),
        ("establishment", OURS),
        ("point_of_service", "ALPHA-SHOP"),
        ("serial_number", "SN-OTHER"),
        ("model", "wiseasy-wpos-3"),
        ("time_zone", "Europe/Paris"),
        ("password", PASSWORD),
    ];
    who.send(who.request(method, path).form(&fields)).await
}

async fn attempt(who: &Persona, surface: Surface, method: &Method, path: &str) -> Answer {
    match *method {
        Method::GET => who.get(path).await,
        _ => change(who, surface, method.clone(), path).await,
    }
}

/// An operator and a program that may do everything, for one owner.
async fn limited(app: &TestApp) -> [(Surface, Persona); 2] {
    let person = app.operator(Role::Administrator).await;
    let program = app.client(Permission::ALL).await;
    app.limit(&person, &[OURS]).await;
    app.limit(&program, &[OURS]).await;
    [(Surface::Web, person), (Surface::Api, program)]
}

on_both_engines! {
    async fn another_owner_changes_nothing_that_one_sees(app: TestApp) {
        let ours = owner(&app, OURS).await;
        let looking = limited(&app).await;
        // Their own last use is among what they see.
        looking[0].1.get("/account").await.expect(200);
        looking[1].1.get("/api/v1/whoami").await.expect(200);
        let mut before = Vec::new();
        for (surface, who) in &looking {
            before.push(seen(who, *surface, &ours).await);
        }
        owner(&app, THEIRS).await;
        let mut wrong = Vec::new();
        let mut looked = 0;
        for ((surface, who), before) in looking.iter().zip(before) {
            let after = seen(who, *surface, &ours).await;
            looked += after.len();
            for (path, text) in &after {
                if tells(text) {
                    wrong.push(format!("{path} tells of the other"));
                }
                // What it offers is made up anew for each who looks.
                let is_new = path == "/account/second-factor/new";
                if !is_new && before.get(path) != Some(text) {
                    let told = difference(before.get(path).map_or("", String::as_str), text);
                    wrong.push(format!("{path} is not as before\n{told}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(looked > 60, "only {looked} addresses were looked at");
    }

    async fn what_is_anothers_answers_as_if_it_were_not_there(app: TestApp) {
        owner(&app, OURS).await;
        let theirs = owner(&app, THEIRS).await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        let looking = limited(&app).await;
        let rows = || app.database().rows(&["access_session", "access_audit", "event_outbox"]);
        let mut before = rows();
        for (surface, who) in looking {
            for (method, pattern, _) in walk(surface) {
                let Some((path, true)) = theirs.filled(&pattern) else {
                    continue;
                };
                tried += 1;
                let answer = attempt(&who, surface, &method, &path).await;
                // A code, a TID and a serial number are one owner's on the whole server, so who wants
                // to make the same is told that it is taken: that much cannot be hidden.
                if MAKES.contains(&pattern.as_str()) && method == Method::PUT {
                    if !matches!(answer.status, 403 | 404 | 409 | 422) {
                        wrong.push(format!("{method} {path} answered {}", answer.status));
                    }
                } else {
                    let (nowhere, _) = nobody().filled(&pattern).expect("the same variables");
                    let absent = attempt(&who, surface, &method, &nowhere).await;
                    if answer.status < 400 || answer.status != absent.status {
                        let (status, other) = (answer.status, absent.status);
                        wrong.push(format!("{method} {path} answered {status}, {nowhere} {other}"));
                    }
                }
                let mut told = readable(&answer).to_lowercase();
                for own in theirs.named.values() {
                    if path.contains(own.as_str()) {
                        told = told.replace(&own.to_lowercase(), "");
                    }
                }
                if tells(&told) {
                    wrong.push(format!("{method} {path} tells of the other: {}", answer.text()));
                }
                // What is there after one attempt is there before the next.
                let after = rows();
                if after != before {
                    wrong.push(format!("{method} {path} changed something"));
                    before = after;
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        eprintln!("{tried} addresses of another's were tried, {} tables looked at after each", before.len());
        assert!(tried > 60, "only {tried} addresses were tried");
        let theirs = app.client(Permission::ALL).await;
        let terminal = theirs.get("/api/v1/terminals/BRAVO001").await.expect(200).json();
        assert_eq!(terminal["life"], "active");
        assert_eq!(terminal["serial_number"], "SN-BRAVO001");
    }

    async fn no_search_and_no_filter_finds_anothers(app: TestApp) {
        owner(&app, OURS).await;
        owner(&app, THEIRS).await;
        let [(_, person), (_, program)] = limited(&app).await;
        let asked = ["BRAVO001", "SN-BRAVO001", "BRAVO-SHOP", "Shop BRAVO", "BRAVO", "bravo.lic", "bravo-tag"];
        for text in asked {
            let query = text.replace(' ', "%20");
            let mut paths = vec![format!("/search?q={query}")];
            for (_, pattern, _) in walk(Surface::Web) {
                if let Some(page) = pattern.strip_suffix(".csv") {
                    paths.push(format!("{page}?q={query}"));
                    paths.push(format!("{pattern}?q={query}"));
                }
            }
            for path in paths {
                let answer = person.get(&path).await;
                assert!(answer.status < 500, "{path}: {}", answer.text());
                // What was asked for stands in the field and in the links again.
                let told = readable(&answer).to_lowercase();
                let ways = [query.clone(), text.to_owned(), text.replace(' ', "+")];
                let told = ways.iter().fold(told, |told, way| told.replace(&way.to_lowercase(), ""));
                assert!(!tells(&told), "{path}: {told}");
            }
            for list in ["terminals", "establishments", "points-of-service", "licences"] {
                let path = format!("/api/v1/{list}?q={query}");
                let found = program.get(&path).await.expect(200).json();
                assert_eq!(found["total"], 0, "{path}: {found}");
            }
        }
        for filter in ["establishment=BRAVO", "point_of_service=BRAVO-SHOP", "tag=bravo-tag"] {
            let answer = program.get(&format!("/api/v1/terminals?{filter}")).await;
            let is_empty = answer.json()["total"] == 0;
            assert!(is_empty || matches!(answer.status, 404 | 422), "{filter}: {}", answer.text());
        }
    }

    async fn no_stream_tells_of_another(app: TestApp) {
        owner(&app, OURS).await;
        let [(_, person), _] = limited(&app).await;
        let mut stream = person.request(Method::GET, "/live?want=*").send().await.unwrap();
        let first = stream.chunk().await.unwrap().expect("the stream begins");
        let mut heard = String::from_utf8_lossy(&first).into_owned();
        let theirs = owner(&app, THEIRS).await;
        // What is heard is told at most once a second.
        let silence = tokio::time::Instant::now() + Duration::from_millis(2500);
        while let Ok(chunk) = tokio::time::timeout_at(silence, stream.chunk()).await {
            let chunk = chunk.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        assert!(!heard.contains("event: happened"), "{heard}");
        let mark = app.client(Permission::ALL).await;
        let wish = json!({ "serial_number": "SN-END", "model": "wiseasy-wpos-3", "point_of_service": "ALPHA-SHOP" });
        mark.put("/api/v1/terminals/ALPHA009", wish).await.expect(201);
        while !heard.contains("event: happened") {
            let chunk = tokio::time::timeout(Duration::from_secs(30), stream.chunk()).await;
            let chunk = chunk.expect("something is heard").unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        assert_eq!(heard.matches("event: happened").count(), 1, "{heard}");
        assert!(!tells(&heard) && !heard.contains(&theirs.named["tid"]), "{heard}");
    }
}
