//! Logs in the web UI: the lists, one log, and the files that carry them away.
mod view;
mod zip;

use super::{list, save};
use crate::access::{Mount, Needs, Permission};
use actix_web::http::Method;

pub(super) fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::MonitoringView);
    let takes = Needs::Permission(Permission::LogsDownload);
    mount.web(Method::GET, "/monitoring/logs/ecr", sees, list::ecr);
    mount.web(Method::GET, "/monitoring/logs/pos", sees, list::pos);
    mount.web(Method::POST, "/monitoring/logs/ecr/zip", takes, zip::ecr);
    mount.web(Method::POST, "/monitoring/logs/pos/zip", takes, zip::pos);
    mount.web(Method::GET, "/monitoring/logs/{id}", sees, view::show);
    mount.web(
        Method::GET,
        "/monitoring/logs/{id}/content",
        takes,
        save::one,
    );
}
