//! One node's ear on the outbox: reads on from the last id and tells everyone who listens.
use super::store;
use crate::clock::Millis;
use crate::db::{Db, Error, Event};
use crate::ids::{EstablishmentId, EventId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast};

/// How long other nodes' events may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Events that a slow listener may be behind before it is told that it missed some.
const BEHIND: usize = 4096;
const PAGE: i64 = 500;

/// One event, as read back; 0 is the id of what is not kept.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Happened {
    pub id: EventId,
    pub at: Millis,
    pub kind: String,
    pub subject: String,
    pub establishment: Option<EstablishmentId>,
    pub body: serde_json::Value,
}

/// Clones share one reader.
#[derive(Clone)]
pub struct Hub {
    news: broadcast::Sender<Arc<Happened>>,
    nudge: Arc<Notify>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            news: broadcast::channel(BEHIND).0,
            nudge: Arc::new(Notify::new()),
        }
    }
}

impl Hub {
    /// Everything from now on. A listener that falls too far behind gets `Lagged` and should
    /// start afresh.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Happened>> {
        self.news.subscribe()
    }

    /// Tells whoever listens to this node, and nobody afterwards: for what goes on all the time and is worth a look
    /// to those who are looking, but no row. Those at other nodes see it with the next thing that is kept.
    pub fn whisper(&self, event: Event) {
        let told = Happened {
            id: EventId(0),
            at: event.at,
            kind: event.kind.to_owned(),
            subject: event.subject,
            establishment: event.establishment,
            body: event.body,
        };
        // No listener is no fault.
        drop(self.news.send(Arc::new(told)));
    }

    /// Says that something was just committed here.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Follows the outbox until the future is dropped. A failing database is waited out.
    pub async fn follow(&self, db: Db) {
        let mut seen = loop {
            match db.read(store::head).await {
                Ok(head) => break head,
                Err(e) => pause(&e).await,
            }
        };
        loop {
            match db.read(move |conn| store::after(conn, seen, PAGE)).await {
                Ok(news) => {
                    let full_page = i64::try_from(news.len()).is_ok_and(|n| n == PAGE);
                    for event in news {
                        seen = event.id;
                        // No listener is no fault.
                        drop(self.news.send(Arc::new(event)));
                    }
                    if full_page {
                        continue;
                    }
                }
                Err(e) => pause(&e).await,
            }
            drop(tokio::time::timeout(LOOK_EVERY, self.nudge.notified()).await);
        }
    }
}

async fn pause(cause: &Error) {
    tracing::warn!(error = %cause, "cannot read the outbox; trying again");
    tokio::time::sleep(Duration::from_secs(1)).await;
}
