//! Parked long polls of this node, and the news that wakes them.
//!
//! A terminal asks the database first and parks then; work assigned in between must not be missed.
//! So the ears count what they hear and remember the last of it: whoever noted the count before he
//! asked is told, when he parks, of what came since.
use crate::events::{Happened, Hub};
use crate::ids::Tid;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;

/// News remembered for those on their way to park.
const REMEMBERED: usize = 4096;
/// Parked requests of one terminal; a new one sends the oldest home.
const PARKED_EACH: usize = 4;

#[derive(Default)]
pub(super) struct Ears(Mutex<State>);

#[derive(Default)]
struct State {
    heard: u64,
    /// TIDs of the last news; the newest has the number `heard`.
    recent: VecDeque<String>,
    parked: HashMap<String, VecDeque<(u64, oneshot::Sender<()>)>>,
    tickets: u64,
}

/// A parked request; leaves when dropped.
pub(in crate::terminals) struct Parked<'a> {
    ears: &'a Ears,
    tid: String,
    ticket: u64,
    woken: oneshot::Receiver<()>,
}

impl Parked<'_> {
    /// True when work was assigned, false when a newer request of the same terminal took the place.
    pub(in crate::terminals) async fn woken(&mut self) -> bool {
        (&mut self.woken).await.is_ok()
    }
}

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        let mut state = self.ears.state();
        if let Some(all) = state.parked.get_mut(&self.tid) {
            all.retain(|(ticket, _)| *ticket != self.ticket);
            if all.is_empty() {
                state.parked.remove(&self.tid);
            }
        }
    }
}

impl Ears {
    pub(super) fn mark(&self) -> u64 {
        self.state().heard
    }

    pub(super) fn park(&self, tid: &Tid, mark: u64) -> Option<Parked<'_>> {
        let mut state = self.state();
        let since = usize::try_from(state.heard - mark.min(state.heard)).unwrap_or(usize::MAX);
        let forgotten = since > state.recent.len();
        let is_news = state
            .recent
            .iter()
            .rev()
            .take(since)
            .any(|it| it == tid.as_str());
        if forgotten || is_news {
            return None;
        }
        state.tickets += 1;
        let ticket = state.tickets;
        let (wake, woken) = oneshot::channel();
        let all = state.parked.entry(tid.to_string()).or_default();
        if all.len() >= PARKED_EACH {
            all.pop_front();
        }
        all.push_back((ticket, wake));
        Some(Parked {
            ears: self,
            tid: tid.to_string(),
            ticket,
            woken,
        })
    }

    pub(super) async fn hear(&self, hub: &Hub) {
        let mut news = hub.listen();
        loop {
            match news.recv().await {
                Ok(event) => self.heard(&event),
                // Too much at once: everyone asks again.
                Err(RecvError::Lagged(_)) => self.wake_all(),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn heard(&self, event: &Happened) {
        let wakes = ["work.assigned", "work.due", "work.cancelling"];
        if !wakes.contains(&event.kind.as_str()) {
            return;
        }
        let mut state = self.state();
        state.heard += 1;
        if state.recent.len() >= REMEMBERED {
            state.recent.pop_front();
        }
        state.recent.push_back(event.subject.clone());
        for (_, wake) in state.parked.remove(&event.subject).into_iter().flatten() {
            // A request that went away meanwhile needs no waking.
            wake.send(()).ok();
        }
    }

    fn wake_all(&self) {
        let mut state = self.state();
        // Nobody on his way to park can know what was missed.
        state.heard += 1 + u64::try_from(REMEMBERED).unwrap_or(u64::MAX);
        state.recent.clear();
        for (_, wake) in std::mem::take(&mut state.parked).into_values().flatten() {
            // A request that went away meanwhile needs no waking.
            wake.send(()).ok();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Millis;
    use crate::ids::EventId;

    fn assigned(tid: &str) -> Happened {
        Happened {
            id: EventId(1),
            at: Millis(0),
            kind: "work.assigned".into(),
            subject: tid.into(),
            establishment: None,
            body: serde_json::Value::Null,
        }
    }

    fn tid(text: &str) -> Tid {
        Tid::parse(text).unwrap()
    }

    #[tokio::test]
    async fn the_parked_one_is_woken_and_no_other() {
        let ears = Ears::default();
        let mut one = ears.park(&tid("T1"), ears.mark()).unwrap();
        let mut two = ears.park(&tid("T2"), ears.mark()).unwrap();
        ears.heard(&assigned("T1"));
        assert!(one.woken().await);
        assert!(two.woken.try_recv().is_err());
        drop((one, two));
        assert!(ears.state().parked.is_empty());
    }

    #[test]
    fn what_came_on_the_way_to_the_park_is_not_missed() {
        let ears = Ears::default();
        let mark = ears.mark();
        ears.heard(&assigned("T1"));
        assert!(ears.park(&tid("T1"), mark).is_none());
        assert!(ears.park(&tid("T2"), mark).is_some());
        assert!(ears.park(&tid("T1"), ears.mark()).is_some());
        for _ in 0..=REMEMBERED {
            ears.heard(&assigned("T9"));
        }
        assert!(
            ears.park(&tid("T2"), mark).is_none(),
            "too long ago to know"
        );
        let mark = ears.mark();
        ears.wake_all();
        assert!(ears.park(&tid("T2"), mark).is_none());
    }

    #[tokio::test]
    async fn one_terminal_cannot_fill_the_park() {
        let ears = Ears::default();
        let mut all: Vec<_> = (0..=PARKED_EACH)
            .map(|_| ears.park(&tid("T1"), 0).unwrap())
            .collect();
        assert!(!all[0].woken().await, "sent home by a newer one");
        assert_eq!(ears.state().parked["T1"].len(), PARKED_EACH);
    }
}
