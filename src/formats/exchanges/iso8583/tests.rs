//! Raw messages: the samples, test cards in every field and packing, what only looks like a card, and anything at all.
use super::super::fields::Version;
use super::super::trial::{bcd, hex, holds_of, pans, samples, shows, track, whole};
use super::packing::{four_digits, message, two_bytes, version};
use super::unpack::is_packed;
use crate::formats::{self, Counts, Direction, Encoding, Format, Packager, Part, Record, Trouble};

pub(super) const ALL: [Packager; 4] = [
    Packager::Ascii87,
    Packager::Binary87,
    Packager::Ascii93,
    Packager::Binary93,
];

fn read(packager: Packager, log: &[u8]) -> Vec<Record> {
    formats::read(Format::Iso8583(packager), Encoding::Utf8, log, usize::MAX)
}

#[test]
fn the_samples_read_as_they_should() {
    for (name, log) in samples("iso8583", &[".dat"]) {
        let records = read(Packager::Ascii87, &log);
        for record in &records {
            let labels: Vec<_> = record
                .fields
                .iter()
                .map(|f| format!("{}={}", f.label, f.value))
                .collect();
            println!(
                "{name}: {:?} {:?} {:?} {labels:?}",
                record.kind, record.length, record.trouble
            );
        }
        assert_eq!((records.len(), records[0].trouble), (1, None), "{name}");
        let (clean, done) = whole(Format::Iso8583(Packager::Ascii87), &log);
        println!("{name}: {:?}", done.counts);
        assert_eq!(done.unread, 0, "{name}");
        assert_eq!(read(Packager::Ascii87, &clean).len(), 1);
        holds_of(Format::Iso8583(Packager::Ascii87), &log, &[1, 50]);
    }
}

#[test]
fn a_message_says_what_pairs_it() {
    for packager in ALL {
        let of_1993 = version(packager) == Version::Of1993;
        let (time, answer): (&[u8], &[u8]) = if of_1993 {
            (b"261124101112", b"000")
        } else {
            (b"101112", b"00")
        };
        let request = message(
            packager,
            "0200",
            &[
                (3, b"000000"),
                (4, b"000000001050"),
                (7, b"1124101112"),
                (11, b"000042"),
                (12, time),
                (37, b"123456789012"),
                (41, b"T0000001"),
                (49, b"978"),
            ],
        );
        let reply = message(
            packager,
            "0210",
            &[
                (11, b"000042"),
                (39, answer),
                (41, b"T0000001"),
                (70, b"301"),
            ],
        );
        for frame in [two_bytes, four_digits, <[u8]>::to_vec] {
            let log = [frame(&request), frame(&reply)].concat();
            let found = formats::messages(Format::Iso8583(packager), Encoding::Utf8, &log);
            assert_eq!(found.len(), 2, "{packager:?}");
            assert_eq!(
                (found[0].part, found[1].part),
                (Part::Request, Part::Answer)
            );
            assert_eq!(
                (found[0].stan.as_deref(), found[1].stan.as_deref()),
                (Some("42"), Some("42"))
            );
            assert_eq!((found[0].amount, found[0].at_ms), (Some(1050), None));
            assert_eq!(found[0].transmitted.as_deref(), Some("1124101112"));
            assert_eq!(
                found[0].local_time.as_deref(),
                std::str::from_utf8(time).ok()
            );
            assert_eq!(found[1].result.as_deref(), std::str::from_utf8(answer).ok());
            let records = read(packager, &log);
            assert_eq!(
                (records[0].kind.as_deref(), records[0].direction),
                (Some("iso-mti-0200"), Some(Direction::ToHost))
            );
            assert!(records.iter().all(|record| record.trouble.is_none()));
            holds_of(Format::Iso8583(packager), &log, &[1, 9, 30]);
        }
    }
}

#[test]
fn an_answer_that_is_cut_off_answers_nothing() {
    let packager = Packager::Ascii87;
    let reply = message(
        packager,
        "0210",
        &[(11, b"000042"), (37, b"123456789012"), (39, b"00")],
    );
    let whole = two_bytes(&reply);
    // Its result is missing, or all of it but four bytes.
    for (left, stan) in [(whole.len() - 2, Some("42")), (6, None)] {
        let cut = whole.get(..left).unwrap();
        let found = formats::messages(Format::Iso8583(packager), Encoding::Utf8, cut);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].part, found[0].failure.as_deref()),
            (Part::Failure, Some("unreadable"))
        );
        assert_eq!(
            (found[0].result.as_deref(), found[0].stan.as_deref()),
            (None, stan)
        );
    }
}

