//! A property over days: from the counts that are kept of each day, and of the current one from the
//! counters.
use super::asked::Asked;
use super::model::By;
use super::ops::{by_platform, count, is_plain, kept_name};
use super::words::{Words, day_words};
use crate::access::Scope;
use crate::db::Conn;
use crate::http::Failure;
use crate::monitoring::Error;
use crate::monitoring::days::{self, Day};
use crate::terminals;
use crate::views::bars::{Bar, bars};
use crate::views::{Lang, Look, chart, formats, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Values that have a colour of their own; the others are drawn together.
const MOST: usize = 6;
/// The colour of what is drawn together.
const REST: u8 = 7;

/// A property over days, without gaps.
pub(super) struct Trend {
    pub(super) days: BTreeMap<Day, BTreeMap<String, i64>>,
    /// Values by how many had them over all days, most first, each with what it is called.
    pub(super) values: Vec<(String, String)>,
}

/// The trend over some days; nothing where the property is not kept of days, or where more than an
/// establishment narrows.
pub(super) fn trend(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked,
    (from, to): (Day, Day),
    lang: Lang,
) -> Result<Option<Trend>, Failure> {
    let filter = terminals::filter_of(conn, scope, &asked.query())?;
    let Some(name) = kept_name(asked.by).filter(|_| is_plain(&filter)) else {
        return Ok(None);
    };
    let mut found =
        days::trend(conn, scope, filter.establishment, &name, (from, to)).map_err(Error::from)?;
    if asked.by == By::Platform {
        for values in found.values_mut() {
            *values = by_platform(conn, values).map_err(Error::from)?;
        }
    }
    if (from..=to).contains(&asked.today) {
        let now = count(conn, scope, (asked.by, ""), &filter).map_err(Error::from)?;
        found.insert(asked.today, now);
    }
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (value, n) in found.values().flatten() {
        *sums.entry(value.clone()).or_default() += n;
    }
    sums.retain(|_, n| *n > 0);
    let words = Words::read(conn, asked.by, &sums, lang).map_err(Error::from)?;
    let mut values: Vec<(String, i64)> = sums.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let said = |(value, _): (String, i64)| (words.label(&value), value);
    let values = values
        .into_iter()
        .map(said)
        .map(|(label, value)| (value, label));
    Ok(Some(Trend {
        values: values.collect(),
        days: found,
    }))
}

impl Trend {
    /// What a page shows of it: bars, and the same as a table.
    pub(super) fn shown(&self, asked: &Asked, look: Look, path: &str) -> Value {
        let series = self.series(asked.by);
        let days = (0..asked.period).rev().map(|n| asked.today.before(n));
        let none = BTreeMap::new();
        let (mut rows, mut drawn) = (Vec::new(), Vec::new());
        for day in days {
            let there = self.days.get(&day).unwrap_or(&none);
            let label = day_words(day, look);
            let on = if day == asked.today {
                String::new()
            } else {
                day.to_string()
            };
            let href = (!there.is_empty()).then(|| asked.at(path, &[("on", &on)]));
            let each: Vec<i64> = series.iter().map(|one| one.of(self, there)).collect();
            let total: i64 = there.values().sum();
            let hues = series.iter().map(|one| one.hue);
            drawn.push(Bar {
                title: format!("{label}: {}", formats::integer(look.lang, total)),
                href: href.clone(),
                parts: hues.zip(each.iter().copied()).collect(),
            });
            if !there.is_empty() {
                rows.push(
                    json!({ "label": label, "href": href, "cells": each, "total": total,
                    "current": asked.on.map_or(day == asked.today, |on| on == day) }),
                );
            }
        }
        rows.reverse();
        let heads = series.iter().map(|one| {
            let label = one.label.clone();
            let label = label.unwrap_or_else(|| text(look.lang, "monitoring-others", &[]));
            json!({ "label": label, "swatch": chart::swatch(one.hue) })
        });
        let periods = days::PERIODS.map(|n| {
            let period = n.to_string();
            json!({ "n": n, "href": asked.at(path, &[("period", &period)]), "current": n == asked.period })
        });
        json!({ "bars": bars(&drawn), "rows": rows, "periods": periods,
            "heads": heads.collect::<Vec<_>>() })
    }

    /// What is drawn in one colour each; values that are known beforehand always have the same one.
    fn series(&self, by: By) -> Vec<Series> {
        let mut all: Vec<Series> = Vec::new();
        for (rank, (value, label)) in (1_u8..).zip(self.values.iter().take(MOST)) {
            let known = by.coloured().iter().position(|it| it == value);
            let known = known.and_then(|at| u8::try_from(at + 1).ok());
            all.push(Series {
                value: Some(value.clone()),
                label: Some(label.clone()),
                hue: known.unwrap_or(rank),
            });
        }
        if self.values.len() > MOST {
            all.push(Series {
                value: None,
                label: None,
                hue: REST,
            });
        }
        all.sort_by_key(|one| one.hue);
        all
    }
}

struct Series {
    /// Nothing for all that have no colour of their own.
    value: Option<String>,
    label: Option<String>,
    hue: u8,
}

impl Series {
    fn of(&self, trend: &Trend, there: &BTreeMap<String, i64>) -> i64 {
        let n = |value: &String| there.get(value).copied().unwrap_or_default();
        self.value.as_ref().map_or_else(
            || {
                let own = trend.values.iter().take(MOST).map(|(value, _)| n(value));
                there.values().sum::<i64>() - own.sum::<i64>()
            },
            n,
        )
    }
}
