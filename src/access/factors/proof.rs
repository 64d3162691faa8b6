//! What proves somebody beside his password, and how it is typed. Pure rules.
use crate::clock::Millis;
use crate::ids::OperatorId;
use crate::sealing::{self, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;
use totp_rs::{Builder, Totp};

const KEY_BYTES: usize = 20;
/// What an authenticator program and this server share: as long as RFC 4226 recommends.
pub(super) type Key = [u8; KEY_BYTES];

/// Recovery codes that are given at once.
pub(super) const CODES: usize = 10;
/// Fifty random bits, in an alphabet whose letters nobody takes for another.
const CODE_CHARS: usize = 10;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 6;

/// Six digits that change every thirty seconds, by SHA-1, and those of a neighbouring step count as
/// well: all that every authenticator program understands.
fn totp(key: &Key) -> Builder {
    Builder::new()
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(1)
        .with_secret(*key)
}

/// The step (half minutes since 1970) that a code belongs to, when it is right about now.
pub(super) fn step_of(key: &Key, code: &str, now: Millis) -> Option<i64> {
    let seconds = u64::try_from(now.0 / 1000).ok()?;
    let step = totp(key).build_noncompliant().check(code, seconds)?;
    i64::try_from(step).ok()
}

/// What was typed into the field for a code.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Six digits of the authenticator program.
    Digits(String),
    /// Anything else: at best a recovery code, in the form in which it is hashed.
    Recovery(String),
}

impl Typed {
    pub(super) fn parse(text: &str) -> Self {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(2 * CODE_CHARS)
            .collect();
        if plain.len() == DIGITS && plain.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Digits(plain);
        }
        let folded = plain
            .to_lowercase()
            .replace('o', "0")
            .replace(['i', 'l'], "1");
        Self::Recovery(folded)
    }
}

/// New recovery codes, as they are shown.
pub(super) fn new_codes() -> Vec<String> {
    let code = || {
        let letters = sealing::random::<CODE_CHARS>().map(|byte| ALPHABET[usize::from(byte & 31)]);
        let (one, other) = letters.split_at(CODE_CHARS / 2);
        let text = |half: &[u8]| String::from_utf8_lossy(half).into_owned();
        format!("{}-{}", text(one), text(other))
    };
    (0..CODES).map(|_| code()).collect()
}

/// What is stored of a recovery code. It is too short for a bare hash to hide it from who has the
/// database, so the server's secret goes in.
pub(super) fn hash_of(secret: &Secret, whose: OperatorId, folded: &str) -> [u8; 32] {
    let data = format!("{whose} {folded}");
    secret.derive("access.recovery-code", data.as_bytes())
}

const STORED: &str = "access.second-factor";
const OFFERED: &str = "access.second-factor-offer";

/// A key as it is stored.
pub(super) fn seal(secret: &Secret, whose: OperatorId, key: &Key) -> Vec<u8> {
    secret.seal(STORED, &whose.0.to_be_bytes(), key)
}

/// A key that was stored.
pub(super) fn open(secret: &Secret, whose: OperatorId, sealed: &[u8]) -> Option<Key> {
    let key = secret.open(STORED, &whose.0.to_be_bytes(), sealed)?;
    key.try_into().ok()
}

/// A key that is offered to an operator's authenticator program. It is kept nowhere until a code
/// proves that the program took it: the form carries it, sealed.
#[derive(Debug, Clone)]
pub(in crate::access) struct Offer {
    pub(super) key: Key,
    until: Millis,
}

impl Offer {
    /// How long there is to set the program up.
    const LASTS: Duration = Duration::from_mins(30);

    pub(in crate::access) fn new(now: Millis) -> Self {
        Self {
            key: sealing::random(),
            until: now + Self::LASTS,
        }
    }

    pub(super) fn sealed(&self, secret: &Secret, whose: OperatorId) -> String {
        let plain = [self.key.as_slice(), &self.until.0.to_be_bytes()].concat();
        URL_SAFE_NO_PAD.encode(secret.seal(OFFERED, &whose.0.to_be_bytes(), &plain))
    }

