//! Whether a role demands a second factor of whoever holds it. Apart from what it allows, so that the
//! administrator's role, which nobody edits, may demand one too.
use super::model::Edit;
use super::ops;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::Form;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::http::Failure;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

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

/// From their next request on none of its holders is in without one.
async fn save(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
    Form(wish): Form<Wish>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let edit = Edit {
        needs_second_factor: Some(wish.demanded),
        ..Edit::default()
    };
    let code = authority
        .db
        .write(move |tx| ops::amend(tx, &by, &role, &edit, now))
        .await?;
    Ok(see_other(&format!("/admin/roles/{code}?said=role-changed")))
}
