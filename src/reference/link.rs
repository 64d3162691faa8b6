//! The line to the server: one HTTP client that many terminals may share, and one terminal's own
//! conditions on it (a slow link, requests that get lost, answers that never arrive).
//!
//! It refuses plain HTTP to anything but this very machine, a server that the given certificate
//! authority did not certify, and to follow redirects: a terminal's token goes to its server only.
use super::dice::Dice;
use super::fault::{Fault, Refusal, chain};
use super::wire::Problem;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const CONNECT: Duration = Duration::from_secs(10);
/// For an answer that is not a file and not a long poll.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// The shortest body worth compressing: below this, gzip's own frame eats the gain.
const COMPRESS_FROM: usize = 512;
/// No answer but a file is longer.
const ANSWER_MAX: usize = 4 << 20;
/// A lost message is noticed after this long (a real terminal waits for its time-out; a simulation
/// has no use for that).
const LOST: Duration = Duration::from_millis(50);

/// Where the server is. Clones share connections.
#[derive(Clone)]
pub struct Line {
    http: reqwest::Client,
    base: Arc<Url>,
    ca: Option<Arc<[u8]>>,
    /// The server's listener for certificates.
    mutual: Option<Arc<Url>>,
}

impl Line {
    /// `ca` holds the certificates (PEM) that the server's own must descend from; no other
    /// authority is trusted then. Without it the public ones of the Web are.
    ///
    /// # Errors
    /// When the address or the certificates cannot be used, or the address would send tokens in
    /// the clear over a network.
    pub fn new(server: &str, ca: Option<&[u8]>) -> anyhow::Result<Self> {
        let base = Url::parse(server)?;
        let here = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match base.scheme() {
            "https" => {}
            "http" if here => {}
            "http" => anyhow::bail!("plain HTTP reaches this machine only: use https://"),
            other => anyhow::bail!("cannot speak {other}"),
        }
        Ok(Self {
            http: trusting(ca)?.build()?,
            base: Arc::new(base),
            ca: ca.map(Arc::from),
            mutual: None,
        })
    }

    /// The terminal is to ask for a certificate, and to come here with it.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn with_certificates_at(mut self, server: &str) -> anyhow::Result<Self> {
        let mutual = Url::parse(server)?;
        anyhow::ensure!(mutual.scheme() == "https", "certificates need https://");
        self.mutual = Some(Arc::new(mutual));
        Ok(self)
    }

    pub(super) fn asks_for_certificates(&self) -> bool {
        self.mutual.is_some()
    }

    /// The line of who shows this key and certificate (PEM).
    pub(super) fn showing(&self, identity: &[u8]) -> Result<Self, Fault> {
        let nonsense = |what: String| Fault::Nonsense(format!("the certificate: {what}"));
        let identity = reqwest::Identity::from_pem(identity).map_err(|e| nonsense(chain(&e)))?;
        let http = trusting(self.ca.as_deref()).map_err(|e| nonsense(e.to_string()))?;
        let http = http.identity(identity).build();
        Ok(Self {
            http: http.map_err(|e| nonsense(chain(&e)))?,
            base: self
                .mutual
                .clone()
                .unwrap_or_else(|| Arc::clone(&self.base)),
            ca: self.ca.clone(),
            mutual: self.mutual.clone(),
        })
    }

    /// A link of the server as an address. Absolute links must be as safe as the server's own.
    pub(super) fn resolve(&self, link: &str) -> Result<Url, Fault> {
        let url = self
            .base
            .join(link)
            .map_err(|e| Fault::Nonsense(format!("link `{link}`: {e}")))?;
        let same = url.scheme() == self.base.scheme();
        same.then_some(url)
            .ok_or_else(|| Fault::Nonsense(format!("link `{link}` leaves the server's scheme")))
    }

    /// True when `url` is on the server itself: the only place a download may come from.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }
}

/// A client that trusts these authorities alone, or the public ones of the Web.
fn trusting(ca: Option<&[u8]>) -> anyhow::Result<reqwest::ClientBuilder> {
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("posfleet-terminal/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        // One connection for each exchange under way: HTTP/2 would carry a whole fleet on one.
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    if let Some(pem) = ca {
        http = http.tls_built_in_root_certs(false);
        let bundle = reqwest::Certificate::from_pem_bundle(pem)?;
        anyhow::ensure!(!bundle.is_empty(), "no certificate in the CA file");
        for certificate in bundle {
            http = http.add_root_certificate(certificate);
        }
    }
    Ok(http)
}

/// What a terminal's link does to its messages. The default is a perfect one.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    /// The probability that a message is lost, for each direction.
    pub loss: f64,
    /// The probability that a request arrives twice.
    pub doubled: f64,
    /// Added to every request.
    pub latency: Duration,
    /// How fast files arrive.
    pub bytes_per_second: Option<u32>,
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) token: Option<&'a str>,
    pub(super) headers: Vec<(&'static str, String)>,
    body: Option<Body>,
    pub(super) patience: Duration,
}

impl<'a> Call<'a> {
    pub(super) fn get(url: Url, token: Option<&'a str>) -> Self {
        Self {
            method: Method::GET,
            url,
            token,
            headers: Vec::new(),
            body: None,
            patience: PATIENCE,
        }
    }