    /// The offer that a form brings back, while it lasts.
    pub(in crate::access) fn open(
        secret: &Secret,
        whose: OperatorId,
        text: &str,
        now: Millis,
    ) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = secret.open(OFFERED, &whose.0.to_be_bytes(), &sealed)?;
        let (key, until) = plain.split_first_chunk::<KEY_BYTES>()?;
        let until = Millis(i64::from_be_bytes(until.try_into().ok()?));
        (until > now).then_some(Self { key: *key, until })
    }

    /// The step of the code that the program showed, when it did take this key.
    pub(in crate::access) fn step(&self, typed: &str, now: Millis) -> Option<i64> {
        match Typed::parse(typed) {
            Typed::Digits(code) => step_of(&self.key, &code, now),
            Typed::Recovery(_) => None,
        }
    }

    /// The address by which authenticator programs take a key, usually as a QR code.
    pub(super) fn uri(&self, issuer: &str, login: &str) -> Option<String> {
        let named = totp(&self.key)
            .with_issuer(Some(issuer.replace(':', " ")))
            .with_account_name(login);
        named.build_noncompliant().to_url().ok()
    }

    /// The key as it is typed by hand.
    pub(super) fn by_hand(&self) -> String {
        let totp: Totp = totp(&self.key).build_noncompliant();
        totp.secret().to_base32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    const VECTORS: &[(i64, &str)] = &[
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    const KEY: &Key = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in VECTORS {
            let step = step_of(KEY, code, Millis(seconds * 1000));
            assert_eq!(step, Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_no_longer() {
        let (seconds, code) = VECTORS[3];
        let step = seconds / 30;
        let begins = step * 30;
        for at in [begins - 30, begins, begins + 29, begins + 59] {
            assert_eq!(step_of(KEY, code, Millis(at * 1000)), Some(step), "{at}");
        }
        for at in [begins - 31, begins + 60, 0, -5] {
            assert_eq!(step_of(KEY, code, Millis(at * 1000)), None, "{at}");
        }
        for wrong in ["005925", "5924", "0005924", "", "+05924", "００５９２４"] {
            assert_eq!(step_of(KEY, wrong, Millis(begins * 1000)), None, "{wrong}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let digits = |text: &str| Typed::Digits(text.to_owned());
        let recovery = |text: &str| Typed::Recovery(text.to_owned());
        assert_eq!(Typed::parse(" 123 456 "), digits("123456"));
        assert_eq!(Typed::parse("abcde-01234"), recovery("abcde01234"));
        assert_eq!(Typed::parse(" ABCDE OIl34"), recovery("abcde01134"));
        assert_eq!(Typed::parse("1234567"), recovery("1234567"));
        assert_eq!(Typed::parse(&"7".repeat(5000)), recovery(&"7".repeat(20)));
    }

    #[test]
    fn recovery_codes_are_many_and_read_back() {
        let codes = new_codes();
        assert_eq!(codes.len(), CODES);
        for code in &codes {
            let plain = code.replace('-', "");
            assert_eq!((code.len(), plain.len()), (11, 10), "{code}");
            assert_eq!(Typed::parse(code), Typed::Recovery(plain));
        }
    }

    #[test]
    fn an_offer_is_taken_back_from_its_operator_only_and_for_a_while() {
        let (secret, ann, now) = (Secret::from_bytes(&[7; 32]), OperatorId(1), Millis(1_000));
        let offer = Offer::new(now);
        let text = offer.sealed(&secret, ann);
        let key = |whose, at| Offer::open(&secret, whose, &text, at).map(|offer| offer.key);
        assert_eq!(key(ann, now), Some(offer.key));
        assert_eq!(key(OperatorId(2), now), None);
        assert_eq!(key(ann, now + Offer::LASTS), None);
        assert!(Offer::open(&secret, ann, "", now).is_none());
        let other = secret.seal(STORED, &ann.0.to_be_bytes(), &[0; 28]);
        let other = URL_SAFE_NO_PAD.encode(other);
        assert!(Offer::open(&secret, ann, &other, now).is_none());
    }

    #[test]
    fn programs_take_the_address() {
        let offer = Offer {
            key: *KEY,
            until: Millis(0),
        };
        assert_eq!(offer.by_hand(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            offer.uri("posfleet fleet.example", "ann@shop").unwrap(),
            "otpauth://totp/posfleet%20fleet.example:ann%40shop\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=posfleet%20fleet.example"
        );
    }
}
