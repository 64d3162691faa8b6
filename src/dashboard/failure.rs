//! What went wrong, as a page in the reader's language: the message with its code, and the id under
//! which the log knows the request. Programs keep their problem documents.
use crate::access::{Caller, Mount, Surface};
use crate::context::Ctx;
use crate::http::{self, Failure};
use crate::views::{Lang, key_of, text_of};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

/// Statuses with a heading of their own; any other gets the general one.
const KNOWN: [u16; 12] = [400, 403, 404, 405, 409, 413, 415, 421, 422, 429, 500, 503];

/// actix middleware, around the gate. Needs `Data<Ctx>` and `Data<Mount>`.
pub async fn failure_pages<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let answer = next.call(req).await?;
    let status = answer.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_page(answer.response()) || !for_people(answer.request()) {
        return Ok(answer.map_into_left_body());
    }
    let Some(page) = page(&answer) else {
        return Ok(answer.map_into_left_body());
    };
    let (req, _) = answer.into_parts();
    Ok(ServiceResponse::new(req, page).map_into_right_body())
}

fn is_page<B>(answer: &HttpResponse<B>) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// True for the web UI, and for addresses that nothing stands at unless programs' ones.
fn for_people(req: &HttpRequest) -> bool {
    let declared = req
        .app_data::<web::Data<Mount>>()
        .zip(req.match_pattern())
        .and_then(|(mount, pattern)| mount.find(&pattern, req.method())?.ok());
    let surface = declared.map_or_else(|| Surface::of_path(req.path()), |found| found.surface);
    surface == Surface::Web
}

fn page<B>(answer: &ServiceResponse<B>) -> Option<HttpResponse> {
    let req = answer.request();
    let ctx = req.app_data::<web::Data<Ctx>>()?;
    let mut caller = req.extensions().get::<Caller>().cloned()?;
    if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
        // What cannot be accepted may be a secret: the page does not repeat it.
        req.path().clone_into(&mut caller.here);
    }
    let error = answer.response().error();
    let failure = error.and_then(|error| error.as_error::<Failure>());
    let id = http::request_id(req);
    let data = told(caller.look.lang, answer.status(), failure, id.as_deref());
    let mut page = ctx
        .page_with(answer.status(), &caller, "dashboard/failure", data)
        .ok()?;
    for kept in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&kept) {
            page.headers_mut().insert(kept, value.clone());
        }
    }
    Some(page)
}

/// What the page says: heading by status, message by code.
fn told(
    lang: Lang,
    status: StatusCode,
    failure: Option<&Failure>,
    request_id: Option<&str>,
) -> Value {
    let number = status.as_u16();
    let heading = if KNOWN.contains(&number) {
        format!("failure-{number}")
    } else {
        "failure-other".to_owned()
    };
    let (code, message) = failure.map_or((None, None), |failure| {
        let problem = failure.problem();
        let args = problem
            .args()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()));
        let args = Value::Object(args.collect());
        let message = text_of(lang, &key_of("error-", problem.code()), &args);
        (Some(problem.code()), message)
    });
    json!({
        "failure": {
            "heading": heading,
            "advice": format!("{heading}-advice"),
            "message": message,
            "code": code,
            "status": number,
            "request_id": request_id,
            "may_retry": matches!(number, 429 | 500 | 503),
        },
    })
}
