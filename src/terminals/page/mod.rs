//! Terminals in the web UI: the list, the page of one terminal with its tabs, the forms that change
//! it, and the model catalogue.
mod codes;
mod forms;
mod list;
mod models;
mod one;
mod panels;
mod places;
mod profile;
mod tabs;
mod tags;
mod verbs;

pub(super) use list::LIST;
pub use list::{FILTERS, action_words, error_words, options, source, state_of};
pub use models::models_source;
pub use panels::{Panel, Panels, panel_again};

use super::registry::Error;
use crate::access::{Mount, Needs, Permission};
use crate::http::Failure;
use crate::ids::Tid;
use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use serde_json::{Value, json};

/// Pages, forms and their places.
pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::TerminalsView);
    let manage = Needs::Permission(Permission::TerminalsManage);
    let activate = Needs::Permission(Permission::TerminalsActivate);
    mount.web(Method::GET, "/terminals", look, list::show);
    mount.web(Method::GET, "/terminals/new", manage, forms::new);
    mount.web(Method::POST, "/terminals/new", manage, forms::register);
    mount.web(Method::GET, "/terminals/{tid}", look, tabs::overview);
    mount.web(Method::GET, "/terminals/{tid}/work", look, tabs::work);
    mount.web(
        Method::GET,
        "/terminals/{tid}/timeline",
        look,
        tabs::timeline,
    );
    let codes = "/terminals/{tid}/activation";
    mount.web(Method::GET, codes, look, tabs::activation);
    mount.web(Method::POST, codes, activate, verbs::make_code);
    let connection = "/terminals/{tid}/connection";
    mount.web(Method::GET, connection, look, tabs::connection);
    mount.web(
        Method::GET,
        "/terminals/{tid}/sessions",
        look,
        tabs::sessions,
    );
    let panel = "/terminals/{tid}/panels/{panel}";
    mount.web(Method::GET, panel, look, panels::show);
    codes::routes(mount);
    places::routes(mount);
    profile::routes(mount);
    verb_routes(mount, manage, activate);
    model_routes(mount);
}

/// What changes a terminal: each is a form or a question, and what it does.
fn verb_routes(mount: &mut Mount, manage: Needs, activate: Needs) {
    mount.web(Method::GET, "/terminals/{tid}/edit", manage, forms::edit);
    mount.web(Method::POST, "/terminals/{tid}/edit", manage, forms::change);
    mount.web(
        Method::GET,
        "/terminals/{tid}/move",
        manage,
        forms::ask_move,
    );
    mount.web(
        Method::POST,
        "/terminals/{tid}/move",
        manage,
        forms::move_to,
    );
    let own_tags = "/terminals/{tid}/tags";
    mount.web(Method::GET, own_tags, manage, tags::show);
    mount.web(Method::POST, own_tags, manage, tags::change);
    let replace = "/terminals/{tid}/replace";
    mount.web(Method::GET, replace, activate, forms::ask_replace);
    mount.web(Method::POST, replace, activate, forms::replace);
    life_routes(mount, manage, activate);
}

fn life_routes(mount: &mut Mount, manage: Needs, activate: Needs) {
    mount.web(
        Method::GET,
        "/terminals/{tid}/suspend",
        manage,
        verbs::ask_suspend,
    );
    mount.web(
        Method::POST,
        "/terminals/{tid}/suspend",
        manage,
        verbs::suspend,
    );
    mount.web(
        Method::GET,
        "/terminals/{tid}/resume",
        manage,
        verbs::ask_resume,
    );
    mount.web(
        Method::POST,
        "/terminals/{tid}/resume",
        manage,
        verbs::resume,
    );
    mount.web(
        Method::GET,
        "/terminals/{tid}/retire",
        manage,
        verbs::ask_retire,
    );
    mount.web(
        Method::POST,
        "/terminals/{tid}/retire",
        manage,
        verbs::retire,
    );
    mount.web(
        Method::GET,
        "/terminals/{tid}/revoke",
        activate,
        verbs::ask_revoke,
    );
    mount.web(
        Method::POST,
        "/terminals/{tid}/revoke",
        activate,
        verbs::revoke,
    );
}

fn model_routes(mount: &mut Mount) {
    let models = Needs::Permission(Permission::ModelsManage);
    mount.web(Method::GET, "/admin/models", models, models::list);
    mount.web(Method::GET, "/admin/models/new", models, models::new);
    mount.web(Method::POST, "/admin/models/new", models, models::create);
    mount.web(Method::GET, "/admin/models/{code}", models, models::edit);
    mount.web(Method::POST, "/admin/models/{code}", models, models::change);
}

fn see_other(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .finish()
}

/// A TID out of an address: what is none does not exist.
fn tid(text: &str) -> Result<Tid, Failure> {
    Tid::parse(text).map_err(|_| Error::NoTerminal(text.to_owned()).into())
}

/// The version that a form was filled from; what is no number was not ours.
fn version(text: &str) -> Result<i64, Error> {
    text.trim().parse().map_err(|_| Error::Stale)
}

fn crumbs(rest: &[(&str, &str)]) -> Value {
    let mut all = vec![json!({ "key": "nav-terminals", "href": "/terminals" })];
    for (at, (text, href)) in rest.iter().enumerate() {
        let name = if text.starts_with("terminals-") {
            "key"
        } else {
            "text"
        };
        let mut crumb = json!({ name: text });
        if at + 1 < rest.len() {
            crumb["href"] = (*href).into();
        }
        all.push(crumb);
    }
    all.into()
}
