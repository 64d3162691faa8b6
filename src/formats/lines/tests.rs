//! Tests of lines.
use encoding_rs::{IBM866, WINDOWS_1251, WINDOWS_1252};
use proptest::prelude::*;

use super::super::pieces::piecewise;
use super::super::{Direction, LONGEST_RECORD, Record, Rest, Scrubbed, Trouble, row};
use super::{Encoding, Lines, decode, detect, next};

fn scrub(encoding: Encoding, raw: &mut [u8], rest: Rest) -> Scrubbed {
    row::scrub(&Lines(encoding), raw, rest)
}

fn read(encoding: Encoding, bytes: &[u8], most: usize) -> Vec<Record> {
    row::read(&Lines(encoding), bytes, most)
}

/// Cleans a log that is cut at these places.
fn cut_at(log: &[u8], cuts: &[usize]) -> (Vec<u8>, Scrubbed) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (log.len() + 1)).collect();
    cuts.sort_unstable();
    let befores = std::iter::once(&0).chain(&cuts);
    let lengths = cuts.iter().zip(befores).map(|(cut, before)| cut - before);
    piecewise(log, lengths, |raw, rest| scrub(Encoding::Utf8, raw, rest))
}

fn log() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "4111111111111111",
        "4111 1111 1111 1111",
        "PAN: ",
        "card ",
        "10:22:33 ",
        "\n",
        "\r\n",
        "\r",
        "cvv=123",
        "%B",
        "^DOE^2512?",
        "=25121010",
        "34 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31",
        "карта ",
        " ",
        "x",
        ", ",
        "\0",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A log with a line that is too long, of whatever makes it hard to cut.
