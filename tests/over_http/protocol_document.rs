//! `docs/protocol.md` plays a terminal by `curl` alone. Here its own commands run, word for word,
//! against a real server over TLS, and every answer has the shape that the document shows.

use crate::harness::{Persona, Setup, serial_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DOCUMENT: &str = include_str!("../../docs/protocol.md");
const SESSION: &str = "## A complete session\n";
const CERTIFIED: &str = "## A session with a certificate\n";
const TID: &str = "TG00221";
/// Values that must be exactly what the document shows; of all others only the kind counts.
const EXACT: [&str; 10] = [
    "state",
    "code",
    "kind",
    "link",
    "wait_url",
    "title",
    "type",
    "status",
    "bytes",
    "work_waiting",
];

/// Commands, and the answer that the document shows below them.
struct Step {
    commands: String,
    answer: Option<Value>,
}

/// A session's fenced blocks in their order.
fn session(heading: &str) -> Vec<Step> {
    let (_, session) = DOCUMENT.split_once(heading).expect("the session");
    let session = session.split("\n## ").next().unwrap_or_default();
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = session.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let body = body.join("\n");
        match kind {
            "sh" => steps.push(Step {
                commands: body,
                answer: None,
            }),
            "json" => {
                let shown = serde_json::from_str(&body).expect("the document shows JSON");
                steps.last_mut().expect("commands before an answer").answer = Some(shown);
            }
            other => panic!("a block of {other}"),
        }
    }
    steps
}

/// One script of all commands; what each step prints goes to a file of its own.
fn script(steps: &[Step]) -> String {
    let mut script = String::from("set -eu\n");
    for (number, step) in steps.iter().enumerate() {
        write!(script, "exec >step-{number}\n{}\n", step.commands).unwrap();
    }
    script
}

/// Where `real` differs from what the document shows.
fn difference(shown: &Value, real: &Value, at: &str) -> Option<String> {
    match (shown, real) {
        (Value::Object(shown), Value::Object(real)) => {
            let keys = |map: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                keys
            };
            if keys(shown) != keys(real) {
                return Some(format!("{at}: {:?} became {:?}", keys(shown), keys(real)));
            }
            shown.iter().find_map(|(key, value)| {
                let real = &real[key];
                if EXACT.contains(&key.as_str()) && value != real {
                    return Some(format!("{at}.{key}: {value} became {real}"));
                }
                difference(value, real, &format!("{at}.{key}"))
            })
        }
        (Value::Array(shown), Value::Array(real)) => match (shown.first(), real.first()) {
            (Some(shown), Some(real)) => difference(shown, real, &format!("{at}[0]")),
            (None, None) => None,
            _ => Some(format!("{at}: {} items became {}", shown.len(), real.len())),
        },
        _ => {
            let same = std::mem::discriminant(shown) == std::mem::discriminant(real);
            (!same).then(|| format!("{at}: {shown} became {real}"))
        }
    }
}

fn over_tls() -> Setup {
    Setup::real_time().with_certificates()
}

/// Runs the script in `folder`; what went wrong, if anything did.
fn play(folder: &Path, script: &str, environment: &[(&str, String)]) -> Result<(), String> {
    let mut shell = Command::new("sh");
    shell.current_dir(folder).arg("-c").arg(script);
    for (name, value) in environment {
        shell.env(name, value);
    }
    let ended = shell.output().map_err(|e| e.to_string())?;
    let errors = String::from_utf8_lossy(&ended.stderr).into_owned();
    if ended.status.success() && errors.is_empty() {
        return Ok(());
    }
    Err(format!("{}: {errors}", ended.status))
}

/// Every answer that the document shows has the shape of the one that was printed.
fn compare(steps: &[Step], printed: impl Fn(usize) -> String) {
    for (number, step) in steps.iter().enumerate() {
        let Some(shown) = &step.answer else { continue };
        let real: Value = serde_json::from_str(&printed(number))
            .unwrap_or_else(|e| panic!("{e} in {:?} of {}", printed(number), step.commands));
        if let Some(difference) = difference(shown, &real, "") {
            panic!(
                "the document is wrong: {difference}\nafter {}\n{real}",
                step.commands
            );
        }
    }
}

