//! A terminal that sends its logs while the server is killed again and again, and remembers what it was told.
use super::written::Written;
use posfleet::reference::Dice;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many bytes a body has.
const BODY: std::ops::Range<u32> = 90_000..420_000;

/// What one log's terminal was told last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) received: i64,
    pub(super) whole: bool,
}

/// By the terminal and the log's name.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    pub(super) logs: BTreeMap<(String, String), Told>,
    pub(super) bodies: usize,
    /// Bodies of which no answer came.
    pub(super) broken: usize,
    /// Refused for now, and sent again.
    pub(super) refused: BTreeMap<String, usize>,
}

#[derive(Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Account>>);

impl Ledger {
    pub(super) fn copy(&self) -> Account {
        self.0.lock().unwrap().clone()
    }

    fn with<T>(&self, f: impl FnOnce(&mut Account) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }
}

/// A terminal, and how it writes.
pub(super) struct Sender {
    pub(super) tid: &'static str,
    pub(super) written: Written,
    /// Steps or sales of one log.
    pub(super) length: i64,
    pub(super) token: String,
    /// The servers that it turns to, now one, now the other.
    pub(super) bases: Vec<String>,
    pub(super) ledger: Ledger,
}

pub(super) fn name(number: i64) -> String {
    format!("day-{number}.log")
}

impl Sender {
    /// Sends one log after the other until it is stopped, the last one to its end; how many.
    pub(super) async fn run(self, seed: u64, stop: CancellationToken) -> i64 {
        let http = Client::builder().no_proxy().build().unwrap();
        let mut dice = Dice::new(seed);
        for number in 0.. {
            if stop.is_cancelled() {
                return number;
            }
            let (log, _) = self.written.log(number, self.length);
            self.send(&http, &mut dice, &name(number), &log).await;
        }
        0
    }

    /// Sends one log body by body. Where none answers it asks how much is there, and goes on from that, or from where it
    /// was told to.
    async fn send(&self, http: &Client, dice: &mut Dice, name: &str, log: &[u8]) {
        let (kind, format) = (self.written.kind(), self.written.format());
        let mut at = None;
        loop {
            let base = dice.pick(&self.bases).unwrap();
            let url = format!("{base}/terminal/v1/logs/{kind}/{name}");
            let Some(from) = at else {
                at = self.asked(http.get(url), name).await;
                continue;
            };
            let end = log
                .len()
                .min(from + dice.between(BODY.start, BODY.end) as usize);
            let put = http
                .put(format!(
                    "{url}?format={format}&offset={from}&total={}",
                    log.len()
                ))
                .body(log[from..end].to_vec());
            self.ledger.with(|account| account.bodies += 1);
            at = if let Ok(answer) = put.bearer_auth(&self.token).send().await {
                self.heard(answer, name).await
            } else {
                self.ledger.with(|account| account.broken += 1);
                tokio::time::sleep(Duration::from_millis(50)).await;
                // Some know themselves where to go on, and send again what was kept and not acknowledged.
                let told = usize::try_from(self.told(name).received).unwrap();
                dice.chance(0.3).then_some(told)
            };
            if self.told(name).whole {
                return;
            }
        }
    }

    /// How much is there, once somebody answers.
    async fn asked(&self, get: RequestBuilder, name: &str) -> Option<usize> {
        match get.bearer_auth(&self.token).send().await {
            Ok(answer) if answer.status() == 404 => {
                // What was acknowledged once is not unknown later.
                assert_eq!(self.told(name), Told::default(), "{} {name}", self.tid);
                Some(0)
            }
            Ok(answer) => self.heard(answer, name).await,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
        }
    }

    fn told(&self, name: &str) -> Told {
        let key = (self.tid.to_owned(), name.to_owned());
        self.ledger
            .with(|account| account.logs.get(&key).copied().unwrap_or_default())
    }

    /// Where to go on; `None` where that has to be asked for.
    async fn heard(&self, answer: Response, name: &str) -> Option<usize> {
        let status = answer.status().as_u16();
        let said: Value = answer.json().await.ok()?;
        if status != 200 {
            let code = said["code"].as_str().unwrap_or_default().to_owned();
            let passes = ["log.overtaken", "log.crowded"].contains(&code.as_str()) || status == 503;
            assert!(passes, "{} {name}: {status} {said}", self.tid);
            self.ledger
                .with(|account| *account.refused.entry(code).or_default() += 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
            return None;
        }
        let told = Told {
            received: said["received"].as_i64().unwrap(),
            whole: said["whole"].as_bool().unwrap(),
        };
        let before = self.told(name);
        assert!(
            told.received >= before.received && told.whole >= before.whole,
            "{} {name}: {before:?}, then {told:?}",
            self.tid
        );
        let key = (self.tid.to_owned(), name.to_owned());
        self.ledger.with(|account| account.logs.insert(key, told));
        usize::try_from(told.received).ok()
    }
}
