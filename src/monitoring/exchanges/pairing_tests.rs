//! Pairs come out the same in whatever order logs come in.
use super::model::{Exchange, Place, State};
use super::pairing::Table;
use crate::formats::{Message, Part};
use crate::ids::{EstablishmentId, LogId};
use proptest::prelude::*;
use std::slice::from_ref;

/// One message of a test's log.
#[derive(Debug, Clone)]
pub(super) struct Said {
    log: i64,
    at: i64,
    pub(super) it: Message,
}

pub(super) fn said(log: i64, at: i64, mti: &str, stan: &str, ms: Option<i64>) -> Said {
    let is_answer = mti.as_bytes().get(2).is_some_and(|digit| digit % 2 == 1);
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let part = if is_answer {
        Part::Answer
    } else {
        Part::Request
    };
    let it = Message {
        at_ms: ms,
        host: Some("host".to_owned()),
        mti: Some(mti.to_owned()),
        stan: text(stan),
        result: is_answer.then(|| "00".to_owned()),
        ..Message::blank(0, 1, part)
    };
    Said { log, at, it }
}

fn failed(log: i64, at: i64, code: &str, ms: Option<i64>) -> Said {
    let Said { it, .. } = said(log, at, "0200", "", ms);
    let it = Message {
        part: Part::Failure,
        mti: None,
        failure: Some(code.to_owned()),
        ..it
    };
    Said { log, at, it }
}

pub(super) fn exchange(said: &Said) -> Exchange {
    let place = Place {
        log: LogId(said.log),
        at: said.at,
    };
    Exchange::of((place, EstablishmentId(1)), &said.it, 0)
}

/// What is written, as the store would have it.
#[derive(Default)]
pub(super) struct Written {
    pub(super) rows: Vec<Exchange>,
    last: i64,
}

impl Written {
    /// Keeps a piece, as `ops::keep` does.
    pub(super) fn keep(&mut self, piece: &[Said]) {
        let mut table = Table::default();
        table.come(piece.iter().map(exchange).collect());
        let sought = table.sought();
        let is_sought = |key: &str| sought.iter().any(|it| it.keys.contains(key));
        let is_known = |row: &&Exchange| {
            let named = row.original().map(|original| original.key.as_str());
            is_sought(&row.key) || named.is_some_and(is_sought)
        };
        let known = self.rows.iter().filter(is_known).cloned();
        table.know(known.collect());
        if table.asks_back() {
            table.know_before(self.rows.clone());
        }
        table.settle();
        let changes = table.changes();
        self.rows
            .retain(|row| row.id.is_none_or(|id| !changes.gone.contains(&id)));
        for changed in changes.changed {
            let row = self
                .rows
                .iter_mut()
                .find(|row| row.id == changed.id)
                .unwrap();
            *row = changed;
        }
        for mut new in changes.new {
            self.last += 1;
            new.id = Some(self.last);
            self.rows.push(new);
        }
    }

    /// `request+answer state`, each by its place.
    fn told(&self) -> Vec<String> {
        let place = |side: &Option<super::model::Side>| {
            let place = side.as_ref().and_then(|side| side.place);
            place.map_or_else(|| "-".to_owned(), |at| format!("{}:{}", at.log, at.at))
        };
        let row = |row: &Exchange| {
            let (request, answer) = (place(&row.sides.request), place(&row.sides.answer));
            let late = if row.is_late() { " late" } else { "" };
            let tries = if row.tries > 1 {
                format!(" ×{}", row.tries)
            } else {
                String::new()
            };
            format!("{request}+{answer} {}{late}{tries}", row.state().code())
        };
        let mut all: Vec<String> = self.rows.iter().map(row).collect();
        all.sort();
        all
    }
}

fn told(pieces: &[&[Said]]) -> Vec<String> {
    let mut written = Written::default();
    for piece in pieces {
        written.keep(piece);
    }
    written.told()
}

const DAY: i64 = 86_400_000;

#[test]
fn an_answer_finds_its_request_wherever_it_stands() {
    let request = said(1, 0, "0200", "7", Some(1_000));
    let answer = said(2, 0, "0210", "7", Some(1_900));
    let pair = ["1:0+2:0 answered"];
    let (asks, answers) = (from_ref(&request), from_ref(&answer));
    assert_eq!(told(&[asks, answers]), pair);
    assert_eq!(told(&[answers, asks]), pair);
    assert_eq!(told(&[&[answer, request]]), pair);
}

