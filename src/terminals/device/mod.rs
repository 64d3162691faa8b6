//! The Terminal API, as `docs/protocol.md` tells it to a terminal's vendor.
mod activate;
mod bearer;
mod certificate;
mod checkin;
mod error;
mod report;
mod status;
mod wait;
mod yardstick;

pub use bearer::Device;
pub use error::Error;
pub use yardstick::yardsticks;

use super::renewal::LINK;
use crate::access::{Mount, Needs};
use actix_web::http::Method;

pub fn routes(mount: &mut Mount) {
    mount.terminal(
        Method::POST,
        "/terminal/v1/activate",
        Needs::Nothing,
        activate::activate,
    );
    mount.terminal(
        Method::POST,
        "/terminal/v1/checkin",
        Needs::Terminal,
        checkin::check_in,
    );
    mount.terminal(
        Method::GET,
        "/terminal/v1/wait",
        Needs::Terminal,
        wait::wait,
    );
    mount.terminal(
        Method::POST,
        "/terminal/v1/work/{number}/report",
        Needs::Terminal,
        report::report,
    );
    mount.terminal(
        Method::POST,
        LINK,
        Needs::Terminal,
        certificate::certificate,
    );
    mount.terminal(
        Method::POST,
        certificate::CONFIRM,
        Needs::Terminal,
        certificate::confirm,
    );
}

/// These operations in OpenAPI.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(
        activate::activate,
        checkin::check_in,
        wait::wait,
        report::report,
        certificate::certificate,
        certificate::confirm
    ))]
    struct Doc;
    <Doc as utoipa::OpenApi>::openapi()
}

/// The longest body that a terminal's request may have here, unpacked.
const BODY_BYTES: usize = 64 * 1024;

/// Reads a JSON body; an empty one stands for an empty object.
async fn body<T: serde::de::DeserializeOwned>(
    payload: actix_web::web::Payload,
) -> Result<T, crate::http::Error> {
    let body = crate::http::read(payload.into_inner(), BODY_BYTES).await?;
    if body.is_empty() {
        return crate::http::parse(b"{}");
    }
    crate::http::parse(&body)
}

/// Text as it may be kept: no control characters (PostgreSQL refuses some), not without end.
fn clean(text: &str, max_chars: usize) -> String {
    text.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(max_chars)
        .collect()
}
