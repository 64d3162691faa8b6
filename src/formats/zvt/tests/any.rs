//! Any bytes whatever.
use proptest::prelude::*;

use super::super::super::growth;
use super::super::super::lines::Encoding;
use super::super::super::pieces::piecewise;
use super::super::super::{LONGEST_RECORD, Record, Rest, Scrubbed};
use super::*;

type Scrub = fn(&mut [u8], Rest) -> Scrubbed;

fn covers(records: &[Record], length: usize) -> bool {
    let end = records.iter().try_fold(0, |at, record| {
        (record.at == at && record.length > 0).then_some(at + record.length)
    });
    end == Some(length)
}

/// `lax`: what is masked amid rubbish in lines may part them anew, so they are not counted again.
fn holds(
    log: &[u8],
    sizes: &[usize],
    scrub: fn(&mut [u8], Rest) -> Scrubbed,
    read: fn(&[u8]) -> Vec<Record>,
    lax: bool,
) {
    let (whole, all) = piecewise(log, [], scrub);
    assert_eq!(whole.len(), log.len());
    let shown = |log: &[u8]| log.escape_ascii().to_string();
    let (parts, by_parts) = piecewise(log, sizes.iter().copied(), scrub);
    assert!(
        parts == whole,
        "{}\n{}\n{}",
        shown(log),
        shown(&whole),
        shown(&parts)
    );
    assert_eq!(by_parts, all);
    let records = read(&whole);
    assert!(covers(&records, log.len()), "{records:?}");
    if lax {
        return;
    }
    assert_eq!(
        records.len(),
        usize::try_from(all.records).unwrap(),
        "{}\n{}",
        shown(log),
        shown(&whole)
    );
    let troubles = records
        .iter()
        .filter(|record| record.trouble.is_some())
        .count();
    assert_eq!(
        troubles,
        usize::try_from(all.unread).unwrap(),
        "{records:?}"
    );
    let (again, more) = piecewise(&whole, [], scrub);
    assert!(
        again == whole,
        "{}\n{}\n{}",
        shown(log),
        shown(&whole),
        shown(&again)
    );
    assert_eq!(more.counts, Counts::default());
}

fn lines_scrub(raw: &mut [u8], rest: Rest) -> Scrubbed {
    lines::scrub(Encoding::Utf8, raw, rest)
}

/// Bytes as telegrams have them, rightly and wrongly put together.
fn rows() -> impl Strategy<Value = Vec<u8>> {
    let number = prop::sample::select(cards());
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        prop::collection::vec(
            prop::sample::select(
                &b"\x04\x06\x0f\x10\x02\x03\x15\x22\x23\xf0\xf8\xff\x00\x57\x5a"[..]
            ),
            0..12
        ),
        number
            .clone()
            .prop_map(|number| telegram("040f", &bitmap(0x22, 2, &bcd(&number)))),
        number.clone().prop_map(|number| framed(&telegram(
            "0601",
            &bitmap(0x23, 2, &bcd(&format!("{number}D2512")))
        ))),
        number.clone().prop_map(|number| bcd(&number)),
        number.prop_map(|number| telegram("06d1", format!(" {number} ").as_bytes())),
        Just(bytes("800000")),
        Just(bytes("06")),
    ];
    prop::collection::vec((piece, 0..3_usize), 0..12).prop_map(|pieces| {
        pieces
            .into_iter()
            .flat_map(|(piece, cut)| piece[..piece.len().saturating_sub(cut)].to_vec())
            .collect()
    })
}

/// The same written as lines in several ways.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let line = (rows(), 0..7_usize).prop_map(|(row, form)| match form {
        0 => format!("2024-03-01 12:00:00.123 ECR->PT {}\n", hex::written(&row)).into_bytes(),
        1 => super::in_lines::dump(&row, true),
        2 => super::in_lines::dump(&row, false),
        3 => format!(
            "12:00:01 PT->ECR\r\n{}",
            String::from_utf8(super::in_lines::dump(&row, true)).unwrap()
        )
        .into_bytes(),
        4 => [&row[..], b"\n"].concat(),
        5 => row
            .chunks(9)
            .flat_map(|part| format!("RX {}\n", hex::written(part).to_uppercase()).into_bytes())
            .collect(),
        _ => format!("call 06 22 33 44 55 {}\n", cards()[0]).into_bytes(),
    });
    prop::collection::vec(line, 0..5).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_row_holds(log in rows(), sizes in prop::collection::vec(0..30_usize, 0..40)) {
        holds(&log, &sizes, scrub, |bytes| read(bytes, usize::MAX), false);
    }

    #[test]
    fn any_text_holds(log in texts(), sizes in prop::collection::vec(0..90_usize, 0..40)) {
        holds(&log, &sizes, lines_scrub, |bytes| lines::read(Encoding::Utf8, bytes, usize::MAX), true);
    }
}

#[test]
fn a_row_without_end_is_cut_alike_however_it_comes() {
    for byte in [0x00, 0x41, 0x06, 0x10, 0x55, 0xff] {
        let log = vec![byte; 3 * LONGEST_RECORD / 2];
        holds(
            &log,
            &[70_000, 1000],
            scrub,
            |bytes| read(bytes, usize::MAX),
            false,
        );
        holds(
            &log,
            &[70_000, 1000],
            lines_scrub,
            |bytes| lines::read(Encoding::Utf8, bytes, usize::MAX),
            true,
        );
    }
    let text = "0600".repeat(50_000).into_bytes();
    assert_eq!(
        piecewise(&text, [40_000, 60_000], lines_scrub),
        piecewise(&text, [], lines_scrub)
    );
    let lines = "06 0f ff 00 f0 05 06 05 05\n".repeat(5000).into_bytes();
    holds(
        &lines,
        &[40_000, 60_000],
        lines_scrub,
        |bytes| lines::read(Encoding::Utf8, bytes, usize::MAX),
        true,
    );
}

#[test]
fn eight_times_as_much_takes_no_square_of_that() {
    let card = bitmap(0x22, 2, &bcd(&cards()[0]));
    let one = telegram("040f", &[bytes("2700 04000000002500"), card].concat());
    let line = format!("12:00:01 PT->ECR {}\n", hex::written(&one)).into_bytes();
    let dump = super::in_lines::dump(&vec![0x55; 16_000], true);
    let digits = format!("{}\n", "06 01 ".repeat(8)).into_bytes();
    let logs: [(&str, Vec<u8>, Scrub); 6] = [
        ("telegrams", one, scrub),
        ("hostile", bytes("060fff007f0505050505"), scrub),
        ("digits", vec![0x55], scrub),
        ("lines", line, lines_scrub),
        ("dumps", dump, lines_scrub),
        ("lines of digits", digits, lines_scrub),
    ];
    for (name, unit, scrub) in logs {
        let log = |size| growth::repeated(&unit, size);
        growth::is_even(name, log, |log| {
            drop(piecewise(log, [256 * 1024; 8], scrub));
        });
    }
}
