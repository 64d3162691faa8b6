//! Collection: what nobody owns is condemned, a day later removed, and only then its bytes go.
//! Every step is a guarded statement, so it may run anywhere, twice, or be killed in between.
use super::{Error, Storage, store};
use std::time::Duration;

/// How long a condemned blob can still be taken back.
const GRACE: Duration = Duration::from_hours(24);
/// How long a key whose deletion failed is left alone.
const RETRY: Duration = Duration::from_hours(1);
const STEP: i64 = 100;

/// What one step of a collection did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    pub condemned: usize,
    pub removed: usize,
    /// Keys whose bytes were deleted.
    pub deleted: usize,
    /// There is more to do at once.
    pub more: bool,
}

impl Storage {
    /// One bounded step. Repeat it while it says `more`.
    pub async fn collect(&self) -> Result<Collected, Error> {
        let now = self.clock().now();
        let (condemned, removed) = self
            .db()
            .write(move |tx| {
                store::doom_stale(tx, now)?;
                let removed = store::remove(tx, now - GRACE, now, STEP)?;
                Ok::<_, Error>((store::condemn(tx, now)?, removed))
            })
            .await?;
        let doomed = self
            .db()
            .read(move |conn| store::doomed(conn, now, STEP))
            .await?;
        let full_step = i64::try_from(doomed.len().max(removed)).is_ok_and(|n| n == STEP);
        let mut deleted = 0;
        for key in doomed {
            if self.delete_doomed(&key).await {
                deleted += 1;
            }
        }
        Ok(Collected {
            condemned,
            removed,
            deleted,
            more: full_step,
        })
    }

    /// Deletes the bytes of a key that the database has doomed, then forgets the key. What fails is
    /// tried again later.
    pub(super) async fn delete_doomed(&self, store_key: &str) -> bool {
        let key = store_key.to_owned();
        let now = self.clock().now();
        let outcome = match self.place().discard(store_key).await {
            Ok(()) => self.db().write(move |tx| store::forget(tx, &[&key])).await,
            Err(cause) => {
                tracing::warn!(error = %cause, blob.key = store_key, "cannot delete stored bytes yet");
                let later = self
                    .db()
                    .write(move |tx| store::postpone(tx, &key, now + RETRY));
                drop(later.await);
                return false;
            }
        };
        if let Err(cause) = &outcome {
            tracing::warn!(error = %cause, blob.key = store_key, "cannot forget a deleted key yet");
        }
        outcome.is_ok()
    }
}
