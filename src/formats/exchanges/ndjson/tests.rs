//! Lines of JSON: test cards under every key and escape, what only looks like a card, and anything at all.
use super::super::trial::{bcd, endures, hex, holds_of, pans, shows, spelled, track, whole};
use crate::formats::{
    self, Counts, Direction, Encoding, Format, Message, Part, Record, Trouble, cards,
};
use proptest::prelude::*;

fn read(log: &str) -> Vec<Record> {
    formats::read(Format::Ndjson, Encoding::Utf8, log.as_bytes(), usize::MAX)
}

fn messages(log: &str) -> Vec<Message> {
    formats::messages(Format::Ndjson, Encoding::Utf8, log.as_bytes())
}

fn clean(log: &str) -> (String, Counts) {
    let (bytes, done) = whole(Format::Ndjson, log.as_bytes());
    (String::from_utf8(bytes).unwrap(), done.counts)
}

#[test]
fn a_line_says_what_pairs_it() {
    let log = "{\"at\":\"2014-11-24T00:00:03.292-05:00\",\"dir\":\"request\",\"host\":\"h\",\"mti\":\"0200\",\"stan\":\"000042\",\
               \"amount\":1050,\"currency\":\"EUR\",\"terminal\":\"T1\",\"further\":[1],\"fields\":{\"37\":\"123\",\"48\":{\"1\":\"x\"}}}\n\
               {\"at\":\"x\",\"mti\":\"0210\",\"stan\":42,\"result\":\"00\"}\n{\"dir\":\"failure\",\"failure\":\"time-out\"}\n\n{}\nnone\n";
    let found = messages(log);
    let parts: Vec<_> = found.iter().map(|message| message.part).collect();
    // The last line is no object.
    assert_eq!(
        parts,
        [Part::Request, Part::Answer, Part::Failure, Part::Failure]
    );
    assert_eq!(found[3].failure.as_deref(), Some("unreadable"));
    assert_eq!(
        (found[0].at_ms, found[0].amount),
        (Some(1_416_805_203_292), Some(1050))
    );
    assert_eq!(
        (found[0].stan.as_deref(), found[1].stan.as_deref()),
        (Some("42"), Some("42"))
    );
    assert_eq!(
        (found[0].rrn.as_deref(), found[0].currency.as_deref()),
        (Some("123"), Some("EUR"))
    );
    assert_eq!(
        (found[1].at_ms, found[2].failure.as_deref()),
        (None, Some("time-out"))
    );
    let records = read(log);
    let troubles: Vec<_> = records.iter().map(|record| record.trouble).collect();
    assert_eq!(
        troubles,
        [None, None, None, None, None, Some(Trouble::Malformed)]
    );
    assert_eq!(
        (records[0].kind.as_deref(), records[0].direction),
        (Some("iso-mti-0200"), Some(Direction::ToHost))
    );
    let fields: Vec<_> = records[0]
        .fields
        .iter()
        .map(|f| (f.key.as_str(), f.label.as_str(), f.value.as_str(), f.depth))
        .collect();
    assert_eq!(
        fields[8..],
        [
            ("json-further", "further", "[1]", 0),
            ("iso-37", "37", "123", 0),
            ("iso-48", "48", "", 0),
            ("iso-48-1", "48.1", "x", 1)
        ]
    );
}

