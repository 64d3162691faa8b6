//! The word that the server stops, for whatever waits long: parked polls and live streams answer
//! at once, so that nothing is cut off.
use std::sync::Arc;
use tokio::sync::watch;

/// Clones share one word. In every handler's reach as `web::Data<Shutdown>`.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(Arc::new(watch::channel(false).0))
    }
}

impl Shutdown {
    /// Tells everyone. Saying it twice changes nothing.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    #[must_use]
    pub fn begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the server begins to stop; at once if it already has.
    pub async fn wait(&self) {
        let mut word = self.0.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        word.wait_for(|begun| *begun).await.ok();
    }
}
