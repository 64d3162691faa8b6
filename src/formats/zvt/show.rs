//! Telegrams for people.
use super::super::tlv::{self, Item, bcd, hex};
use super::super::{Field, Record};
use super::bitmaps::{self, Part, What};
use super::charset::Charset;
use super::commands::{self, Fixed};
use super::container;
use super::cut::Head;

/// Fields shown of one telegram at most.
const MOST_FIELDS: usize = 1000;

/// Whose counts and sums bitmap 60 holds, in this order.
const BRANDS: [&str; 7] = [
    "girocard",
    "jcb",
    "mastercard",
    "amex",
    "visa",
    "diners",
    "others",
];

/// A record of which nothing is read.
pub(super) fn plain(kind: Option<String>, bytes: &[u8]) -> Record {
    let text = if bytes
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t'))
    {
        String::from_utf8_lossy(bytes).trim_end().to_owned()
    } else {
        hex::written(bytes)
    };
    Record {
        at: 0,
        length: bytes.len(),
        time: None,
        direction: None,
        kind,
        text,
        fields: Vec::new(),
        trouble: None,
    }
}

/// A telegram, whole or cut.
pub(super) fn telegram(bytes: &[u8]) -> Record {
    let Some(head) = Head::of(bytes) else {
        return plain(None, bytes);
    };
    let end = head.total().min(bytes.len());
    let data = bytes.get(head.size..end).unwrap_or_default();
    let body = bitmaps::parse(head.class, head.instr, data);
    let mut fields = Vec::new();
    if head.class == 0x84 && head.instr != 0 {
        fields.extend(result(head.instr, 0));
    }
    for part in &body.parts {
        fields.extend(part_fields(data, part));
    }
    if let Some(left) = body
        .broken_at
        .filter(|_| !body.cut)
        .and_then(|at| data.get(at..))
    {
        fields.push(field("zvt-unread", "?", hex::written(left), 0));
    }
    fields.truncate(MOST_FIELDS);
    Record {
        at: 0,
        length: bytes.len(),
        time: None,
        direction: commands::direction(head.class, head.instr),
        kind: commands::kind(head.class, head.instr),
        text: format!("{:02X} {:02X} ({})", head.class, head.instr, head.data),
        fields,
        trouble: None,
    }
}

fn field(key: &str, label: &str, value: String, depth: u8) -> Field {
    Field {
        key: key.to_owned(),
        label: label.to_owned(),
        value,
        depth,
    }
}

/// What a result code means, as a field below the code.
fn result(code: u8, depth: u8) -> Option<Field> {
    result_known(code).then(|| {
        field(
            &format!("zvt-result-{code:02x}"),
            &format!("{code:02X}"),
            String::new(),
            depth,
        )
    })
}

/// Codes that have words in the locales.
const fn result_known(code: u8) -> bool {
    matches!(
        code,
        0x00 | 0x64..=0x68
            | 0x6a..=0x6c
            | 0x6e | 0x6f
            | 0x71..=0x7e
            | 0x83 | 0x85 | 0x89
            | 0x9a..=0x9c
            | 0xa0 | 0xa1 | 0xa3..=0xa5
            | 0xb1 | 0xb2 | 0xb4 | 0xb5 | 0xb7 | 0xb8 | 0xbf
            | 0xc0..=0xc6
            | 0xc8 | 0xc9 | 0xcb..=0xcd
            | 0xd2 | 0xdc..=0xde
            | 0xe0 | 0xe2..=0xe4
            | 0xe7..=0xed
            | 0xf0 | 0xf1 | 0xf5 | 0xf6
            | 0xfa..=0xff
    )
}

fn part_fields(data: &[u8], part: &Part) -> Vec<Field> {
    let value = data.get(part.value.clone()).unwrap_or_default();
    match part.what {
        What::Fixed(fixed) => {
            let shown = fixed_value(fixed, value);
            let mut fields = vec![field(&format!("zvt-fixed-{}", fixed.word()), "", shown, 0)];
            fields.extend(
                value
                    .first()
                    .filter(|_| fixed == Fixed::Result)
                    .and_then(|code| result(*code, 1)),
            );
            fields
        }
        What::Bitmap(tag) => {
            let shown = bitmap_value(tag, value);
            let mut fields = vec![field(
                &format!("zvt-bmp-{tag:02x}"),
                &format!("BMP {tag:02X}"),
                shown,
                0,
            )];
            match tag {
                0x06 => fields.extend(container_fields(value)),
                0x27 => fields.extend(value.first().and_then(|code| result(*code, 1))),
                0x60 => fields.extend(totals(value)),
                0x92 => fields.extend(tlv::read(value).into_iter().map(|field| Field {
                    depth: field.depth + 1,
                    ..field
                })),
                _ => {}
            }
            fields
        }
    }
}

