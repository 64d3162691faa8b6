//! Values at rest that only this server can read: AES-256-GCM under a key for each use.
//!
//! ```text
//! form (1 byte) | nonce (12) | ciphertext | tag (16)
//! ```
use super::{Secret, random};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// What sealed values begin with; another way of sealing would have another number.
const FORM: u8 = 1;

impl Secret {
    /// Seals a value for one use, by its label, and for what it is `about` (whose it is): opened as
    /// anything else, it is nothing. The nonce is random, which is safe for 2^32 values of one use.
    ///
    /// # Panics
    /// When the value is longer than AES-GCM can take, 64 GiB.
    #[must_use]
    #[expect(clippy::expect_used, reason = "nobody holds 64 GiB in memory")]
    pub fn seal(&self, label: &str, about: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = random::<NONCE_LEN>();
        let mut within = plain.to_vec();
        self.key_for(label)
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about),
                &mut within,
            )
            .expect("the value is of a length that can be sealed");
        [&[FORM], nonce.as_slice(), &within].concat()
    }

    /// What was sealed for that use and as that; `None` when it was not, or was changed since.
    #[must_use]
    pub fn open(&self, label: &str, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, within) = sealed.strip_prefix(&[FORM])?.split_first_chunk()?;
        let mut within = within.to_vec();
        let plain = self
            .key_for(label)
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(about),
                &mut within,
            )
            .ok()?;
        Some(plain.to_vec())
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are a key")]
    fn key_for(&self, label: &str) -> LessSafeKey {
        let bytes = self.derive("sealing.seal", label.as_bytes());
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).expect("32 bytes are a key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_server_opens_it_for_the_same_use_and_owner() {
        let secret = Secret::from_bytes(&[7; 32]);
        let sealed = secret.seal("use", b"ann", b"plain");
        assert_eq!(sealed.len(), 1 + 12 + 5 + 16);
        assert_eq!(
            secret.open("use", b"ann", &sealed).as_deref(),
            Some(b"plain".as_slice())
        );
        assert_eq!(secret.open("other", b"ann", &sealed), None);
        assert_eq!(secret.open("use", b"bob", &sealed), None);
        assert_eq!(
            Secret::from_bytes(&[8; 32]).open("use", b"ann", &sealed),
            None
        );
    }

    #[test]
    fn what_was_changed_or_cut_is_nothing() {
        let secret = Secret::from_bytes(&[7; 32]);
        let sealed = secret.seal("use", b"", b"");
        assert_eq!(secret.open("use", b"", &sealed), Some(Vec::new()));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(secret.open("use", b"", &changed), None, "byte {at}");
            assert_eq!(secret.open("use", b"", &sealed[..at]), None, "{at} bytes");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same() {
        let secret = Secret::from_bytes(&[7; 32]);
        assert_ne!(secret.seal("use", b"", b"x"), secret.seal("use", b"", b"x"));
    }
}