    pub(super) fn post(
        url: Url,
        token: Option<&'a str>,
        body: &impl Serialize,
    ) -> Result<Self, Fault> {
        let body = serde_json::to_vec(body).map_err(|e| Fault::Nonsense(e.to_string()))?;
        Ok(Self {
            method: Method::POST,
            url,
            token,
            headers: Vec::new(),
            body: Some(compressed(body, "application/json")),
            patience: PATIENCE,
        })
    }

    pub(super) fn put(url: Url, token: Option<&'a str>, body: Vec<u8>) -> Self {
        Self {
            method: Method::PUT,
            body: Some(compressed(body, "application/octet-stream")),
            ..Self::get(url, token)
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// What a request carries.
struct Body {
    bytes: Vec<u8>,
    is_gzip: bool,
    kind: &'static str,
}

fn compressed(plain: Vec<u8>, kind: &'static str) -> Body {
    let (bytes, is_gzip) = packed(plain);
    Body {
        bytes,
        is_gzip,
        kind,
    }
}

/// The bytes to send, and whether they are gzip.
fn packed(plain: Vec<u8>) -> (Vec<u8>, bool) {
    if plain.len() < COMPRESS_FROM {
        return (plain, false);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    match gzip.write_all(&plain).and_then(|()| gzip.finish()) {
        Ok(packed) => (packed, true),
        Err(_) => (plain, false),
    }
}

/// One terminal's end of the line.
pub(super) struct Link {
    pub(super) line: Line,
    pub(super) weather: Weather,
    pub(super) dice: Dice,
}

impl Link {
    /// Sends and reads a JSON answer.
    pub(super) async fn ask<T: DeserializeOwned>(&mut self, call: Call<'_>) -> Result<T, Fault> {
        let patience = call.patience;
        let answer = self.send(call).await?;
        let read = tokio::time::timeout(patience, whole(answer));
        let bytes = read
            .await
            .map_err(|_| Fault::Network("the answer stopped half-way".into()))??;
        serde_json::from_slice(&bytes).map_err(|e| Fault::Nonsense(e.to_string()))
    }

    /// Sends, and returns a successful answer with its body still to be read.
    pub(super) async fn send(&mut self, call: Call<'_>) -> Result<Response, Fault> {
        if !self.weather.latency.is_zero() {
            tokio::time::sleep(self.weather.latency).await;
        }
        self.may_lose("the request").await?;
        let mut answer = self.once(&call).await?;
        if call.method != Method::GET && self.dice.chance(self.weather.doubled) {
            answer = self.once(&call).await?;
        }
        self.may_lose("the answer").await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(refusal(answer).await.into())
    }

    /// The weather's chance to lose a message.
    pub(super) async fn may_lose(&mut self, what: &str) -> Result<(), Fault> {
        if self.dice.chance(self.weather.loss) {
            tokio::time::sleep(LOST).await;
            return Err(Fault::Network(format!("{what} was lost")));
        }
        Ok(())
    }

    async fn once(&self, call: &Call<'_>) -> Result<Response, Fault> {
        let http = &self.line.http;
        let mut request = http.request(call.method.clone(), call.url.clone());
        if let Some(token) = call.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, body.kind);
            if body.is_gzip {
                request = request.header(CONTENT_ENCODING, "gzip");
            }
            request = request.body(body.bytes.clone());
        }
        tokio::time::timeout(call.patience, request.send())
            .await
            .map_err(|_| Fault::Network("no answer in time".into()))?
            .map_err(|e| Fault::Network(chain(&e)))
    }
}

async fn whole(mut answer: Response) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|e| Fault::Network(chain(&e)))?
    {
        if bytes.len() + chunk.len() > ANSWER_MAX {
            return Err(Fault::Nonsense("an endless answer".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn refusal(answer: Response) -> Refusal {
    let status = answer.status().as_u16();
    let retry_after = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| when(value, SystemTime::now()));
    let body = tokio::time::timeout(PATIENCE, whole(answer)).await;
    let problem: Problem = body
        .ok()
        .and_then(Result::ok)
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    Refusal::new(status, problem, retry_after)
}

/// `Retry-After`: seconds, or a date.
fn when(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    let wait = SystemTime::from(at).duration_since(now);
    Some(wait.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_never_cross_a_network_in_the_clear() {
        assert!(Line::new("http://fleet.example", None).is_err());
        assert!(Line::new("ftp://127.0.0.1", None).is_err());
        assert!(Line::new("http://127.0.0.1:8080", None).is_ok());
        assert!(Line::new("https://fleet.example", None).is_ok());
        assert!(Line::new("https://fleet.example", Some(b"no certificate")).is_err());
    }

    #[test]
    fn links_stay_as_safe_as_the_server() {
        let line = Line::new("https://fleet.example", None).unwrap();
        let own = line.resolve("/terminal/v1/licence").unwrap();
        assert_eq!(own.as_str(), "https://fleet.example/terminal/v1/licence");
        assert!(line.is_own(&own));
        let other = line
            .resolve("https://wait.example/terminal/v1/wait")
            .unwrap();
        assert!(!line.is_own(&other));
        assert!(line.resolve("http://fleet.example/x").is_err());
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_700);
        assert_eq!(when("12", now), Some(Duration::from_secs(12)));
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(when(date, now), Some(Duration::from_secs(77)));
        assert_eq!(when("soon", now), None);
    }
}