#[test]
fn what_does_not_belong_together_stays_apart() {
    let request = said(1, 0, "0200", "7", Some(100_000));
    for other in [
        said(1, 9, "0210", "8", Some(100_500)),
        said(1, 9, "0410", "7", Some(100_500)),
        said(1, 9, "0210", "7", Some(100_000 + DAY)),
        said(1, 9, "0210", "7", Some(40_000)),
        // Another day's log of a terminal that tells no times.
        said(2, 9, "0210", "7", None),
        {
            let mut other = said(1, 9, "0210", "7", Some(100_500));
            other.it.host = Some("another".to_owned());
            other
        },
    ] {
        let rows = told(&[&[request.clone(), other.clone()]]);
        assert_eq!(rows.len(), 2, "{other:?}: {rows:?}");
    }
    let mut terminals = [request, said(1, 9, "0210", "7", Some(100_500))];
    for (n, one) in terminals.iter_mut().enumerate() {
        one.it.terminal = Some(format!("T{n}"));
    }
    assert_eq!(told(&[&terminals]).len(), 2);
}

#[test]
fn a_stan_that_comes_again_is_another_exchange() {
    let all = [
        said(1, 0, "0200", "7", Some(0)),
        said(1, 10, "0200", "7", Some(DAY / 2)),
        said(1, 20, "0210", "7", Some(DAY / 2 + 500)),
        said(1, 30, "0200", "7", Some(DAY)),
        said(1, 40, "0210", "7", Some(DAY + 20_000)),
    ];
    let wanted = [
        "1:0+- unanswered",
        "1:10+1:20 answered",
        "1:30+1:40 answered late",
    ];
    assert_eq!(told(&[&all]), wanted);
    let pieces: Vec<&[Said]> = all.chunks(1).rev().collect();
    assert_eq!(told(&pieces), wanted);
}

#[test]
fn without_times_order_decides() {
    let all = [
        said(1, 0, "0200", "7", None),
        said(1, 10, "0210", "7", None),
        said(1, 20, "0200", "7", None),
        said(1, 30, "0210", "7", None),
        said(1, 40, "0210", "8", None),
        said(1, 50, "0200", "8", None),
    ];
    let wanted = [
        "1:0+1:10 answered",
        "1:20+1:30 answered",
        "1:50+1:40 answered",
    ];
    assert_eq!(told(&[&all]), wanted);
    assert_eq!(told(&[&all[..3], &all[3..]]), wanted);
}

#[test]
fn without_a_stan_the_request_before_it_is_answered() {
    let all = [
        said(1, 0, "0200", "", Some(0)),
        said(1, 10, "0210", "", Some(10)),
        said(1, 20, "0200", "", Some(20)),
        said(1, 30, "0800", "", Some(30)),
        said(1, 40, "0810", "", Some(40)),
    ];
    let wanted = [
        "1:0+1:10 answered",
        "1:20+- unanswered",
        "1:30+1:40 answered",
    ];
    assert_eq!(told(&[&all]), wanted);
    assert_eq!(told(&[&all[..1], &all[1..4], &all[4..]]), wanted);
}

#[test]
fn what_is_sent_again_is_one_exchange() {
    let all = [
        said(1, 0, "0420", "7", Some(0)),
        said(1, 10, "0421", "7", Some(60_000)),
        said(1, 20, "0421", "7", Some(120_000)),
        said(1, 30, "0430", "7", Some(121_000)),
    ];
    let wanted = ["1:0+1:30 answered late ×3"];
    assert_eq!(told(&[&all]), wanted);
    for pieces in [
        all.chunks(1).collect::<Vec<_>>(),
        all.chunks(1).rev().collect(),
    ] {
        assert_eq!(told(&pieces), wanted);
    }
    // Each was answered: the first answer is told.
    let twice = [
        all[0].clone(),
        all[1].clone(),
        said(1, 15, "0430", "7", Some(61_000)),
        said(1, 17, "0430", "7", Some(61_500)),
    ];
    assert_eq!(told(&[&twice]), ["1:0+1:15 answered late ×2"]);
}

#[test]
fn a_failure_is_about_the_request_that_waits() {
    let all = [
        said(1, 0, "0200", "7", Some(0)),
        failed(1, 10, "time-out", Some(30_000)),
        said(1, 20, "0210", "7", Some(31_000)),
        failed(1, 30, "time-out", Some(900_000)),
        said(1, 40, "0200", "8", Some(1_000_000)),
        failed(1, 50, "unreadable", Some(1_000_001)),
    ];
    let wanted = [
        "1:0+1:20 answered late",
        "1:30+- failed",
        "1:40+- unanswered",
        "1:50+- malformed",
    ];
    assert_eq!(told(&[&all]), wanted);
    assert_eq!(told(&all.chunks(1).collect::<Vec<_>>()), wanted);
    assert_eq!(told(&[&all[..2]]), ["1:0+- failed"]);
    assert_eq!(State::Failed.code(), "failed");
}

