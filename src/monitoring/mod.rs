//! Monitoring: what terminals report of themselves, and what the fleet comes to by it.
//!
//! *Status* lists what each terminal told last beside what is wished of it: where the two differ it
//! *drifts*. *Analysis* shares the fleet out by one property: unfiltered, and by establishment, from
//! counters that move with what they count; filtered, by reading one narrow row of every terminal that
//! matches. Each part leads to the terminals behind it. What it came to on each day is kept as counts.
mod analysis;
mod days;
mod error;
mod exchanges;
mod history;
mod logs;
mod schema;
mod status;

pub use days::{Day, Stretch, Trend as DaysOf, keep as keep_day, trend as days_of};
pub use error::Error;
pub use exchanges::source as exchanges_source;
pub use history::{forget as forget_changes, panel, seed as seed_changes, status_changed};
pub use logs::{
    Overdue as OverdueLogs, SETTINGS as LOGS_SETTINGS, forget as forget_log,
    forget_freed as forget_freed_logs, overdue as overdue_logs, panel as logs_panel,
    sources as log_sources,
};
pub use status::source as status_source;

use crate::access::{Mount, Needs, Permission};
use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use utoipa::OpenApi;

/// Every route of this slice.
pub fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::MonitoringView);
    history_routes(mount, sees);
    logs::routes(mount);
    logs::device_routes(mount);
    exchanges::routes(mount);
    mount.web(Method::GET, "/monitoring", sees, front);
    mount.web(Method::GET, "/monitoring/status", sees, status::show);
    mount.api(Method::GET, "/api/v1/status", sees, status::api::statuses);
    mount.web(
        Method::GET,
        "/monitoring/analysis",
        sees,
        analysis::page::show,
    );
    mount.web(
        Method::GET,
        "/monitoring/analysis.svg",
        sees,
        analysis::page::svg,
    );
    mount.web(
        Method::GET,
        "/monitoring/analysis.csv",
        sees,
        analysis::page::csv,
    );
    mount.api(
        Method::GET,
        "/api/v1/analysis",
        sees,
        analysis::api::analysis,
    );
    mount.api(
        Method::GET,
        "/api/v1/analysis/days",
        sees,
        analysis::api::of_days,
    );
}

fn history_routes(mount: &mut Mount, sees: Needs) {
    let history = "/api/v1/terminals/{tid}/status/history";
    mount.api(Method::GET, history, sees, history::api::history);
}

/// The first of its tabs.
async fn front() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/monitoring/status"))
        .finish()
}

#[derive(OpenApi)]
#[openapi(paths(
    analysis::api::analysis,
    analysis::api::of_days,
    history::api::history,
    status::api::statuses
))]
struct Doc;

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut whole = Doc::openapi();
    whole.merge(logs::openapi());
    whole.merge(logs::device_openapi());
    whole.merge(exchanges::openapi());
    whole
}
