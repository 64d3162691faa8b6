//! Test cards in every place of a telegram: none is found afterwards, and what only looks like one survives.
use super::super::super::{Rest, Trouble};
use super::*;

fn track_of(number: &str) -> Vec<u8> {
    bcd(&format!("{number}D2512201{}", "0000012345"))
}

fn in_06(inner: &[u8]) -> Vec<u8> {
    [vec![0x06], tag("", inner)].concat()
}

/// Every place in which a card number can stand, with this one in it.
fn places(number: &str) -> Vec<(&'static str, Vec<u8>)> {
    [places_known(number), places_apart(number)].concat()
}

/// Every place that has a name.
fn places_known(number: &str) -> Vec<(&'static str, Vec<u8>)> {
    let coded = bcd(number);
    let track = track_of(number);
    let third = bcd(&format!("01{number}D2512201000000"));
    let first = format!("B{number}^DOE/JANE^2512201000000").into_bytes();
    let line = format!("Card {number} approved");
    let emv = [
        tag("9F02", &bytes("000000002500")),
        tag("5A", &coded),
        tag("57", &track),
    ]
    .concat();
    let amount = bytes("04000000002500");
    vec![
        (
            "bitmap 22",
            telegram(
                "040f",
                &[amount.clone(), bitmap(0x22, 2, &coded), bytes("2700")].concat(),
            ),
        ),
        (
            "bitmap 23",
            telegram("0601", &[amount.clone(), bitmap(0x23, 2, &track)].concat()),
        ),
        (
            "bitmap 24",
            telegram("0601", &[bitmap(0x24, 3, &third), amount.clone()].concat()),
        ),
        (
            "bitmap 2d",
            telegram("0601", &[bitmap(0x2d, 2, &first), amount.clone()].concat()),
        ),
        (
            "bitmap 2e",
            telegram(
                "040f",
                &bitmap(0x2e, 3, &[&b"\x01\x02"[..], &coded].concat()),
            ),
        ),
        ("tags in 06", telegram("040f", &in_06(&emv))),
        (
            "tags in tags in 06",
            telegram("040f", &in_06(&tag("62", &tag("60", &emv)))),
        ),
        (
            "tags in 92",
            telegram("040f", &bitmap(0x92, 3, &tag("77", &emv))),
        ),
        (
            "printed line",
            telegram("06d1", &[&b"\x00"[..], line.as_bytes()].concat()),
        ),
        (
            "printed block",
            telegram("06d3", &in_06(&tag("25", &tag("07", line.as_bytes())))),
        ),
        ("text", telegram("06e0", &bitmap(0xf1, 2, line.as_bytes()))),
    ]
}

/// Every place of which nothing tells what stands there.
fn places_apart(number: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (coded, track) = (bcd(number), track_of(number));
    vec![
        (
            "a tag of no name",
            telegram("040f", &in_06(&tag("1f7a", &coded))),
        ),
        (
            "a bitmap of no name",
            telegram(
                "040f",
                &[bytes("040000000025007f"), bitmap(0x22, 2, &coded)].concat(),
            ),
        ),
        (
            "bytes of no structure",
            [&b"\xff\xfe"[..], &coded, &b"\xff\xff"[..]].concat(),
        ),
        (
            "a track of no structure",
            [&b"\xff\xfe"[..], &track, &b"\xff\xff"[..]].concat(),
        ),
        (
            "text of no structure",
            format!("hello {number} there").into_bytes(),
        ),
        (
            "a tag in no structure",
            [&b"\xff\xfe"[..], &tag("5A", &coded), &b"\xff\xff"[..]].concat(),
        ),
    ]
}

#[test]
fn no_card_is_found_afterwards() {
    for number in cards() {
        for (place, log) in places(&number) {
            assert!(leaks(&log, &number), "{place}: the test itself");
            let (clean, counts) = scrubbed(&log);
            assert!(
                !leaks(&clean, &number),
                "{place}: {number} in {}",
                hex::written(&clean)
            );
            assert!(counts.pans + counts.tracks > 0, "{place}");
            assert_eq!(
                scrubbed(&clean),
                (clean.clone(), Counts::default()),
                "{place}: again"
            );
        }
    }
}

