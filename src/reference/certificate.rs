//! A terminal that proves itself by a certificate: the key that never leaves it, the request that it
//! activates with, and the renewal.
//!
//! Key and certificate lie in one file, so that they change together. The next ones lie beside it
//! until the server has confirmed that they are in force; whatever a kill leaves, one of the two is
//! good, and asking is harmless.
use super::fault::Fault;
use super::folder::Keep;
use super::link::{Call, Line};
use super::terminal::{Note, Terminal};
use super::wire::{self, CertificateOffered, CertificateWanted, Confirmed, Report, State, Work};
use super::work::Outcome;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::json;

/// The key and the certificate in use.
pub(super) const OWN: &str = "identity.pem";
/// Those that the server offered.
const NEXT: &str = "identity.next.pem";
/// The key of an activation that was begun.
pub(super) const KEY: &str = "key.pem";

/// The key of the activation under way, kept before it is used, and a request for its certificate.
pub(super) fn request(keep: &Keep, name: &str) -> Result<(String, String), Fault> {
    let kept = keep.read(KEY)?.and_then(|pem| String::from_utf8(pem).ok());
    let key = if let Some(key) = kept.and_then(|pem| KeyPair::from_pem(&pem).ok()) {
        key
    } else {
        let key = KeyPair::generate().map_err(odd)?;
        keep.write(KEY, key.serialize_pem().as_bytes())?;
        key
    };
    Ok((key.serialize_pem(), csr(&key, name)?))
}

/// Keeps what the activation brought.
pub(super) fn keep_first(keep: &Keep, key: &str, certificate: &str) -> std::io::Result<()> {
    keep.write(OWN, format!("{key}{certificate}").as_bytes())?;
    keep.remove(NEXT)?;
    keep.remove(KEY)
}

/// The line of a terminal that holds a certificate, where the server asks for one.
pub(super) fn line_of(keep: &Keep, home: &Line) -> Result<Option<Line>, Fault> {
    match keep.read(OWN)? {
        Some(own) if home.asks_for_certificates() => home.showing(&own).map(Some),
        _ => Ok(None),
    }
}

fn csr(key: &KeyPair, name: &str) -> Result<String, Fault> {
    let mut params = CertificateParams::default();
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    let csr = params.serialize_request(key).map_err(odd)?;
    csr.pem().map_err(odd)
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
fn odd(cause: rcgen::Error) -> Fault {
    Fault::Nonsense(format!("a key or its request: {cause}"))
}

impl Terminal {
    /// The work of kind `certificate`.
    pub(super) async fn renew(&mut self, work: &Work) -> Result<Outcome, Fault> {
        let link = work.link.as_deref().unwrap_or(wire::CERTIFICATE);
        if !self.is_certified() {
            return Ok(Outcome::Finished(Report::because(
                State::Refused,
                "no-certificate",
                "this terminal does not use certificates",
            )));
        }
        // One that was offered before is not in force, or this work would not have been heard of.
        self.ask_for_next(link).await?;
        self.take_up_next().await?;
        Ok(Outcome::Finished(Report::of(State::Done)))
    }

    async fn ask_for_next(&mut self, link: &str) -> Result<(), Fault> {
        let key = KeyPair::generate().map_err(odd)?;
        let csr = csr(&key, self.terminal_id())?;
        let url = self.link.line.resolve(link)?;
        let call = Call::post(url, None, &CertificateWanted { csr: &csr })?;
        let offered: CertificateOffered = self.link.ask(call).await?;
        let both = format!("{}{}", key.serialize_pem(), offered.certificate);
        self.keep
            .off(move |keep| keep.write(NEXT, both.as_bytes()))
            .await
    }

    /// Puts the offered certificate in force, if there is one: over a connection made with it.
    ///
    /// # Errors
    /// When it could not be done now. An offer that does not stand any more is forgotten.
    pub(super) async fn take_up_next(&mut self) -> Result<(), Fault> {
        let Some(next) = self.keep.read(NEXT)? else {
            return Ok(());
        };
        let line = self.home.showing(&next)?;
        let before = std::mem::replace(&mut self.link.line, line);
        let url = self.link.line.resolve(wire::CONFIRM)?;
        let call = Call::post(url, None, &json!({}))?;
        match self.link.ask::<Confirmed>(call).await {
            Ok(_) => {
                self.keep.off(|keep| keep.rename(NEXT, OWN)).await?;
                self.note(&Note::Renewed);
                Ok(())
            }
            Err(fault) => {
                self.link.line = before;
                if !fault.passes() {
                    self.keep.off(|keep| keep.remove(NEXT)).await?;
                }
                Err(fault)
            }
        }
    }
}
