//! What may have been written before of what is worked on. Pure.
use super::fit::WINDOW_MS;
use std::collections::BTreeSet;

/// Keys that are sought at once.
const AT_ONCE: usize = 200;

/// Times a day apart that are sought: what a piece of a log tells lies in one of them, or a few.
const TIMES: usize = 64;

/// Keys, and from when until when.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sought {
    /// So many messages ask for it.
    pub(super) messages: usize,
    pub(super) keys: BTreeSet<String>,
    pub(super) span: (i64, i64),
}

/// Puts together what is near in time, so that one wrong clock does not make the whole history of a terminal of it.
pub(super) fn gather(mut told: Vec<(i64, &str)>) -> Vec<Sought> {
    told.sort_unstable();
    let mut all: Vec<Sought> = Vec::new();
    for (ms, key) in told {
        let is_near =
            |it: &&mut Sought| it.keys.len() < AT_ONCE && ms.saturating_sub(it.span.0) <= WINDOW_MS;
        if let Some(last) = all.last_mut().filter(is_near) {
            last.keys.insert(key.to_owned());
            last.span.1 = ms;
            last.messages += 1;
        } else {
            all.push(Sought {
                keys: BTreeSet::from([key.to_owned()]),
                span: (ms, ms),
                messages: 1,
            });
        }
    }
    all
}

/// Leaves out the middle of too many times: other logs, and other parts of this one, go on from its ends. Says how many
/// messages ask for what is left out.
pub(super) fn bound(mut all: Vec<Sought>) -> (Vec<Sought>, usize) {
    let more = all.len().saturating_sub(TIMES);
    let from = (TIMES / 2).min(all.len());
    let out = all.drain(from..from + more);
    let messages = out.map(|it| it.messages).sum();
    (all, messages)
}
