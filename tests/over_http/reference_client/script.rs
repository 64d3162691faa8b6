//! A server that plays tricks which the real one never would.
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// What the server does and has seen.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) work: Vec<Value>,
    pub(crate) licence: Vec<u8>,
    pub(crate) etag: String,
    /// Answers to the licence request that come before honest ones.
    pub(crate) tricks: VecDeque<Trick>,
    /// Statuses that the next requests of any kind get.
    pub(crate) refusals: VecDeque<(u16, &'static str)>,
    pub(crate) activation_keys: Vec<String>,
    pub(crate) reports: Vec<(i32, Value)>,
    pub(crate) ranges: Vec<Option<String>>,
    pub(crate) checkins: Vec<Value>,
    pub(crate) gzip: usize,
}

pub(crate) enum Trick {
    /// The connection breaks after so many bytes.
    Cut(usize),
    WrongBytes,
    WrongRange,
}

pub(crate) type Shared = web::Data<Mutex<Script>>;

pub(crate) async fn activate(script: Shared, request: HttpRequest) -> HttpResponse {
    let mut script = script.lock().unwrap();
    let key = request.headers().get("idempotency-key").unwrap();
    script
        .activation_keys
        .push(key.to_str().unwrap().to_owned());
    if let Some(refused) = refusal(&mut script) {
        return refused;
    }
    HttpResponse::Ok().json(json!({ "terminal_id": "T1", "token": "secret",
        "server_time": "2026-11-21T00:00:00Z", "next_check_in_s": 1 }))
}

pub(crate) async fn checkin(
    script: Shared,
    request: HttpRequest,
    body: web::Json<Value>,
) -> HttpResponse {
    let mut script = script.lock().unwrap();
    assert_eq!(
        request.headers().get("authorization").unwrap(),
        "Bearer secret"
    );
    script.gzip += usize::from(request.headers().contains_key("content-encoding"));
    if let Some(refused) = refusal(&mut script) {
        return refused;
    }
    script.checkins.push(body.into_inner());
    HttpResponse::Ok().json(json!({ "server_time": "2026-11-21T00:00:00Z",
        "next_check_in_s": 1, "wait_url": "/terminal/v1/wait", "work": script.work }))
}

pub(crate) async fn report(
    script: Shared,
    id: web::Path<i32>,
    body: web::Json<Value>,
) -> HttpResponse {
    let mut script = script.lock().unwrap();
    if let Some(refused) = refusal(&mut script) {
        return refused;
    }
    let body = body.into_inner();
    script.reports.push((*id, body.clone()));
    HttpResponse::Ok().json(json!({ "state": body["state"] }))
}

pub(crate) async fn licence(script: Shared, request: HttpRequest) -> HttpResponse {
    let mut script = script.lock().unwrap();
    let header = |name| {
        request
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
    };
    let range = header("range");
    script.ranges.push(range.clone());
    assert_eq!(header("accept-encoding").as_deref(), Some("identity"));
    let etag = format!("\"{}\"", script.etag);
    let from = range
        .filter(|_| header("if-range").as_deref() == Some(&etag))
        .map_or(0, |r| {
            r["bytes=".len()..r.len() - 1].parse::<usize>().unwrap()
        });
    let rest = script.licence[from..].to_vec();
    let trick = script.tricks.pop_front();
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("etag", etag));
    if from > 0 {
        let shown = if matches!(trick, Some(Trick::WrongRange)) {
            0
        } else {
            from
        };
        let whole = script.licence.len();
        answer.status(StatusCode::PARTIAL_CONTENT);
        answer.insert_header((
            "content-range",
            format!("bytes {shown}-{}/{whole}", whole - 1),
        ));
    }
    match trick {
        Some(Trick::Cut(after)) => {
            let part = web::Bytes::from(rest[..after].to_vec());
            answer.no_chunking(rest.len() as u64);
            // What was written must leave before the connection breaks.
            let cut = futures_util::stream::once(async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(std::io::Error::other("cut"))
            });
            let sent = futures_util::stream::iter([Ok(part)]);
            answer.streaming(futures_util::StreamExt::chain(sent, Box::pin(cut)))
        }
        Some(Trick::WrongBytes) => answer.body(vec![b'x'; rest.len()]),
        _ => answer.body(rest),
    }
}

pub(crate) fn refusal(script: &mut Script) -> Option<HttpResponse> {
    let (status, code) = script.refusals.pop_front()?;
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    answer.insert_header(("retry-after", "1"));
    Some(answer.json(json!({ "status": status, "code": code, "detail": "" })))
}