#[test]
fn no_card_stays_under_any_key() {
    for pan in pans() {
        let escaped = spelled(&pan, |b| format!("\\u{b:04x}"));
        let two = track(&pan, '=');
        let padded = if pan.len() % 2 == 1 {
            format!("{pan}F")
        } else {
            pan.clone()
        };
        let chip = format!("5A{:02X}{padded}9F26080123456789ABCDEF", padded.len() / 2);
        for line in [
            format!("{{\"card\":\"{pan}\"}}"),
            format!("{{\"card\":{pan}}}"),
            format!("{{\"card\" : \"{escaped}\"}}"),
            format!(
                "{{\"PAN\":\"{pan}\",\"\\u0070an\":\"{pan}\",\"x\":{{\"track2\":[\"{two}\"]}}}}"
            ),
            format!(
                "{{\"fields\":{{\"2\":\"{pan}\",\"35\":\"{two}\",\"45\":\"B{pan}^DOE/JOHN^2912201123\",\"55\":\"{chip}\"}}}}"
            ),
            format!(
                "{{\"fields\":{{\"2\":{pan},\"35\":\"{}\",\"55\":{{\"5A\":\"{padded}\"}}}}}}",
                hex(two.as_bytes())
            ),
            format!("{{\"fields\":{{\"2\":\"{pan}\",\"35\":\"{two}"),
            format!("{{\"card\":\"{pan}\", broken"),
            format!("\"2\": \"{pan}\" pan={pan}"),
            format!("[{{\"card\":\"{pan}\"}}]"),
            format!("{{\"emv\":{{\"5A\":\"{pan}\",\"57\":\"{two}\"}}}}"),
            format!("{{\"x\":{{\"iccData\":{{\"5a\":\"{pan}\"}}}}}}"),
        ] {
            let (out, counts) = clean(&line);
            assert!(!shows(out.as_bytes(), &pan), "{out}");
            assert!(counts.pans + counts.tracks > 0, "{out}");
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&line).is_ok(),
                serde_json::from_str::<serde_json::Value>(&out).is_ok(),
                "{out}"
            );
            holds_of(Format::Ndjson, line.as_bytes(), &[1, 8]);
        }
    }
    let (out, counts) = clean(
        "{\"pin\":\"1234\",\"cvv\":123,\"fields\":{\"52\":\"0123456789ABCDEF\",\"14\":\"2912\"}}",
    );
    assert_eq!(
        out,
        "{\"pin\":\"****\",\"cvv\":100,\"fields\":{\"52\":\"****************\",\"14\":\"2912\"}}"
    );
    assert_eq!((counts.pins, counts.cvvs), (2, 1));
}

#[test]
fn a_card_in_a_message_or_in_text_is_masked() {
    for pan in &pans() {
        // A message whose fields say what they are needs no check digit; `16` is the length that stands before field 2.
        let ascii = format!(
            "0200{}{:02}{pan}000000000042",
            "6020000000000000",
            pan.len()
        );
        let packed = [
            &[2, 0, 0x60, 0x20, 0, 0, 0, 0, 0, 0][..],
            &bcd(&format!("{}", pan.len())),
            &bcd(pan),
            &[0; 3],
            &[0, 0, 0x42],
        ]
        .concat();
        for raw in [
            ascii.clone(),
            hex(ascii.as_bytes()),
            hex(&packed),
            hex(&packed).to_lowercase(),
        ] {
            let (out, _) = clean(&format!("{{\"raw\":\"{raw}\"}}"));
            assert!(!shows(out.as_bytes(), pan), "{out}");
            holds_of(
                Format::Ndjson,
                format!("{{\"raw\":\"{raw}\"}}").as_bytes(),
                &[3],
            );
        }
    }
    let pan = &pans()[0];
    for line in [
        format!("{{\"note\":\"card {pan}\\n\"}}"),
        format!("{{\"n\":{pan}}}"),
        format!("card {pan}"),
    ] {
        let (out, _) = clean(&line);
        assert!(!shows(out.as_bytes(), pan), "{out}");
    }
}

#[test]
fn what_only_looks_like_a_card_or_was_masked_survives() {
    let pan = &pans()[0];
    for line in [
        format!("{{\"amount\":{pan},\"rrn\":\"{}\",\"stan\":\"{}\",\"terminal\":\"60001234\"}}", &pan[..12], &pan[..6]),
        format!("{{\"amount\":\"{pan}\",\"terminal\":\"456789012345678\",\"result\":116,\"processing_code\":\"003000\"}}"),
        "{\"at\":1416805203292,\"transmitted\":\"1124000003\",\"local_time\":\"20261126120102\"}".to_owned(),
        "{\"at\":\"2026-11-26T12:01:02.123456789+03:00\",\"original_transmitted\":1124000003}".to_owned(),
        "{\"at\":1416805203292123456,\"local_time\":\"2026-11-26 12:01:02.123\"}".to_owned(),
        format!("{{\"fields\":{{\"4\":\"{pan}\",\"90\":\"{pan}{pan}0123456789\",\"14\":\"2912\",\"64\":\"{pan}\"}},\"when\":1416805203292}}"),
        "{\"card\":\"411111******1111\",\"fields\":{\"2\":\"411111______1111\",\"35\":\"476173=_______\",\"52\":\"****************\"}}".to_owned(),
        "{\"hash\":\"da39a3ee5e6b4b0d3255bfef95601890afd80709\",\"amount\":-10.5e3}".to_owned(),
    ] {
        assert_eq!(clean(&line), (line.clone(), Counts::default()));
    }
}

