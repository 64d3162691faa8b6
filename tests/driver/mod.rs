//! A browser, driven over the `WebDriver` protocol: Debian's Chromium through its chromedriver.
//! Knows the few commands that the tests need and keeps what the page said on its console and
//! which requests it made.
#![allow(
    dead_code,
    reason = "every test binary compiles the whole driver and uses a part of it"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a harness may panic"
)]
pub(crate) mod guise;

use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// No sandbox, because tests run as root too; nothing that asks the outside world.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--no-default-browser-check",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
];

/// A key as `WebDriver` names it.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";

/// One browser with one tab. Closes when dropped.
pub(crate) struct Browser {
    driver: Child,
    at: SocketAddr,
    session: String,
    http: reqwest::Client,
}

/// One request that the page made.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) url: String,
    pub(crate) headers: Value,
}

impl Browser {
    pub(crate) async fn open() -> Self {
        let (driver, at) = start_driver();
        let mut browser = Self {
            driver,
            at,
            session: String::new(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": FLAGS, "perfLoggingPrefs": { "enableNetwork": true } },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let session = browser.call("session", Some(wanted)).await;
        session["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut browser.session);
        browser
    }

    /// `POST` with a body, `GET` without; the answer's `value`.
    async fn call(&self, command: &str, body: Option<Value>) -> Value {
        let url = format!("http://{}/{command}", self.at);
        let request = match body {
            Some(body) => self.http.post(url).json(&body),
            None => self.http.get(url),
        };
        let answer: Value = request
            .timeout(Duration::from_mins(2))
            .send()
            .await
            .expect("chromedriver answers")
            .json()
            .await
            .expect("chromedriver speaks JSON");
        let value = answer["value"].clone();
        assert!(value["error"].is_null(), "{command}: {value}");
        value
    }

    async fn command(&self, name: &str, body: Value) -> Value {
        let command = format!("session/{}/{name}", self.session);
        self.call(&command, Some(body)).await
    }

    /// A command of the DevTools protocol.
    pub(crate) async fn devtools(&self, cmd: &str, params: Value) -> Value {
        let body = json!({ "cmd": cmd, "params": params });
        self.command("goog/cdp/execute", body).await
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    /// Where the tab is now.
    pub(crate) async fn url(&self) -> String {
        let command = format!("session/{}/url", self.session);
        self.call(&command, None)
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Runs the body of a function; a promise is waited for.
    pub(crate) async fn eval(&self, script: &str) -> Value {
        let body = json!({ "script": script, "args": [] });
        self.command("execute/sync", body).await
    }

    /// Waits until an expression is true, and fails with the page's text when it never is.
    pub(crate) async fn wait_for(&self, expression: &str) {
        let begun = Instant::now();
        let script = format!("return Boolean({expression})");
        while self.eval(&script).await != true {
            if begun.elapsed() > PATIENCE {
                let text = self.eval("return document.body.innerText").await;
                panic!(
                    "never became true: {expression}; {}: {text}",
                    self.url().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types on the keyboard, wherever the focus is.
    pub(crate) async fn keys(&self, text: &str) {
        let strokes: Vec<Value> = text
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("actions", json!({ "actions": [keyboard] }))
            .await;
    }

    /// The size of the page in CSS pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 760 });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// `light` or `dark`, as the reader's system asks for it.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub(crate) async fn scripting(&self, on: bool) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !on }),
        )
        .await;
    }

    pub(crate) async fn set_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "url": url, "name": name, "value": value });
        self.devtools("Network.setCookie", cookie).await;
    }

    pub(crate) async fn screenshot(&self) -> Vec<u8> {
        let shot = self
            .devtools("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        base64::engine::general_purpose::STANDARD
            .decode(shot["data"].as_str().expect("a picture"))
            .unwrap()
    }

    /// What the console said since the last call, in one line each.
    pub(crate) async fn console(&self) -> Vec<String> {
        let log = self.command("se/log", json!({ "type": "browser" })).await;
        log.as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["level"] != "DEBUG" && entry["level"] != "INFO")
            .map(|entry| format!("{}: {}", entry["level"], entry["message"]))
            .collect()
    }

    /// The requests made since the last call.
    pub(crate) async fn sent(&self) -> Vec<Sent> {
        let log = self
            .command("se/log", json!({ "type": "performance" }))
            .await;
        log.as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .map(|entry| {
                let request = &entry["message"]["params"]["request"];
                Sent {
                    url: request["url"].as_str().unwrap_or_default().to_owned(),
                    headers: request["headers"].clone(),
                }
            })
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium itself ends with its session, not with the driver.
        if let Ok(mut stream) = TcpStream::connect(self.at) {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
                self.session, self.at
            );
            drop(stream.set_read_timeout(Some(Duration::from_secs(10))));
            drop(stream.write_all(request.as_bytes()));
            drop(stream.read(&mut [0; 512]));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

fn start_driver() -> (Child, SocketAddr) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed");
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines
        .find_map(|line| {
            let line = line.ok()?;
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        })
        .expect("chromedriver names its port");
    (driver, SocketAddr::from(([127, 0, 0, 1], port)))
}
