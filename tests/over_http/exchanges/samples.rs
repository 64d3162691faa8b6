//! Real logs: each request with its answer where there is one. They stand beside the program; where they are
//! not at hand, this says so and is left out.
use super::{listed, put, told, watcher};
use crate::harness::Role;
use crate::on_both_engines;
use std::path::PathBuf;

fn sample(name: &str) -> Option<Vec<u8>> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let from = std::env::var_os("POSFLEET_SAMPLES").map_or(own, PathBuf::from);
    let found = std::fs::read(from.join(name)).ok();
    if found.is_none() {
        println!("skipped: no sample {}", from.join(name).display());
    }
    found
}

/// A message with its length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    [
        &u16::try_from(message.len()).unwrap().to_be_bytes()[..],
        message,
    ]
    .concat()
}

on_both_engines! {
    async fn logs_of_jpos_are_paired(app: TestApp) {
        let by = watcher(&app).await;
        let wanted: &[(&str, &[&str])] = &[
            ("a-pair.xml", &["28928 answered"]),
            ("a-pair-uyst.xml", &["28928 answered"]),
            ("a-bunch.xml", &["1 answered", "2 answered declined"]),
            ("basic.xml", &["28928 unanswered"]),
            ("io-timeout.xml", &["- failed"]),
            ("peer-disconnect.xml", &["- failed"]),
            ("exception.xml", &["- failed"]),
            ("iso-exception.xml", &["- failed"]),
            ("bridged-log4j.txt", &["- failed"]),
        ];
        for (n, (name, wanted)) in wanted.iter().enumerate() {
            let Some(log) = sample(&format!("jpos/{name}")) else { return };
            let device = app.device(&format!("S{n}")).await;
            put(&device, &format!("{name}?format=jpos&whole=true"), log).await;
            let mut found = told(&by, &format!("terminal=S{n}")).await;
            found.sort();
            assert_eq!(&found, wanted, "{name}");
        }
        let pair = listed(&by, "terminal=S0").await;
        assert_eq!(pair[0]["round_trip_ms"], 808, "{}", pair[0]);
        let bunch = listed(&by, "terminal=S2").await;
        let trips: Vec<_> = bunch.iter().map(|it| it["round_trip_ms"].as_i64().unwrap()).collect();
        assert_eq!(trips, [1_700, 600]);
        let root = app.operator(Role::Viewer).await;
        for it in by.get("/api/v1/exchanges").await.expect(200).json()["items"].as_array().unwrap() {
            let page = root.get(&format!("/monitoring/exchanges/{}", it["id"])).await.expect(200).text();
            assert!(page.contains("00000"), "no bytes in {page}");
        }
    }

    async fn links_and_messages_without_numbers_are_paired_by_their_order(app: TestApp) {
        let by = watcher(&app).await;
        let Some(log) = sample("jpos/channel-birth.xml") else { return };
        let device = app.device("S1").await;
        put(&device, "birth?format=jpos&whole=true", log).await;
        let all = listed(&by, "").await;
        let of = |state: &str| all.iter().filter(|it| it["state"] == state).count();
        assert_eq!((of("answered"), of("unanswered"), of("notice")), (1, 3, 1), "{all:?}");
        let pair = all.iter().find(|it| it["state"] == "answered").unwrap();
        assert_eq!((&pair["host"], &pair["round_trip_ms"]), (&"some.channel/10.0.0.1:4321".into(), &3_000.into()));
    }

    async fn raw_messages_are_paired(app: TestApp) {
        let by = watcher(&app).await;
        let names = [
            "financial_transaction_message.dat", "iso_reversal_message.dat",
            "iso_reversal_message_response.dat", "financial_transaction_message_response.dat",
        ];
        let mut log = Vec::new();
        for name in names {
            let Some(message) = sample(&format!("iso8583/{name}")) else { return };
            log.extend(framed(&message));
        }
        let device = app.device("S1").await;
        put(&device, "raw?format=iso8583-87-ascii&whole=true", log).await;
        let all = listed(&by, "").await;
        let mut told: Vec<_> = all.iter().map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("request_mti"), text("answer_mti"), text("state"))
        }).collect();
        // By field 7 the reversal of the sample lies before.
        told.sort();
        assert_eq!(told, ["0200 0210 answered", "0400 0410 answered"], "{all:?}");
    }
}