#[test]
fn a_bitmap_of_bytes_and_a_transport_header_are_seen() {
    let log = [
        b"0200".as_slice(),
        &[0x20, 0x20, 0, 0, 0, 0, 0, 0],
        b"000000000042",
    ]
    .concat();
    let records = read(Packager::Ascii87, &two_bytes(&log));
    assert_eq!(
        (records.len(), records[0].fields.len(), records[0].trouble),
        (1, 2, None)
    );
    let log = [
        b"\x60\0\0\0\x01".as_slice(),
        &message(Packager::Binary87, "0800", &[(11, b"000042"), (70, b"301")]),
    ]
    .concat();
    let records = read(Packager::Binary87, &two_bytes(&log));
    assert_eq!(
        (records[0].kind.as_deref(), records[0].trouble),
        (Some("iso-mti-0800"), None)
    );
}

#[test]
fn no_card_stays_in_any_field() {
    for (packager, pan) in ALL
        .into_iter()
        .flat_map(|packager| pans().into_iter().map(move |pan| (packager, pan)))
    {
        let separator = if is_packed(packager) { 'D' } else { '=' };
        let two = track(&pan, separator);
        let one = format!("B{pan}^DOE/JOHN^2912201123456");
        let card = bcd(&pan);
        let chip = [
            &[0x5a, u8::try_from(card.len()).unwrap()][..],
            &card,
            b"\x9f\x26\x08\x01\x23\x45\x67\x89\xab\xcd\xef",
        ]
        .concat();
        let written_chip = hex(&chip);
        let in_words = format!("card {} seen", pans()[0]);
        let values: Vec<(u8, &[u8])> = vec![
            (2, pan.as_bytes()),
            (3, b"000000"),
            (4, b"000000001050"),
            (11, b"000042"),
            (14, b"2912"),
            (34, pan.as_bytes()),
            (35, two.as_bytes()),
            (36, two.as_bytes()),
            (45, one.as_bytes()),
            (48, in_words.as_bytes()),
            (52, b"0123456789ABCDEF"),
            (55, &chip),
            (62, b"x"),
        ];
        for values in [
            values.clone(),
            values
                .iter()
                .map(|(n, v)| (*n, if *n == 55 { written_chip.as_bytes() } else { v }))
                .collect(),
        ] {
            let plain = message(packager, "0200", &values);
            for log in [two_bytes(&plain), four_digits(&plain), plain.clone()] {
                comes_out_clean(packager, &log, &pan);
            }
        }
    }
}

fn comes_out_clean(packager: Packager, log: &[u8], pan: &str) {
    let (clean, done) = whole(Format::Iso8583(packager), log);
    let text = String::from_utf8_lossy(&clean);
    assert!(!shows(&clean, pan), "{packager:?} {text}");
    assert!(!shows(&clean, &pans()[0]), "{packager:?} {text}");
    let Counts {
        pans,
        tracks,
        pins,
        cvvs,
    } = done.counts;
    assert_eq!(
        (pans, tracks, pins, cvvs, done.unread),
        (4, 3, 1, 0, 0),
        "{packager:?} {pan}"
    );
    let records = read(packager, &clean);
    assert_eq!((records.len(), records[0].trouble), (1, None));
    let fields = &records[0].fields;
    assert!(
        fields
            .iter()
            .any(|field| field.label == "14" && field.value == "2912")
    );
    assert!(
        fields.iter().any(|field| field.key == "emv-9f26"),
        "{fields:?}"
    );
    holds_of(Format::Iso8583(packager), log, &[1, 40]);
}

