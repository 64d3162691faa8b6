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

/// Characters of a term that count; what two texts share beyond is not told apart by a search.
const TERM_MAX: usize = 64;
/// Shorter pieces of a word are too many to be worth finding: they are found as beginnings only.
const PIECE_MIN: usize = 3;
/// Stands before a term that is the beginning of a word. No text that is searched for has it.
const BEGINNING: char = '\u{1}';

/// The terms under which a search finds `text`, in order, each once: everything from any of its
/// letters to its end, three letters at least (a word's whole rest when it is shorter), so that
/// whatever stands anywhere in the text is the beginning of a term and an index finds it; and, with
/// a mark of their own, the beginnings of its words, for searches of one or two letters.
#[must_use]
pub fn suffixes(text: &str) -> Vec<String> {
    let letters: Vec<char> = fold(text).chars().collect();
    let mut terms = std::collections::BTreeSet::new();
    for (at, letter) in letters.iter().enumerate() {
        if *letter == ' ' {
            continue;
        }
        let piece: String = letters[at..].iter().take(TERM_MAX).collect();
        let begins = at == 0 || letters[at - 1] == ' ';
        if begins {
            terms.insert(format!("{BEGINNING}{piece}"));
        }
        if begins || letters.len() - at >= PIECE_MIN {
            terms.insert(piece);
        }
    }
    terms.into_iter().collect()
}

/// Which terms a search for some text reads: `from <= term < to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub from: String,
    pub to: String,
}

impl Terms {
    /// Those of [`suffixes`] that `text` finds; `None` when it says nothing.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let folded = fold(text);
        let length = folded.chars().count();
        let from: String = match length {
            0 => return None,
            1..PIECE_MIN => format!("{BEGINNING}{folded}"),
            _ => folded.chars().take(TERM_MAX).collect(),
        };
        let to = after_prefix(&from)?;
        Some(Self { from, to })
    }

    #[must_use]
    pub fn holds(&self, term: &str) -> bool {
        self.from.as_str() <= term && term < self.to.as_str()
    }

    /// The first term of any of `texts` that the search finds: the place where it stands in the
    /// order of the index. `None` when it finds none of them.
    #[must_use]
    pub fn first(&self, texts: &[&str]) -> Option<String> {
        let all = texts.iter().flat_map(|text| suffixes(text));
        all.filter(|term| self.holds(term)).min()
    }
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

    #[test]
    fn every_part_of_a_text_is_found() {
        for (text, typed) in [
            ("TG00221", "0221"),
            ("TG00221", "221"),
            ("Café du Port", "afe"),
            ("Café du Port", "É DU p"),
            ("Ёлка на Площади", "площ"),
            ("Ёлка на Площади", "ЛКА"),
            ("Shop 8", "8"),
            ("Shop 8", "sh"),
            ("Shop 8", "p 8"),
            ("T1", "t1"),
        ] {
            let terms = Terms::of(typed).unwrap();
            assert!(terms.first(&[text]).is_some(), "{typed} in {text}");
        }
        for (text, typed) in [
            // Inside a word, one or two letters are not looked for.
            ("TG00221", "21"),
            ("TG00221", "222"),
            ("Café", "fe"),
            ("Café", "cafes"),
        ] {
            let terms = Terms::of(typed).unwrap();
            assert_eq!(terms.first(&[text]), None, "{typed} in {text}");
        }
        assert_eq!(Terms::of(" \t"), None);
        assert_eq!(suffixes("  "), Vec::<String>::new());
    }

    #[test]
    fn terms_stand_in_order_and_are_bounded() {
        assert_eq!(
            suffixes("ab cdé"),
            ["\u{1}ab cde", "\u{1}cde", "ab cde", "b cde", "cde"]
        );
        assert_eq!(suffixes("x"), ["\u{1}x", "x"]);
        let long = "ж".repeat(200);
        assert!(
            suffixes(&long)
                .iter()
                .all(|term| term.chars().count() <= 65)
        );
        assert!(Terms::of(&long).unwrap().first(&[&long]).is_some());
    }

    proptest::proptest! {
        #[test]
        fn whatever_stands_in_a_text_is_found(text in "\\PC{1,40}", from in 0_usize..40, n in 3_usize..10) {
            let folded: Vec<char> = fold(&text).chars().collect();
            let part: String = folded.iter().skip(from).take(n).collect();
            let typed = fold(&part);
            if typed.chars().count() >= 3 {
                let found = Terms::of(&typed).is_none_or(|terms| terms.first(&[&text]).is_some());
                proptest::prop_assert!(found, "{typed} in {text}");
            }
        }
    }
}
