//! How one value is read and shown. Text is read for every kind, because the environment and flags
//! know nothing else; lists are then separated by commas.
use super::{Listen, LogFormat, Transport};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use toml::Value;

/// A kind of setting.
pub(super) trait Setting: Sized {
    /// What the fault says a value must look like.
    const WANTED: &'static str;
    fn read(value: &Value) -> Option<Self>;
    fn show(&self) -> Value;
}

impl Setting for String {
    const WANTED: &'static str = "text that is not empty";
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
    fn show(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Setting for PathBuf {
    const WANTED: &'static str = "the path of a file or folder";
    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Into::into)
    }
    fn show(&self) -> Value {
        Value::String(self.display().to_string())
    }
}

impl Setting for bool {
    const WANTED: &'static str = "true or false";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Boolean(b) => Some(*b),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
    fn show(&self) -> Value {
        Value::Boolean(*self)
    }
}

impl Setting for u32 {
    const WANTED: &'static str = "a whole number from 1 to 4,294,967,295";
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(n) => Self::try_from(*n).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .filter(|n| *n > 0)
    }
    fn show(&self) -> Value {
        Value::Integer((*self).into())
    }
}

/// Whole seconds; the setting's name ends in `_s`.
impl Setting for Duration {
    const WANTED: &'static str = "a number of seconds, 1 or more";
    fn read(value: &Value) -> Option<Self> {
        u32::read(value).map(|s| Self::from_secs(s.into()))
    }
    fn show(&self) -> Value {
        Value::Integer(i64::try_from(self.as_secs()).unwrap_or(i64::MAX))
    }
}

impl Setting for LogFormat {
    const WANTED: &'static str = "\"text\" or \"json\"";
    fn read(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
    fn show(&self) -> Value {
        let name = match self {
            Self::Text => "text",
            Self::Json => "json",
        };
        Value::String(name.to_owned())
    }
}

/// An address to listen on, or none.
#[derive(Debug, Clone, Copy)]
pub(super) struct MaybeAddress(pub(super) Option<SocketAddr>);

impl Setting for MaybeAddress {
    const WANTED: &'static str = "an address with a port such as \"127.0.0.1:9090\", or \"off\"";
    fn read(value: &Value) -> Option<Self> {
        match value.as_str()?.trim() {
            "off" => Some(Self(None)),
            text => text.parse().ok().map(|at| Self(Some(at))),
        }
    }
    fn show(&self) -> Value {
        Value::String(self.0.map_or_else(|| "off".to_owned(), |at| at.to_string()))
    }
}

impl Setting for Listen {
    const WANTED: &'static str = "a scheme, an address and a port such as \
        \"https://0.0.0.0:8443\", \"https+mtls://0.0.0.0:8444\" or \"http://127.0.0.1:8080\"";
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?.trim().trim_end_matches('/');
        let (transport, rest) = match text.split_once("://") {
            Some(("https", rest)) => (Transport::Tls, rest),
            Some(("https+mtls", rest)) => (Transport::Mutual, rest),
            Some(("http", rest)) => (Transport::Plain, rest),
            Some(_) => return None,
            None => (Transport::Plain, text),
        };
        let rest = rest
            .strip_prefix("localhost:")
            .map_or_else(|| rest.to_owned(), |port| format!("127.0.0.1:{port}"));
        let at = rest.parse().ok()?;
        Some(Self { at, transport })
    }
    fn show(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Setting for IpNet {
    const WANTED: &'static str = "an address or a network such as \"10.0.0.0/8\"";
    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?.trim();
        let net = text.parse().ok();
        net.or_else(|| text.parse::<IpAddr>().ok().map(Into::into))
    }
    fn show(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl<T: Setting> Setting for Vec<T> {
    const WANTED: &'static str = T::WANTED;
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.iter().map(T::read).collect(),
            Value::String(text) => text
                .split(',')
                .filter(|part| !part.trim().is_empty())
                .map(|part| T::read(&Value::String(part.trim().to_owned())))
                .collect(),
            _ => None,
        }
    }
    fn show(&self) -> Value {
        Value::Array(self.iter().map(T::show).collect())
    }
}

/// A URL with its password masked.
pub(super) fn without_password(url: &str) -> String {
    let masked = url.split_once("://").and_then(|(scheme, rest)| {
        let (login, place) = rest.rsplit_once('@')?;
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{place}"))
    });
    let url = masked.unwrap_or_else(|| url.to_owned());
    match url.split_once("password=") {
        Some((before, after)) => {
            let rest = after.find(['&', ' ']).map_or("", |at| &after[at..]);
            format!("{before}password=***{rest}")
        }
        None => url,
    }
}
