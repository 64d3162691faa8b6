//! What has to be remembered while somebody is at the provider. His own browser keeps it, sealed: a
//! visitor who is nobody yet makes the server store nothing, and nobody else can end what he began.
use crate::clock::Millis;
use crate::ids::OperatorId;
use crate::sealing::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const LABEL: &str = "access.federation";
/// How long somebody may be away.
pub(super) const LASTS: Duration = Duration::from_mins(15);
/// A longer address to go to is forgotten: a cookie holds 4,096 bytes in all.
const NEXT_MOST: usize = 1_000;

/// A way to the provider that was begun.
#[derive(Serialize, Deserialize)]
pub(super) struct Flow {
    /// RFC 6749, 10.12: the answer belongs to this browser.
    pub state: String,
    /// OpenID Connect Core 1.0, 15.5.2: the ID token was made for this way.
    pub nonce: String,
    /// RFC 7636: the code is of use to nobody else.
    pub verifier: String,
    pub next: String,
    /// Who links his account, where that is what it is for.
    pub links: Option<OperatorId>,
    until: Millis,
}

impl Flow {
    pub(super) fn new(
        (state, nonce, verifier): (String, String, String),
        next: &str,
        links: Option<OperatorId>,
        now: Millis,
    ) -> Self {
        let next = if next.len() > NEXT_MOST { "/" } else { next };
        Self {
            state,
            nonce,
            verifier,
            next: next.to_owned(),
            links,
            until: now + LASTS,
        }
    }

    /// As the cookie carries it.
    pub(super) fn sealed(&self, secret: &Secret) -> String {
        let plain = serde_json::json!(self).to_string();
        URL_SAFE_NO_PAD.encode(secret.seal(LABEL, b"", plain.as_bytes()))
    }

    /// What a browser brings back, while it lasts.
    pub(super) fn open(secret: &Secret, cookie: &str, now: Millis) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let plain = secret.open(LABEL, b"", &sealed)?;
        let flow: Self = serde_json::from_slice(&plain).ok()?;
        (flow.until > now).then_some(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_keeps_comes_back_whole_and_in_time_only() {
        let (secret, now) = (Secret::from_bytes(&[7; 32]), Millis(1_000));
        let words = || ("s".to_owned(), "n".to_owned(), "v".to_owned());
        let cookie = Flow::new(words(), "/terminals", Some(OperatorId(4)), now).sealed(&secret);
        let back = Flow::open(&secret, &cookie, now).unwrap();
        assert_eq!(
            (back.state.as_str(), back.next.as_str()),
            ("s", "/terminals")
        );
        assert_eq!(back.links, Some(OperatorId(4)));
        assert!(Flow::open(&secret, &cookie, now + LASTS).is_none());
        assert!(Flow::open(&Secret::from_bytes(&[8; 32]), &cookie, now).is_none());
        let mut touched = cookie.into_bytes();
        touched[30] ^= 1;
        assert!(Flow::open(&secret, &String::from_utf8_lossy(&touched), now).is_none());
        let longest = Flow::new(words(), &format!("/{}", "a".repeat(999)), None, now);
        assert!(longest.next.len() == 1_000 && longest.sealed(&secret).len() < 3_000);
        let longer = Flow::new(words(), &format!("/{}", "a".repeat(1_000)), None, now);
        assert_eq!(longer.next, "/");
    }
}