#[test]
fn nor_in_frames_whose_check_sums_hold() {
    for number in cards() {
        for (place, log) in places(&number)
            .into_iter()
            .filter(|(place, _)| !place.contains("no "))
        {
            let frame = [
                &b"\x06"[..],
                &framed(&log),
                &b"\x06"[..],
                &framed(&bytes("800000")),
                &b"\x15"[..],
            ]
            .concat();
            let (clean, _) = scrubbed(&frame);
            assert!(
                !leaks(&clean, &number),
                "{place}: {number} in {}",
                hex::written(&clean)
            );
            let records = read(&clean, 10);
            let troubles: Vec<_> = records.iter().map(|record| record.trouble).collect();
            assert_eq!(troubles, [None; 5], "{place}: {}", hex::written(&clean));
            assert_eq!(
                scrubbed(&clean),
                (clean.clone(), Counts::default()),
                "{place}: again"
            );
        }
    }
}

#[test]
fn nor_where_it_is_cut_anywhere() {
    for number in cards() {
        for (place, log) in places(&number) {
            for end in 1..log.len() {
                let (clean, _) = scrubbed(&log[..end]);
                // Digits of a number that was cut, amid what is no structure, cannot be told from others.
                if place.contains("structure")
                    || place.contains("text")
                    || place.contains("printed")
                    || place.contains("name")
                {
                    continue;
                }
                assert!(
                    !leaks(&clean, &number),
                    "{place} to {end}: {number} in {}",
                    hex::written(&clean)
                );
                let framed = framed(&log);
                let (clean, _) = scrubbed(&framed[..end]);
                assert!(
                    !leaks(&clean, &number),
                    "{place} to {end}, framed: {}",
                    hex::written(&clean)
                );
            }
        }
    }
}

#[test]
fn nor_where_the_front_is_missing() {
    let number = card("400005665566", 16);
    for (place, log) in places(&number) {
        let there = (1..log.len()).take_while(|from| hex::written(&log[*from..]).contains(&number));
        for from in there {
            let (clean, _) = scrubbed(&log[from..]);
            assert!(
                !hex::written(&clean).contains(&number),
                "{place} from {from}: {}",
                hex::written(&clean)
            );
        }
    }
}

#[test]
fn other_secrets_go_too() {
    let cvv = telegram("0601", &bytes("04000000002500 3a123f"));
    let (clean, counts) = scrubbed(&cvv);
    assert_eq!((clean.ends_with(b"\xee\xee"), counts.cvvs), (true, 1));
    let (clean, counts) = scrubbed(&telegram("0650", &bytes("123456")));
    assert_eq!((clean, counts), (bytes("065003eeeeee"), Counts::default()));
    let (clean, counts) = scrubbed(&telegram(
        "06e3",
        &bitmap(0xd1, 2, &bytes("1122334455667788")),
    ));
    assert_eq!((clean.ends_with(&[0xee; 8]), counts.pins), (true, 1));
}

#[test]
fn what_is_masked_stays_and_what_looks_alike_survives() {
    let number = bcd(&card("400005665566", 16));
    let alike = telegram(
        "040f",
        &[
            bitmap(0x22, 2, &bytes("559883eeeeee8074")),
            bytes("04455198837777 0b123456 0c225558 0d0405 29 52523535 3b"),
            number.clone(),
            bytes("060a 1f4508"),
            number.clone(),
        ]
        .concat(),
    );
    let mut alike = alike;
    let at = alike.len() - 12;
    alike[at] = 11;
    assert_eq!(read(&alike, 2)[0].trouble, None, "{:?}", read(&alike, 2));
    assert_eq!(scrubbed(&alike), (alike.clone(), Counts::default()));
}

#[test]
fn unreadable_bytes_are_one_record_and_the_next_telegram_is_found() {
    let good = telegram("040f", &bytes("2700 04000000002500"));
    let log = [&good[..], &b"\xff\xff rubbish \xff"[..], &good[..]].concat();
    let records = read(&log, 10);
    let troubles: Vec<_> = records.iter().map(|record| record.trouble).collect();
    assert_eq!(troubles, [None, Some(Trouble::Malformed), None]);
    assert_eq!(records[1].length, 12);
    let cut = read(&log[..log.len() - 3], 10);
    assert_eq!(cut[2].trouble, Some(Trouble::Truncated));
    let mut wrong = framed(&good);
    *wrong.last_mut().unwrap() ^= 1;
    assert_eq!(read(&wrong, 10)[0].trouble, Some(Trouble::BadCheckSum));
}

#[test]
fn what_may_go_on_is_left() {
    let good = telegram("040f", &bytes("2700 04000000002500"));
    let mut log = [&good[..], &good[..7]].concat();
    let done = scrub(&mut log, Rest::Follows);
    assert_eq!((done.taken, done.records), (good.len(), 1));
}
