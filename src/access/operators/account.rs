//! The operator's own account: how he wants to read, his password, his sessions.
use super::{Proved, ops, store};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::{Empty, Form};
use crate::access::error::Error;
use crate::access::limits;
use crate::access::look::{self, Wish, see_other};
use crate::access::model::{Needs, Who};
use crate::access::mount::Mount;
use crate::access::throttle::Account;
use crate::access::{factors, federation, password, roles, sessions};
use crate::http::Failure;
use crate::ids::OperatorId;
use crate::views::{Lang, Theme};
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(mount: &mut Mount) {
    let needs = Needs::SignedIn;
    mount.web(Method::GET, "/account", needs, show);
    mount.web(Method::POST, "/account", needs, save);
    mount.web(Method::POST, "/account/password", needs, change_password);
    mount.web(
        Method::POST,
        "/account/sessions/{id}/end",
        needs,
        end_session,
    );
    mount.web(
        Method::POST,
        "/account/sessions/end-others",
        needs,
        end_others,
    );
}

async fn show(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller).await?;
    authority.page(&caller, "access/account", data)
}

async fn data(authority: &web::Data<Authority>, caller: &Caller) -> Result<Value, Failure> {
    let ((id, actor), now) = (caller.operator()?, authority.now());
    let (establishments, lasting) = (authority.establishments, authority.lasting());
    let at = web::Data::clone(authority);
    let (operator, mine, limits, provider, roles, factor) = authority
        .db
        .read(move |conn| {
            let operator = store::find(conn, id)?.ok_or(Error::OperatorUnknown)?;
            let limits = limits::shown(conn, &establishments, &actor.scope)?;
            let provider = federation::shown(conn, at.provider.as_ref(), id)?;
            let mine = sessions::list_of(conn, id, lasting, now)?;
            let roles = roles::of_operator(conn, vec![id])?;
            let factor = factors::since(conn, id)?;
            Ok::<_, Error>((operator, mine, limits, provider, roles, factor))
        })
        .await?;
    let mine: Vec<Value> = mine
        .iter()
        .map(|session| {
            let mut it = session_shown(session);
            it["is_this"] = (Some(session.id) == caller.session).into();
            it
        })
        .collect();
    let themes =
        Theme::ALL.map(|t| json!({ "value": t.code(), "key": format!("theme-{}", t.code()) }));
    let langs = Lang::ALL.map(|lang| json!({ "value": lang.tag(), "text": own_name(lang) }));
    let zones: Vec<Value> = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| json!({ "value": zone.name(), "text": zone.name() }))
        .collect();
    Ok(json!({
        "login": operator.login,
        "limits": limits,
        "provider": provider,
        "has_password": operator.has_password,
        "roles": roles.iter().map(|(_, role)| roles::shown(role)).collect::<Vec<_>>(),
        "factor_since": factor,
        "form": {
            "name": operator.name,
            "lang": caller.look.lang.tag(),
            "theme": caller.look.theme.code(),
            "zone": caller.look.zone.name(),
        },
        "langs": langs,
        "themes": themes,
        "zones": zones,
        "others": mine.len() > 1,
        "sessions": mine,
        "idle_minutes": lasting.idle.as_secs() / 60,
        "longest_hours": lasting.longest.as_secs() / 3600,
    }))
}

/// A session as a page shows it.
pub(super) fn session_shown(session: &sessions::Session) -> Value {
    json!({
        "id": session.id,
        "browser": browser(&session.user_agent),
        "ip": session.ip,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
    })
}

/// A language as its readers call it.
fn own_name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Fr => "Français",
        Lang::Ru => "Русский",
    }
}

#[derive(Deserialize)]
struct Details {
    name: String,
    lang: String,
    theme: String,
    zone: String,
}

