//! HTTP by hand, for requests that no decent client would send.
use super::TestApp;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a server may take to refuse nonsense.
const PATIENCE: Duration = Duration::from_secs(30);
/// What one write carries of an endless body.
const PIECE: &[u8] = &[b' '; 16 * 1024];

/// What came back: the status (0 when the server only hung up) and everything it said.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Heard {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let status = text
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3))
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0);
        Self { status, text }
    }
}

/// Sends `head` and `body` as they are, keeps the connection open and reads until the server
/// closes it, falls silent or has answered.
pub(crate) async fn say(app: &TestApp, head: &str, body: &[u8]) -> Heard {
    let mut stream = connect(app).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that has refused already may have closed its end.
    drop(stream.write_all(body).await);
    hear(&mut stream).await
}

/// Sends `head`, waits for `pause`, and then sends `body`. Says whether the server had answered by
/// then, and what it answered.
pub(crate) async fn say_late(
    app: &TestApp,
    head: &str,
    pause: Duration,
    body: &[u8],
) -> (bool, Heard) {
    let mut stream = connect(app).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let early = tokio::time::timeout(pause, stream.readable()).await.is_ok();
    stream.write_all(body).await.unwrap();
    (early, hear(&mut stream).await)
}

/// Sends what is the beginning of a request, and leaves the rest to whoever holds the connection.
#[allow(dead_code, reason = "not every test begins requests by halves")]
pub(crate) async fn begin(app: &TestApp, head: &str) -> TcpStream {
    let mut stream = connect(app).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Sends `head`, then half a body, then hangs up.
pub(crate) async fn hang_up(app: &TestApp, head: &str, body: &[u8]) {
    let mut stream = connect(app).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream.write_all(body).await);
    drop(stream.shutdown().await);
}

/// Sends `head` and then a body in chunks that never ends. Says what came back and how many bytes
/// the server took before.
pub(crate) async fn never_end(app: &TestApp, head: &str, most: usize) -> (Heard, usize) {
    let stream = connect(app).await;
    let (mut from, mut to) = stream.into_split();
    to.write_all(head.as_bytes()).await.unwrap();
    let sending = async move {
        let mut sent = 0;
        let chunk = [format!("{:x}\r\n", PIECE.len()).as_bytes(), PIECE, b"\r\n"].concat();
        while sent < most && to.write_all(&chunk).await.is_ok() {
            sent += PIECE.len();
        }
        (sent, to)
    };
    let answering = async move {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(n) = from.read(&mut buffer).await {
            all.extend_from_slice(&buffer[..n]);
            if n == 0 || all.windows(4).any(|w| w == b"\r\n\r\n") {
                break;
            }
        }
        Heard::of(&all)
    };
    let sending = tokio::spawn(sending);
    let answer = tokio::time::timeout(PATIENCE, answering)
        .await
        .expect("the server refuses an endless body");
    let sent = tokio::time::timeout(PATIENCE, sending)
        .await
        .map_or(most, |sent| sent.unwrap().0);
    (answer, sent)
}

async fn connect(app: &TestApp) -> TcpStream {
    let url = app.url("");
    TcpStream::connect(url.trim_start_matches("http://"))
        .await
        .unwrap()
}

async fn hear(stream: &mut TcpStream) -> Heard {
    let mut all = Vec::new();
    let reading = async {
        let mut buffer = [0; 4096];
        while let Ok(n) = stream.read(&mut buffer).await {
            all.extend_from_slice(&buffer[..n]);
            let is_whole = Heard::of(&all).status != 0 && all.windows(4).any(|w| w == b"\r\n\r\n");
            if n == 0 || (is_whole && n < buffer.len()) {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the server answers or hangs up");
    Heard::of(&all)
}
