//! Certificates of API clients: on their pages, and over the Management API.
use super::certificate::{self, Certified};
use super::page::{HERE, place};
use super::{certificate_store as store, ops};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::{Empty, Form};
use crate::access::error::Error;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Scope};
use crate::access::mount::Mount;
use crate::clock::Millis;
use crate::db::Conn;
use crate::http::{Failure, Json};
use crate::ids::ClientId;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

const TEMPLATE: &str = "access/client_certificate";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    let own = "/admin/clients/{id}/certificate";
    mount.web(Method::GET, own, manage, show);
    mount.web(Method::POST, own, manage, sign);
    let forget = "/admin/clients/{id}/certificate/forget";
    mount.web(Method::POST, forget, manage, forget_by_form);
    let path = "/api/v1/clients/{id}/certificate";
    mount.api(Method::PUT, path, manage, put_client_certificate);
    mount.api(Method::DELETE, path, manage, delete_client_certificate);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(put_client_certificate, delete_client_certificate))]
    struct Paths;
    Paths::openapi()
}

/// A certificate signing request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ClientCertificateWanted)]
struct Wanted {
    /// PKCS #10, PEM. Its key is taken, and the proof that whoever sends it holds it; its names are not read.
    csr: String,
}

async fn data(
    authority: &Authority,
    caller: &Caller,
    id: ClientId,
    typed: &str,
) -> Result<Value, Failure> {
    let scope = caller.actor()?.scope;
    let read = move |conn: &mut Conn| told(conn, &scope, id);
    let (name, until) = authority.db.read(read).await?;
    Ok(json!({
        "crumbs": [
            { "key": "nav-clients", "href": HERE },
            { "text": name, "href": place(id) },
            { "key": "access-certificate" },
        ],
        "it": { "id": id, "name": name, "until": until, "can": authority.fleet.is_some() },
        "form": { "csr": typed },
    }))
}

fn told(conn: &mut Conn, scope: &Scope, id: ClientId) -> Result<(String, Option<Millis>), Error> {
    let client = ops::known(conn, scope, id)?;
    Ok((client.name, store::until(conn, id)?))
}

async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller, *id, "").await?;
    authority.page(&caller, TEMPLATE, data)
}

async fn signed(
    authority: &web::Data<Authority>,
    caller: &Caller,
    id: ClientId,
    wanted: Wanted,
) -> Result<Certified, Failure> {
    let (by, now, at) = (caller.grantor()?, authority.now(), authority.clone());
    let done = authority
        .db
        .write(move |tx| {
            let with = (at.fleet.as_ref(), &at.secret);
            certificate::certify(tx, &by, id, with, &wanted.csr, now)
        })
        .await?;
    Ok(done)
}

async fn sign(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(wanted): Form<Wanted>,
) -> Result<HttpResponse, Failure> {
    let typed = wanted.csr.clone();
    match signed(&authority, &caller, *id, wanted).await {
        Ok(certified) => {
            let mut caller = caller;
            // What is shown once is not asked for again by changing the language.
            place(*id).clone_into(&mut caller.here);
            let mut data = data(&authority, &caller, *id, "").await?;
            data["made"] = json!(certified);
            authority.page(&caller, TEMPLATE, data)
        }
        Err(refused) => {
            let data = data(&authority, &caller, *id, &typed).await?;
            authority.refused(&caller, TEMPLATE, data, refused)
        }
    }
}

async fn forget(authority: &Authority, caller: &Caller, id: ClientId) -> Result<(), Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let done = authority
        .db
        .write(move |tx| certificate::forget(tx, &by, id, now));
    Ok(done.await?)
}

async fn forget_by_form(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    forget(&authority, &caller, *id).await?;
    Ok(see_other(&format!(
        "{}?said=certificate-forgotten",
        place(*id)
    )))
}

/// Signs a certificate for a client; from then on its tokens count only over connections made with it,
/// which the listener `https+mtls://…` takes.
#[utoipa::path(put, path = "/api/v1/clients/{id}/certificate", tag = "API clients",
    request_body = Wanted, params(("id" = ClientId, Path)),
    responses((status = 200, body = Certified), (status = 403), (status = 404),
              (status = 409, description = "No listener here asks for certificates"), (status = 422)))]
async fn put_client_certificate(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Json(wanted): Json<Wanted>,
) -> Result<HttpResponse, Failure> {
    let certified = signed(&authority, &caller, *id, wanted).await?;
    Ok(HttpResponse::Ok().json(certified))
}

/// Lets a client's tokens count without a certificate again.
#[utoipa::path(delete, path = "/api/v1/clients/{id}/certificate", tag = "API clients",
    params(("id" = ClientId, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
async fn delete_client_certificate(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    forget(&authority, &caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
