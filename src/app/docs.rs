//! The description of every JSON API, put together from what the slices say, and its page.
use super::routes;
use crate::access::{self, Mount, Needs, Surface};
use crate::approvals;
use crate::dashboard;
use crate::licences;
use crate::monitoring;
use crate::network;
use crate::settings;
use crate::tasks;
use crate::terminals;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use std::sync::{Arc, LazyLock};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, PathItem, Ref,
    RefOr, ResponseBuilder,
};
use utoipa_swagger_ui::Config;

const CLIENT: &str = "client";
const TERMINAL: &str = "terminal";
const PROBLEM: &str = "Problem";

pub(super) fn mount(mount: &mut Mount) {
    let open = Needs::Nothing;
    mount.web(Method::GET, "/api/openapi.json", open, document);
    mount.web(Method::GET, "/api/docs", open, to_page);
    mount.web(Method::GET, "/api/docs/{file:.*}", open, page);
}

/// The whole document.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut whole = frame();
    for part in parts() {
        whole.merge(part);
    }
    let declared = routes();
    for (path, item) in &mut whole.paths.paths {
        for (method, operation) in operations(item) {
            let needs = declared.find(path, &method).and_then(Result::ok);
            if let Some(declared) = needs {
                secure(operation, declared.surface, declared.needs);
            }
            describe_problems(operation);
        }
    }
    whole
}

/// What every slice says of its own routes.
fn parts() -> Vec<OpenApi> {
    vec![
        access::openapi(),
        tasks::openapi(),
        approvals::openapi(),
        settings::openapi(),
        crate::lists::openapi(&super::lists::all(&crate::clock::Clock::system())),
        network::openapi(),
        licences::openapi(),
        monitoring::openapi(),
        terminals::openapi(),
        terminals::device_openapi(),
        dashboard::openapi(),
    ]
}

fn frame() -> OpenApi {
    let bearer = |what: &str| {
        let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        SecurityScheme::Http(http.description(Some(what)).build())
    };
    let mut components = Components::new();
    components.add_security_scheme(CLIENT, bearer("Token of an API client"));
    components.add_security_scheme(TERMINAL, bearer("Token that a terminal got by activation"));
    components
        .schemas
        .insert(PROBLEM.to_owned(), RefOr::T(problem()));
    let info = InfoBuilder::new()
        .title("posfleet")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(License::new("Apache-2.0")))
        .description(Some(
            "Failures are `application/problem+json` (RFC 9457) with a stable `code`. Times are \
             RFC 3339. Lists are turned by opaque cursors.",
        ));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components))
        .build()
}

/// The RFC 9457 document as `http` makes it.
fn problem() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let fault = ObjectBuilder::new()
        .property("field", text())
        .property("code", text());
    let object = ObjectBuilder::new()
        .property("type", text())
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property(
            "code",
            text().description(Some("Stable and machine-readable")),
        )
        .property("detail", text())
        .property(
            "path",
            text().description(Some("Where in the body the fault lies")),
        )
        .property("errors", fault.to_array_builder())
        .required("type")
        .required("title")
        .required("status")
        .required("code");
    Schema::Object(object.build())
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::HEAD, &mut item.head),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn secure(operation: &mut Operation, surface: Surface, needs: Needs) {
    let scheme = match (surface, needs) {
        (_, Needs::Nothing) | (Surface::Web, _) => None,
        (Surface::Api, _) => Some(CLIENT),
        (Surface::Terminal, _) => Some(TERMINAL),
    };
    operation.security = scheme.map(|scheme| {
        let no_scopes: [&str; 0] = [];
        vec![SecurityRequirement::new(scheme, no_scopes)]
    });
    if scheme == Some(CLIENT) {
        let answer = ResponseBuilder::new().description(
            "The client asks more often than it may (`access.too-often`); `Retry-After` says how many \
             seconds to wait",
        );
        let all = &mut operation.responses.responses;
        all.entry("429".to_owned())
            .or_insert_with(|| RefOr::T(answer.build()));
    }
    if let Needs::Permission(permission) = needs {
        let needed = format!("Needs the scope `{}`.", permission.code());
        let said = operation.description.take();
        operation.description = Some(match said {
            Some(said) => format!("{said}\n\n{needed}"),
            None => needed,
        });
    }
}

fn describe_problems(operation: &mut Operation) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(PROBLEM)))
        .build();
    let answer = ResponseBuilder::new()
        .description("Anything else")
        .content("application/problem+json", content);
    operation
        .responses
        .responses
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(answer.build()));
}

async fn document() -> HttpResponse {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| openapi().to_json().unwrap_or_default());
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(DOCUMENT.as_str())
}

/// The page's own links are relative to a folder.
async fn to_page() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/api/docs/"))
        .finish()
}

async fn page(file: web::Path<String>) -> HttpResponse {
    // No validator: a page of ours asks nobody else.
    let config = Config::new(["/api/openapi.json"]).validator_url("none");
    match utoipa_swagger_ui::serve(&file, Arc::new(config)) {
        Ok(Some(file)) => HttpResponse::Ok()
            .content_type(file.content_type)
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(file.bytes.into_owned()),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(cause) => {
            tracing::error!(error = %cause, "cannot make the page of the API's documentation");
            HttpResponse::InternalServerError().finish()
        }
    }
}
