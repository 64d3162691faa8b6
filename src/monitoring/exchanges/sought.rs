//! What may have been written before of what is worked on. Pure.
use super::fit::WINDOW_MS;
use std::collections::BTreeSet;

/// Keys that are sought at once.
const AT_ONCE: usize = 200;

/// Keys, and from when until when.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sought {
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
        } else {
            all.push(Sought {
                keys: BTreeSet::from([key.to_owned()]),
                span: (ms, ms),
            });
        }
    }
    all
}
