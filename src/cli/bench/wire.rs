//! One connection of the load: HTTP/1.1 by hand, one request at a time. Requests are bytes that were
//! made before the measurement; of an answer no more is read than is needed to know that it is whole.
use super::server::Target;
use anyhow::{Context as _, anyhow, bail};
use rustls::pki_types::ServerName;
use std::fmt::Write as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A whole request.
pub(super) type Shot = Vec<u8>;

pub(super) struct Connection {
    io: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// An answer in the connection's buffer.
pub(super) struct Heard<'a> {
    pub(super) status: u16,
    head: &'a [u8],
    pub(super) body: &'a [u8],
}

impl Heard<'_> {
    /// Every value of a header.
    pub(super) fn headers(&self, name: &str) -> Vec<String> {
        let head = String::from_utf8_lossy(self.head);
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(its, _)| its.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.body).into_owned()
    }

    pub(super) fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status != status {
            bail!("answered {}: {}", self.status, self.text());
        }
        Ok(self)
    }
}

impl Connection {
    pub(super) async fn open(to: &Target) -> anyhow::Result<Self> {
        let tcp = TcpStream::connect(to.at)
            .await
            .with_context(|| format!("cannot connect to {}", to.at))?;
        tcp.set_nodelay(true)?;
        let io: Box<dyn Stream> = match &to.tls {
            None => Box::new(tcp),
            Some(config) => {
                let name = ServerName::IpAddress(to.at.ip().into());
                let connector = TlsConnector::from(config.clone());
                Box::new(connector.connect(name, tcp).await?)
            }
        };
        Ok(Self {
            io,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and reads its answer to the end.
    pub(super) async fn exchange(&mut self, shot: &[u8]) -> anyhow::Result<Heard<'_>> {
        self.io.write_all(shot).await?;
        self.io.flush().await?;
        self.buffer.clear();
        let mut frame = None;
        loop {
            if self.io.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server hung up");
            }
            if frame.is_none() {
                frame = Frame::of(&self.buffer)?;
            }
            if let Some(frame) = &frame
                && self.buffer.len() >= frame.end()
            {
                return Ok(Heard {
                    status: frame.status,
                    head: &self.buffer[..frame.head],
                    body: &self.buffer[frame.head..frame.end()],
                });
            }
        }
    }
}

/// How long an answer is, by its head.
struct Frame {
    status: u16,
    head: usize,
    body: usize,
}

impl Frame {
    fn end(&self) -> usize {
        self.head + self.body
    }

    /// `None` while the head is not whole.
    fn of(bytes: &[u8]) -> anyhow::Result<Option<Self>> {
        let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = std::str::from_utf8(&bytes[..at])?;
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| anyhow!("no answer of HTTP: {head}"))?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name.eq_ignore_ascii_case("content-length");
            is_it.then(|| value.trim().parse().ok()).flatten()
        });
        let body = match (length, status) {
            (Some(length), _) => length,
            (None, 204 | 304) => 0,
            (None, _) => bail!("an answer of unknown length: {head}"),
        };
        Ok(Some(Self {
            status,
            head: at + 4,
            body,
        }))
    }
}

/// The bytes of a request; `headers` are whole lines without their ends.
pub(super) fn request(method: &str, path: &str, headers: &[&str], body: &[u8]) -> Shot {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for line in headers {
        // Writing into a String cannot fail.
        write!(head, "{line}\r\n").ok();
    }
    if !body.is_empty() || method != "GET" {
        write!(head, "content-length: {}\r\n", body.len()).ok();
    }
    head.push_str("\r\n");
    let mut shot = head.into_bytes();
    shot.extend_from_slice(body);
    shot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_says_so() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        assert!(Frame::of(&head[..20]).unwrap().is_none());
        let frame = Frame::of(head).unwrap().unwrap();
        assert_eq!((frame.status, frame.end()), (200, head.len() + 5));
        let empty = Frame::of(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert_eq!(empty.unwrap().body, 0);
        assert!(Frame::of(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_request_says_how_long_it_is() {
        let shot = request("POST", "/x", &["a: b"], b"{}");
        let wanted = "POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\na: b\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(shot, wanted.as_bytes());
    }
}
