//! What is asked before a client is disabled, or one of its tokens revoked.
use super::ops;
use super::page::{HERE, place};
use super::token_store;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::error::Error;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::question::Question;
use crate::http::Failure;
use crate::ids::ClientId;
use crate::views::text;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    mount.web(Method::GET, "/admin/clients/{id}/disable", manage, disable);
    mount.web(
        Method::GET,
        "/admin/clients/{id}/tokens/{token}/revoke",
        manage,
        revoke,
    );
}

async fn disable(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let it = authority
        .db
        .read(move |conn| ops::known(conn, &scope, id))
        .await?;
    let question = Question {
        section: ("nav-clients", HERE),
        what: it.name,
        back: place(id),
        verb_key: "access-client-disable",
        question_key: "access-client-disable-question",
        text_key: "access-client-disable-text",
        action: format!("{}/disable", place(id)),
    };
    let (template, data) = question.asked(&[], 0, &[], None);
    authority.page(&caller, template, data)
}

async fn revoke(
    authority: web::Data<Authority>,
    caller: Caller,
    ids: web::Path<(ClientId, i64)>,
) -> Result<HttpResponse, Failure> {
    let (scope, (id, number)) = (caller.actor()?.scope, ids.into_inner());
    let (client, token) = authority
        .db
        .read(move |conn| {
            let client = ops::known(conn, &scope, id)?;
            let mut all = token_store::known_of(conn, id)?.into_iter();
            let token = all.find(|it| it.id == number && it.revoked_at.is_none());
            Ok::<_, Error>((client, token.ok_or(Error::TokenUnknown)?))
        })
        .await?;
    let lang = caller.look.lang;
    let question = Question {
        section: ("nav-clients", HERE),
        what: client.name,
        back: place(id),
        verb_key: "access-token-revoke",
        question_key: "access-token-revoke-question",
        text_key: "access-token-revoke-text",
        action: format!("{}/tokens/{number}/revoke", place(id)),
    };
    let which = text(lang, "access-token-no", &[("number", token.id.to_string())]);
    let facts = [("access-token-number", which)];
    let (template, data) = question.asked(&facts, 0, &[], None);
    authority.page(&caller, template, data)
}
