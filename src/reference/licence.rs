//! Fetching a licence: resumed where it broke off, checked against its SHA-256 before anything is
//! replaced, and done at once when the very file is in use already.
use super::fault::{Fault, chain};
use super::folder::Keep;
use super::link::{Call, PATIENCE};
use super::names::{current_of, installed_at};
use super::terminal::{Note, Terminal};
use super::wire::{LicenceFile, Report, State, Work};
use super::work::Outcome;
use reqwest::header::{CONTENT_RANGE, ETAG};
use reqwest::{Response, StatusCode, Url};
use ring::digest;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

const PART: &str = "licence.part";
const PART_OF: &str = "licence.part.json";
/// Tries of one download before the item is put off.
const TRIES: u32 = 6;
/// When put off for the network's sake.
const LATER_S: u64 = 60;
/// Longer files tell their progress.
const TELL_FROM: u64 = 256 << 10;

/// The licence in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    pub file_name: String,
    pub size_bytes: u64,
    pub sha256: String,
    /// Where it lies in the terminal's folder.
    pub path: String,
}

/// Which file a half-fetched one belongs to.
#[derive(Debug, Serialize, Deserialize)]
struct PartOf {
    sha256: String,
    etag: String,
}

/// Why a download ended without the file.
enum Broken {
    /// Going on may help.
    Off(Fault),
    /// Going on cannot help.
    For(Report),
    Closed,
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Off(fault)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Off(error.into())
    }
}

impl Terminal {
    /// The licence in use, and its bytes.
    pub fn licence(&self) -> Result<Option<(Installed, Vec<u8>)>, Fault> {
        self.licence_of("")
    }

    /// That of one program.
    pub fn licence_of(&self, software: &str) -> Result<Option<(Installed, Vec<u8>)>, Fault> {
        let current = current_of(software);
        let Some(installed) = self.keep.read_json::<Installed>(&current)? else {
            return Ok(None);
        };
        Ok(self
            .keep
            .read(&installed.path)?
            .map(|bytes| (installed, bytes)))
    }

    pub(super) async fn fetch_licence(&mut self, work: &Work) -> Result<Outcome, Fault> {
        let failed = |code: &str, why: String| {
            Ok(Outcome::Finished(Report::because(State::Failed, code, why)))
        };
        let file: LicenceFile = match serde_json::from_value(work.payload.clone()) {
            Ok(file) => file,
            Err(e) => return failed("bad-payload", e.to_string()),
        };
        let Some(url) = self.own_link(work) else {
            return failed("foreign-link", "the link is not on this server".into());
        };
        if self.has(&file).await? {
            return Ok(Outcome::Finished(Report::of(State::Done)));
        }
        let mut begun = Report::of(State::Downloading);
        begun.progress = Some(0);
        if !self.progress(work.id, &begun).await? {
            return Ok(Outcome::Closed);
        }
        match self.download_patiently(work.id, &url, &file).await {
            Ok(()) => {}
            Err(Broken::For(report)) => return Ok(Outcome::Finished(report)),
            Err(Broken::Closed) => return Ok(Outcome::Closed),
            Err(Broken::Off(fault)) if fault.passes() => {
                let mut report = Report::because(State::TryLater, "network", fault.to_string());
                report.retry_after_s = Some(fault.retry_after().map_or(LATER_S, |w| w.as_secs()));
                return Ok(Outcome::Later(report));
            }
            Err(Broken::Off(fault)) => return Err(fault),
        }
        if !self
            .progress(work.id, &Report::of(State::Installing))
            .await?
        {
            return Ok(Outcome::Closed);
        }
        self.install(&file).await?;
        Ok(Outcome::Finished(Report::of(State::Done)))
    }

    fn own_link(&self, work: &Work) -> Option<Url> {
        let url = self.link.line.resolve(work.link.as_deref()?).ok()?;
        self.link.line.is_own(&url).then_some(url)
    }

    /// True when exactly this file is in use and unharmed.
    async fn has(&self, file: &LicenceFile) -> Result<bool, Fault> {
        let (wanted, current) = (file.sha256.clone(), current_of(&file.software));
        self.keep
            .off(move |keep| {
                let current = keep.read_json::<Installed>(&current)?;
                let Some(current) = current.filter(|c| c.sha256 == wanted) else {
                    return Ok(false);
                };
                Ok(keep
                    .read(&current.path)?
                    .is_some_and(|b| sha256(&b) == wanted))
            })
            .await
    }

    async fn download_patiently(
        &mut self,
        id: i32,
        url: &Url,
        file: &LicenceFile,
    ) -> Result<(), Broken> {
        let mut tries = 0;
        loop {
            let fault = match self.download(id, url, file).await {
                Err(Broken::Off(fault)) if fault.passes() => fault,
                other => return other,
            };
            tries += 1;
            if tries == TRIES {
                return Err(fault.into());
            }
            self.note(&Note::Fault(&fault));
            let wait = self.backoff.next(&mut self.link.dice, fault.retry_after());
            self.note(&Note::Waits(wait));
            tokio::time::sleep(wait).await;
        }
    }

