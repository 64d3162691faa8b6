//! How a terminal becomes one of the fleet: one exchange that may be repeated until its answer is safe.
use super::certificate::{self, KEY};
use super::fault::Fault;
use super::journal::Journal;
use super::licence::hex;
use super::link::Call;
use super::terminal::{JOURNAL, Note, Own, PROFILE, STATUS, TOKEN, Terminal};
use super::wire::{self, Activate, Activated};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

const ACTIVATION: &str = "activation.json";

/// An activation that was begun: repeated with the same key it gives the same token.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    key: String,
    code: String,
    confirm: bool,
}

impl Terminal {
    /// One try to activate. After a lost answer call it again: the key of the first try is kept on
    /// disk, so the server gives the same token and the code is not spent twice.
    ///
    /// `confirm` replaces a credential that another device, or this one in a former life, holds.
    pub async fn activate(&mut self, confirm: bool) -> Result<Activated, Fault> {
        let begun = self.begin(confirm)?;
        let wants = self.home.asks_for_certificates();
        let certified = wants
            .then(|| certificate::request(&self.keep, self.terminal_id()))
            .transpose()?;
        // A line that shows a certificate of before is not for this.
        self.link.line = self.home.clone();
        let body = Activate {
            terminal_id: &self.identity.terminal_id,
            serial_number: &self.identity.serial_number,
            activation_code: &self.identity.activation_code,
            confirm,
            csr: certified.as_ref().map(|(_, csr)| csr.as_str()),
        };
        let url = self.home.resolve(wire::ACTIVATE)?;
        let call = Call::post(url, None, &body)?.header("idempotency-key", begun.key);
        let answer: Activated = match self.link.ask(call).await {
            Ok(answer) => answer,
            Err(fault) => {
                if !fault.passes() {
                    self.keep.off(forget).await?;
                }
                return Err(fault);
            }
        };
        let (token, certificate) = (answer.token.clone(), answer.certificate.clone());
        let key = certified.map(|(key, _)| key);
        self.keep
            .off(move |keep| {
                // A new credential is a new life: what a former one was told and did is not ours.
                keep.remove(STATUS)?;
                keep.remove(PROFILE)?;
                keep.remove(JOURNAL)?;
                match (key, certificate, token) {
                    (Some(key), Some(certificate), _) => {
                        certificate::keep_first(keep, &key, &certificate)?;
                        keep.remove(TOKEN)?;
                    }
                    (_, _, Some(token)) => {
                        keep.write(TOKEN, token.as_bytes())?;
                        keep.remove(certificate::OWN)?;
                    }
                    _ => return Err(std::io::Error::other("an activation without a credential")),
                }
                keep.remove(ACTIVATION)
            })
            .await?;
        self.own = match answer.token.clone() {
            Some(token) => Own::Token(token),
            None => Own::Certificate,
        };
        if let Some(line) = certificate::line_of(&self.keep, &self.home)? {
            self.link.line = line;
        }
        self.accepted = None;
        self.session_told = None;
        self.profile = None;
        self.journal = Journal::default();
        self.note(&Note::Activated);
        Ok(answer)
    }

    fn begin(&self, confirm: bool) -> Result<Begun, Fault> {
        let code = &self.identity.activation_code;
        if let Some(begun) = self.keep.read_json::<Begun>(ACTIVATION)?
            && begun.code == *code
            && begun.confirm == confirm
        {
            return Ok(begun);
        }
        let begun = Begun {
            key: new_key(),
            code: code.clone(),
            confirm,
        };
        self.keep.write_json(ACTIVATION, &begun)?;
        Ok(begun)
    }
}

/// Forgets an activation that was refused, and its key: that one may be known by now, from another whose
/// answer was lost.
fn forget(keep: &super::Keep) -> std::io::Result<()> {
    keep.remove(ACTIVATION)?;
    keep.remove(KEY)
}

/// 128 random bits: two terminals, or two activations, never share a key.
fn new_key() -> String {
    let mut bytes = [0; 16];
    // Without randomness the key is merely constant, and the server checks the request itself.
    SystemRandom::new().fill(&mut bytes).ok();
    hex(&bytes)
}
