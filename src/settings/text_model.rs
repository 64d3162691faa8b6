//! Texts that people type: in one line, and as addresses.

/// Longest address, and longest part of it before the `@` (RFC 5321).
const EMAIL_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

/// One line: control characters and doubled blanks become one blank; what would turn the direction
/// of the text around it goes.
pub(super) fn tidy(text: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text: String = text.chars().filter(|c| !turns(c)).collect();
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether mail can be sent from and to it: `local@domain` without quotes, comments or names, so
/// that it can stand in a header as it is.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let of_atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
    let is_local = (1..=LOCAL_MAX).contains(&local.len())
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(of_atom));
    let is_label = |label: &str| {
        (1..=LABEL_MAX).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= EMAIL_MAX && is_local && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_stand_in_a_header() {
        for good in [
            "fleet@bank.example",
            "a.b+c@localhost",
            "o'neil@mail-1.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "fleet",
            "@bank.example",
            "a@",
            "a..b@c.example",
            "a b@c.example",
            "a@b@c.example",
            "a@-b.example",
            "a@b..example",
            "a@b.example\r\nBcc: x@y.example",
            "Bank <a@b.example>",
            "é@b.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_line_is_one_line_in_one_direction() {
        assert_eq!(
            tidy(" Банк\u{a0} «Мост»\n\t\u{202e}live "),
            "Банк «Мост» live"
        );
    }
}
