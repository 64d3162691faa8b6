//! How a caller wants to read: found out for every request, changed by `POST /look`.
use super::authority::Authority;
use super::caller::Caller;
use super::cookies::Jar;
use super::csrf::Form;
use super::error::Error;
use super::model::{Needs, Who};
use super::mount::Mount;
use super::operators;
use crate::http::Failure;
use crate::views::{Lang, Look, Theme};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

/// What an account prefers, as stored.
#[derive(Default)]
pub(super) struct Preferred<'a> {
    pub lang: Option<&'a str>,
    pub theme: Option<&'a str>,
    pub zone: Option<&'a str>,
}

/// The account's wish, else the browser's cookie, else what the browser says of its reader.
pub(super) fn find(jar: &Jar, req: &HttpRequest, account: &Preferred) -> Look {
    let spoken = || {
        let header = req.headers().get(header::ACCEPT_LANGUAGE)?;
        Some(Lang::accept(header.to_str().ok()?))
    };
    let lang = account.lang.and_then(Lang::parse).or_else(|| jar.lang());
    let theme = account.theme.and_then(Theme::parse);
    let zone = account.zone.and_then(|zone| zone.parse().ok());
    Look {
        lang: lang.or_else(spoken).unwrap_or_default(),
        theme: theme.or_else(|| jar.theme()).unwrap_or_default(),
        zone: zone.or_else(|| jar.zone()).unwrap_or(chrono_tz::UTC),
    }
}

/// A path on this server to go to next. Anything else, however it is written, leads to the front
/// page.
pub(super) fn local(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if own { path } else { "/" }
}

pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

pub(super) fn routes(mount: &mut Mount) {
    mount.web(Method::POST, "/look", Needs::Nothing, change);
}

/// What is absent stays as it is.
#[derive(serde::Deserialize)]
struct Wish {
    lang: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
    back: Option<String>,
}

async fn change(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(wish): Form<Wish>,
) -> Result<HttpResponse, Failure> {
    let mut look = caller.look;
    let jar = Jar::new(&authority, &req);
    let mut answer = see_other(local(wish.back.as_deref().unwrap_or("/")));
    if let Some(lang) = wish.lang {
        look.lang = Lang::parse(&lang).ok_or(Error::LookUnknown)?;
        answer
            .add_cookie(&jar.preference("lang", look.lang.tag().to_owned()))
            .ok();
    }
    if let Some(theme) = wish.theme {
        look.theme = Theme::parse(&theme).ok_or(Error::LookUnknown)?;
        answer
            .add_cookie(&jar.preference("theme", look.theme.code().to_owned()))
            .ok();
    }
    if let Some(zone) = wish.zone {
        look.zone = zone.parse().map_err(|_| Error::LookUnknown)?;
        answer
            .add_cookie(&jar.preference("tz", look.zone.name().to_owned()))
            .ok();
    }
    if let Some(actor) = caller.actor
        && let Who::Operator(id, _) = actor.who
    {
        let now = authority.now();
        authority
            .db
            .write(move |tx| operators::set_look(tx, &actor, id, &look, None, now))
            .await?;
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_off_this_server() {
        for own in ["/", "/terminals?q=a%2Fb&page=2", "/a//b"] {
            assert_eq!(local(own), own);
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/ok\r\nset-cookie: a=b",
            " /a",
        ] {
            assert_eq!(local(foreign), "/", "{foreign:?}");
        }
    }
}
