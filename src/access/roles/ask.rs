//! What is asked before a role is deleted, or begins to require a second factor.
use super::demand_store;
use super::page::{HERE, place, read, title};
use super::store::Defined;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::error::Error;
use crate::access::factors;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Scope};
use crate::access::mount::Mount;
use crate::access::question::Question;
use crate::http::Failure;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    mount.web(Method::GET, "/admin/roles/{role}/delete", manage, delete);
    mount.web(
        Method::GET,
        "/admin/roles/{role}/second-factor",
        manage,
        demand,
    );
}

/// The role, for one who may change it.
async fn governed(authority: &Authority, caller: &Caller, role: &str) -> Result<Defined, Failure> {
    let it = read(authority, role).await?;
    caller.grantor()?.check(&it.permissions, &Scope::All)?;
    Ok(it)
}

async fn delete(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = governed(&authority, &caller, &role).await?;
    let id = it.id;
    let (_, holders) = authority
        .db
        .read(move |conn| demand_store::holders(conn, id, 1))
        .await?;
    // The page of a role that is held says by whom, and does not offer this.
    if it.is_built_in || holders > 0 {
        return Ok(see_other(&place(&it.code)));
    }
    let question = Question {
        section: ("nav-roles", HERE),
        what: title(&it, caller.look.lang),
        back: place(&it.code),
        verb_key: "access-role-delete",
        question_key: "access-role-delete-question",
        text_key: "access-role-delete-text",
        action: format!("{}/delete", place(&it.code)),
    };
    let (template, data) = question.asked(&[("access-role-code", it.code)], 0, &[], None);
    authority.page(&caller, template, data)
}

async fn demand(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = governed(&authority, &caller, &role).await?;
    if it.needs_second_factor {
        return Ok(see_other(&place(&it.code)));
    }
    let (id, (me, _)) = (it.id, caller.operator()?);
    let (lacking, is_mine) = authority
        .db
        .read(move |conn| {
            let is_mine = demand_store::is_held_by(conn, id, me)? && !factors::has(conn, me)?;
            Ok::<_, Error>((demand_store::lacking(conn, id)?, is_mine))
        })
        .await?;
    let question = Question {
        section: ("nav-roles", HERE),
        what: title(&it, caller.look.lang),
        back: place(&it.code),
        verb_key: "access-role-demand",
        question_key: "access-role-demand-question",
        text_key: "access-role-demand-count",
        action: format!("{}/second-factor", place(&it.code)),
    };
    let sent = [("demanded", "true".to_owned())];
    let note = is_mine.then_some("access-role-demand-you");
    let (template, data) = question.asked(&[], lacking, &sent, note);
    authority.page(&caller, template, data)
}
