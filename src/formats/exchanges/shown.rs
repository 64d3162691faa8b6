//! Fields of ISO 8583 for people.
use super::fields::{self, Holds};
use crate::formats::{Field, tlv};

/// Adds a field, `2` or as part of another one `48.1`, and behind one of chip data its tags.
pub(super) fn field(shown: &mut Vec<Field>, id: &str, value: String, depth: u8) {
    let number = fields::number(id.as_bytes()).filter(|_| !id.contains('.'));
    let tags = match number.map(fields::holds) {
        Some(Holds::Emv) => bytes_of(&value).map(|bytes| tlv::read(&bytes)),
        _ => None,
    };
    shown.push(Field {
        key: match number {
            Some(number) => format!("iso-{number}"),
            None => format!("iso-{}", id.replace('.', "-").to_ascii_lowercase()),
        },
        label: id.to_owned(),
        value,
        depth,
    });
    let inside = depth.saturating_add(1);
    shown.extend(tags.into_iter().flatten().map(|tag| Field {
        depth: tag.depth.saturating_add(inside),
        ..tag
    }));
}

/// The bytes that hexadecimal digits stand for; signs that stand for something masked are read as `E`.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|b| {
            if matches!(b, b'*' | b'_') {
                Some(0xe)
            } else {
                tlv::hex::digit(b)
            }
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() >= 4 && digits.len().is_multiple_of(2))?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}
