//! Several indexes read as one list: each stream is in order already, so the next row of the whole
//! is the least of their heads. Nothing is sorted and nothing read but what the page needs, however
//! long the streams are.
use super::Error;
use std::collections::VecDeque;

/// What a row is ordered by. Keys are compared as text, byte by byte, as both engines' indexes do;
/// a number is written with leading zeros.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Streams of a lower rank come first as a whole.
    pub rank: u8,
    pub key: String,
    pub id: i64,
}

impl Spot {
    /// The key with the rank before it, as a cursor carries it.
    #[must_use]
    pub fn mark(&self) -> (String, i64) {
        (
            format!("{}{}", char::from(b'a' + self.rank), self.key),
            self.id,
        )
    }

    /// Reads what [`Spot::mark`] wrote. Anything else stands at the very beginning.
    #[must_use]
    pub fn read(mark: &str, id: i64) -> Self {
        let mut letters = mark.chars();
        let rank = letters.next().and_then(|c| u8::try_from(c).ok());
        Self {
            rank: rank.map_or(0, |byte| byte.saturating_sub(b'a')),
            key: letters.as_str().to_owned(),
            id,
        }
    }
}

/// A key and an id, as an index holds them.
pub type Entry = (String, i64);

#[derive(Debug)]
struct Stream<L> {
    rank: u8,
    lead: L,
    /// Read and not handed out yet.
    ahead: VecDeque<Entry>,
    after: Option<Entry>,
    is_done: bool,
}

/// Streams on their way; `L` says which index a stream reads.
#[derive(Debug)]
pub struct Merge<L> {
    streams: Vec<Stream<L>>,
    is_down: bool,
    last: Option<Spot>,
}

impl<L> Merge<L> {
    /// All of `leads` from `from` on, or from their beginnings; `is_down` reads everything in
    /// reverse.
    #[must_use]
    pub fn new(leads: Vec<(u8, L)>, from: Option<&Spot>, is_down: bool) -> Self {
        let streams = leads.into_iter().map(|(rank, lead)| {
            let passed = from.is_some_and(|spot| {
                if is_down {
                    rank > spot.rank
                } else {
                    rank < spot.rank
                }
            });
            let within = from.filter(|spot| spot.rank == rank);
            Stream {
                rank,
                lead,
                ahead: VecDeque::new(),
                after: within.map(|spot| (spot.key.clone(), spot.id)),
                is_done: passed,
            }
        });
        Self {
            streams: streams.collect(),
            is_down,
            last: None,
        }
    }

    /// The next `n` rows, fewer at the end; a row that stands in several streams under one key
    /// comes once. `read` takes a stream's lead, the entry that it goes on after, and how many
    /// entries are wanted; fewer mean that the stream is at its end.
    pub fn next(
        &mut self,
        n: usize,
        mut read: impl FnMut(&L, Option<&Entry>, i64) -> Result<Vec<Entry>, Error>,
    ) -> Result<Vec<Spot>, Error> {
        let mut out = Vec::with_capacity(n);
        while out.len() < n {
            let Some(rank) = self.open_rank() else { break };
            self.fill(rank, n - out.len(), &mut read)?;
            let Some(spot) = self.take(rank) else {
                continue;
            };
            if self.last.as_ref() != Some(&spot) {
                self.last = Some(spot.clone());
                out.push(spot);
            }
        }
        Ok(out)
    }

    /// The rank to read from now; `None` at the end of all.
    fn open_rank(&self) -> Option<u8> {
        let open = self
            .streams
            .iter()
            .filter(|s| !(s.is_done && s.ahead.is_empty()));
        let ranks = open.map(|s| s.rank);
        if self.is_down {
            ranks.max()
        } else {
            ranks.min()
        }
    }

    /// Reads on wherever nothing lies ahead: a lone stream all that is wanted, one of many its share.
    fn fill(
        &mut self,
        rank: u8,
        wanted: usize,
        read: &mut impl FnMut(&L, Option<&Entry>, i64) -> Result<Vec<Entry>, Error>,
    ) -> Result<(), Error> {
        let of_rank = self.streams.iter_mut().filter(|s| s.rank == rank);
        let mut open: Vec<_> = of_rank
            .filter(|s| !(s.is_done && s.ahead.is_empty()))
            .collect();
        let share = if open.len() == 1 {
            wanted
        } else {
            wanted / open.len() + 2
        };
        for stream in open.iter_mut().filter(|s| s.ahead.is_empty() && !s.is_done) {
            let limit = i64::try_from(share).unwrap_or(i64::MAX);
            let entries = read(&stream.lead, stream.after.as_ref(), limit)?;
            stream.is_done = entries.len() < share;
            if let Some(last) = entries.last() {
                stream.after = Some(last.clone());
            }
            stream.ahead.extend(entries);
        }
        Ok(())
    }

    fn take(&mut self, rank: u8) -> Option<Spot> {
        let heads = self
            .streams
            .iter_mut()
            .filter(|s| s.rank == rank && !s.ahead.is_empty());
        let is_down = self.is_down;
        let least = heads.min_by(|a, b| {
            let order = a.ahead.front().cmp(&b.ahead.front());
            if is_down { order.reverse() } else { order }
        })?;
        let (key, id) = least.ahead.pop_front()?;
        Some(Spot { rank, key, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads sorted vectors as stores read indexes.
    fn read(
        all: &[Vec<Entry>],
        is_down: bool,
    ) -> impl FnMut(&usize, Option<&Entry>, i64) -> Result<Vec<Entry>, Error> {
        move |lead, after, n| {
            let mut rows = all[*lead].clone();
            rows.sort();
            if is_down {
                rows.reverse();
            }
            let beyond = |row: &Entry| match (after, is_down) {
                (None, _) => true,
                (Some(at), false) => row > at,
                (Some(at), true) => row < at,
            };
            let limit = usize::try_from(n).unwrap();
            Ok(rows.into_iter().filter(beyond).take(limit).collect())
        }
    }

    proptest! {
        #[test]
        fn streams_are_read_as_one_sorted_list(
            streams in prop::collection::vec(
                (0_u8..2, prop::collection::vec(("[a-c]{0,2}", 0_i64..6), 0..12)), 0..5),
            n in 1_usize..7, is_down in any::<bool>(),
        ) {
            let mut wanted: Vec<Spot> = streams
                .iter()
                .flat_map(|(rank, rows)| rows.iter().map(|(key, id)| Spot {
                    rank: *rank, key: key.clone(), id: *id,
                }))
                .collect();
            wanted.sort();
            wanted.dedup();
            if is_down {
                wanted.reverse();
            }
            let all: Vec<Vec<Entry>> = streams.iter().map(|(_, rows)| {
                let mut rows = rows.clone();
                rows.sort();
                rows.dedup();
                rows
            }).collect();
            let leads = || streams.iter().enumerate().map(|(at, (rank, _))| (*rank, at)).collect();
            // Page by page, each from a cursor, as requests come.
            let mut seen: Vec<Spot> = Vec::new();
            loop {
                let from = seen.last().map(|spot| {
                    let (mark, id) = spot.mark();
                    Spot::read(&mark, id)
                });
                let mut merge = Merge::new(leads(), from.as_ref(), is_down);
                let page = merge.next(n, read(&all, is_down)).unwrap();
                let more = merge.next(1, read(&all, is_down)).unwrap();
                prop_assert_eq!(more.is_empty(), seen.len() + page.len() == wanted.len());
                if page.is_empty() {
                    break;
                }
                seen.extend(page);
            }
            prop_assert_eq!(seen, wanted);
        }
    }
}
