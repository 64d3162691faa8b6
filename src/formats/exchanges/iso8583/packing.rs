//! Packs messages as the tests need them, by the same table by which they are read; what the table is worth the
//! samples tell.
use super::super::fields::{self, Content, Length, Version};
use super::super::trial::{bcd, hex};
use super::unpack::is_packed;
use crate::formats::Packager;

pub(super) fn version(packager: Packager) -> Version {
    match packager {
        Packager::Ascii87 | Packager::Binary87 => Version::Of1987,
        Packager::Ascii93 | Packager::Binary93 => Version::Of1993,
    }
}

/// Two digits a byte, filled up in front with 0.
pub(super) fn packed(digits: &str) -> Vec<u8> {
    if digits.len() % 2 == 1 {
        bcd(&format!("0{digits}"))
    } else {
        bcd(digits)
    }
}

pub(super) fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

/// A value as the packager writes it. Bits are given as hexadecimal digits; numbers are padded behind with F.
pub(super) fn written(packager: Packager, number: u8, value: &[u8]) -> Vec<u8> {
    let spec = fields::spec(version(packager), number).unwrap();
    let text = String::from_utf8_lossy(value).into_owned();
    let (count, body) = match (spec.content, is_packed(packager)) {
        (Content::Digits | Content::Track, true) => {
            let variable = !matches!(spec.length, Length::Fixed(_));
            let body = if variable {
                unhex(&format!(
                    "{text}{}",
                    if text.len() % 2 == 1 { "F" } else { "" }
                ))
            } else {
                packed(&text)
            };
            (text.len(), body)
        }
        (Content::Bits, true) => (text.len() / 2, unhex(&text)),
        (Content::Bits, false) => (text.len() / 2, value.to_vec()),
        _ => (value.len(), value.to_vec()),
    };
    let width = match spec.length {
        Length::Fixed(_) => return body,
        Length::Ll(_) => 2,
        Length::Lll(_) => 3,
    };
    let length = format!("{count:0width$}");
    let length = if is_packed(packager) {
        packed(&length)
    } else {
        length.into_bytes()
    };
    [length, body].concat()
}

pub(super) fn message(packager: Packager, mti: &str, values: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bits = 0_u128;
    for (number, _) in values {
        bits |= 1 << (128 - number);
        bits |= if *number > 64 { 1 << 127 } else { 0 };
    }
    let map: &[u8] = &bits.to_be_bytes();
    let map = if bits >> 127 == 1 { map } else { &map[..8] };
    let head = if is_packed(packager) {
        [&packed(mti), map].concat()
    } else {
        (mti.to_owned() + &hex(map)).into_bytes()
    };
    let body = values
        .iter()
        .flat_map(|(number, value)| written(packager, *number, value));
    head.into_iter().chain(body).collect()
}

pub(super) fn two_bytes(message: &[u8]) -> Vec<u8> {
    [
        &u16::try_from(message.len()).unwrap().to_be_bytes()[..],
        message,
    ]
    .concat()
}

pub(super) fn four_digits(message: &[u8]) -> Vec<u8> {
    [format!("{:04}", message.len()).as_bytes(), message].concat()
}