/// Uploads the licence as soon as the terminal listens: when the file of that step appears.
async fn upload_when(listening: PathBuf, distributor: &Persona, bytes: Vec<u8>) {
    while !listening.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let path = format!("/api/v1/terminals/{TID}/licence?file_name={TID}.lic");
    let request = distributor
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream")
        .body(bytes);
    distributor.send(request).await.expect(201);
}

on_both_engines! {
    with over_tls();

    async fn the_session_runs_as_printed(app: TestApp) {
        app.register(&[TID]).await;
        let (server, authority) = app.tls();
        let environment = [
            ("SERVER", server),
            ("CA", authority.to_string_lossy().into_owned()),
            ("TID", TID.to_owned()),
            ("SERIAL", serial_of(TID)),
            ("CODE", app.activation_code(TID).await),
        ];
        let steps = session(SESSION);
        let waits = steps.iter().position(|s| s.commands.contains("timeout_s=55")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let distributor = app
            .client(&[Permission::LicencesManage, Permission::LicencesView])
            .await;
        let bytes: Vec<u8> = (0..1840u32).map(|i| u8::try_from(i * 31 % 256).unwrap()).collect();
        let (home, script) = (folder.path().to_owned(), script(&steps));
        let played = tokio::task::spawn_blocking(move || play(&home, &script, &environment));
        let upload =
            upload_when(folder.path().join(format!("step-{waits}")), &distributor, bytes.clone());
        let (played, ()) = tokio::join!(played, upload);

        let printed = |number| {
            std::fs::read_to_string(folder.path().join(format!("step-{number}"))).unwrap_or_default()
        };
        let all: String = (0..steps.len()).map(printed).collect();
        played.unwrap().unwrap_or_else(|why| panic!("{why}\n{all}"));
        compare(&steps, printed);
        let fetched = std::fs::read(folder.path().join("licence")).unwrap();
        assert!(fetched == bytes, "byte for byte");
        let list = distributor.get("/api/v1/licences").await.expect(200).json();
        assert_eq!(list["items"][0]["state"], json!("confirmed"), "{list}");
    }

    async fn the_session_with_a_certificate_runs_as_printed(app: TestApp) {
        app.register(&[TID]).await;
        let ((server, authority), (mutual, _)) = (app.tls(), app.mutual());
        let environment = [
            ("SERVER", server),
            ("MTLS", format!("https://{mutual}")),
            ("CA", authority.to_string_lossy().into_owned()),
            ("TID", TID.to_owned()),
            ("SERIAL", serial_of(TID)),
            ("CODE", app.activation_code(TID).await),
        ];
        let steps = session(CERTIFIED);
        assert!(steps.len() > 5);
        let folder = tempfile::tempdir().unwrap();
        let (home, script) = (folder.path().to_owned(), script(&steps));
        let played = tokio::task::spawn_blocking(move || play(&home, &script, &environment));
        let played = played.await.unwrap();
        let printed = |number| {
            std::fs::read_to_string(folder.path().join(format!("step-{number}"))).unwrap_or_default()
        };
        let all: String = (0..steps.len()).map(printed).collect();
        played.unwrap_or_else(|why| panic!("{why}\n{all}"));
        compare(&steps, printed);
    }
}

#[test]
fn every_answer_of_the_session_is_checked() {
    let steps = session(SESSION);
    assert!(steps.len() > 10);
    assert!(steps.iter().filter(|step| step.answer.is_some()).count() > 8);
    assert!(steps.iter().all(|step| !step.commands.contains("jq ")));
    let (shown, real) = (
        json!({ "state": "done", "at": "x" }),
        json!({ "state": "done" }),
    );
    assert!(difference(&shown, &real, "").is_some());
    assert!(difference(&shown, &json!({ "state": "failed", "at": "x" }), "").is_some());
    assert!(difference(&shown, &json!({ "state": "done", "at": 1 }), "").is_some());
    assert_eq!(
        difference(&shown, &json!({ "at": "y", "state": "done" }), ""),
        None
    );
}