fn fixed_value(fixed: Fixed, value: &[u8]) -> String {
    match fixed {
        Fixed::Password => bcd::shown(value),
        Fixed::Currency => currency(value),
        Fixed::Version | Fixed::Text | Fixed::Printable => Charset::Cp437.decode(value),
        _ => hex::written(value),
    }
}

fn bitmap_value(tag: u8, value: &[u8]) -> String {
    match tag {
        0x01 | 0x02 | 0x05 | 0x8a | 0x8c | 0xe0 | 0xe9 | 0xf0 | 0xf9 => {
            value.first().map(ToString::to_string).unwrap_or_default()
        }
        0x04 if bcd::all_digits(value) => bcd::number(value),
        0x0c => apart(value, ":"),
        0x0d | 0x0e | 0xaa => apart(value, "-"),
        0x49 => currency(value),
        0x22..=0x24 | 0x3a | 0x3d | 0xa7 | 0xd1 => bcd::shown(value),
        0x2a | 0x3c | 0x8b | 0xe1..=0xe8 | 0xf1..=0xf8 => Charset::Cp437.decode(value),
        0x3b if value.iter().all(|byte| matches!(byte, 0 | b' '..=b'~')) => {
            Charset::Cp437.decode(value)
        }
        // Their parts follow.
        0x06 | 0x60 | 0x92 => String::new(),
        _ => hex::written(value),
    }
}

/// Digits by pairs.
fn apart(value: &[u8], between: &str) -> String {
    let pairs: Vec<String> = value.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(between)
}

/// The number that ISO 4217 gives a currency: three digits.
fn currency(value: &[u8]) -> String {
    let digits = hex::written(value);
    digits.strip_prefix('0').unwrap_or(&digits).to_owned()
}

/// First and last receipt, then a count and a sum for each brand.
fn totals(value: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    for (word, range) in [("first", 0..2), ("last", 2..4)] {
        if let Some(number) = value.get(range) {
            fields.push(field(
                &format!("zvt-totals-{word}"),
                "",
                hex::written(number),
                1,
            ));
        }
    }
    for (brand, sum) in BRANDS
        .iter()
        .zip(value.get(4..).unwrap_or_default().chunks_exact(7))
    {
        if let [count, amount @ ..] = sum {
            let amount = if bcd::all_digits(amount) {
                bcd::number(amount)
            } else {
                hex::written(amount)
            };
            fields.push(field(
                &format!("zvt-totals-{brand}"),
                "",
                format!("{count}: {amount}"),
                1,
            ));
        }
    }
    fields
}

fn container_fields(value: &[u8]) -> Vec<Field> {
    let walk = container::walk(value);
    let number = walk
        .items
        .iter()
        .find(|item| item.tag == 0x14)
        .and_then(|item| value.get(item.value.start));
    let charset = number.map_or(Charset::Cp437, |number| Charset::numbered(*number));
    let mut fields: Vec<Field> = walk
        .items
        .iter()
        .take(MOST_FIELDS)
        .map(|item| item_field(value, item, charset))
        .collect();
    if let Some(left) = walk.broken_at.and_then(|at| value.get(at..)) {
        fields.push(field("zvt-unread", "?", hex::written(left), 1));
    }
    fields
}

fn item_field(bytes: &[u8], item: &Item, charset: Charset) -> Field {
    let value = bytes.get(item.value.clone()).unwrap_or_default();
    if !container::named(item.tag) {
        return tlv::field(bytes, item, 1);
    }
    let shown = match item.tag {
        _ if item.nested => String::new(),
        0x07 | 0x15 | 0x46 | 0x47 | 0x1f17 | 0x1f40 | 0x1f41 | 0x1f62 | 0x1f63 => {
            charset.decode(value)
        }
        0x1a | 0x1f00 | 0x1e => value
            .iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
            .to_string(),
        0x1f0b if bcd::all_digits(value) => bcd::number(value),
        _ => hex::written(value),
    };
    Field {
        key: format!("zvt-tlv-{:02x}", item.tag),
        label: format!("{:02X}", item.tag),
        value: shown,
        depth: item.depth.saturating_add(1),
    }
}
