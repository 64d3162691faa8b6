//! A property over days: from the counts that are kept of each day, and of the current one from the
//! counters.
use super::asked::Asked;
use super::model::By;
use super::ops::{by_platform, count, is_plain, kept_name, platforms};
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
use std::collections::{BTreeMap, HashMap};

/// The colour of what is drawn together.
const REST: u8 = 7;

/// The colours of values.
pub(super) type Hues = HashMap<String, u8>;

/// A property over the days of which something is kept.
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
        let platforms = platforms(conn).map_err(Error::from)?;
        for values in found.values_mut() {
            *values = by_platform(&platforms, values);
        }
    }
    if (from..=to).contains(&asked.today) {
        let now = count(conn, scope, (asked.by, ""), &filter).map_err(Error::from)?;
        // As it will be kept, so that days compare.
        found.insert(asked.today, days::condensed(&name, now));
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
    /// `own` are the colours that values have beside it.
    pub(super) fn shown(&self, asked: &Asked, look: Look, path: &str, own: &Hues) -> Value {
        let series = self.series(own);
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
            let each = (0..series.len()).map(|at| Self::of(&series, at, there));
            let each: Vec<i64> = each.collect();
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

    /// What is drawn in one colour each: first the values that have one already, then those that most had.
    fn series(&self, own: &Hues) -> Vec<Series> {
        let mut free = (1..REST).filter(|hue| !own.values().any(|taken| taken == hue));
        let mut all: Vec<Series> = Vec::new();
        // What is kept as one sum is drawn with the rest.
        let named = self
            .values
            .iter()
            .filter(|(value, _)| value != days::OTHERS);
        for (value, label) in named {
            let hue = own.get(value).copied().or_else(|| free.next());
            all.extend(hue.map(|hue| Series {
                value: Some(value.clone()),
                label: Some(label.clone()),
                hue,
            }));
        }
        all.sort_by_key(|one| one.hue);
        if all.len() < self.values.len() {
            all.push(Series {
                value: None,
                label: None,
                hue: REST,
            });
        }
        all
    }

    /// How many had a value, or any that is drawn together.
    fn of(series: &[Series], at: usize, there: &BTreeMap<String, i64>) -> i64 {
        let n = |value: &String| there.get(value).copied().unwrap_or_default();
        let own = |one: &Series| one.value.as_ref().map(n);
        series.get(at).and_then(own).unwrap_or_else(|| {
            let drawn: i64 = series.iter().filter_map(own).sum();
            there.values().sum::<i64>() - drawn
        })
    }
}

struct Series {
    /// Nothing for all that have no colour of their own.
    value: Option<String>,
    label: Option<String>,
    hue: u8,
}
