//! Terminals of a benchmark: activated over the wire as any terminal is, and the requests they send.
use super::server::{Member, Target};
use super::wire::{Connection, Shot, request};
use crate::clock::Clock;
use serde_json::{Value, json};
use std::sync::Arc;

/// Connections over which terminals are activated.
const AT_ONCE: usize = 16;

/// A terminal that holds its credential.
#[derive(Debug, Clone)]
pub(super) struct Terminal {
    serial: String,
    token: String,
}

/// Activates all of them, in their order.
pub(super) async fn activate(to: &Target, members: &[Member]) -> anyhow::Result<Vec<Terminal>> {
    let each = members.len().div_ceil(AT_ONCE).max(1);
    let chunks = members.chunks(each).map(|chunk| activate_some(to, chunk));
    let chunks = futures_util::future::try_join_all(chunks).await?;
    Ok(chunks.into_iter().flatten().collect())
}

async fn activate_some(to: &Target, members: &[Member]) -> anyhow::Result<Vec<Terminal>> {
    let mut connection = Connection::open(to).await?;
    let mut all = Vec::with_capacity(members.len());
    for member in members {
        let body = json!({
            "terminal_id": member.tid, "serial_number": member.serial,
            "activation_code": member.code,
        });
        let headers = ["content-type: application/json"];
        let shot = request(
            "POST",
            "/terminal/v1/activate",
            &headers,
            body.to_string().as_bytes(),
        );
        let heard = connection.exchange(&shot).await?.expect(200)?;
        let said: Value = serde_json::from_slice(heard.body)?;
        all.push(Terminal {
            serial: member.serial.clone(),
            token: said["token"].as_str().unwrap_or_default().to_owned(),
        });
    }
    Ok(all)
}

/// What a check-in brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// About 400 bytes: the clock, the session and the status, which are the same every time.
    Whole,
    /// The clock alone.
    Clock,
}

/// One check-in of each terminal, to be sent to `path`.
pub(super) fn check_ins(all: &[Terminal], path: &str, body: Body) -> Arc<[Shot]> {
    let now = Clock::system().now().rfc3339();
    all.iter()
        .map(|terminal| {
            let body = match body {
                Body::Clock => json!({ "terminal_time": now }),
                Body::Whole => whole(terminal, &now),
            };
            let authorization = format!("authorization: Bearer {}", terminal.token);
            let headers = [&*authorization, "content-type: application/json"];
            request("POST", path, &headers, body.to_string().as_bytes())
        })
        .collect()
}

fn whole(terminal: &Terminal, now: &str) -> Value {
    json!({
        "terminal_time": now,
        "session": {"id": "b1946ac92492d234", "reference": "004711", "terminal_version": "4.2.1",
                    "last_action": "sale", "country_code": "FR"},
        "status": {
            "model": "F20", "serial_number": terminal.serial,
            "versions": {"android": "14", "secure_firmware": "1.4.0"},
            "battery": {"percent": 80, "charging": false}, "paper": "ok",
            "packages": [{"name": "pos.payments", "version": "4.2.1"}],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_in_is_as_long_as_real_ones_are() {
        let terminal = Terminal {
            serial: "B-00000001".into(),
            token: "t".into(),
        };
        let bytes = whole(&terminal, "2026-11-21T14:05:07.120Z")
            .to_string()
            .len();
        assert!((350..=450).contains(&bytes), "{bytes}");
    }
}
