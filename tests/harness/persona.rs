//! Somebody who speaks HTTP to the server: with a browser's cookies and forms, or with a token.
use super::TestApp;
use reqwest::header::{HeaderMap, HeaderName, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// What the server answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: bytes::Bytes,
}

impl Answer {
    /// A stream of events has no end to wait for: only its beginning counts.
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let kind = headers
            .get("content-type")
            .map(reqwest::header::HeaderValue::as_bytes);
        let body = match kind {
            Some(kind) if kind.starts_with(b"text/event-stream") => bytes::Bytes::new(),
            _ => response.bytes().await.expect("the answer arrives whole"),
        };
        Self {
            status,
            headers,
            body,
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` when it is something else.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The code of a problem document; empty when it is something else.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, when the status is the expected one; otherwise a panic that shows the answer.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "the server said: {}", self.text());
        self
    }
}

/// A caller. Sends no credentials until it has some; keeps cookies as a browser does.
pub(crate) struct Persona {
    pub(crate) app: TestApp,
    http: reqwest::Client,
    cookies: Mutex<BTreeMap<String, String>>,
    token: Option<String>,
    login: Mutex<String>,
    /// Of another server than the test's first.
    base: Option<String>,
}

impl Persona {
    pub(crate) fn new(app: TestApp) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // An idle connection would be waited for when the server stops.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(90))
            .no_proxy()
            .build()
            .unwrap();
        Self {
            app,
            http,
            cookies: Mutex::default(),
            token: None,
            login: Mutex::default(),
            base: None,
        }
    }

    /// The same caller, who turns to another server over the same database.
    pub(crate) fn at(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// The same caller with a bearer token.
    pub(crate) fn bearing(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The login of the last sign-in, or the name of an API client; empty for everyone else.
    pub(crate) fn login(&self) -> String {
        self.login.lock().unwrap().clone()
    }

    pub(super) fn known_as(&self, login: &str) {
        login.clone_into(&mut self.login.lock().unwrap());
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The `Cookie` header that the next request will carry.
    pub(crate) fn cookie_header(&self) -> String {
        let jar = self.cookies.lock().unwrap();
        let pairs: Vec<_> = jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.join("; ")
    }

    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        let mut jar = self.cookies.lock().unwrap();
        jar.insert(name.to_owned(), value.to_owned());
    }

    /// A request with this caller's credentials, to be completed and handed to [`Persona::send`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match &self.base {
            Some(base) => format!("{base}{path}"),
            None => self.app.url(path),
        };
        let mut request = self.http.request(method, url);
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let answer = Answer::of(response).await;
        self.remember(&answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn head(&self, path: &str) -> Answer {
        self.send(self.request(Method::HEAD, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// Opens the page that holds a form, then sends the form with its anti-forgery token to
    /// `action`.
    pub(crate) async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(page).await;
        let mut all = vec![("_csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let form = serde_urlencoded::to_string(all).unwrap();
        let request = self
            .request(Method::POST, action)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        self.send(request).await
    }

    /// Sends a form with files as a browser does: what is typed, then the files, each with its field
    /// and its name.
    pub(crate) async fn send_files(
        &self,
        path: &str,
        typed: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        const EDGE: &str = "----a-form-with-files";
        let mut body = Vec::new();
        for (name, value) in typed {
            let head = format!("content-disposition: form-data; name=\"{name}\"");
            body.extend_from_slice(format!("--{EDGE}\r\n{head}\r\n\r\n{value}\r\n").as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let request = self.request(Method::POST, path);
        self.send(request.header("content-type", kind).body(body))
            .await
    }

    /// The anti-forgery token that a page's forms carry.
    pub(crate) async fn csrf(&self, page: &str) -> String {
        let shown = self.get(page).await;
        value_of(&shown.text(), "_csrf")
            .unwrap_or_else(|| panic!("{page} ({}) has no form: {}", shown.status, shown.text()))
    }

    fn remember(&self, answer: &Answer) {
        let mut jar = self.cookies.lock().unwrap();
        for line in answer.headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("a cookie is text");
            let (name, rest) = line.split_once('=').expect("a cookie has a value");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() || line.to_ascii_lowercase().contains("max-age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The value of the first input of that name.
pub(crate) fn value_of(html: &str, name: &str) -> Option<String> {
    let at = html.find(&format!("name=\"{name}\""))?;
    let start = html[..at].rfind('<')?;
    let tag = &html[start..start + html[start..].find('>')?];
    let value = tag.split_once("value=\"")?.1;
    Some(value[..value.find('"')?].to_owned())
}
