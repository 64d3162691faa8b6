//! Exchanges: what terminals asked of payment hosts and what these answered, told from POS logs.
//!
//! An **exchange** is a request with its answer. They belong together by the kind of message, the STAN and the
//! terminal that they state; of several, by what else is the same and by time. A request that is sent
//! again counts as another try. What belongs to nothing is told by itself:
//!
//! ```text
//! request ──► unanswered ──(its answer, wherever it stands)──► answered, perhaps late, perhaps declined
//!                 └──(the log tells a time-out)──► failed ──(its answer after all)──► answered, late
//! answer ───► alone ──(its request)──► answered
//! any ────► reversed (by a reversal that names it); an answer after that is late
//! failure, notice, malformed: rows of their own
//! ```
//!
//! Pairs are made in the transaction that keeps a piece of a log, whatever the order in which pieces and logs come.
mod api;
mod asked;
#[cfg(test)]
mod bounds_tests;
mod codes;
mod error;
mod failing;
mod fit;
mod left_store;
mod list;
mod list_store;
mod model;
mod moments;
mod money;
mod ops;
mod page;
mod pairing;
#[cfg(test)]
mod pairing_tests;
mod peers;
mod reversal;
#[cfg(test)]
mod reversal_tests;
mod sought;
mod sought_store;
mod store;
mod table;
mod words;

pub(super) use left_store::find as left;
pub(super) use ops::{forget, keep, taken_by};
pub use table::source;

use crate::access::{Mount, Needs, Permission};
use actix_web::http::Method;
use utoipa::OpenApi;

pub(super) fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::MonitoringView);
    mount.web(Method::GET, table::HERE, sees, page::show);
    mount.web(
        Method::GET,
        "/monitoring/exchanges/{id}",
        sees,
        page::show_one,
    );
    mount.api(Method::GET, "/api/v1/exchanges", sees, api::exchanges);
    mount.api(Method::GET, "/api/v1/exchanges/{id}", sees, api::exchange);
}

/// This part of the API's description.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(api::exchanges, api::exchange))]
    struct Paths;
    Paths::openapi()
}
