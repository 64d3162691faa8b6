//! Real logs come in and are read back: each record, nothing dropped. They stand beside the program; where they
//! are not at hand, this says so and is left out.
use super::upload::{kept, put};
use crate::harness::{Device, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let from = std::env::var_os("POSFLEET_SAMPLES").map_or(own, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(from.join(name)) else {
        println!("skipped: no samples in {}", from.join(name).display());
        return Vec::new();
    };
    let mut all: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

async fn reader(app: &TestApp) -> Persona {
    app.client(&[Permission::MonitoringView, Permission::LogsDownload])
        .await
}

/// Sends a sample in two parts; what is said of it, and its records.
async fn sent(
    app: &TestApp,
    device: &Device,
    (kind, name, format): (&str, &str, &str),
    body: &[u8],
) -> (Value, Vec<Value>) {
    let half = body.len() / 2;
    let place = format!("{kind}/{name}?format={format}");
    let told = put(device, &place, &body[..half]).await.expect(200).json();
    let from = usize::try_from(told["received"].as_i64().unwrap()).unwrap();
    let rest = format!("{place}&offset={from}&total={}", body.len());
    let told = put(device, &rest, &body[from..]).await.expect(200).json();
    assert_eq!(told["whole"], true, "{name}: {told}");
    let is_kept = kept(app, kind, name).await;
    assert_eq!(is_kept.len(), body.len(), "{name}");
    let by = reader(app).await;
    let all = by
        .get(&format!("/api/v1/logs?kind={kind}"))
        .await
        .expect(200)
        .json();
    let all = all["items"].as_array().unwrap();
    let it = all.iter().find(|it| it["name"] == name).unwrap();
    let records = by
        .get(&format!("/api/v1/logs/{}/records", it["id"]))
        .await
        .expect(200)
        .json();
    (told, records["items"].as_array().unwrap().clone())
}

fn is_a(name: &str, ending: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|it| it == ending)
}

on_both_engines! {
    async fn telegrams_are_read_back(app: TestApp) {
        let device = app.device("T1").await;
        let blobs: Vec<_> = folder("zvt").into_iter().filter(|(name, _)| is_a(name, "blob")).collect();
        if blobs.is_empty() {
            return;
        }
        let mut all = Vec::new();
        for (name, body) in &blobs {
            let (told, records) = sent(&app, &device, ("ecr", name, "zvt"), body).await;
            let covered: usize = records.iter().map(|it| usize::try_from(it["length"].as_i64().unwrap()).unwrap()).sum();
            assert_eq!(covered, body.len(), "{name}: {records:?}");
            println!("{name}: {told}");
            assert_eq!(told["unread"], 0, "{name}");
            all.extend(records);
        }
        // A customer's receipt, line by line, and the amounts that went to the terminal.
        let is = |kind: &str| all.iter().filter(|it| it["kind"] == kind).count();
        println!("{} records; {} status informations", all.len(), is("zvt-04-0f"));
        assert!(all.len() >= blobs.len() && is("zvt-04-0f") > 0);
        assert!(all.iter().any(|it| it["kind"] == "zvt-06-d3"));
    }

    async fn logs_of_hosts_are_read_back(app: TestApp) {
        let device = app.device("T1").await;
        for (name, body) in folder("jpos") {
            if name.starts_with("LICENSE") {
                continue;
            }
            let (told, records) = sent(&app, &device, ("pos", &name, "jpos"), &body).await;
            println!("{name}: {told}");
            let counted = told["records"].as_i64().unwrap();
            assert_eq!(counted, i64::try_from(records.len()).unwrap(), "{name}");
            assert!(counted > 0);
        }
        for (name, body) in folder("iso8583") {
            if !is_a(&name, "dat") {
                continue;
            }
            let (told, records) = sent(&app, &device, ("pos", &name, "iso8583-87-ascii"), &body).await;
            assert_eq!((&told["records"], &told["unread"]), (&json!(1), &json!(0)), "{name}: {records:?}");
            let has = |label: &str| records[0]["fields"].as_array().unwrap().iter().any(|it| it["label"] == label);
            assert!(has("11") && has("37"), "{name}: {}", records[0]);
        }
    }
}
