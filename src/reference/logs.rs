//! The terminal's logs: a file a day for the till and one for the host, sent when the day is over and when the
//! server asks, from where the server says that it has them.
use super::fault::Fault;
use super::link::Call;
use super::terminal::{Note, Terminal};
use super::till::Sale;
use super::wire::{self, LogStands, LogsWanted, Report, State, Work};
use super::work::Outcome;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::SystemTime;

const BOOK: &str = "logs.json";
/// What one file may hold, how many days are kept, and what one request carries.
const LONGEST: usize = 32 << 10;
const DAYS: usize = 3;
const PART: usize = 16 << 10;
/// Tries of one log before the work is put off.
const TRIES: u32 = 6;
const LATER_S: u64 = 60;

/// The files, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Book {
    sales: u32,
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct File {
    kind: Kind,
    day: String,
    size: usize,
    /// What the server has.
    received: usize,
    whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Ecr,
    Pos,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ecr => "ecr",
            Self::Pos => "pos",
        }
    }

    fn format(self) -> &'static str {
        match self {
            Self::Ecr => "zvt-lines",
            Self::Pos => "ndjson",
        }
    }
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn today() -> String {
    now().format("%Y-%m-%d").to_string()
}

impl Terminal {
    /// Makes believe that it sold something, and writes that down.
    ///
    /// # Errors
    /// When the terminal's own folder fails.
    pub async fn sell(&mut self, sales: u32) -> Result<(), Fault> {
        let mut book = self.book().await?;
        let (mut ecr, mut pos) = (String::new(), String::new());
        for _ in 0..sales {
            book.sales = book.sales.wrapping_add(1);
            let sale = Sale::draw(&mut self.link.dice, book.sales, now());
            ecr.push_str(&sale.ecr());
            pos.push_str(&sale.pos(&self.identity.terminal_id));
        }
        let day = today();
        for (kind, text) in [(Kind::Ecr, ecr), (Kind::Pos, pos)] {
            let name = format!("{}-{day}.log", kind.name());
            let file = book.files.entry(name.clone()).or_insert_with(|| File {
                kind,
                day: day.clone(),
                size: 0,
                received: 0,
                whole: false,
            });
            if file.size + text.len() > LONGEST {
                continue;
            }
            file.size += text.len();
            self.keep
                .off(move |keep| keep.append(&name, text.as_bytes()))
                .await?;
        }
        self.forget_old(&mut book).await?;
        self.save(&book).await
    }

