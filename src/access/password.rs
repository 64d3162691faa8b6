//! Passwords: argon2id with a salt each, computed off the async threads and few at a time.
//!
//! NIST SP 800-63B: at least twelve characters here, at most 128 (so that a huge one costs
//! nothing), no rules of composition.
use super::error::Error;
use crate::db;
use crate::sealing;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

pub(super) const SHORTEST: usize = 12;
pub(super) const LONGEST: usize = 128;

/// Each hash takes 19 MiB and a core for a while: more of them at once would only starve the fleet.
static PLACES: Semaphore = Semaphore::const_new(2);

/// Refuses what is too short or too long, counted in characters.
pub(super) fn check(password: &str) -> Result<(), Error> {
    match password.chars().count() {
        ..SHORTEST => Err(Error::PasswordTooShort),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(Error::PasswordTooLong),
    }
}

/// The hash as a PHC string. Blocks for a noticeable time.
pub(super) fn hash_blocking(password: &str) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&sealing::random::<16>()).map_err(broken)?;
    let hash = engine()?.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(broken)?.to_string())
}

/// [`hash_blocking`] for async callers.
pub(super) async fn hash(password: String) -> Result<String, Error> {
    off_thread(move || hash_blocking(&password)).await
}

/// Whether `password` is the one that was hashed. Without a hash (no such operator, no password
/// yet) a dummy is compared, so that the answer takes as long and tells as much: nothing.
pub(super) async fn is_right(password: String, hash: Option<String>) -> Result<bool, Error> {
    off_thread(move || {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => dummy()?,
        };
        let parsed = PasswordHash::new(&hash).map_err(broken)?;
        let matches = engine()?
            .verify_password(password.as_bytes(), &parsed)
            .is_ok();
        Ok(matches && known)
    })
    .await
}

fn dummy() -> Result<String, Error> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = DUMMY.get() {
        return Ok(hash.clone());
    }
    let hash = hash_blocking(&sealing::new_token())?;
    Ok(DUMMY.get_or_init(|| hash).clone())
}

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
fn engine() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn off_thread<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _place = PLACES.acquire().await.map_err(broken)?;
    tokio::task::spawn_blocking(f).await.map_err(broken)?
}

fn broken(cause: impl std::fmt::Display) -> Error {
    db::Error::Fault(anyhow::anyhow!("passwords: {cause}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_operator_passes() {
        let hash = hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            is_right("correct horse".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!is_right("battery staple".into(), Some(hash)).await.unwrap());
        assert!(!is_right("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(check("пароль-12345").is_ok());
        assert!(check("пароль-1234").is_err());
        assert!(check(&"ж".repeat(128)).is_ok());
        assert!(check(&"ж".repeat(129)).is_err());
    }
}
