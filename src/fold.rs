//! One form for searching: what a person types and what is stored meet here, so case, accents and
//! doubled spaces make no difference in Latin, Cyrillic or any other script.
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, without accents (`É` is `e`, `ё` is `е`, `й` is `и`), compatibility forms resolved
/// (`ﬁ` is `fi`), runs of white space made one blank, none at the ends.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Lower-casing may decompose again (`İ` gives a dot above), so marks are dropped after it.
    let letters = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c));
    for letter in letters {
        if !letter.is_whitespace() {
            folded.push(letter);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// A folded key under which numbers inside a text sort by value: `T2` before `T10`.
#[must_use]
pub fn natural(text: &str) -> String {
    let folded = fold(text);
    let mut key = String::with_capacity(folded.len() + 8);
    let mut rest = folded.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, numbers) = rest.split_at(at);
        let end = numbers
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(numbers.len());
        let digits = numbers[..end].trim_start_matches('0');
        key.push_str(before);
        // A longer number is the greater one, so its length goes first.
        let _ = write!(key, "{:03}", digits.len());
        key.push_str(digits);
        rest = &numbers[end..];
    }
    key.push_str(rest);
    key
}

/// The first text that is greater than every text beginning with `prefix`, for an index range
/// `prefix <= column < bound`; `None` when there is no such text.
#[must_use]
pub fn after_prefix(prefix: &str) -> Option<String> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // The successor in code point order, over the gap that surrogates leave.
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_spaces_make_no_difference() {
        for (typed, stored) in [
            ("CAFÉ DU PORT", "café  du port"),
            ("Ёлка", "елка"),
            ("Йод", "йод"),
            ("  tg00221\t", "TG00221"),
            ("ﬁlière", "FILIERE"),
            ("Ｔ１０００", "t1000"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(fold(typed), fold(stored), "{typed} / {stored}");
        }
        assert_eq!(fold(" \n "), "");
        assert_eq!(fold("a \u{301}b"), "a b");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Œuvre Ñandú", "ЩЁГОЛЬ Й", "ß ẞ", "a\u{a0}b"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }

    #[test]
    fn numbers_sort_by_value() {
        let mut tids = [
            "TG002808",
            "T1000",
            "Terminal_2",
            "TG00221",
            "t9",
            "Terminal_10",
        ];
        tids.sort_by_key(|tid| natural(tid));
        let sorted = [
            "t9",
            "T1000",
            "Terminal_2",
            "Terminal_10",
            "TG00221",
            "TG002808",
        ];
        assert_eq!(tids, sorted);
        assert_eq!(natural("TG0"), "tg000");
    }

    #[test]
    fn a_prefix_range_holds_exactly_what_begins_with_it() {
        let bound = after_prefix("tg0");
        assert_eq!(bound.as_deref(), Some("tg1"));
        assert!("tg0zzz" < "tg1" && "tg0я" < "tg1");
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
        assert_eq!(after_prefix(""), None);
    }
}
