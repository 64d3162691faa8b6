//! How a node keeps what it knows of settings up with the database: its own changes at once, those of
//! other nodes as it hears of them, and a look every half minute for what it may have missed.
use crate::db::{self, Conn, Db};
use crate::events::{Happened, Hub};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// The kind of event that a change of settings or of the logo is told by.
pub(super) const CHANGED: &str = "settings.changed";
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Reads again whenever something may have changed, until the future is dropped.
pub(super) async fn follow(
    db: Db,
    hub: Hub,
    read: impl Fn(&mut Conn) -> Result<(), db::Error> + Clone + Send + 'static,
) {
    let mut news = hub.listen();
    loop {
        let read = read.clone();
        if let Err(e) = db.read(move |conn| read(conn)).await {
            tracing::warn!(error = %e, "cannot read settings; trying again");
        }
        drop(tokio::time::timeout(LOOK_EVERY, change(&mut news)).await);
    }
}

/// Waits for a change of settings, or for having missed what may have been one.
async fn change(news: &mut broadcast::Receiver<Arc<Happened>>) {
    loop {
        match news.recv().await {
            Ok(event) if event.kind != CHANGED => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
