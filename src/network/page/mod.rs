//! The network in the web UI: two lists, a page per establishment and per point of service, and
//! the forms that add and change them.
mod establishments;
mod hours;
mod list;
mod points;

pub use list::{name_of_establishment, name_of_point, sources};

use super::error::Error;
use super::model::{Status, Tally};
use crate::access::{Mount, Needs, Permission};
use crate::views::key_of;
use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use serde_json::{Value, json};

/// Pages, forms and their places.
pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::NetworkView);
    let manage = Needs::Permission(Permission::NetworkManage);
    mount.web(Method::GET, "/network", look, establishments::list);
    let new = "/network/establishments/new";
    mount.web(Method::GET, new, manage, establishments::new);
    mount.web(Method::POST, new, manage, establishments::create);
    let one = "/network/establishments/{code}";
    mount.web(Method::GET, one, look, establishments::show);
    let points_of = "/network/establishments/{code}/points-of-service";
    mount.web(Method::GET, points_of, look, establishments::points);
    let edit = "/network/establishments/{code}/edit";
    mount.web(Method::GET, edit, manage, establishments::edit);
    mount.web(Method::POST, edit, manage, establishments::change);
    let new_point = "/network/establishments/{code}/points-of-service/new";
    mount.web(Method::GET, new_point, manage, points::new);
    mount.web(Method::POST, new_point, manage, points::create);
    mount.web(
        Method::GET,
        "/network/points-of-service",
        look,
        points::list,
    );
    let point = "/network/points-of-service/{code}";
    mount.web(Method::GET, point, look, points::show);
    let edit_point = "/network/points-of-service/{code}/edit";
    mount.web(Method::GET, edit_point, manage, points::edit);
    mount.web(Method::POST, edit_point, manage, points::change);
}

fn crumbs(rest: &[(&str, String)]) -> Value {
    let mut all = vec![json!({ "key": "nav-network", "href": "/network" })];
    for (at, (text, href)) in rest.iter().enumerate() {
        let is_key = href.is_empty() && text.starts_with("network-");
        let name = if is_key { "key" } else { "text" };
        let mut crumb = json!({ name: text });
        if at + 1 < rest.len() {
            crumb["href"] = href.clone().into();
        }
        all.push(crumb);
    }
    all.into()
}

fn tally(tally: Option<&Tally>) -> Value {
    json!(tally.copied().unwrap_or_default())
}

/// The entries of a select box.
fn statuses() -> Value {
    let option =
        |status: Status| json!({ "value": status.code(), "key": key_of("state-", status.code()) });
    Status::ALL.map(option).to_vec().into()
}

fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .finish()
}

/// The version that a form was filled from; what is no number was not ours.
fn version(text: &str) -> Result<i64, Error> {
    text.trim().parse().map_err(|_| Error::Stale)
}