    /// One try, beginning where the last one stopped.
    async fn download(&mut self, id: i32, url: &Url, file: &LicenceFile) -> Result<(), Broken> {
        let (mut have, etag) = self.part_of(file).await?;
        if have < file.size_bytes || have == 0 {
            let token = self.token()?;
            // Ranges count the file's own bytes, so it must not be compressed on its way.
            let mut call =
                Call::get(url.clone(), token.as_deref()).header("accept-encoding", "identity");
            if have > 0 {
                call = call
                    .header("range", format!("bytes={have}-"))
                    .header("if-range", etag);
            }
            let answer = self.link.send(call).await.map_err(gone)?;
            have = self.begin_part(&answer, have, file).await?;
            self.receive(id, answer, have, file).await?;
        }
        let wanted = file.sha256.clone();
        let good = self
            .keep
            .off(move |keep| {
                let good = keep
                    .read(PART)?
                    .is_some_and(|bytes| sha256(&bytes) == wanted);
                if !good {
                    keep.remove(PART)?;
                }
                Ok(good)
            })
            .await?;
        if good {
            return Ok(());
        }
        let why = "the bytes do not have the SHA-256 that the work names";
        if have == 0 {
            return Err(Broken::For(Report::because(
                State::Failed,
                "digest-mismatch",
                why,
            )));
        }
        // A resumed file may have been damaged here; a fresh one decides.
        Err(Fault::Network(why.into()).into())
    }

    /// How much of this very file is here already, and its `ETag`.
    async fn part_of(&self, file: &LicenceFile) -> Result<(u64, String), Fault> {
        let wanted = file.sha256.clone();
        self.keep
            .off(move |keep| {
                let part = keep
                    .read_json::<PartOf>(PART_OF)?
                    .filter(|p| p.sha256 == wanted);
                let Some(part) = part else {
                    keep.remove(PART)?;
                    return Ok((0, String::new()));
                };
                Ok((length(keep, PART)?, part.etag))
            })
            .await
    }

    /// Returns where the coming bytes belong.
    async fn begin_part(
        &self,
        answer: &Response,
        have: u64,
        file: &LicenceFile,
    ) -> Result<u64, Broken> {
        if have > 0 && answer.status() == StatusCode::PARTIAL_CONTENT {
            let range = answer.headers().get(CONTENT_RANGE);
            let expected = format!("bytes {have}-");
            let fits = range
                .and_then(|r| r.to_str().ok())
                .is_some_and(|r| r.starts_with(&expected));
            if fits {
                self.note(&Note::Resumed { from: have });
                return Ok(have);
            }
            self.keep.off(|keep| keep.remove(PART)).await?;
            return Err(Fault::Nonsense("another range than asked for".into()).into());
        }
        let etag = answer.headers().get(ETAG).and_then(|e| e.to_str().ok());
        let part = PartOf {
            sha256: file.sha256.clone(),
            etag: etag.unwrap_or_default().to_owned(),
        };
        self.keep
            .off(move |keep| {
                keep.remove(PART)?;
                keep.write_json(PART_OF, &part)
            })
            .await?;
        Ok(0)
    }

    async fn receive(
        &mut self,
        id: i32,
        mut answer: Response,
        mut have: u64,
        file: &LicenceFile,
    ) -> Result<(), Broken> {
        let mut told = have * 4 / file.size_bytes.max(1);
        loop {
            let chunk = tokio::time::timeout(PATIENCE, answer.chunk())
                .await
                .map_err(|_| Fault::Network("the file stopped half-way".into()))?
                .map_err(|e| Fault::Network(chain(&e)))?;
            let Some(chunk) = chunk else { break };
            let len = chunk.len();
            have += len as u64;
            if have > file.size_bytes {
                self.keep.off(|keep| keep.remove(PART)).await?;
                let why = "the file is longer than the work says";
                let report = Report::because(State::Failed, "size-mismatch", why);
                return Err(Broken::For(report));
            }
            self.keep.off(move |keep| keep.append(PART, &chunk)).await?;
            if let Some(rate) = self.link.weather.bytes_per_second {
                let rate = f64::from(rate.max(1));
                let len = f64::from(u32::try_from(len).unwrap_or(u32::MAX));
                tokio::time::sleep(Duration::from_secs_f64(len / rate)).await;
            }
            self.link.may_lose("the rest of the file").await?;
            let quarter = have * 4 / file.size_bytes.max(1);
            if file.size_bytes >= TELL_FROM && quarter > told && quarter < 4 {
                told = quarter;
                let mut report = Report::of(State::Downloading);
                report.progress = u32::try_from(quarter * 25).ok();
                if !self.progress(id, &report).await? {
                    return Err(Broken::Closed);
                }
            }
        }
        let complete = have == file.size_bytes;
        complete
            .then_some(())
            .ok_or_else(|| Fault::Network("the file ended early".into()).into())
    }

    /// Puts the checked file into use; the one before goes last.
    async fn install(&mut self, file: &LicenceFile) -> Result<(), Fault> {
        let installed = Installed {
            file_name: file.file_name.clone(),
            size_bytes: file.size_bytes,
            sha256: file.sha256.clone(),
            path: installed_at(&file.software, &file.file_name),
        };
        let current = current_of(&file.software);
        self.keep
            .off(move |keep| {
                let before = keep.read_json::<Installed>(&current)?;
                keep.rename(PART, &installed.path)?;
                keep.write_json(&current, &installed)?;
                keep.remove(PART_OF)?;
                match before {
                    Some(old) if old.path != installed.path => keep.remove(&old.path),
                    _ => Ok(()),
                }
            })
            .await?;
        self.note(&Note::Installed {
            file_name: &file.file_name,
            bytes: file.size_bytes,
        });
        Ok(())
    }
}

fn gone(fault: Fault) -> Broken {
    match &fault {
        Fault::Refused(r) if r.status == 404 => Broken::For(Report::because(
            State::Failed,
            "licence-gone",
            r.to_string(),
        )),
        _ => fault.into(),
    }
}

fn length(keep: &Keep, name: &str) -> io::Result<u64> {
    Ok(keep.read(name)?.map_or(0, |bytes| bytes.len() as u64))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// Lower-case hex of the SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    hex(hash.as_ref())
}
