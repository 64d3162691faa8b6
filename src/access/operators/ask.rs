//! What is asked before an operator is disabled, signed out, or loses his second factor.
use super::ops;
use super::page::{HERE, place};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::question::Question;
use crate::http::Failure;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};

/// What may be done, as it is asked for.
struct Deed {
    /// Where it is asked, and the end of that below the operator's page: the form goes there too.
    path: &'static str,
    end: &'static str,
    verb_key: &'static str,
    question_key: &'static str,
    text_key: &'static str,
}

const DISABLE: Deed = Deed {
    path: "/admin/operators/{login}/disable",
    end: "disable",
    verb_key: "access-operator-disable",
    question_key: "access-operator-disable-question",
    text_key: "access-operator-disable-text",
};
const END_SESSIONS: Deed = Deed {
    path: "/admin/operators/{login}/sessions/end",
    end: "sessions/end",
    verb_key: "access-operator-end-sessions",
    question_key: "access-operator-end-sessions-question",
    text_key: "access-operator-end-sessions-text",
};
const RESET: Deed = Deed {
    path: "/admin/operators/{login}/second-factor/reset",
    end: "second-factor/reset",
    verb_key: "access-operator-factor-reset",
    question_key: "access-operator-factor-reset-question",
    text_key: "access-operator-factor-reset-text",
};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    for deed in [&DISABLE, &END_SESSIONS, &RESET] {
        let ask =
            move |authority: web::Data<Authority>, caller: Caller, login: web::Path<String>| {
                asked(authority, caller, login.into_inner(), deed)
            };
        mount.web(Method::GET, deed.path, manage, ask);
    }
}

async fn asked(
    authority: web::Data<Authority>,
    caller: Caller,
    login: String,
    deed: &'static Deed,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let it = authority
        .db
        .read(move |conn| ops::known(conn, &scope, &login))
        .await?;
    let question = Question {
        section: ("nav-operators", HERE),
        what: it.login.clone(),
        back: place(&it.login),
        verb_key: deed.verb_key,
        question_key: deed.question_key,
        text_key: deed.text_key,
        action: format!("{}/{}", place(&it.login), deed.end),
    };
    let facts = [("access-name", it.name)];
    let (template, data) = question.asked(&facts, 0, &[], None);
    authority.page(&caller, template, data)
}
