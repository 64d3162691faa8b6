//! Activation codes: how they look, and where one stands.
use crate::clock::Millis;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// Wrong tries that a code survives less one: the third failure kills it.
pub(in crate::terminals) const ATTEMPTS: i32 = 3;
/// How long a code may be used.
pub(in crate::terminals) const TTL: Duration = Duration::from_hours(24);
const CODE_CHARS: usize = 10;
/// Crockford's base 32: no letter that looks like a digit or another letter.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A one-time code of 50 random bits, shown as `XXXXX-XXXXX`. It is shown once and never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A code from random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; CODE_CHARS]) -> Self {
        let chars = bytes.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        Self(chars.into_iter().collect())
    }

    /// What a person typed: hyphens, spaces and case do not matter, nor O for 0, I and L for 1.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let chars = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let upper = chars.map(|c| c.to_ascii_uppercase());
        Self(
            upper
                .map(|c| match c {
                    'O' => '0',
                    'I' | 'L' => '1',
                    c => c,
                })
                .collect(),
        )
    }

    /// Without its hyphen, as it is hashed.
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = self.0.len() / 2;
        write!(f, "{}-{}", &self.0[..half], &self.0[half..])
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// What a terminal asks with.
#[derive(Debug, Clone)]
pub(in crate::terminals) struct Asked {
    pub tid: String,
    pub serial_number: String,
    pub code: Code,
    /// Yes, take this place over from the device that holds it.
    pub confirm: bool,
    /// The same key with the same request gets the same token.
    pub idempotency_key: Option<String>,
    /// What its key counts as, when it wants a certificate and no token.
    pub certified: Option<[u8; 32]>,
    pub from: Option<std::net::IpAddr>,
}

/// The code of a terminal as its operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Activation {
    pub state: CodeState,
    pub serial_number: String,
    pub attempts_left: i32,
    pub created_at: Millis,
    pub created_by: String,
    pub expires_at: Millis,
    pub used_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeState {
    Pending,
    Used,
    Expired,
    /// Three failures, or taken back.
    Dead,
}

impl CodeState {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Used, Self::Expired, Self::Dead];

    #[must_use]
    pub fn of(
        now: Millis,
        attempts_left: i32,
        expires_at: Millis,
        used_at: Option<Millis>,
    ) -> Self {
        match used_at {
            Some(_) => Self::Used,
            None if attempts_left <= 0 => Self::Dead,
            None if expires_at <= now => Self::Expired,
            None => Self::Pending,
        }
    }

    /// Its stable name; `state-` and this is its word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Dead => "dead",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::from_random([0, 1, 2, 10, 20, 31, 32, 63, 255, 17]);
        assert_eq!(code.to_string(), "012AM-Z0ZZH");
        for typed in ["012AM-Z0ZZH", "oi2am z0zzh", " 0l2A-Mzo-ZzH "] {
            assert_eq!(Code::typed(typed), code, "{typed}");
        }
        assert_ne!(Code::typed("012AM-Z0ZZJ"), code);
        assert_eq!(format!("{code:?}"), "Code(…)");
    }

    #[test]
    fn a_code_is_pending_until_something_ends_it() {
        let at = |now, left, used| CodeState::of(Millis(now), left, Millis(10), used);
        assert_eq!(at(9, 3, None), CodeState::Pending);
        assert_eq!(at(10, 3, None), CodeState::Expired);
        assert_eq!(at(9, 0, None), CodeState::Dead);
        assert_eq!(at(99, 0, Some(Millis(5))), CodeState::Used);
    }
}