#[test]
fn each_host_answers_what_it_was_asked() {
    let to = |host: &str, mut it: Said| {
        it.it.host = Some(host.to_owned());
        it.it.transmitted = Some("1126101112".to_owned());
        it
    };
    let asked = [
        to("a", said(1, 0, "0200", "7", Some(0))),
        to("b", said(1, 10, "0200", "7", Some(30_000))),
    ];
    // The second answers before the first does.
    let both = [
        to("b", said(1, 20, "0210", "7", Some(31_000))),
        to("a", said(1, 30, "0210", "7", Some(32_000))),
    ];
    let all = [asked.clone(), both].concat();
    let wanted = ["1:0+1:30 answered late", "1:10+1:20 answered"];
    assert_eq!(told(&[&all]), wanted);
    let backward: Vec<&[Said]> = all.chunks(1).rev().collect();
    assert_eq!(told(&backward), wanted);
    // One that answers what another was asked is still an answer.
    let moved = [
        asked[0].clone(),
        to("b", said(1, 20, "0210", "7", Some(900))),
    ];
    assert_eq!(told(&[&moved]), ["1:0+1:20 answered"]);
}

#[test]
fn a_time_out_is_about_what_is_not_answered() {
    let all = [
        said(1, 0, "0200", "7", Some(0)),
        said(1, 10, "0200", "8", Some(1_000)),
        said(1, 20, "0210", "8", Some(1_500)),
        failed(1, 30, "time-out", Some(30_000)),
    ];
    let wanted = ["1:0+- failed", "1:10+1:20 answered"];
    assert_eq!(told(&[&all]), wanted);
    assert_eq!(told(&all.chunks(1).collect::<Vec<_>>()), wanted);
}

#[test]
fn what_failed_has_failed_when_its_first_try_comes_later() {
    let again = [
        said(1, 10, "0201", "7", Some(1_000)),
        failed(1, 20, "time-out", Some(31_000)),
    ];
    let first = [said(1, 0, "0200", "7", Some(0))];
    assert_eq!(told(&[&again, &first]), ["1:0+- failed ×2"]);
}

#[test]
fn other_terminals_with_the_same_number_do_not_hide_it() {
    let of = |terminal: &str, mut it: Said| {
        it.it.terminal = Some(terminal.to_owned());
        it
    };
    let mut all = vec![of("mine", said(1, 0, "0200", "7", Some(0)))];
    let others = (1..300).map(|at| of(&format!("T{at}"), said(1, at, "0200", "7", Some(at))));
    all.extend(others);
    all.push(of("mine", said(1, 400, "0210", "7", Some(900))));
    assert!(told(&[&all]).contains(&"1:0+1:400 answered".to_owned()));
}

#[test]
fn one_wrong_clock_does_not_seek_a_whole_history() {
    let all = [
        said(1, 0, "0200", "7", Some(100 * DAY)),
        said(1, 10, "0210", "7", Some(100 * DAY + 500)),
        said(1, 20, "0200", "8", Some(0)),
        said(1, 30, "0200", "7", Some(100 * DAY + 900)),
        said(1, 40, "0200", "", Some(50 * DAY)),
    ];
    let mut table = Table::default();
    table.come(all.iter().map(exchange).collect());
    let sought = table.sought();
    let told: Vec<_> = sought
        .iter()
        .map(|it| {
            (
                it.span,
                it.keys.iter().map(String::as_str).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ((0, 0), vec!["0200/8"]),
            ((100 * DAY, 100 * DAY + 900), vec!["0200/7"]),
        ]
    );
}

proptest! {
    /// Whatever is cut, and in whatever order it comes.
    #[test]
    fn pairs_do_not_depend_on_the_order(
        times in prop::collection::btree_set(0_i64..50_000_000, 1..12),
        kinds in prop::collection::vec((any::<bool>(), 0_u8..2), 12),
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        cut in 1_usize..5,
    ) {
        let all: Vec<Said> = times.iter().zip(&kinds).zip(0_i64..).map(|((ms, (is_answer, stan)), at)| {
            let mti = if *is_answer { "0210" } else { "0200" };
            said(1, at, mti, &stan.to_string(), Some(*ms))
        }).collect();
        // Where two fit equally well, who came first has it.
        let mut apart: Vec<i64> = times.iter().flat_map(|a| times.iter().map(move |b| b - a)).filter(|ms| *ms > 0).collect();
        apart.sort_unstable();
        prop_assume!(apart.windows(2).all(|two| two[0] != two[1]));
        let whole = told(&[&all]);
        let shuffled: Vec<Said> = order.iter().filter_map(|at| all.get(*at).cloned()).collect();
        let pieces: Vec<&[Said]> = shuffled.chunks(cut).collect();
        prop_assert_eq!(told(&pieces), whole);
    }
}
