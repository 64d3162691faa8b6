//! The first page, and what stands around every page: the global search, the live stream, the page
//! of a failure, the assets, About.
mod about;
mod api;
mod assets;
mod error;
mod failure;
mod happened;
mod live;
mod page;
mod search;

pub use failure::failure_pages;

use crate::access::{Mount, Needs, Permission};
use actix_web::http::Method;

pub fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::DashboardView);
    mount.web(Method::GET, "/", Needs::SignedIn, page::front);
    mount.web(Method::GET, "/dashboard", sees, page::dashboard);
    mount.web(Method::GET, "/search", Needs::SignedIn, search::search);
    mount.web(Method::GET, "/about", Needs::SignedIn, about::page);
    mount.web(
        Method::GET,
        "/about/changes",
        Needs::SignedIn,
        about::changes,
    );
    mount.web(Method::GET, "/live", Needs::SignedIn, live::live);
    let files = "/assets/{hash}/{file}";
    mount.web(Method::GET, files, Needs::Nothing, assets::asset);
    mount.api(Method::GET, "/api/v1/dashboard", sees, api::dashboard);
    mount.api(Method::GET, "/api/v1/search", Needs::SignedIn, api::search);
    mount.api(Method::GET, "/api/v1/version", Needs::SignedIn, about::api);
}

#[derive(utoipa::OpenApi)]
#[openapi(
    paths(about::api, api::dashboard, api::search),
    components(schemas(about::ThisServer))
)]
struct Doc;

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    Doc::openapi()
}
