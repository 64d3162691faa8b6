//! Which column of a file is which: by its key, or by its words in any of our languages.
use crate::fold::fold;
use crate::sheets::Error;
use crate::views::{Lang, text};
use serde::{Deserialize, Serialize};

/// A column that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub key: &'static str,
    pub label_key: &'static str,
    pub is_required: bool,
}

/// Where the columns were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// For each column that was looked for, its place in the file.
    pub places: Vec<Option<usize>>,
    /// Headers that mean nothing here.
    pub unused: Vec<String>,
}

impl Matched {
    /// The values of a record in the order of the columns; empty where a column or a value is
    /// missing.
    #[must_use]
    pub fn pick<'a>(&self, fields: &'a [String]) -> Vec<&'a str> {
        let value = |place: &Option<usize>| place.and_then(|at| fields.get(at));
        let values = self
            .places
            .iter()
            .map(|place| value(place).map(String::as_str));
        values.map(Option::unwrap_or_default).collect()
    }
}

/// Looks for `wanted` in a header. Case, accents, and hyphens or underscores for blanks make no
/// difference.
///
/// # Errors
/// When a required column is missing, or one is there twice.
pub fn match_header(header: &[String], wanted: &[Wanted]) -> Result<Matched, Error> {
    let names: Vec<Vec<String>> = wanted.iter().map(names).collect();
    let mut matched = Matched {
        places: vec![None; wanted.len()],
        unused: Vec::new(),
    };
    for (at, title) in header.iter().enumerate() {
        let told = tidy(title);
        match names.iter().position(|names| names.contains(&told)) {
            None if told.is_empty() => {}
            None => matched.unused.push(title.clone()),
            Some(which) if matched.places[which].is_some() => {
                return Err(Error::ColumnTwice(title.clone()));
            }
            Some(which) => matched.places[which] = Some(at),
        }
    }
    let missing: Vec<_> = wanted
        .iter()
        .zip(&matched.places)
        .filter(|(column, place)| column.is_required && place.is_none())
        .map(|(column, _)| column.key)
        .collect();
    if missing.is_empty() {
        Ok(matched)
    } else {
        Err(Error::ColumnMissing(missing.join(", ")))
    }
}

fn names(column: &Wanted) -> Vec<String> {
    let words = Lang::ALL.map(|lang| tidy(&text(lang, column.label_key, &[])));
    [tidy(column.key)].into_iter().chain(words).collect()
}

fn tidy(title: &str) -> String {
    fold(&title.replace(['_', '-', '\u{feff}'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &[Wanted] = &[
        Wanted {
            key: "row_number",
            label_key: "task-row",
            is_required: true,
        },
        Wanted {
            key: "subject",
            label_key: "task-subject",
            is_required: false,
        },
    ];

    fn matched(header: &[&str]) -> Result<Matched, Error> {
        let header: Vec<_> = header.iter().map(|h| (*h).to_owned()).collect();
        match_header(&header, WANTED)
    }

    #[test]
    fn a_column_is_known_by_key_and_by_its_words() {
        for header in [
            ["Row Number", "x", "subject"],
            ["ROW-NUMBER", "x", "About"],
            ["ligne", "x", "Objet"],
            ["Строка", "x", "объект"],
        ] {
            let found = matched(&header).unwrap();
            assert_eq!(found.places, [Some(0), Some(2)], "{header:?}");
            assert_eq!(found.unused, ["x"]);
        }
        let found = matched(&["", "row"]).unwrap();
        let fields = ["a", "b"].map(ToOwned::to_owned);
        assert_eq!(found.pick(&fields), ["b", ""]);
        assert_eq!(found.pick(&fields[..1]), ["", ""]);
    }

    #[test]
    fn a_missing_or_doubled_column_is_named() {
        assert_eq!(
            matched(&["subject"]),
            Err(Error::ColumnMissing("row_number".into()))
        );
        assert_eq!(
            matched(&["row", "Row_Number"]),
            Err(Error::ColumnTwice("Row_Number".into()))
        );
    }
}
