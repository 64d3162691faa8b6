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
    /// What a list that is exported calls the same.
    also: Option<&'static str>,
    /// Key and words of the column of such a list that is rather meant: there the plain name says
    /// something else, so a file that has this one is read by it, and its plain one is passed over.
    rather: Option<(&'static str, &'static str)>,
}

impl Wanted {
    #[must_use]
    pub const fn required(key: &'static str, label_key: &'static str) -> Self {
        Self {
            is_required: true,
            ..Self::optional(key, label_key)
        }
    }

    #[must_use]
    pub const fn optional(key: &'static str, label_key: &'static str) -> Self {
        Self {
            key,
            label_key,
            is_required: false,
            also: None,
            rather: None,
        }
    }

    #[must_use]
    pub const fn also(self, label_key: &'static str) -> Self {
        Self {
            also: Some(label_key),
            ..self
        }
    }

    #[must_use]
    pub const fn rather(self, key: &'static str, label_key: &'static str) -> Self {
        Self {
            rather: Some((key, label_key)),
            ..self
        }
    }
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
    let titles: Vec<String> = header.iter().map(|title| tidy(title)).collect();
    let mut places = Vec::with_capacity(wanted.len());
    for column in wanted {
        let plain = [Some(column.label_key), column.also];
        let plain = names(column.key, plain.into_iter().flatten());
        let rather = column.rather.map(|(key, words)| names(key, [words]));
        let place = match rather {
            Some(names) => one_of(&titles, header, &names)?,
            None => None,
        };
        places.push(match place {
            Some(at) => Some(at),
            None => one_of(&titles, header, &plain)?,
        });
    }
    let missing: Vec<_> = wanted
        .iter()
        .zip(&places)
        .filter(|(column, place)| column.is_required && place.is_none())
        .map(|(column, _)| column.key)
        .collect();
    if !missing.is_empty() {
        return Err(Error::ColumnMissing(missing.join(", ")));
    }
    let is_unused = |at: &usize| !titles[*at].is_empty() && !places.contains(&Some(*at));
    let unused = (0..header.len()).filter(is_unused);
    let unused = unused.map(|at| header[at].clone()).collect();
    Ok(Matched { places, unused })
}

/// The place of the one title that is among `names`.
fn one_of(titles: &[String], header: &[String], names: &[String]) -> Result<Option<usize>, Error> {
    let mut places = (0..titles.len()).filter(|at| names.contains(&titles[*at]));
    let first = places.next();
    match places.next() {
        Some(again) => Err(Error::ColumnTwice(header[again].clone())),
        None => Ok(first),
    }
}

fn names(key: &str, labels: impl IntoIterator<Item = &'static str>) -> Vec<String> {
    let words = |label| Lang::ALL.map(|lang| tidy(&text(lang, label, &[])));
    let words = labels.into_iter().flat_map(words);
    [tidy(key)].into_iter().chain(words).collect()
}

fn tidy(title: &str) -> String {
    // Programs write the apostrophe of "horaires d’ouverture" in more than one way.
    fold(&title.replace(['_', '-', '\'', '’', 'ʼ', '\u{feff}'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &[Wanted] = &[
        Wanted::required("row_number", "task-row"),
        Wanted::optional("subject", "task-subject"),
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

    #[test]
    fn a_list_that_comes_back_is_read_by_what_it_means() {
        let wanted = [Wanted::required("point", "network-point")
            .also("terminals-model")
            .rather("point_code", "terminals-point-code")];
        let found = |header: &[&str]| {
            let header: Vec<_> = header.iter().map(|h| (*h).to_owned()).collect();
            match_header(&header, &wanted)
        };
        // The plain name is the code where nothing else is.
        assert_eq!(found(&["Point of service"]).unwrap().places, [Some(0)]);
        assert_eq!(found(&["x", "Modèle"]).unwrap().places, [Some(1)]);
        for header in [
            ["Point of service", "Code of the point of service"],
            ["Point de service", "Code du point de service"],
            ["point", "point_code"],
        ] {
            let found = found(&header).unwrap();
            assert_eq!(
                (found.places, found.unused),
                (vec![Some(1)], vec![header[0].to_owned()])
            );
        }
        let twice = found(&["Model", "Point of service"]);
        assert_eq!(twice, Err(Error::ColumnTwice("Point of service".into())));
    }
}
