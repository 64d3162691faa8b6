//! How well an answer fits a request of the same kind and STAN, and which requests are one sent again. Pure.
use super::model::Side;

const HOUR_MS: i64 = 3_600_000;
/// Nothing that belongs together lies further apart. A STAN comes again after a day, as a rule much later.
pub(super) const WINDOW_MS: i64 = 86_400_000;
/// What only STAN and kind of message connect must lie closer: no host is waited for longer.
const CLOSE_MS: i64 = HOUR_MS;
/// Clocks are set while an answer is under way, and some logs tell whole seconds only.
pub(super) const EARLIER_MS: i64 = 5_000;

/// How well two sides fit; the least fits best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    /// 0: something else than the STAN is the same. 1: nothing else can be compared. 2: all of it differs.
    rank: u8,
    /// It comes from another host: what is sent to a second one is answered by each for itself.
    is_elsewhere: bool,
    /// The answer stands before its request, where only their order is known.
    is_backward: bool,
    /// Milliseconds, or bytes where times are not known.
    distance: u64,
}

/// How well `answer` fits `request`; `None` when it cannot be its answer.
pub(super) fn fit(request: &Side, answer: &Side) -> Option<Fit> {
    let rank = rank(request, answer);
    let is_elsewhere = differ(request.host.as_deref(), answer.host.as_deref());
    if differ(request.terminal.as_deref(), answer.terminal.as_deref())
        || (is_elsewhere && rank != 0)
    {
        return None;
    }
    let is_same_log = place_of(request, answer).is_some();
    if request.stan.is_none() {
        // Nothing connects them but their order.
        let (from, to) = place_of(request, answer)?;
        let distance = u64::try_from(to - from)
            .ok()
            .filter(|distance| *distance > 0)?;
        return Some(Fit {
            rank,
            is_elsewhere,
            is_backward: false,
            distance,
        });
    }
    if let (Some(from), Some(to)) = (request.ms, answer.ms) {
        let passed = to.saturating_sub(from);
        let most = if rank == 0 { WINDOW_MS } else { CLOSE_MS };
        let fits = (-EARLIER_MS..=most).contains(&passed);
        return fits.then_some(Fit {
            rank,
            is_elsewhere,
            is_backward: false,
            distance: passed.unsigned_abs(),
        });
    }
    if !is_same_log {
        return (rank == 0).then_some(Fit {
            rank,
            is_elsewhere,
            is_backward: false,
            distance: u64::MAX,
        });
    }
    let (from, to) = place_of(request, answer)?;
    if shown_between(request, answer).is_some_and(|passed| !is_near(passed, rank)) {
        return None;
    }
    let is_backward = to < from;
    Some(Fit {
        rank,
        is_elsewhere,
        is_backward,
        distance: to.abs_diff(from),
    })
}

/// Milliseconds that a terminal's own clock tells between two messages of one log, which tell no times in UTC.
pub(super) fn shown_between(from: &Side, to: &Side) -> Option<i64> {
    place_of(from, to)?;
    Some(to.wall?.saturating_sub(from.wall?))
}

/// Whether such times let an answer belong to its request: a clock is set by an hour twice a year.
fn is_near(passed: i64, rank: u8) -> bool {
    let most = if rank == 0 { WINDOW_MS } else { CLOSE_MS };
    (-EARLIER_MS - HOUR_MS..=most + HOUR_MS).contains(&passed)
}

/// Where both stand, when that is in one log.
pub(super) fn place_of(a: &Side, b: &Side) -> Option<(i64, i64)> {
    let (a, b) = (a.place?, b.place?);
    (a.log == b.log).then_some((a.at, b.at))
}

pub(super) fn differ(a: Option<&str>, b: Option<&str>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

fn same(a: Option<&str>, b: Option<&str>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a == b)
}

fn rank(request: &Side, answer: &Side) -> u8 {
    let pairs = [
        (
            request.transmitted.as_deref(),
            answer.transmitted.as_deref(),
        ),
        (request.rrn.as_deref(), answer.rrn.as_deref()),
    ];
    if pairs.iter().any(|(a, b)| same(*a, *b)) {
        0
    } else if pairs.iter().any(|(a, b)| differ(*a, *b)) {
        2
    } else {
        1
    }
}

/// True when `again` is `first` sent once more: it says so itself, or was put together at the same moment.
pub(super) fn is_again(first: &Side, again: &Side) -> bool {
    if differ(first.terminal.as_deref(), again.terminal.as_deref())
        || differ(first.host.as_deref(), again.host.as_deref())
    {
        return false;
    }
    let is_same =
        same(first.transmitted.as_deref(), again.transmitted.as_deref()) && first.stan.is_some();
    (again.is_repeat() || is_same) && is_before(first, again, is_same)
}

fn is_before(first: &Side, again: &Side, is_same: bool) -> bool {
    if let (Some(from), Some(to)) = (first.ms, again.ms) {
        let is_later = from < to || (from == to && first.place < again.place);
        return is_later && to.saturating_sub(from) <= WINDOW_MS;
    }
    match place_of(first, again) {
        Some((from, to)) => {
            let is_far = |passed: i64| passed > WINDOW_MS + HOUR_MS;
            from < to && !shown_between(first, again).is_some_and(is_far)
        }
        None => is_same && first.place < again.place,
    }
}
