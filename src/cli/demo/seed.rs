//! Sets the demo up over the Management API, as a script of the customer's own would: the network,
//! the terminals with their activation codes, and licences. Every step may be repeated, so a demo
//! that was stopped half-way is completed by the next run.
use super::network::{ESTABLISHMENTS, Place, place};
use crate::reference::{Identity, Member, sha256};
use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

/// How often the demo's terminals check in.
const INTERVAL_S: u32 = 60;
/// Licences that are there before the terminals come; the others follow one by one, to be watched.
const AT_ONCE: usize = 5;
const PAUSE: Duration = Duration::from_millis(700);

/// The server does not want this as things stand: somebody at the web UI has been busy.
#[derive(Debug, thiserror::Error)]
#[error("{0}: {1}")]
struct NotNow(String, StatusCode);

pub(super) struct Seeder {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Seeder {
    pub(super) fn new(base: &str, token: String) -> anyhow::Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            base: base.to_owned(),
            token,
        })
    }

    pub(super) async fn build_network(&self) -> anyhow::Result<()> {
        for it in &ESTABLISHMENTS {
            let body = json!({ "name": it.name, "time_zone": it.time_zone,
                "country": it.country });
            self.put(&format!("/api/v1/establishments/{}", it.code), &body)
                .await?;
            for (code, name, address, manager) in it.points {
                let body = json!({ "establishment": it.code, "name": name,
                    "address": address, "manager_name": manager });
                self.put(&format!("/api/v1/points-of-service/{code}"), &body)
                    .await?;
            }
        }
        Ok(())
    }

    /// Registers `count` terminals that will live and a few that nobody ever switches on. A code is
    /// made only for those that have not been activated yet.
    pub(super) async fn register(
        &self,
        count: usize,
        folder: &Path,
    ) -> anyhow::Result<Vec<Member>> {
        let mut members = Vec::with_capacity(count);
        for number in 0..count + count.div_ceil(40) {
            let place = place(number);
            let path = format!("/api/v1/terminals/{}", place.tid);
            self.register_one(&path, &place).await?;
            if number >= count {
                continue;
            }
            if folder.join(&place.tid).join("token").exists() {
                members.push(member(place, String::new()));
                continue;
            }
            match self.activation_code(&path).await {
                Ok(code) => members.push(member(place, code)),
                // Suspended or retired by hand.
                Err(said) if said.is::<NotNow>() => {}
                Err(said) => return Err(said),
            }
        }
        Ok(members)
    }

    /// Registers a terminal that is not there yet; what somebody changed of it stays.
    async fn register_one(&self, path: &str, place: &Place) -> anyhow::Result<()> {
        match self.send(self.request(Method::GET, path)).await {
            Err(said) if said.is::<NotNow>() => {}
            found => return found.map(drop),
        }
        let body = json!({ "serial_number": place.serial_number, "model": place.model.0,
            "point_of_service": place.point, "interval_s": INTERVAL_S });
        self.put(path, &body).await?;
        Ok(())
    }

    async fn activation_code(&self, path: &str) -> anyhow::Result<String> {
        let request = self.request(Method::POST, &format!("{path}/activation-code"));
        let answer = self.send(request).await?;
        let code = answer["code"].as_str().context("no code in the answer")?;
        Ok(code.to_owned())
    }

    /// Uploads a licence for six of seven terminals, most of them before anybody asks.
    pub(super) async fn hand_out_licences(&self, numbers: Range<usize>) -> anyhow::Result<()> {
        let lucky = numbers.filter(|number| number % 7 != 3);
        for (nth, number) in lucky.enumerate() {
            self.hand_out(&place(number)).await?;
            if nth % AT_ONCE == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    async fn hand_out(&self, place: &Place) -> anyhow::Result<()> {
        let path = format!("/api/v1/terminals/{}/licence", place.tid);
        let bytes = licence(place);
        let request = self
            .request(Method::PUT, &format!("{path}?file_name={}.lic", place.tid))
            .header("content-type", "application/octet-stream")
            .body(bytes);
        match self.send(request).await {
            // Somebody at the web UI was faster, or has retired the terminal: his word counts.
            Err(said) if said.is::<NotNow>() => Ok(()),
            sent => sent.map(drop),
        }
    }

    async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.http.request(method, url).bearer_auth(&self.token)
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await?;
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let bytes = answer.bytes().await?;
        if status == StatusCode::CONFLICT || status == StatusCode::NOT_FOUND {
            return Err(NotNow(path, status).into());
        }
        if !status.is_success() {
            bail!("{path}: {status} {}", String::from_utf8_lossy(&bytes));
        }
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

fn member(place: Place, activation_code: String) -> Member {
    Member {
        model: Some(place.model.1.to_owned()),
        country: Some(place.country.to_owned()),
        identity: Identity {
            terminal_id: place.tid,
            serial_number: place.serial_number,
            activation_code,
        },
    }
}

/// A file such as a licence distributor issues, a few kilobytes long; its seal is for show.
fn licence(place: &Place) -> Vec<u8> {
    let mut text = format!(
        "POS-LICENCE 1\nterminal: {}\nserial: {}\nmodel: {}\nsoftware: pos.payments 4\n\
         features: sale refund preauth loyalty\nissued-by: demo\n\n",
        place.tid, place.serial_number, place.model.1
    );
    let mut seal = sha256(text.as_bytes());
    for _ in 0..40 + seal.len() % 7 * 5 {
        text.push_str(&seal);
        text.push('\n');
        seal = sha256(seal.as_bytes());
    }
    text.into_bytes()
}