#[test]
fn a_card_where_none_belongs_is_masked() {
    const KEYS: &str = "at dir mti stan rrn terminal processing_code currency result host failure local_time \
                        transmitted original_mti original_stan original_transmitted";
    const FIELDS: &str = "11 32 37 39 41 42";
    let all = pans();
    for pan in all
        .iter()
        .filter(|pan| cards::looks_like_pan(pan.as_bytes()))
    {
        for value in [pan.clone(), format!("\"{pan}\"")] {
            let under_keys = KEYS
                .split_ascii_whitespace()
                .map(|key| format!("{{\"dir\":\"request\",\"{key}\":{value}}}"));
            let in_fields = FIELDS
                .split_ascii_whitespace()
                .map(|id| format!("{{\"mti\":\"0200\",\"fields\":{{\"{id}\":{value}}}}}"));
            for line in under_keys.chain(in_fields) {
                let (out, counts) = clean(&line);
                assert!(!shows(out.as_bytes(), pan), "{line} {out}");
                assert_eq!(counts.pans, 1, "{line} {out}");
                holds_of(Format::Ndjson, line.as_bytes(), &[5]);
            }
        }
    }
}

#[test]
fn a_line_too_long_is_cut() {
    let pan = &pans()[6];
    let log = format!(
        "{{\"x\":[{}\"\"],\"card\":\"{pan}\"}}\n{{}}",
        "\"abc\",".repeat(12_000)
    );
    let records = read(&log);
    assert_eq!(
        (records[0].trouble, records.len()),
        (Some(Trouble::TooLong), 3)
    );
    assert!(!shows(clean(&log).0.as_bytes(), pan));
    holds_of(Format::Ndjson, log.as_bytes(), &[10_000]);
}

#[test]
fn hostile_logs_do_not_take_long() {
    for unit in [
        "{{{{",
        "[[[[[",
        "{\"a\":",
        "\"",
        "\\",
        "{\"a\":[\n",
        "\"pan\":\"",
        "pan=",
        "{}\n",
        "\n",
        "1",
        "4111111111111111 ",
        "\"a\"   ",
    ] {
        endures(Format::Ndjson, unit);
    }
}

fn parts() -> impl Strategy<Value = Vec<u8>> {
    let pan = pans()[0].clone();
    let words: Vec<String> = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\n",
        "\"card\"",
        "\"fields\":{",
        "\"35\":",
        "\\u0034",
        "1e5",
        "\"a\"",
        "\"pan\":",
        "raw",
        "\u{e9}",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        pan.clone(),
        format!("\"{pan}\""),
        format!("\"{}\"", track(&pan, '=')),
        format!("{{\"card\":\"{pan}\",\"at\":\"x\"}}"),
    ])
    .collect();
    let word = prop_oneof![
        8 => prop::sample::select(words).prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

/// Any JSON under keys that matter.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        Just(serde_json::Value::from(pans()[0].clone())),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof![
            Just("card"),
            Just("fields"),
            Just("2"),
            Just("35"),
            Just("55"),
            Just("cvv"),
            Just("raw"),
            Just("x\"y")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((key, inner), 0..4).prop_map(|pairs| pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

#[test]
fn a_line_without_its_beginning_keeps_no_secret() {
    let pan = &pans()[7];
    for line in [
        format!("\"x\":1,\"fields\":{{\"55\":{{\"5A\":\"{pan}\"}}}},\"amount\":1}}\n"),
        format!("\"card\":\"{pan}\"}}\n"),
        format!("\"pan\":{pan},\"x\":1}}\n"),
        format!("{{\"CARD\":\"{pan}\"}}\n"),
    ] {
        let (clean, _) = whole(Format::Ndjson, line.as_bytes());
        assert!(!shows(&clean, pan), "{}", String::from_utf8_lossy(&clean));
    }
}

proptest! {
    #[test]
    fn anything_is_kept_whole(log in parts(), lengths in prop::collection::vec(1_usize..60, 1..4)) {
        holds_of(Format::Ndjson, &log, &lengths);
    }

    #[test]
    fn json_stays_json(value in json()) {
        let line = serde_json::json!({ "card": value.clone(), "fields": value.clone(), "x": value }).to_string();
        let (out, done) = whole(Format::Ndjson, line.as_bytes());
        prop_assert_eq!(done.unread, 0);
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok(), "{} {}", line, String::from_utf8_lossy(&out));
        holds_of(Format::Ndjson, line.as_bytes(), &[7]);
    }
}
