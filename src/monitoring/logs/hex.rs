//! Bytes as people read them beside what they mean: sixteen a row, where they stand, and as letters.
use std::fmt::Write as _;

const ROW: usize = 16;

/// The rows of a dump, of bytes that begin at `at`.
pub(super) fn dump(at: i64, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 5);
    for (n, row) in (0_i64..).zip(bytes.chunks(ROW)) {
        let start = at.saturating_add(n.saturating_mul(16));
        let _ = write!(text, "{start:08x} ");
        for at in 0..ROW {
            if at == ROW / 2 {
                text.push(' ');
            }
            match row.get(at) {
                Some(byte) => {
                    let _ = write!(text, " {byte:02x}");
                }
                None => text.push_str("   "),
            }
        }
        text.push_str("  ");
        text.extend(row.iter().map(|byte| letter(*byte)));
        text.push('\n');
    }
    text
}

fn letter(byte: u8) -> char {
    match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    }
}

/// Bytes as digits, without anything between.
pub(super) fn digits(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads `04 0f`, however it is spaced. `None` where that is no whole number of bytes, or none at all.
pub(super) fn parse(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-'))
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    if digits.is_empty() {
        return None;
    }
    let byte = |two: &[u32]| match two {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_has_rows_of_sixteen() {
        let bytes: Vec<u8> = (0x3e..0x50).collect();
        assert_eq!(
            dump(0x20, &bytes),
            "00000020  3e 3f 40 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d  >?@ABCDEFGHIJKLM\n\
             00000030  4e 4f                                             NO\n"
        );
        assert_eq!(dump(0, &[]), "");
        assert_eq!(letter(0x7f), '.');
        assert_eq!(digits(&[4, 15]), "040f");
    }

    #[test]
    fn digits_are_read_however_they_are_spaced() {
        assert_eq!(parse("04 0F"), Some(vec![4, 15]));
        assert_eq!(parse("04:0f-10"), Some(vec![4, 15, 16]));
        for bad in ["", " ", "4", "zz", "040"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
