//! Terminals and their models over the Management API: what pages do by forms, scripts do here.
mod change;
mod codes;
mod dto;
mod history;
mod models;
mod profile;
mod reached;
mod read;
mod tags;
mod verbs;

use super::bulk;
use super::registry::Error;
use crate::access::{Mount, Needs, Permission};
use crate::http::Failure;
use crate::ids::Tid;
use actix_web::http::Method;
use utoipa::OpenApi;

pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::TerminalsView);
    let manage = Needs::Permission(Permission::TerminalsManage);
    let models = Needs::Permission(Permission::ModelsManage);
    let one = "/api/v1/terminals/{tid}";
    mount.api(Method::GET, "/api/v1/terminals", look, read::terminals);
    mount.api(Method::GET, one, look, read::terminal);
    mount.api(Method::PUT, one, manage, change::put_terminal);
    mount.api(Method::PATCH, one, manage, change::patch_terminal);
    let sessions = "/api/v1/terminals/{tid}/sessions";
    mount.api(Method::GET, sessions, look, history::sessions);
    let work = "/api/v1/terminals/{tid}/work";
    mount.api(Method::GET, work, look, history::work);
    let timeline = "/api/v1/terminals/{tid}/timeline";
    mount.api(Method::GET, timeline, look, reached::terminal_timeline);
    let connection = "/api/v1/terminals/{tid}/connection";
    mount.api(Method::GET, connection, look, reached::terminal_connection);
    let credentials = "/api/v1/terminals/{tid}/credentials";
    mount.api(
        Method::GET,
        credentials,
        look,
        reached::terminal_credentials,
    );
    mount.api(Method::GET, "/api/v1/tags", look, tags::tags);
    let tag = "/api/v1/terminals/{tid}/tags/{tag}";
    mount.api(Method::PUT, tag, manage, tags::put_tag);
    mount.api(Method::DELETE, tag, manage, tags::delete_tag);
    mount.api(Method::GET, "/api/v1/models", look, models::models);
    let model = "/api/v1/models/{code}";
    mount.api(Method::GET, model, look, models::model);
    mount.api(Method::PUT, model, models, models::put_model);
    profile::routes(mount);
    verb_routes(mount, manage);
}

fn verb_routes(mount: &mut Mount, manage: Needs) {
    let activate = Needs::Permission(Permission::TerminalsActivate);
    let suspend = "/api/v1/terminals/{tid}/suspend";
    mount.api(Method::POST, suspend, manage, verbs::suspend_terminal);
    let resume = "/api/v1/terminals/{tid}/resume";
    mount.api(Method::POST, resume, manage, verbs::resume_terminal);
    let retire = "/api/v1/terminals/{tid}/retire";
    mount.api(Method::POST, retire, manage, verbs::retire_terminal);
    let replace = "/api/v1/terminals/{tid}/replace";
    mount.api(Method::POST, replace, activate, verbs::replace_device);
    let revoke = "/api/v1/terminals/{tid}/revoke";
    mount.api(Method::POST, revoke, activate, verbs::revoke_credential);
    let many = "/api/v1/activation-codes";
    mount.api(Method::POST, many, activate, codes::make_activation_codes);
    let code = "/api/v1/terminals/{tid}/activation-code";
    mount.api(Method::POST, code, activate, verbs::make_activation_code);
}

/// The description of what operators' scripts may do with terminals.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        crate::terminals::import::import,
        read::terminals,
        read::terminal,
        change::put_terminal,
        change::patch_terminal,
        history::sessions,
        history::work,
        reached::terminal_timeline,
        reached::terminal_connection,
        reached::terminal_credentials,
        tags::tags,
        tags::put_tag,
        tags::delete_tag,
        models::models,
        models::model,
        models::put_model,
        verbs::suspend_terminal,
        verbs::resume_terminal,
        verbs::retire_terminal,
        verbs::replace_device,
        verbs::revoke_credential,
        verbs::make_activation_code,
        codes::make_activation_codes,
        profile::terminal_profile,
        profile::put_terminal_profile,
        profile::patch_terminal_profile,
        profile::establishment_profile,
        profile::put_establishment_profile,
        profile::patch_establishment_profile,
        profile::point_profile,
        profile::put_point_profile,
        profile::patch_point_profile,
    ))]
    struct Paths;
    let mut whole = Paths::openapi();
    whole.merge(bulk::openapi());
    whole
}

/// A TID out of an address: what is none does not exist.
fn tid(text: &str) -> Result<Tid, Failure> {
    Tid::parse(text).map_err(|_| Error::NoTerminal(text.to_owned()).into())
}