    /// Does what the work asks: sends its logs of a kind and of those days.
    pub(super) async fn send_wanted(&mut self, work: &Work) -> Result<Outcome, Fault> {
        let wanted: LogsWanted = match serde_json::from_value(work.payload.clone()) {
            Ok(wanted) => wanted,
            Err(e) => {
                let report = Report::because(State::Failed, "bad-payload", e.to_string());
                return Ok(Outcome::Finished(report));
            }
        };
        let mut tries = 0;
        loop {
            let fits = |file: &File| {
                file.kind.name() == wanted.kind
                    && wanted.from.as_ref().is_none_or(|from| *from <= file.day)
                    && wanted.until.as_ref().is_none_or(|until| file.day <= *until)
            };
            let fault = match self.send_logs(fits, Some(work.id)).await {
                Ok(n) => {
                    let mut report = Report::of(State::Done);
                    report.detail = Some(format!("{n} logs"));
                    return Ok(Outcome::Finished(report));
                }
                Err(fault) if fault.passes() => fault,
                Err(fault @ Fault::Refused(_)) if !fault.is_about_credential() => {
                    let code = fault.code().unwrap_or_default().to_owned();
                    let report = Report::because(State::Failed, &code, fault.to_string());
                    return Ok(Outcome::Finished(report));
                }
                Err(fault) => return Err(fault),
            };
            tries += 1;
            if tries == TRIES {
                let mut report = Report::because(State::TryLater, "network", fault.to_string());
                report.retry_after_s = Some(fault.retry_after().map_or(LATER_S, |w| w.as_secs()));
                return Ok(Outcome::Later(report));
            }
            self.note(&Note::Fault(&fault));
            let wait = self.backoff.next(&mut self.link.dice, fault.retry_after());
            self.note(&Note::Waits(wait));
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends what is left of days that are over.
    pub(super) async fn send_due(&mut self) -> Result<(), Fault> {
        let today = today();
        let due = |file: &File| file.day < today && !file.whole;
        match self.send_logs(due, None).await {
            Err(fault) if !matches!(fault, Fault::Folder(_)) => {
                self.note(&Note::Fault(&fault));
                Ok(())
            }
            other => other.map(drop),
        }
    }

    async fn send_logs(
        &mut self,
        fits: impl Fn(&File) -> bool,
        task: Option<i32>,
    ) -> Result<usize, Fault> {
        let mut book = self.book().await?;
        let these = book.files.iter().filter(|(_, file)| fits(file));
        let these: Vec<String> = these.map(|(name, _)| name.clone()).collect();
        for name in &these {
            let Some(mut file) = book.files.get(name).cloned() else {
                continue;
            };
            let sent = self.send_log(name, &mut file, task).await;
            book.files.insert(name.clone(), file);
            self.save(&book).await?;
            sent?;
        }
        Ok(these.len())
    }

    /// Sends one log, part by part, until the server has what is here.
    async fn send_log(
        &mut self,
        name: &str,
        file: &mut File,
        task: Option<i32>,
    ) -> Result<(), Fault> {
        let own = name.to_owned();
        let bytes = self.keep.off(move |keep| keep.read(&own)).await?;
        let bytes = bytes.unwrap_or_default();
        let mut stuck = 0;
        while !file.whole && stuck < 3 {
            let before = file.received;
            let part = bytes
                .get(before..bytes.len().min(before + PART))
                .unwrap_or_default();
            match self.send_part(name, file, part, task, bytes.len()).await {
                // That is of a file before this one, which began in the same way: it is told from it once there is more.
                Ok(stands) if stands.received > bytes.len() => {
                    file.received = 0;
                    break;
                }
                Ok(stands) => {
                    file.received = stands.received;
                    file.whole = stands.whole;
                    self.note(&Note::Logged {
                        name,
                        received: stands.received,
                    });
                }
                Err(Fault::Refused(refusal)) if refusal.code == "log.closed" => file.whole = true,
                // All of it is there, and more than that.
                Err(Fault::Refused(refusal))
                    if refusal.received.is_some_and(|n| n > bytes.len()) && before == 0 =>
                {
                    file.whole = refusal.status == 422;
                    break;
                }
                Err(Fault::Refused(refusal))
                    if refusal.received.is_some() && refusal.status == 409 =>
                {
                    file.received = refusal.received.unwrap_or_default();
                }
                Err(fault) => return Err(fault),
            }
            if file.received == bytes.len() && (file.whole || file.day >= today()) {
                break;
            }
            stuck = if file.received > before { 0 } else { stuck + 1 };
        }
        Ok(())
    }

    async fn send_part(
        &mut self,
        name: &str,
        file: &File,
        part: &[u8],
        task: Option<i32>,
        size: usize,
    ) -> Result<LogStands, Fault> {
        let mut url = self
            .link
            .line
            .resolve(&wire::log_path(file.kind.name(), name))?;
        let mut said = vec![
            ("offset", file.received.to_string()),
            ("format", file.kind.format().to_owned()),
            ("day", file.day.clone()),
        ];
        if file.kind == Kind::Ecr {
            said.push(("till", "1".to_owned()));
        }
        // Of the current day there is more to come.
        if file.day < today() {
            said.push(("total", size.to_string()));
        }
        said.extend(task.map(|task| ("task", task.to_string())));
        url.query_pairs_mut().extend_pairs(said);
        let token = self.token()?;
        let call = Call::put(url, token.as_deref(), part.to_vec());
        self.link.ask(call).await
    }

    async fn book(&self) -> Result<Book, Fault> {
        let found: Option<Book> = self.keep.off(|keep| keep.read_json(BOOK)).await?;
        Ok(found.unwrap_or_default())
    }

    async fn save(&self, book: &Book) -> Result<(), Fault> {
        let book = book.clone();
        self.keep
            .off(move |keep| keep.write_json(BOOK, &book))
            .await
    }

    /// The oldest days make room.
    async fn forget_old(&self, book: &mut Book) -> Result<(), Fault> {
        let mut days: Vec<String> = book.files.values().map(|file| file.day.clone()).collect();
        days.sort();
        days.dedup();
        let Some(first) = days.iter().rev().nth(DAYS - 1).cloned() else {
            return Ok(());
        };
        let old = book.files.iter().filter(|(_, file)| file.day < first);
        let old: Vec<String> = old.map(|(name, _)| name.clone()).collect();
        for name in old {
            book.files.remove(&name);
            self.keep.off(move |keep| keep.remove(&name)).await?;
        }
        Ok(())
    }
}
