//! What a piece of a log costs grows with what it tells, whatever it is made of, and what is not compared is counted.
use super::model::{Exchange, State};
use super::pairing::{Changes, Table, WORTH};
use super::pairing_tests::{Said, exchange, said};
use super::sought::{bound, gather};

const MINUTE: i64 = 60_000;

fn kept(all: &[Said]) -> (usize, Changes) {
    let mut table = Table::default();
    table.come(all.iter().map(exchange).collect());
    table.settle();
    (table.compared, table.changes())
}

/// What eight times as many messages cost, for each of what one costs.
fn growth(of: impl Fn(i64) -> Said) -> usize {
    let cost = |n: i64| kept(&(0..n).map(&of).collect::<Vec<_>>()).0.max(1);
    cost(4_000) / cost(500)
}

fn states(changes: &Changes, state: State) -> usize {
    let all = changes.new.iter();
    all.filter(|it: &&Exchange| it.state() == state).count()
}

/// What the message of this number says.
type Way = fn(i64) -> Said;

#[test]
fn many_terminals_with_one_number_cost_no_more_than_as_many_messages() {
    let ways: [(&str, Way); 4] = [
        ("each states another terminal", |n| {
            let mut one = said(1, n, "0200", "7", Some(n));
            one.it.terminal = Some(format!("T{n}"));
            one
        }),
        ("requests of one number", |n| {
            said(1, n, "0200", "7", Some(n))
        }),
        ("the same sent again and again", |n| {
            said(1, n, if n == 0 { "0200" } else { "0201" }, "7", Some(n))
        }),
        ("answers that fit better and better", |n| {
            let mti = if n < 100 { "0200" } else { "0210" };
            said(
                1,
                n,
                mti,
                "7",
                Some(if n < 100 { 0 } else { 1_000_000 - n }),
            )
        }),
    ];
    for (name, way) in ways {
        let grown = growth(way);
        assert!(grown <= 16, "{name}: {grown} times for 8 times as many");
        let all: Vec<Said> = (0..4_000).map(way).collect();
        let (compared, _) = kept(&all);
        assert!(compared <= WORTH + 1_000, "{name}: {compared}");
    }
}

#[test]
fn one_number_again_and_again_is_paired_all_along() {
    let pair = |n: i64| {
        let at = 2 * n;
        [
            said(1, at, "0200", "1", Some(n * MINUTE)),
            said(1, at + 1, "0210", "1", Some(n * MINUTE + 700)),
        ]
    };
    let all: Vec<Said> = (0..2_000).flat_map(pair).collect();
    let (_, changes) = kept(&all);
    assert_eq!(
        (states(&changes, State::Answered), changes.uncompared),
        (2_000, 0)
    );
    // Where nothing is told but the order, too.
    let bare: Vec<Said> = (0..600)
        .map(|n| said(1, n, if n % 2 == 0 { "0200" } else { "0210" }, "", None))
        .collect();
    let (_, changes) = kept(&bare);
    assert_eq!(states(&changes, State::Answered), 300);
}

#[test]
fn what_was_not_compared_is_counted() {
    let all: Vec<Said> = (0..4_000)
        .map(|n| said(1, n, "0200", "7", Some(n)))
        .collect();
    let mut table = Table::default();
    table.compared = WORTH;
    table.come(all.iter().map(exchange).collect());
    table.settle();
    let changes = table.changes();
    assert_eq!((changes.uncompared, changes.new.len()), (4_000, 4_000));
}

#[test]
fn a_clock_that_jumps_asks_for_few_times() {
    const DAY: i64 = 86_400_000;
    let keys: Vec<String> = (0..4_000).map(|n| format!("0200/{n}")).collect();
    let told = |apart: i64| {
        keys.iter()
            .zip(0..)
            .map(move |(key, n)| (n * apart, key.as_str()))
    };
    let (sought, left) = bound(gather(told(2 * DAY).collect()));
    assert_eq!((sought.len(), left), (64, 4_000 - 64));
    let ends = (
        sought.first().unwrap().span.0,
        sought.last().unwrap().span.0,
    );
    assert_eq!(ends, (0, 3_999 * 2 * DAY), "where other logs go on");
    // A piece of one day is sought whole.
    let (sought, left) = bound(gather(told(1_000).collect()));
    assert_eq!((sought.len(), left), (20, 0));
    assert_eq!(sought.iter().map(|it| it.messages).sum::<usize>(), 4_000);
}
