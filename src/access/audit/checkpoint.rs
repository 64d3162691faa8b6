//! Checkpoints: signed lines that say how long the chain was and what its newest row hashed to.
//!
//! Kept elsewhere, they show what the chain cannot show by itself: rows cut off its end, and a chain
//! that was written anew. The key comes from the server's secret, so that whoever has the database
//! alone cannot sign.
//!
//! ```text
//! posfleet-audit-1 <rows> <hash of the newest> <time> <public key> <signature>
//! ```
//!
//! Bytes are in hex, the time in RFC 3339, one blank between two of them. Signed (Ed25519, RFC 8032)
//! are the bytes before the last blank.
use super::chain::GENESIS;
use super::store;
use crate::access::error;
use crate::access::model::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::sealing::{Secret, from_hex, hex, is_signed};
use ring::signature::KeyPair as _;

/// What the lines begin with; another form would have another number.
const FORM: &str = "posfleet-audit-1";
const LABEL: &str = "audit.checkpoint";

/// How the chain stood at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub rows: i64,
    /// Hash of the newest row; zeros when there was none.
    pub head: Vec<u8>,
    pub at: Millis,
}

impl Checkpoint {
    /// How the chain stands now. Nothing is checked: a row is believed to hash to what it says.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take(conn: &mut Conn, now: Millis) -> Result<Self, Error> {
        let (rows, head) = store::last(conn)?.unwrap_or((0, GENESIS.to_vec()));
        Ok(Self {
            rows,
            head,
            at: now,
        })
    }

    /// How the chain stands now, for one who sees all of it.
    pub(super) fn take_for(
        conn: &mut Conn,
        scope: &Scope,
        now: Millis,
    ) -> Result<Self, error::Error> {
        match scope {
            Scope::All => Ok(Self::take(conn, now)?),
            Scope::Only(_) => Err(error::Error::ScopeTooNarrow),
        }
    }

    /// The line, signed.
    #[must_use]
    pub fn signed(&self, secret: &Secret) -> String {
        let keys = secret.signing_keys(LABEL);
        let (head, key) = (hex(&self.head), hex(keys.public_key().as_ref()));
        let line = format!("{FORM} {} {head} {} {key}", self.rows, self.at);
        let signature = hex(keys.sign(line.as_bytes()).as_ref());
        format!("{line} {signature}")
    }
}

/// The public key that this installation's checkpoints are signed by.
#[must_use]
pub fn audit_key(secret: &Secret) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(secret.signing_keys(LABEL).public_key().as_ref());
    key
}

/// Why a file of checkpoints proves nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    #[error("line {line} is no checkpoint")]
    Unreadable { line: usize },
    #[error("line {line} is signed by another key, {key}")]
    OtherKey { line: usize, key: String },
    #[error("line {line} was changed after it was signed, or forged")]
    Forged { line: usize },
    #[error("there is no checkpoint in it")]
    Nothing,
}

/// The checkpoints of a file, one a line, all signed by that key. Empty lines and those that begin
/// with `#` say nothing.
///
/// # Errors
/// The first line that was not signed so, or that there is none.
pub fn read_checkpoints(text: &str, key: &[u8; 32]) -> Result<Vec<Checkpoint>, BadCheckpoint> {
    let all = text
        .lines()
        .enumerate()
        .map(|(before, line)| (before + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| read(number, line, key))
        .collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() {
        return Err(BadCheckpoint::Nothing);
    }
    Ok(all)
}

fn read(number: usize, line: &str, key: &[u8; 32]) -> Result<Checkpoint, BadCheckpoint> {
    let (checkpoint, own, signature) =
        parts(line).ok_or(BadCheckpoint::Unreadable { line: number })?;
    if own != *key {
        return Err(BadCheckpoint::OtherKey {
            line: number,
            key: hex(&own),
        });
    }
    let signed = line.rsplit_once(' ').map_or("", |(signed, _)| signed);
    if !is_signed(key, signed.as_bytes(), &signature) {
        return Err(BadCheckpoint::Forged { line: number });
    }
    Ok(checkpoint)
}

/// What a line says, the key that it names, and its signature.
fn parts(line: &str) -> Option<(Checkpoint, [u8; 32], [u8; 64])> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [FORM, rows, head, at, key, signature] = fields.as_slice() else {
        return None;
    };
    let checkpoint = Checkpoint {
        rows: rows.parse::<i64>().ok().filter(|rows| *rows >= 0)?,
        head: from_hex::<32>(head)?.to_vec(),
        at: Millis::parse(at)?,
    };
    Some((checkpoint, from_hex(key)?, from_hex(signature)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by RFC 8032 in another language.
    const LINE: &str = "posfleet-audit-1 42 \
        abababababababababababababababababababababababababababababababab \
        2027-01-15T08:00:00.123Z \
        40e0f9db8508f4272fc4a57fa9e55e8ede65dc90964ac46e9cb401e77ea9cd3f \
        b611fe58c24be520e926c397d7c1bc5af03be39c7ca739780db3a8693d16f2d7\
        8b11863ecc6b7f9e0548037b0f7da6d084599ba8297de64a7c2b4f23e3fe1e06";

    fn secret() -> Secret {
        Secret::from_bytes(&[7; 32])
    }

    fn taken() -> Checkpoint {
        Checkpoint {
            rows: 42,
            head: vec![0xab; 32],
            at: Millis(1_800_000_000_123),
        }
    }

    #[test]
    fn the_line_is_what_an_independent_signer_writes() {
        assert_eq!(taken().signed(&secret()), LINE);
        let file = format!("# kept at the bank\n\n{LINE}\r\n{LINE}");
        let read = read_checkpoints(&file, &audit_key(&secret()));
        assert_eq!(read, Ok(vec![taken(), taken()]));
    }

    #[test]
    fn nothing_that_was_not_signed_is_believed() {
        let key = audit_key(&secret());
        let read = |text: &str| read_checkpoints(text, &key);
        for (from, to) in [(" 42 ", " 41 "), (" ab", " ac"), (".123Z", ".124Z")] {
            let text = LINE.replacen(from, to, 1);
            assert_eq!(read(&text), Err(BadCheckpoint::Forged { line: 1 }), "{to}");
        }
        let own = taken().signed(&Secret::from_bytes(&[8; 32]));
        let refused = read(&format!("{LINE}\n{own}"));
        assert!(matches!(
            refused,
            Err(BadCheckpoint::OtherKey { line: 2, .. })
        ));
        for text in ["hello", &LINE[..300], LINE.replace(" 42 ", " -1 ").as_str()] {
            let refused = read(&format!("\n{text}"));
            assert_eq!(
                refused,
                Err(BadCheckpoint::Unreadable { line: 2 }),
                "{text}"
            );
        }
        assert_eq!(read(" \n# nothing\n"), Err(BadCheckpoint::Nothing));
    }
}
