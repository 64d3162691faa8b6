//! The messages of the Terminal API as a terminal sees them, written from the protocol's document
//! and not from the server's types: what the two disagree about, a test shall find.
//!
//! Fields that this terminal does not know are ignored, as the protocol asks of both sides.
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub const ACTIVATE: &str = "/terminal/v1/activate";
pub const CHECK_IN: &str = "/terminal/v1/checkin";
pub const CERTIFICATE: &str = "/terminal/v1/certificate";
pub const CONFIRM: &str = "/terminal/v1/certificate/confirm";
pub const WAIT: &str = "/terminal/v1/wait";

/// Where a terminal reports on a work item.
#[must_use]
pub fn report_path(id: i32) -> String {
    format!("/terminal/v1/work/{id}/report")
}

/// Where a terminal sends a log.
#[must_use]
pub fn log_path(kind: &str, name: &str) -> String {
    format!("/terminal/v1/logs/{kind}/{name}")
}

#[derive(Debug, Serialize)]
pub struct Activate<'a> {
    pub terminal_id: &'a str,
    pub serial_number: &'a str,
    pub activation_code: &'a str,
    pub confirm: bool,
    /// The wish for a certificate instead of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csr: Option<&'a str>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Activated {
    pub terminal_id: String,
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default)]
    pub certificate: Option<String>,
    pub server_time: String,
    pub next_check_in_s: u64,
    #[serde(default)]
    pub warning: Option<String>,
}

/// The wish for the next certificate.
#[derive(Debug, Serialize)]
pub struct CertificateWanted<'a> {
    pub csr: &'a str,
}

#[derive(Debug, Clone, Deserialize)]
pub struct CertificateOffered {
    pub certificate: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    pub not_after: Option<String>,
}

/// A check-in; what is absent has not changed.
#[derive(Debug, Serialize)]
pub struct CheckIn<'a> {
    pub terminal_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<&'a Session>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'a Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<&'a Profile>,
}

/// The parameters that the server wishes, and in a check-in those that the terminal uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_level: Option<String>,
}

/// What the terminal is doing since it was switched on, or since the shop opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

/// What the terminal says of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub model: String,
    pub serial_number: String,
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<Battery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sim: Option<Sim>,
    #[serde(default)]
    pub packages: Vec<Package>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_offline: Option<PendingOffline>,
    /// Anything else a vendor wants to tell; the server keeps what it does not know.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Battery {
    pub percent: u32,
    pub charging: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    Ok,
    Low,
    Out,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    pub free_bytes: u64,
    pub total_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sim {
    pub operator: String,
    pub signal_percent: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingOffline {
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    pub server_time: String,
    pub next_check_in_s: u64,
    #[serde(default)]
    pub wait_url: Option<String>,
    #[serde(default)]
    pub status_wanted: bool,
    #[serde(default)]
    pub profile: Option<Profile>,
    #[serde(default)]
    pub work: Vec<Work>,
}

/// One item of the work list.
#[derive(Debug, Clone, Deserialize)]
pub struct Work {
    pub id: i32,
    pub kind: String,
    #[serde(default)]
    pub link: Option<String>,
    #[serde(default)]
    pub payload: Value,
    #[serde(default)]
    pub expires_at: Option<String>,
}

/// What the payload of a `licence` item says of the file.
#[derive(Debug, Clone, Deserialize)]
pub struct LicenceFile {
    pub file_name: String,
    pub size_bytes: u64,
    pub sha256: String,
    /// The program that it is for; empty when it is for none in particular.
    #[serde(default)]
    pub software: String,
}

/// What the payload of a `log` item asks for.
#[derive(Debug, Clone, Deserialize)]
pub struct LogsWanted {
    pub kind: String,
    /// The first and the last day, such as `2026-11-25`.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub until: Option<String>,
}

/// How a log stands.
#[derive(Debug, Clone, Deserialize)]
pub struct LogStands {
    pub received: usize,
    pub whole: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Waited {
    pub work_waiting: bool,
}

/// How a work item stands, in the protocol's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Downloading,
    Installing,
    Done,
    Failed,
    Refused,
    TryLater,
}

impl State {
    /// Nothing follows these.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Refused)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

impl Report {
    #[must_use]
    pub fn of(state: State) -> Self {
        Self {
            state,
            code: None,
            detail: None,
            progress: None,
            retry_after_s: None,
        }
    }

    /// A report that says why, for machines (`code`) and for people (`detail`).
    #[must_use]
    pub fn because(state: State, code: &str, detail: impl Into<String>) -> Self {
        Self {
            code: Some(code.to_owned()),
            detail: Some(detail.into()),
            ..Self::of(state)
        }
    }
}

/// What the server made of a report.
#[derive(Debug, Clone, Deserialize)]
pub struct Taken {
    /// Where the item stands now; `cancelling` and `cancelled` say that it is no longer wanted.
    #[serde(default)]
    pub state: String,
}

/// RFC 9457, as far as a terminal needs it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Problem {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub detail: String,
    #[serde(default)]
    pub received: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_not_sent_and_what_is_unknown_is_ignored() {
        let check_in = CheckIn {
            terminal_time: "2026-11-21T02:00:00.000Z".into(),
            session: None,
            status: None,
            profile: None,
        };
        assert_eq!(
            serde_json::to_string(&check_in).unwrap(),
            r#"{"terminal_time":"2026-11-21T02:00:00.000Z"}"#
        );
        assert_eq!(
            serde_json::to_string(&Report::of(State::TryLater)).unwrap(),
            r#"{"state":"try_later"}"#
        );
        let answer: Answer = serde_json::from_str(
            r#"{"server_time":"x","next_check_in_s":60,"moon":"full","work":[{"id":1,"kind":"licence"}]}"#,
        )
        .unwrap();
        assert_eq!(answer.work[0].id, 1);
        assert!(!answer.status_wanted);
    }
}
