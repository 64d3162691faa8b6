//! Telegrams as lines of digits.
use std::fmt::Write as _;

use super::super::super::lines::Encoding;
use super::super::super::{Direction, Rest, Trouble};
use super::*;

/// A dump of 16 bytes a line, with the offset before and the text behind, or bare.
pub(super) fn dump(bytes: &[u8], columns: bool) -> Vec<u8> {
    let mut text = String::new();
    for (row, part) in bytes.chunks(16).enumerate() {
        let digits: Vec<String> = part.iter().map(|byte| format!("{byte:02X}")).collect();
        let shown: String = part
            .iter()
            .map(|byte| {
                if (b' '..=b'~').contains(byte) {
                    char::from(*byte)
                } else {
                    '.'
                }
            })
            .collect();
        if columns {
            writeln!(text, "{:04x}: {:48} {shown}", row * 16, digits.join(" ")).unwrap();
        } else {
            writeln!(text, "{}", digits.join(" ")).unwrap();
        }
    }
    text.into_bytes()
}

fn clean(log: &[u8]) -> (Vec<u8>, Counts) {
    let mut clean = log.to_vec();
    let done = lines::scrub(Encoding::Utf8, &mut clean, Rest::Ends);
    assert_eq!(done.taken, log.len());
    (clean, done.counts)
}

fn forms(telegram: &[u8]) -> Vec<Vec<u8>> {
    let lower = hex::written(telegram);
    let pairs: Vec<&str> = lower
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap())
        .collect();
    let headed = |text: &str| format!("2024-03-01 06:01:00.123 {text}").into_bytes();
    vec![
        headed(&format!("ECR->PT {lower}\r\n")),
        headed(&format!("PT->ECR: {}\n", lower.to_uppercase())),
        headed(&format!("> {}\n", pairs.join(" "))),
        headed(&format!("RX {}\n", pairs.join("-").to_uppercase())),
        headed(&format!("TX {} ({} bytes)\n", pairs.join(":"), pairs.len())),
        headed(&format!("[12] pt_ecr 0x{lower}\n")),
        headed(&format!(
            "ecr_pt {}\n",
            pairs
                .iter()
                .map(|pair| format!("0x{pair}"))
                .collect::<Vec<_>>()
                .join(", ")
        )),
        dump(telegram, true),
        dump(telegram, false),
        [&headed("ECR -> PT\n")[..], &dump(telegram, true)].concat(),
        [
            &headed(&format!("RX {}\n", pairs[..6].join(" ")))[..],
            &dump(&telegram[6..], false),
        ]
        .concat(),
        telegram
            .chunks(7)
            .flat_map(|part| headed(&format!("RX {}\n", hex::written(part))))
            .collect(),
    ]
}

#[test]
fn no_card_is_found_afterwards_however_it_is_written() {
    for number in cards() {
        let track = bcd(&format!("{number}D25122010000"));
        let in_print = tag("25", &tag("07", format!("Card {number} ok").as_bytes()));
        let telegrams = [
            telegram(
                "040f",
                &[bytes("040000000025002700"), bitmap(0x22, 2, &bcd(&number))].concat(),
            ),
            telegram(
                "0601",
                &[bytes("04000000002500"), bitmap(0x23, 2, &track)].concat(),
            ),
            telegram("06d3", &[vec![0x06], tag("", &in_print)].concat()),
        ];
        for telegram in telegrams
            .iter()
            .chain(&telegrams.clone().map(|telegram| framed(&telegram)))
        {
            for log in forms(telegram) {
                let (clean_log, counts) = clean(&log);
                let shown = String::from_utf8_lossy(&clean_log).into_owned();
                // The time in each line stands between a doubled byte's two.
                let torn = shown.matches("RX").count() > 1 && number[6..].contains("10");
                assert!(torn || !leaks(&clean_log, &number), "{number} in\n{shown}");
                assert_eq!(counts.pans + counts.tracks, 1, "{shown}");
                assert_eq!(
                    clean(&clean_log),
                    (clean_log.clone(), Counts::default()),
                    "{shown}"
                );
                let records = lines::read(Encoding::Utf8, &clean_log, 10);
                let read = records.last().unwrap();
                assert!(
                    records.len() <= 2 && read.trouble.is_none(),
                    "{shown}{records:?}"
                );
                assert!(read.kind.is_some(), "{shown}{records:?}");
            }
        }
    }
}

