//! The body of an upload, as it is read: first what is here already, then what is new, a piece at a time.
use super::model::long;
use crate::http;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

/// Raw bytes that are worked on at once. Longer than any record.
pub(super) const PIECE: usize = 256 << 10;

/// How a body went on.
pub(super) enum Read {
    /// There is more of it.
    Full,
    Ended,
    Broken(http::Error),
}

/// The body without what is here already.
pub(super) struct Source<S> {
    body: S,
    /// How much of what follows is here already.
    pub(super) skip: i64,
    left: Bytes,
    is_over: bool,
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Source<S> {
    pub(super) fn new(body: S, skip: i64) -> Self {
        Self {
            body,
            skip,
            left: Bytes::new(),
            is_over: false,
        }
    }

    /// What follows, so much at most; `None` behind the end.
    async fn next(&mut self, most: usize) -> Result<Option<Bytes>, http::Error> {
        while self.left.is_empty() && !self.is_over {
            match self.body.next().await {
                None => self.is_over = true,
                Some(Err(e)) => return Err(http::Error::of_payload(&e, 0)),
                Some(Ok(bytes)) => self.left = bytes,
            }
        }
        let some = self.left.split_to(self.left.len().min(most));
        Ok(Some(some).filter(|some| !some.is_empty()))
    }

    /// So much of what is here already; less where the body ends.
    pub(super) async fn again(&mut self, most: i64) -> Result<Vec<u8>, http::Error> {
        let most = usize::try_from(most.min(self.skip)).unwrap_or_default();
        let mut all = Vec::new();
        while all.len() < most {
            let Some(some) = self.next(most - all.len()).await? else {
                break;
            };
            self.skip -= long(some.len());
            all.extend_from_slice(&some);
        }
        Ok(all)
    }

    pub(super) async fn fill(&mut self, buffer: &mut Vec<u8>) -> Read {
        while buffer.len() < PIECE {
            let most = match usize::try_from(self.skip) {
                Ok(0) | Err(_) => PIECE - buffer.len(),
                Ok(old) => old,
            };
            match self.next(most).await {
                Ok(None) => return Read::Ended,
                Err(cause) => return Read::Broken(cause),
                Ok(Some(old)) if self.skip > 0 => self.skip -= long(old.len()),
                Ok(Some(new)) => buffer.extend_from_slice(&new),
            }
        }
        Read::Full
    }
}