async fn save(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Details>,
) -> Result<HttpResponse, Failure> {
    let ((id, actor), now) = (caller.operator()?, authority.now());
    let wish = Wish::parse(Some(&form.lang), Some(&form.theme), Some(&form.zone))?;
    let name = form.name.clone();
    let saved = authority
        .db
        .write(move |tx| ops::set_look(tx, &actor, id, wish, Some(&name), now))
        .await;
    if let Err(refused) = saved {
        let mut data = data(&authority, &caller).await?;
        data["form"]["name"] = form.name.into();
        return authority.refused(&caller, "access/account", data, refused);
    }
    let mut answer = see_other("/account?said=account-saved");
    look::keep(&authority, &req, &mut answer, wish);
    Ok(answer)
}

#[derive(Deserialize)]
struct NewPassword {
    password_now: String,
    password: String,
    password_again: String,
}

async fn change_password(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<NewPassword>,
) -> Result<HttpResponse, Failure> {
    match try_change(&authority, &caller, form).await {
        Ok(()) => Ok(see_other("/account?said=password-changed")),
        Err(refused) => {
            let data = data(&authority, &caller).await?;
            authority.refused(&caller, "access/account", data, refused)
        }
    }
}

async fn try_change(
    authority: &Authority,
    caller: &Caller,
    form: NewPassword,
) -> Result<(), Failure> {
    let ((_, actor), now) = (caller.operator()?, authority.now());
    let was = knows_password(authority, caller, &form.password_now).await?;
    let about = vec![actor.who.name().to_owned()];
    password::check(form.password.clone(), about).await?;
    if form.password != form.password_again {
        return Err(Error::PasswordsDiffer.into());
    }
    let hash = password::hash(form.password).await?;
    let keep = caller.session.unwrap_or_default();
    authority
        .db
        .write(move |tx| ops::change_password(tx, &actor, (&was, keep), &hash, now))
        .await?;
    Ok(())
}

/// Whether somebody who is signed in knows his password: for the guard of what he then does.
pub(in crate::access) async fn knows_password(
    authority: &Authority,
    caller: &Caller,
    typed: &str,
) -> Result<Proved, Failure> {
    let (operator, actor) = caller.operator()?;
    // Whoever finds an open browser must not guess on.
    let whose = format!("operator {operator}");
    authority
        .throttle
        .account(Account::Known(&whose))
        .map_err(Error::from)?;
    if typed.chars().count() > password::LONGEST {
        return Err(Error::PasswordWrong.into());
    }
    let hash = stored_hash(authority, &actor.who).await?;
    let right = password::is_right(typed.to_owned(), hash.clone()).await?;
    let hash = hash.filter(|_| right).ok_or(Error::PasswordWrong)?;
    Ok(Proved { operator, hash })
}

async fn stored_hash(authority: &Authority, who: &Who) -> Result<Option<String>, Error> {
    let login = who.name().to_owned();
    let found = authority
        .db
        .read(move |conn| store::password_hash_of(conn, &login))
        .await?;
    Ok(found.map(|(_, hash): (OperatorId, String)| hash))
}

async fn end_session(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<i64>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let ((whose, actor), now) = (caller.operator()?, authority.now());
    authority
        .db
        .write(move |tx| sessions::end_one(tx, &actor, whose, *id, now))
        .await?;
    Ok(see_other("/account?said=session-ended"))
}

async fn end_others(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let ((whose, actor), now) = (caller.operator()?, authority.now());
    let this = caller.session.unwrap_or_default();
    authority
        .db
        .write(move |tx| sessions::end_others(tx, &actor, whose, this, now))
        .await?;
    Ok(see_other("/account?said=session-ended"))
}

/// A browser and its system in words, as far as its user agent tells; else what it sent.
fn browser(user_agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        let hit = known.iter().find(|(mark, _)| user_agent.contains(mark));
        hit.map(|(_, name)| *name)
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("YaBrowser/", "Yandex"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} · {system}"),
        (Some(program), None) => program.to_owned(),
        _ if user_agent.is_empty() => "–".to_owned(),
        _ => user_agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_told_apart() {
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(browser(edge), "Edge · Windows");
        assert_eq!(browser("curl/8.0"), "curl/8.0");
        assert_eq!(browser(""), "–");
    }
}