#[test]
fn a_line_tells_time_and_direction() {
    let log = "2024-03-01 12:00:00.123 pt_ecr 800000\n12:00:01 ECR->PT\n0000: 80 00 00                                         ...\n";
    let records = lines::read(Encoding::Utf8, log.as_bytes(), 10);
    assert_eq!(records.len(), 3, "{records:?}");
    assert_eq!(records[0].direction, Some(Direction::ToTill));
    assert!(
        records[0]
            .time
            .as_deref()
            .is_some_and(|time| time.starts_with("2024-03-01 12:00:00"))
    );
    assert_eq!(records[2].time.as_deref(), Some("12:00:01"));
    assert_eq!(records[2].kind.as_deref(), Some("zvt-80-00"));
}

#[test]
fn what_is_no_telegram_is_text() {
    let number = card("400005665566", 16);
    let log =
        format!("call 06 22 33 44 55\ncard {number}\ndata ffff{number}ff\nno digits at all\n");
    let (clean_log, counts) = clean(log.as_bytes());
    assert!(
        !leaks(&clean_log, &number),
        "{}",
        String::from_utf8_lossy(&clean_log)
    );
    assert_eq!(counts.pans, 2);
    let records = lines::read(Encoding::Utf8, &clean_log, 10);
    assert_eq!(records.len(), 4);
    assert!(
        records
            .iter()
            .all(|record| record.kind.is_none() && record.trouble.is_none()),
        "{records:?}"
    );
    assert_eq!(records[0].text, "call 06 22 33 44 55");
}

#[test]
fn a_telegram_that_does_not_end_is_said_to_be_cut() {
    let log = b"RX 04 0f 20 27 00 22 f0 f8 40 00\nsomething else\n";
    let records = lines::read(Encoding::Utf8, log, 10);
    assert_eq!(records.len(), 2, "{records:?}");
    assert_eq!(records[0].trouble, Some(Trouble::Truncated));
}

#[test]
fn numbers_of_other_things_in_text_stay() {
    for line in [
        "12:00 IBAN: DE89370400440532013000 ok",
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "ICCID: 89339378331293301394",
        "Order no.: 4111111111111111",
    ] {
        let line = format!("{line}\n");
        assert_eq!(clean(line.as_bytes()).0, line.as_bytes(), "{line}");
    }
}

#[test]
fn a_number_that_was_cut_in_text_shows_no_more_than_its_issuer() {
    let telegram = [&[0x06, 0xd1, 0x22, 0x40][..], b"Kartennr. 4433 5694 6986 "].concat();
    let (out, _) = super::scrubbed(&telegram);
    assert!(out.ends_with(b"4433 56** **** "), "{out:?}");
}

#[test]
fn a_row_of_digits_that_looks_like_a_telegram_goes_on_with_one() {
    // In the second row 08 02 reads as a command.
    let emv = [
        0x95, 5, 0x15, 0xa5, 0x8d, 0xaf, 0x0e, 0x9a, 3, 0x26, 0x11, 0x26, 0x99, 8, 2, 0x3a, 0x89,
        0x30, 0x7f, 0xbc, 0x4a, 0x48,
    ];
    let data = [&[0x27, 0, 6, 22][..], &emv].concat();
    let telegram = [&[4, 0x0f, 26][..], &data].concat();
    let rows = String::from_utf8(dump(&telegram, false)).unwrap();
    let log = format!("2026-11-26 12:00:55.296 >> 29 bytes\n{rows}");
    let (out, counts) = clean(log.as_bytes());
    assert_eq!(counts.pins, 1, "{}", String::from_utf8_lossy(&out));
}
