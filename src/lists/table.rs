//! Columns and cells as the part `lists/table` reads them.
use super::query::{CURSOR, Query, SORT};
use super::source::Source;
use crate::sheets::{Cell, Column};
use crate::views::{Lang, text};
use serde_json::{Value, json};

/// A text longer than this may take more than one line.
const LONG: usize = 40;

/// The header cells: label, side, and where its link sorts.
pub(super) fn header(
    source: &Source,
    (shown, path): (&[usize], &str),
    asked: &Query,
    lang: Lang,
) -> Vec<Value> {
    let usual = source.usual_order(asked);
    let order = asked.get(SORT).unwrap_or(usual);
    let sorted = |column: &Column| {
        let (up, down) = column.sort?;
        let aria = match order {
            now if now == up => "ascending",
            now if now == down => "descending",
            _ => "none",
        };
        let to = if order == up { down } else { up };
        // An order without its reverse is told, and leads nowhere.
        let href = (up != down).then(|| {
            let to = if to == usual { "" } else { to };
            asked.without(CURSOR).with(SORT, to).at(path)
        });
        Some((aria, href))
    };
    let cell = |at: &usize| {
        let column = &source.columns[*at];
        let (aria, href) = sorted(column).unzip();
        json!({ "label": text(lang, column.label_key, &[]), "aria": aria, "href": href.flatten() })
    };
    shown.iter().map(cell).collect()
}

/// The rows: the identifier as `head`, what follows as `cells`.
pub(super) fn rows(source: &Source, shown: &[usize], rows: &[Vec<Cell>], lang: Lang) -> Vec<Value> {
    let labels: Vec<String> = shown
        .iter()
        .map(|at| text(lang, source.columns[*at].label_key, &[]))
        .collect();
    let row = |row: &Vec<Cell>| {
        let mut cells = shown.iter().zip(&labels).map(|(at, label)| {
            let mut shown = cell(row.get(*at).unwrap_or(&Cell::Empty), lang);
            shown["label"] = label.as_str().into();
            shown
        });
        let head = cells.next();
        let (id, value) = known_by(row.first());
        json!({ "id": format!("{}-{id}", source.name), "value": value, "head": head,
                "cells": cells.collect::<Vec<_>>() })
    };
    rows.iter().map(row).collect()
}

/// Whether the numbers of a column stand to the right, by its cells on this page.
pub(super) fn is_right(rows: &[Vec<Cell>], at: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.get(at));
    let mut told = cells.filter(|cell| **cell != Cell::Empty).peekable();
    told.peek().is_some() && told.all(is_number)
}

fn is_number(cell: &Cell) -> bool {
    matches!(
        cell,
        Cell::Number(_)
            | Cell::Count { .. }
            | Cell::Amount { .. }
            | Cell::Bytes(_)
            | Cell::Seconds(_)
    )
}

/// What tells a row from the others, and what names it: the same unless its text is no identifier.
fn known_by(first: Option<&Cell>) -> (&str, &str) {
    match first {
        Some(Cell::Id { text, .. } | Cell::Text(text)) => (text, text),
        Some(Cell::Link { text, href }) => (href, text),
        _ => ("", ""),
    }
}

fn cell(cell: &Cell, lang: Lang) -> Value {
    let words = match cell {
        Cell::Words(keys) => keys.iter().map(|key| text(lang, key, &[])).collect(),
        _ => Vec::new(),
    };
    let words = words.join("; ");
    let class = match cell {
        cell if is_number(cell) => "n",
        Cell::Text(text) if text.chars().count() > LONG => "wrap",
        Cell::Words(_) if words.chars().count() > LONG => "wrap",
        _ => "",
    };
    let mut shown = match cell {
        Cell::Empty => json!({ "kind": "empty" }),
        Cell::Text(text) => json!({ "kind": "text", "text": text }),
        Cell::Id { text, href } => json!({ "kind": "id", "text": text, "href": href }),
        Cell::Link { text, href } => json!({ "kind": "link", "text": text, "href": href }),
        Cell::Number(n) => json!({ "kind": "number", "value": n }),
        Cell::Count { n, href } => json!({ "kind": "number", "value": n, "href": href }),
        Cell::Amount {
            minor,
            places,
            unit,
        } => json!({ "kind": "amount", "value": minor, "places": places, "text": unit }),
        Cell::Bytes(n) => json!({ "kind": "bytes", "value": n }),
        Cell::Seconds(n) => json!({ "kind": "lasting", "value": n }),
        Cell::Time(at) => json!({ "kind": "date", "value": at }),
        Cell::Ago(at) => json!({ "kind": "ago", "value": at }),
        Cell::Clock(at) => json!({ "kind": "clock", "value": at }),
        Cell::Day(at) => json!({ "kind": "day", "value": at }),
        Cell::Wall(at) => json!({ "kind": "wall", "value": at }),
        Cell::Pill(state) => json!({ "kind": "pill", "text": state }),
        Cell::Word(key) => json!({ "kind": "word", "text": key }),
        Cell::Words(_) => json!({ "kind": "text", "text": words }),
        Cell::Yes(is) => json!({ "kind": "word", "text": if *is { "yes" } else { "no" } }),
    };
    shown["class"] = class.into();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_right_when_all_that_is_told_are_numbers() {
        let rows = vec![
            vec![Cell::id("1"), Cell::Number(1), Cell::Empty, Cell::Empty],
            vec![Cell::id("2"), Cell::Empty, Cell::Empty, Cell::text("x")],
        ];
        let right: Vec<bool> = (0..4).map(|at| is_right(&rows, at)).collect();
        assert_eq!(right, [false, true, false, false]);
    }
}
