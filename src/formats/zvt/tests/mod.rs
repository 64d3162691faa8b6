//! ZVT logs: real captures read, test cards put in every place and none found afterwards, any bytes whatever.
use super::super::tlv::hex;
use crate::formats::{self, Counts, Encoding, Field, Format, Record, Rest, Scrubbed};

mod any;
mod hidden;
mod in_lines;
mod samples;

fn scrub(raw: &mut [u8], rest: Rest) -> Scrubbed {
    formats::scrub(Format::Zvt, Encoding::Utf8, raw, rest)
}

fn read(bytes: &[u8], most: usize) -> Vec<Record> {
    formats::read(Format::Zvt, Encoding::Utf8, bytes, most)
}

/// Telegrams in lines.
mod lines {
    use super::*;

    pub(super) fn scrub(encoding: Encoding, raw: &mut [u8], rest: Rest) -> Scrubbed {
        formats::scrub(Format::ZvtLines, encoding, raw, rest)
    }

    pub(super) fn read(encoding: Encoding, bytes: &[u8], most: usize) -> Vec<Record> {
        formats::read(Format::ZvtLines, encoding, bytes, most)
    }
}

/// Bytes written as digits, with spaces as one likes.
pub(super) fn bytes(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter_map(hex::digit).collect();
    digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

/// A telegram with this data.
pub(super) fn telegram(command: &str, data: &[u8]) -> Vec<u8> {
    let mut telegram = bytes(command);
    match u8::try_from(data.len()) {
        Ok(short) if short < 0xff => telegram.push(short),
        _ => {
            telegram.push(0xff);
            telegram.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        }
    }
    telegram.extend(data);
    telegram
}

/// A bitmap whose length stands before it in digits.
pub(super) fn bitmap(tag: u8, digits: u32, value: &[u8]) -> Vec<u8> {
    let mut bitmap = vec![tag];
    for place in (0..digits).rev() {
        bitmap.push(0xf0 | u8::try_from(value.len() / 10_usize.pow(place) % 10).unwrap());
    }
    bitmap.extend(value);
    bitmap
}

/// A tag of BER.
pub(super) fn tag(tag: &str, value: &[u8]) -> Vec<u8> {
    let mut all = bytes(tag);
    match value.len() {
        short @ 0..=0x7f => all.push(u8::try_from(short).unwrap()),
        long => {
            all.push(0x82);
            all.extend(u16::try_from(long).unwrap().to_be_bytes());
        }
    }
    all.extend(value);
    all
}

/// A frame of the serial line around a telegram.
pub(super) fn framed(telegram: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x10, 0x02];
    for byte in telegram {
        frame.extend(std::iter::repeat_n(
            *byte,
            if *byte == 0x10 { 2 } else { 1 },
        ));
    }
    frame.extend([0x10, 0x03]);
    frame.extend(super::frames::check_sum(telegram));
    frame
}

/// A number with these digits in front, of so many digits, with its check digit.
pub(super) fn card(front: &str, count: usize) -> String {
    let mut digits: Vec<u32> = front.chars().filter_map(|one| one.to_digit(10)).collect();
    let mut next = 7;
    while digits.len() < count - 1 {
        digits.push(next);
        next = (next * 3 + 1) % 10;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(
            |(place, digit)| match digit * (2 - u32::try_from(place % 2).unwrap()) {
                two @ 10.. => two - 9,
                one => one,
            },
        )
        .sum();
    digits.push((10 - sum % 10) % 10);
    digits.iter().map(ToString::to_string).collect()
}

/// Test card numbers of every length, some with a byte `10` in what must be hidden.
pub(super) fn cards() -> Vec<String> {
    vec![
        card("400005665566", 16),
        card("37828224631", 15),
        card("6011000990139", 16),
        card("41111110101", 16),
        card("6304001032", 19),
        card("63041710", 19),
    ]
}

/// The number in decimal digits, two a byte.
pub(super) fn bcd(number: &str) -> Vec<u8> {
    let mut number = number.to_owned();
    if number.len() % 2 == 1 {
        number.push('F');
    }
    bytes(&number)
}

/// More of the number than its first six and last four digits, in any coding, at any place.
pub(super) fn leaks(log: &[u8], number: &str) -> bool {
    let text = String::from_utf8_lossy(log).to_lowercase();
    let mut dumped: String = text
        .replace("0x", "")
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    // In a frame a DLE before a byte is none of the digits.
    if dumped.contains("1002") {
        dumped = dumped.replace("10ee", "ee");
    }
    let framed = log.windows(2).any(|pair| pair == [0x10, 0x02]);
    let digits = if framed {
        hex::written(&super::frames::undouble(log).bytes)
    } else {
        hex::written(log)
    };
    let logs = if framed || !dumped.contains("1002") {
        vec![digits, dumped]
    } else {
        vec![dumped]
    };
    [&number[..8], &number[number.len() - 6..]]
        .into_iter()
        .any(|part| {
            let ascii = hex::written(part.as_bytes());
            logs.iter()
                .any(|digits| digits.contains(part) || digits.contains(&ascii))
        })
}

/// The log, cleaned, and what was found in it.
pub(super) fn scrubbed(log: &[u8]) -> (Vec<u8>, Counts) {
    let mut clean = log.to_vec();
    let done = scrub(&mut clean, Rest::Ends);
    assert_eq!(done.taken, log.len());
    (clean, done.counts)
}

/// The value shown under a key.
pub(super) fn value<'a>(fields: &'a [Field], key: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|field| field.key == key)
        .map(|field| field.value.as_str())
}
