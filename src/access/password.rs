//! Passwords: argon2id with a salt each, computed off the async threads and few at a time.
//!
//! NIST SP 800-63B: at least twelve characters here, at most 128 (so that a huge one costs
//! nothing), none that is commonly used or made of the login, no rules of composition, no forced change.
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

/// Refuses what is too short or too long, counted in characters, and what would be among the first
/// hundred million guesses: a common password, a name, a date, a run of keys, with the usual changes.
/// `about` are the words that a guesser of this very password would try first.
pub(super) fn check_blocking(password: &str, about: &[&str]) -> Result<(), Error> {
    match password.chars().count() {
        ..SHORTEST => return Err(Error::PasswordTooShort),
        SHORTEST..=LONGEST => {}
        _ => return Err(Error::PasswordTooLong),
    }
    let about: Vec<&str> = about.iter().copied().chain(["posfleet"]).collect();
    let is_common = zxcvbn::zxcvbn(password, &about).score() < zxcvbn::Score::Three;
    (!is_common).then_some(()).ok_or(Error::PasswordCommon)
}

/// [`check_blocking`] for async callers.
pub(super) async fn check(password: String, about: Vec<String>) -> Result<(), Error> {
    off_thread(move || {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        check_blocking(&password, &about)
    })
    .await
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
        let check = |password: &str| check_blocking(password, &[]);
        assert!(check("пароль-73-ёжик").is_ok());
        assert!(matches!(check("пароль-1234"), Err(Error::PasswordTooShort)));
        let long: String = ('а'..='я').cycle().step_by(7).take(128).collect();
        assert!(check(&long).is_ok());
        assert!(matches!(
            check(&format!("{long}ж")),
            Err(Error::PasswordTooLong)
        ));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        let refused = |password: &str| {
            let checked = check_blocking(password, &["anna.karenina", "Anna Karenina"]);
            matches!(checked, Err(Error::PasswordCommon))
        };
        for common in [
            "password1234",
            "P@ssw0rd1234",
            "qwertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "123456789012",
            "abcabcabcabc",
            "anna.karenina1",
            "posfleetposfleet",
        ] {
            assert!(refused(common), "{common}");
        }
        for good in [
            "correct horse battery staple",
            "nine loud otters hum",
            "Kv7-pq2.Zr9x",
        ] {
            assert!(!refused(good), "{good}");
        }
    }
}
