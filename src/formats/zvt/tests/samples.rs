//! Real captures, where they are at hand.
use std::path::PathBuf;

use super::super::super::{Direction, Record, Rest};
use super::{read, scrub, value};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("POSFLEET_SAMPLES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| {
        [env!("CARGO_MANIFEST_DIR"), "..", "shared", "samples"]
            .iter()
            .collect()
    });
    let folder = folder.join("zvt");
    if !folder.is_dir() {
        println!("skipped: no samples in {}", folder.display());
        return None;
    }
    Some(folder)
}

fn captures() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut captures: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "blob"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    captures.sort();
    captures
}

fn the_one(name: &str) -> Option<Record> {
    let (_, bytes) = captures()
        .into_iter()
        .find(|(file, _)| file.starts_with(name))?;
    read(&bytes, 10).into_iter().next()
}

#[test]
fn every_capture_reads_and_nothing_in_it_is_taken_for_a_card() {
    for (name, bytes) in captures() {
        let records = read(&bytes, 100);
        assert_eq!(records.len(), 1, "{name}: {records:?}");
        let record = &records[0];
        assert_eq!(record.trouble, None, "{name}: {record:?}");
        assert!(
            record.fields.iter().all(|field| field.key != "zvt-unread"),
            "{name}: {record:?}"
        );
        let direction = match () {
            () if name.contains("pt_ecr") => Some(Direction::ToTill),
            () if name.contains("ecr_pt") => Some(Direction::FromTill),
            () => record.direction,
        };
        // The command of this maker is not in the specification.
        assert!(
            record.direction == direction || record.text.starts_with("0F A1"),
            "{name}: {record:?}"
        );
        let mut clean = bytes.clone();
        let done = scrub(&mut clean, Rest::Ends);
        assert_eq!(
            (done.taken, done.records, done.unread),
            (bytes.len(), 1, 0),
            "{name}"
        );
        assert_eq!(done.counts, super::Counts::default(), "{name}");
        let password = ["0600", "0814"]
            .iter()
            .any(|command| super::hex::written(&bytes).starts_with(command));
        assert_eq!(clean == bytes, !password, "{name}");
    }
}

#[test]
fn all_captures_in_a_row_are_as_many_records() {
    let all = captures();
    let row: Vec<u8> = all.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let records = read(&row, 1000);
    assert_eq!(records.len(), all.len(), "{records:#?}");
}

#[test]
fn a_payment_reads_field_by_field() {
    let Some(record) = the_one("1680728165.675509000") else {
        return;
    };
    assert_eq!(record.kind.as_deref(), Some("zvt-04-0f"));
    for (key, shown) in [
        ("zvt-bmp-04", "2500"),
        ("zvt-bmp-49", "978"),
        ("zvt-bmp-0c", "22:55:58"),
        ("zvt-bmp-0d", "04-05"),
        ("zvt-bmp-0b", "000975"),
        ("zvt-bmp-22", "559883******8074"),
        ("zvt-bmp-8b", "MasterCard"),
        ("zvt-bmp-2a", "804011926"),
        ("zvt-bmp-27", "00"),
        ("zvt-result-00", ""),
    ] {
        assert_eq!(value(&record.fields, key), Some(shown), "{key}");
    }
}

#[test]
fn a_receipt_reads_line_by_line() {
    let Some(record) = the_one("1680728215") else {
        return;
    };
    let lines: Vec<&str> = record
        .fields
        .iter()
        .filter(|field| field.key == "zvt-tlv-07")
        .map(|field| field.value.as_str())
        .collect();
    assert_eq!(lines.len(), 33);
    assert!(
        lines.contains(&"         ** Customer Receipt **"),
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|line| line.ends_with("xxxxxxxxxxxx8074")),
        "{lines:#?}"
    );
}

#[test]
fn totals_and_an_abort_read() {
    let Some(day) = the_one("1680761828") else {
        return;
    };
    assert_eq!(value(&day.fields, "zvt-totals-first"), Some("0233"));
    assert_eq!(value(&day.fields, "zvt-totals-mastercard"), Some("2: 958"));
    let abort = the_one("partial_reversal").unwrap();
    assert_eq!(value(&abort.fields, "zvt-fixed-result"), Some("b8"));
    assert!(value(&abort.fields, "zvt-result-b8").is_some());
    assert_eq!(value(&abort.fields, "zvt-bmp-87"), Some("ffff"));
}
