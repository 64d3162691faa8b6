//! Secrets of the server: making tokens, hashing them, deriving values that only this server could
//! have made, signatures among them, and sealing what it alone may read again.
//!
//! The server secret is 32 random bytes in a file of mode 0600, made at first start. Several nodes
//! share one: a token derived by one node must be derived alike by another.
mod sealed;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use ring::{digest, hmac};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

const SECRET_BYTES: usize = 32;

/// The hash of a token, as stored: SHA-256. Tokens carry 256 random bits, so no slow hash is due.
pub type TokenHash = [u8; 32];

/// The server's secret. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(Arc<hmac::Key>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads the secret, or makes it when the file is absent.
    ///
    /// # Errors
    /// When others may read the file, or it is not 32 bytes long: both say that something is wrong
    /// with the deployment, and going on would hide it.
    pub fn load_or_create(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            create(path).with_context(|| format!("cannot make {}", path.display()))?;
        }
        check_private(path)?;
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        if bytes.len() != SECRET_BYTES {
            bail!(
                "{} is not a server secret ({SECRET_BYTES} bytes)",
                path.display()
            );
        }
        Ok(Self::from_bytes(&bytes))
    }

    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// HMAC-SHA256 over `label`, a zero byte and `data`: the label keeps one use's values from
    /// serving another.
    #[must_use]
    pub fn derive(&self, label: &str, data: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label.as_bytes());
        context.update(&[0]);
        context.update(data);
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    /// The Ed25519 keys of one use, by its label: the same on every node, and in no file.
    #[must_use]
    #[expect(clippy::expect_used, reason = "any 32 bytes are a seed")]
    pub fn signing_keys(&self, label: &str) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.derive(label, b"")).expect("32 bytes are a seed")
    }
}

/// Whether the owner of a public Ed25519 key signed this.
#[must_use]
pub fn is_signed(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(message, signature).is_ok()
}

fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    keep_new(path, &random::<SECRET_BYTES>())
}

/// Keeps a secret in a new file that its owner alone may read. Of several nodes that do so at once in
/// one folder, the first is right: the others find its file and leave it.
///
/// # Errors
/// When the folder cannot be written.
pub fn keep_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // Written aside and synced, so that a crash leaves no half secret behind.
    let aside = path.with_added_extension(format!("{}.new", hex(&random::<8>())));
    let done = write_new(&aside, bytes).and_then(|()| match std::fs::hard_link(&aside, path) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => Ok(()),
        // Some file systems have no links.
        Err(_) if !path.exists() => std::fs::rename(&aside, path),
        Ok(()) | Err(_) => Ok(()),
    });
    std::fs::remove_file(&aside).ok();
    done
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Refuses a file of a secret that others than its owner may read.
///
/// # Errors
/// When they may, or it cannot be looked at.
pub fn check_private(path: &Path) -> anyhow::Result<()> {
    let found = std::fs::metadata(path);
    let found = found.with_context(|| format!("cannot look at {}", path.display()))?;
    if found.permissions().mode() & 0o077 != 0 {
        bail!("{} can be read by others: chmod 600 it", path.display());
    }
    Ok(())
}

/// Random bytes from the system.
///
/// # Panics
/// When the system has no randomness to give: nothing safe could be done then.
#[must_use]
#[expect(clippy::expect_used, reason = "no safe way on without randomness")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random bytes");
    bytes
}

/// A new bearer token: 256 random bits, base64url.
#[must_use]
pub fn new_token() -> String {
    encode_token(&random::<32>())
}

/// Bytes as a token: base64url without padding.
#[must_use]
pub fn encode_token(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a token.
#[must_use]
pub fn hash_token(token: &str) -> TokenHash {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    out
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// Exactly `N` bytes, as hex of either case.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut digits = text.chars().map(|digit| digit.to_digit(16));
    let mut bytes = [0; N];
    for byte in &mut bytes {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

/// Compares without telling by its time where the first difference is.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |seen, (x, y)| seen | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.secret");
        let first = Secret::load_or_create(&path).unwrap().derive("a", b"x");
        let again = Secret::load_or_create(&path).unwrap();
        assert_eq!(first, again.derive("a", b"x"));
        assert_ne!(first, again.derive("b", b"x"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Secret::load_or_create(&path).is_err());
    }

    #[test]
    fn nodes_that_make_it_at_once_have_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.secret");
        let start = || Secret::load_or_create(&path).unwrap().derive("a", b"x");
        let made: Vec<_> = std::thread::scope(|nodes| {
            let nodes: Vec<_> = (0..8).map(|_| nodes.spawn(start)).collect();
            nodes.into_iter().map(|node| node.join().unwrap()).collect()
        });
        assert!(made.iter().all(|one| *one == made[0]));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn hex_is_read_as_it_is_written() {
        let bytes = [0x00, 0x7f, 0xff];
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        assert_eq!(from_hex("007FfF"), Some(bytes));
        for wrong in [
            "", "007f", "007fff0", "007fff00", "00+fff", "00 7ff", "é07ff",
        ] {
            assert_eq!(from_hex::<3>(wrong), None, "{wrong}");
        }
    }
}