fn long_log() -> impl Strategy<Value = Vec<u8>> {
    let unit = prop::sample::select(vec![
        "4111111111111111 ",
        "4111 1111 1111 1111 ",
        "4111111111111111,",
        "1",
        "a",
        "PAN: 4111111111111112 ",
        "41",
        " ",
        "\0",
        "%B4111111111111111^DOE/JOHN^2512101000?",
        "я",
        "\"pan\":\"4111111111111112\",",
        "34 31 31 31 ",
        "word ",
    ]);
    let part =
        (unit, 1_usize..9000).prop_map(|(unit, times)| unit.repeat(times.min(90_000 / unit.len())));
    (log(), prop::collection::vec(part, 1..4), log())
        .prop_map(|(first, parts, last)| [first, parts.join(" | ").into_bytes(), last].join(&b' '))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_in_pieces_comes_out_as_whole(log in log(), cuts in prop::collection::vec(any::<usize>(), 0..12)) {
        prop_assert_eq!(cut_at(&log, &cuts), cut_at(&log, &[]));
    }

    #[test]
    fn any_bytes_in_pieces_come_out_as_whole(
        log in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        prop_assert_eq!(cut_at(&log, &cuts), cut_at(&log, &[]));
    }

    #[test]
    fn every_byte_is_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for encoding in Encoding::ALL {
            let records = read(encoding, &bytes, usize::MAX);
            let end = records.iter().fold(0, |at, record| { assert_eq!(record.at, at); at + record.length });
            prop_assert_eq!(end, bytes.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_long_line_in_pieces_comes_out_as_whole(log in long_log(), cuts in prop::collection::vec(any::<usize>(), 0..6)) {
        let (stored, total) = cut_at(&log, &cuts);
        prop_assert_eq!(total, cut_at(&log, &[]).1);
        prop_assert_eq!(&stored, &cut_at(&log, &[]).0);
        let text = String::from_utf8_lossy(&stored);
        let clear = text.find(" 4111111111111111 ").map(|at| text[at..].chars().take(40).collect::<String>());
        prop_assert_eq!(clear, None);
    }
}

#[test]
fn a_number_where_a_long_line_is_cut_is_masked() {
    for secret in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "PAN: 4111111111111112",
        "%B4111111111111112^DOE JOHN^2512101?",
    ] {
        for filler in ["word ", "a", "0 ", "\u{44f}", ",", "="] {
            for shift in (0..48).step_by(5) {
                // Among digits without an end nobody can tell where one begins that stands in groups.
                if filler == "0 " && secret.starts_with("4111 ") {
                    continue;
                }
                let mut log = filler
                    .repeat(LONGEST_RECORD / filler.len() + 1)
                    .into_bytes();
                let mut at = LONGEST_RECORD - shift;
                while std::str::from_utf8(&log[..at]).is_err() {
                    at -= 1;
                }
                log.truncate(at);
                log.extend_from_slice(format!(" {secret} and {}", "more ".repeat(20)).as_bytes());
                let done = scrub(Encoding::Utf8, &mut log, Rest::Ends);
                let text = String::from_utf8_lossy(&log);
                assert_eq!(
                    (done.taken, done.unread),
                    (log.len(), 1),
                    "{secret} {filler} {shift}"
                );
                assert!(
                    !text.contains(secret)
                        && text.replace(' ', "").contains("411111")
                        && text.contains('*'),
                    "{secret} {filler} {shift}"
                );
            }
        }
    }
}

#[test]
fn lines_end_in_three_ways() {
    let cut = |text: &str, rest| next(text.as_bytes(), rest).map(|line| (line.length, line.ending));
    assert_eq!(cut("a\nb", Rest::Follows), Some((2, 1)));
    assert_eq!(cut("a\r\nb", Rest::Follows), Some((3, 2)));
    assert_eq!(cut("a\rb", Rest::Follows), Some((2, 1)));
    assert_eq!(cut("a\r", Rest::Follows), None);
    assert_eq!(cut("a\r", Rest::Ends), Some((2, 1)));
    assert_eq!(cut("a", Rest::Follows), None);
    assert_eq!(cut("a", Rest::Ends), Some((1, 0)));
    assert_eq!(cut("", Rest::Ends), None);
}

#[test]
fn encodings_are_told_apart() {
    let russian = [
        "10:22:33 Оплата картой, чек 12, сумма 100.00 руб.",
        "ОПЛАТА ОДОБРЕНА",
        "Связь с банком",
        "касса 1: нет бумаги",
        "Терминал готов\n───────────────\nИТОГ 1 234,00",
        "ЧЕК",
        "да",
        "Ёлка №5 «тест»",
    ];
    for text in russian {
        for (coder, encoding) in [(WINDOWS_1251, Encoding::Cp1251), (IBM866, Encoding::Cp866)] {
            let (bytes, _, lost) = coder.encode(text);
            if !lost {
                assert_eq!(detect(&bytes), encoding, "{text}");
                assert_eq!(decode(encoding, &bytes).replace('\u{240a}', "\n"), text);
            }
        }
        assert_eq!(detect(text.as_bytes()), Encoding::Utf8);
        assert_eq!(detect(&text.as_bytes()[..text.len() - 1]), Encoding::Utf8);
    }
    for text in [
        "Zahlung größer als üblich",
        "Kartenprüfung: ungültig",
        "Paiement refusé à la caisse",
        "Bestätigung",
        "Reçu n°5 édité",
    ] {
        assert_eq!(
            detect(&WINDOWS_1252.encode(text).0),
            Encoding::Latin1,
            "{text}"
        );
    }
    assert_eq!(detect(b"plain"), Encoding::Utf8);
    assert_eq!(detect(b"\xff\xfe4\x001\x00"), Encoding::Latin1);
    for encoding in Encoding::ALL {
        assert_eq!(Encoding::named(encoding.name()), Some(encoding));
    }
    assert_eq!(
        decode(Encoding::Utf8, b"a\tb\x02\x7f\x1b"),
        "a\tb\u{2402}\u{2421}\u{241b}"
    );
}

#[test]
fn the_time_in_front_is_taken_as_it_stands() {
    let table = [
        (
            "2026-11-26T12:34:56.789Z x",
            Some("2026-11-26T12:34:56.789Z"),
        ),
        (
            "2026-11-26 12:34:56,789 INFO x",
            Some("2026-11-26 12:34:56,789"),
        ),
        (
            "[2026-11-26 12:34:56.789+03:00] x",
            Some("2026-11-26 12:34:56.789+03:00"),
        ),
        ("26.11.2026 12:34:56.789 x", Some("26.11.2026 12:34:56.789")),
        ("26/11/2026 12:34 x", Some("26/11/2026 12:34")),
        ("12:34:56.789 x", Some("12:34:56.789")),
        ("(12:34:56) x", Some("12:34:56")),
        ("261126 123456 x", Some("261126 123456")),
        ("20261126123456 x", None),
        ("20261126 123456.789 x", Some("20261126 123456.789")),
        ("Nov 26 12:34:56 host x", Some("Nov 26 12:34:56")),
        ("26-Nov-2026 12:34:56 x", Some("26-Nov-2026 12:34:56")),
        ("text 12:34:56", None),
        ("99:99:99 x", None),
        ("123456 x", None),
        ("", None),
        ("12:34:56abc", None),
    ];
    for (line, time) in table {
        let records = read(Encoding::Utf8, format!("{line}\n").as_bytes(), 1);
        assert_eq!(records[0].time.as_deref(), time, "{line}");
        assert_eq!(
            (records[0].text.as_str(), records[0].length),
            (line, line.len() + 1)
        );
    }
}

#[test]
fn directions_are_read_where_they_are_plain() {
    let table = [
        ("12:34:56 ECR->PT 0601", Some(Direction::FromTill)),
        ("12:34:56 PT -> ECR 0601", Some(Direction::ToTill)),
        ("12:34:56 PT <- ECR 0601", Some(Direction::FromTill)),
        ("12:34:56 TX 0601", Some(Direction::ToTill)),
        ("12:34:56 [RX] 0601", Some(Direction::FromTill)),
        ("12:34:56 -> 0601", Some(Direction::ToTill)),
        ("12:34:56 << 0601", Some(Direction::FromTill)),
        ("12:34:56 отправлено: 0601", Some(Direction::ToTill)),
        ("12:34:56 Получено от хост 0210", Some(Direction::FromHost)),
        ("12:34:56 send to host 0200", Some(Direction::ToHost)),
        ("12:34:56 terminal -> host", Some(Direction::ToHost)),
        ("12:34:56 state A -> B", None),
        ("12:34:56 nothing", None),
    ];
    for (line, direction) in table {
        assert_eq!(
            read(Encoding::Utf8, line.as_bytes(), 9)[0].direction,
            direction,
            "{line}"
        );
    }
}

#[test]
fn what_is_no_text_is_counted() {
    let mut raw = b"fine\n4\x001\x001\x001\x00\n".to_vec();
    assert_eq!(scrub(Encoding::Latin1, &mut raw, Rest::Ends).unread, 1);
    assert_eq!(
        read(Encoding::Latin1, &raw, 9)[1].trouble,
        Some(Trouble::Malformed)
    );
    let long = vec![b'a'; LONGEST_RECORD + 5];
    let records = read(Encoding::Utf8, &long, 9);
    assert_eq!(
        (records[0].trouble, records[0].length),
        (Some(Trouble::TooLong), LONGEST_RECORD)
    );
}
