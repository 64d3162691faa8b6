//! Which columns a reader sees.
use crate::sheets::{Column, Shown};

/// The places of the columns that are shown: the identifier, and those that the reader chose (or
/// the usual ones while he has not).
pub(super) fn shown(all: &[Column], chosen: Option<&[String]>) -> Vec<usize> {
    let is_wanted = |column: &Column| match chosen {
        Some(keys) => keys.iter().any(|key| key == column.key),
        None => column.shown == Shown::Usually,
    };
    let shown = all
        .iter()
        .enumerate()
        .filter(|(_, column)| column.shown == Shown::Always || is_wanted(column));
    shown.map(|(at, _)| at).collect()
}

/// What was ticked, as it is stored: keys that the list has, in its order.
pub(super) fn ticked(all: &[Column], keys: &[&str]) -> Vec<String> {
    let own = all.iter().filter(|column| column.shown != Shown::Always);
    own.filter(|column| keys.contains(&column.key))
        .map(|column| column.key.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Column] = &[
        Column::new("id", "x").always(),
        Column::new("name", "x"),
        Column::new("rest", "x").on_wish(),
    ];

    #[test]
    fn the_identifier_stays_whatever_is_chosen() {
        assert_eq!(shown(ALL, None), [0, 1]);
        assert_eq!(shown(ALL, Some(&[])), [0]);
        assert_eq!(
            shown(ALL, Some(&["rest".to_owned(), "gone".to_owned()])),
            [0, 2]
        );
        assert_eq!(
            ticked(ALL, &["rest", "id", "name", "gone"]),
            ["name", "rest"]
        );
    }
}