#[test]
fn what_only_looks_like_a_card_survives() {
    let pan = pans()[0].clone();
    for packager in [Packager::Ascii87, Packager::Binary87] {
        let origin = format!("{pan}{pan}0123456789");
        let merchant = "456789012345678";
        let values: Vec<(u8, &[u8])> = vec![
            (3, b"000000"),
            (4, &pan.as_bytes()[..12]),
            (7, b"1124000003"),
            (37, &pan.as_bytes()[..12]),
            (42, merchant.as_bytes()),
            (53, pan.as_bytes()),
            (64, pan.as_bytes()),
            (86, pan.as_bytes()),
            (90, origin.as_bytes()),
        ];
        let log = two_bytes(&message(packager, "0400", &values));
        let (clean, done) = whole(Format::Iso8583(packager), &log);
        assert_eq!(
            (clean == log, done.counts, done.unread),
            (true, Counts::default(), 0),
            "{packager:?}"
        );
    }
}

#[test]
fn a_card_for_the_number_of_a_merchant_is_masked() {
    // The one that is as long.
    let pan = &pans()[2];
    for packager in [Packager::Ascii87, Packager::Binary87] {
        let log = two_bytes(&message(packager, "0400", &[(42, pan.as_bytes())]));
        let (clean, done) = whole(Format::Iso8583(packager), &log);
        assert!(!shows(&clean, pan), "{packager:?}");
        assert_eq!((done.counts.pans, done.unread), (1, 0), "{packager:?}");
        holds_of(Format::Iso8583(packager), &log, &[1, 40]);
    }
}

#[test]
fn what_is_broken_is_searched_and_the_next_message_is_found() {
    let pan = &pans()[0];
    for packager in ALL {
        let good = message(
            packager,
            "0200",
            &[(3, b"000000"), (11, b"000042"), (41, b"T0000001")],
        );
        let card = if is_packed(packager) {
            bcd(pan)
        } else {
            pan.clone().into_bytes()
        };
        // A field of digits that holds none, and a card behind it.
        let mut bad = message(packager, "0200", &[(3, b"000000"), (11, b"000042")]);
        let last = bad.len() - 1;
        bad[last] = 0xff;
        bad.extend_from_slice(b"\x16");
        bad.extend(card);
        let log = [
            two_bytes(&good),
            two_bytes(&bad),
            two_bytes(&good),
            b"\xff\xfe garbage \xff".to_vec(),
            two_bytes(&good),
            two_bytes(&good)[..14].to_vec(),
        ]
        .concat();
        let (clean, done) = whole(Format::Iso8583(packager), &log);
        let troubles: Vec<_> = read(packager, &clean)
            .iter()
            .map(|record| record.trouble)
            .collect();
        assert_eq!(
            troubles,
            [
                None,
                Some(Trouble::Malformed),
                None,
                Some(Trouble::Malformed),
                None,
                Some(Trouble::Truncated)
            ],
            "{packager:?}"
        );
        assert_eq!(done.unread, 3);
        assert!(!shows(&clean, pan), "{packager:?}");
        holds_of(Format::Iso8583(packager), &log, &[1, 25]);
    }
}

#[test]
fn a_wrong_length_or_a_cut_hides_no_secret() {
    let pan = &pans()[7];
    for packager in ALL {
        let card = |mti| {
            message(
                packager,
                mti,
                &[
                    (2, pan.as_bytes()),
                    (3, b"000000"),
                    (11, b"000042"),
                    (41, b"T0000001"),
                    (52, b"9191919191919191"),
                ],
            )
        };
        let pin = if is_packed(packager) {
            vec![0x91; 7]
        } else {
            b"91".repeat(7)
        };
        let good = two_bytes(&card("0200"));
        let mut longer = two_bytes(&card("0210"));
        longer[1] += 5;
        let mut shorter = two_bytes(&card("0210"));
        shorter[1] -= 3;
        let cut = good[..good.len() - 1].to_vec();
        for log in [
            [good.clone(), longer, good.clone()].concat(),
            [good.clone(), shorter, good.clone()].concat(),
            [good.clone(), cut].concat(),
        ] {
            let (clean, _) = whole(Format::Iso8583(packager), &log);
            assert!(!shows(&clean, pan), "{packager:?}");
            assert!(
                !clean.windows(pin.len()).any(|window| window == pin),
                "{packager:?}"
            );
            holds_of(Format::Iso8583(packager), &log, &[1, 25]);
        }
    }
}
