//! Whether a role demands a second factor of whoever holds it. Apart from what it allows, so that the
//! administrator's role, which nobody edits, may demand one too.
use super::demand_store;
use super::ops::governed;
use crate::access::audit::change;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::Form;
use crate::access::error::Error;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::operators::Grantor;
use crate::clock::Millis;
use crate::db::Tx;
use crate::http::Failure;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(mount: &mut Mount) {
    mount.web(
        Method::POST,
        "/admin/roles/{role}/second-factor",
        Needs::Permission(Permission::AccessManage),
        save,
    );
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    demanded: bool,
}

async fn save(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
    Form(wish): Form<Wish>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let code = authority
        .db
        .write(move |tx| demand(tx, &by, &role, wish.demanded, now))
        .await?;
    Ok(see_other(&format!("/admin/roles/{code}?said=role-changed")))
}

/// Demands a second factor of all who hold a role, or no longer. From their next request on nobody is
/// in without one; the code of the role is returned.
fn demand(
    tx: &mut Tx,
    by: &Grantor,
    role: &str,
    demanded: bool,
    now: Millis,
) -> Result<String, Error> {
    let it = governed(tx, by, role)?;
    if demand_store::set(tx, it.id, demanded)? {
        tx.record(
            change(
                &by.actor,
                now,
                "role.demand-second-factor",
                "role",
                &it.code,
            )
            .before(json!({ "second_factor": !demanded }))
            .after(json!({ "second_factor": demanded })),
        );
    }
    Ok(it.code)
}
