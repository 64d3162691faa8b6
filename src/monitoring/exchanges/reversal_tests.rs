//! Reversals mean the same in whatever order logs come in.
use super::model::{Exchange, Side};
use super::pairing_tests::{Said, Written, said};
use crate::formats::Original;
use proptest::prelude::*;

fn reversal(at: i64, stan: &str, original: &str, ms: Option<i64>) -> Said {
    let mut one = said(1, at, "0400", stan, ms);
    one.it.original = Some(Original {
        mti: "0200".to_owned(),
        stan: original.to_owned(),
        sent: None,
    });
    one
}

/// `request<-reversal`, each by its place, of what was reversed.
fn reversed(pieces: &[&[Said]]) -> Vec<String> {
    let mut written = Written::default();
    for piece in pieces {
        written.keep(piece);
    }
    let at = |side: &Option<Side>| side.as_ref().and_then(|side| side.place).map(|it| it.at);
    let told = |row: &Exchange| {
        let by = row.sides.reversal?.place().at;
        let late = if row.is_late() { " late" } else { "" };
        Some(format!("{}<-{by}{late}", at(&row.sides.request)?))
    };
    let mut all: Vec<String> = written.rows.iter().filter_map(told).collect();
    all.sort();
    all
}

#[test]
fn a_request_that_comes_late_takes_its_reversal_from_another() {
    let all = [
        said(1, 0, "0200", "7", Some(0)),
        said(1, 10, "0200", "7", Some(50_000)),
        said(1, 15, "0210", "7", Some(70_000)),
        reversal(20, "8", "7", Some(60_000)),
    ];
    let wanted = ["10<-20 late"];
    assert_eq!(reversed(&[&all]), wanted);
    let [first, second, answer, taken] = all.each_ref().map(std::slice::from_ref);
    assert_eq!(reversed(&[first, taken]), ["0<-20"]);
    assert_eq!(reversed(&[first, taken, answer, second]), wanted);
    assert_eq!(reversed(&[taken, second, first, answer]), wanted);
}

#[test]
fn a_reversal_that_is_sent_again_is_one() {
    let again = |at, ms| {
        let mut one = reversal(at, "8", "7", Some(ms));
        one.it.mti = Some("0401".to_owned());
        one
    };
    let all = [
        said(1, 0, "0200", "7", Some(0)),
        reversal(10, "8", "7", Some(10_000)),
        again(20, 20_000),
        said(1, 25, "0210", "7", Some(11_000)),
        again(30, 30_000),
    ];
    let wanted = ["0<-10 late"];
    assert_eq!(reversed(&[&all]), wanted);
    assert_eq!(reversed(&all.chunks(1).rev().collect::<Vec<_>>()), wanted);
}

#[test]
fn without_times_what_was_sent_or_the_order_decides() {
    let sent = |mut one: Said, at: &str| {
        one.it.transmitted = Some(at.to_owned());
        one
    };
    let named = |mut one: Said, at: &str| {
        one.it.original.as_mut().unwrap().sent = Some(at.to_owned());
        one
    };
    let (first, second) = (
        said(1, 0, "0200", "7", None),
        said(1, 10, "0200", "7", None),
    );
    let by_order = [first.clone(), second.clone(), reversal(20, "8", "7", None)];
    assert_eq!(reversed(&[&by_order]), ["10<-20"]);
    let (first, second) = (sent(first, "1125100000"), sent(second, "1125110000"));
    let taken = reversal(20, "8", "7", None);
    let by_time = [first, second, named(taken.clone(), "1125100000")];
    assert_eq!(reversed(&[&by_time]), ["0<-20"]);
    let neither = [
        by_time[0].clone(),
        by_time[1].clone(),
        named(taken, "1125120000"),
    ];
    assert_eq!(reversed(&[&neither]), [""; 0]);
}

proptest! {
    #[test]
    fn what_is_reversed_does_not_depend_on_the_order(
        times in prop::collection::btree_set(0_i64..50_000_000, 1..10),
        kinds in prop::collection::vec((0_u8..3, 0_u8..2), 10),
        order in Just((0..10_usize).collect::<Vec<_>>()).prop_shuffle(),
        cut in 1_usize..4,
    ) {
        let all: Vec<Said> = times.iter().zip(&kinds).zip(0_i64..).map(|((ms, (kind, stan)), at)| {
            let stan = stan.to_string();
            match kind {
                0 => said(1, at, "0200", &stan, Some(*ms)),
                1 => said(1, at, "0210", &stan, Some(*ms)),
                _ => reversal(at, &format!("9{at}"), &stan, Some(*ms)),
            }
        }).collect();
        let mut apart: Vec<i64> = times.iter().flat_map(|a| times.iter().map(move |b| b - a)).filter(|ms| *ms > 0).collect();
        apart.sort_unstable();
        prop_assume!(apart.windows(2).all(|two| two[0] != two[1]));
        let whole = reversed(&[&all]);
        let shuffled: Vec<Said> = order.iter().filter_map(|at| all.get(*at).cloned()).collect();
        let pieces: Vec<&[Said]> = shuffled.chunks(cut).collect();
        prop_assert_eq!(reversed(&pieces), whole);
    }
}
