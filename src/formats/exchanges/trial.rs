//! What the tests of the three formats share: test cards, samples, and what holds of any log whatever.
use crate::formats::pieces::piecewise;
use crate::formats::{self, Counts, Encoding, Format, Rest, Scrubbed, growth, tlv};
use std::path::PathBuf;

/// Test numbers, in pieces so that no file holds one. The last two fail the check digit, and are no less secret
/// where a structure says what they are.
pub(super) fn pans() -> Vec<String> {
    let zeros = "0".repeat(9);
    vec![
        "4111".to_owned() + &"1".repeat(12),
        "55000000".to_owned() + &"0".repeat(7) + "4",
        "378282".to_owned() + "246310005",
        "6011".to_owned() + &"1".repeat(10) + "17",
        "40005665".to_owned() + "56655556",
        "6304".to_owned() + &zeros + "000000",
        "600933".to_owned() + "1234560011",
        "411111".to_owned() + "1234561112",
    ]
}

/// The digits in front, a separator, an expiry date, a service code and what the issuer likes.
pub(super) fn track(pan: &str, separator: char) -> String {
    format!("{pan}{separator}29122011234567890")
}

/// Each digit as an escape.
pub(super) fn spelled(digits: &str, escape: impl Fn(u8) -> String) -> String {
    digits.bytes().map(escape).collect::<Vec<_>>().concat()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    tlv::hex::written(bytes).to_ascii_uppercase()
}

/// Two digits a byte, filled up behind with `F`.
pub(super) fn bcd(digits: &str) -> Vec<u8> {
    let mut nibbles: Vec<u8> = digits
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|d| u8::try_from(d).unwrap())
        .collect();
    if nibbles.len() % 2 == 1 {
        nibbles.push(0xf);
    }
    nibbles
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// Whether what must be hidden of a number stands there: as text, as BCD on either half of a byte, or as
/// hexadecimal digits of its text.
pub(super) fn shows(bytes: &[u8], pan: &str) -> bool {
    let middle = &pan[5..pan.len() - 3];
    // Zeros stand anywhere.
    let zeros = middle.bytes().all(|digit| digit == b'0');
    let secret = if zeros { &pan[..pan.len() - 3] } else { middle };
    let text = contains(bytes, secret.as_bytes());
    let packed = hex(bytes);
    let halves = contains(packed.as_bytes(), secret.as_bytes());
    let spelled = hex(secret.as_bytes());
    let upper = bytes.to_ascii_uppercase();
    text || halves || contains(&upper, spelled.as_bytes())
}

/// Cleans a whole log at once.
pub(super) fn whole(format: Format, log: &[u8]) -> (Vec<u8>, Scrubbed) {
    let mut bytes = log.to_vec();
    let encoding = formats::encoding_of(format, log);
    let done = formats::scrub(format, encoding, &mut bytes, Rest::Ends);
    assert_eq!((bytes.len(), done.taken), (log.len(), log.len()));
    (bytes, done)
}

/// What holds of any log: nothing is lost or moved, pieces come out as the whole does, records cover all of it, and a
/// clean log stays as it is.
pub(super) fn holds_of(format: Format, log: &[u8], lengths: &[usize]) {
    let (clean, done) = whole(format, log);
    let lengths = lengths.iter().cycle().map(|length| *length.max(&1));
    let in_pieces = piecewise(log, lengths, |raw, rest| {
        formats::scrub(format, Encoding::Utf8, raw, rest)
    });
    assert_eq!(in_pieces.0, clean, "{format:?} in pieces");
    assert_eq!(in_pieces.1, done, "{format:?} in pieces");
    // Of what cannot be read, what was overwritten may show more at the second look.
    if done.unread == 0 {
        let (again, twice) = whole(format, &clean);
        assert_eq!(again, clean, "{format:?} twice");
        assert_eq!(twice.counts, Counts::default(), "{format:?} counts twice");
    }
    covers(format, &clean);
    covers(format, log);
}

fn covers(format: Format, log: &[u8]) {
    let records = formats::read(format, Encoding::Utf8, log, usize::MAX);
    let mut at = 0;
    for record in &records {
        assert_eq!(record.at, at);
        assert!(record.length > 0);
        at += record.length;
    }
    assert_eq!(at, log.len());
    assert_eq!(
        formats::read(format, Encoding::Utf8, log, 2).len(),
        records.len().min(2)
    );
    let ends = records.iter().map(|record| record.at + record.length);
    let bounds: Vec<usize> = std::iter::once(0).chain(ends).collect();
    assert_eq!(formats::bounds(format, Encoding::Utf8, log), bounds);
    // What stands before a record makes no difference to it.
    let middle = records.len() / 2;
    let mut tail = formats::read(format, Encoding::Utf8, &log[bounds[middle]..], usize::MAX);
    for record in &mut tail {
        record.at += bounds[middle];
    }
    assert_eq!(tail, records[middle..]);
    for message in formats::messages(format, Encoding::Utf8, log) {
        assert!(
            records
                .iter()
                .any(|r| (r.at, r.length) == (message.at, message.length))
        );
    }
}

/// The samples of a folder whose names end so, or none where they are not at hand.
pub(super) fn samples(folder: &str, endings: &[&str]) -> Vec<(String, Vec<u8>)> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let from = std::env::var_os("POSFLEET_SAMPLES")
        .map_or(own, PathBuf::from)
        .join(folder);
    let Ok(entries) = std::fs::read_dir(&from) else {
        println!("skipped: no samples in {}", from.display());
        return Vec::new();
    };
    let mut found: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.to_owned();
            endings
                .iter()
                .any(|ending| name.ends_with(ending))
                .then(|| (name, std::fs::read(&path).unwrap()))
        })
        .collect();
    found.sort();
    found
}

/// Cleaning and reading this, over and over, takes no longer than its length lets expect.
pub(super) fn endures(format: Format, unit: &str) {
    let log = |size| growth::repeated(unit.as_bytes(), size);
    growth::is_even(&format!("{format:?} {unit:.20}"), log, |log| {
        let (clean, _) = whole(format, log);
        let _ = formats::read(format, Encoding::Utf8, &clean, usize::MAX);
        let _ = formats::messages(format, Encoding::Utf8, &clean);
    });
}
