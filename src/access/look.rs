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
#[must_use]
pub fn local(path: &str) -> &str {
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

#[derive(serde::Deserialize)]
struct Posted {
    lang: Option<String>,
    theme: Option<String>,
    zone: Option<String>,
    back: Option<String>,
}

/// What a reader chose; what is absent stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish {
    pub lang: Option<Lang>,
    pub theme: Option<Theme>,
    pub zone: Option<chrono_tz::Tz>,
}

impl Wish {
    pub(super) fn parse(
        lang: Option<&str>,
        theme: Option<&str>,
        zone: Option<&str>,
    ) -> Result<Self, Error> {
        let wish = Self {
            lang: lang.and_then(Lang::parse),
            theme: theme.and_then(Theme::parse),
            zone: zone.and_then(|zone| zone.parse().ok()),
        };
        let all_known = wish.lang.is_some() == lang.is_some()
            && wish.theme.is_some() == theme.is_some()
            && wish.zone.is_some() == zone.is_some();
        all_known.then_some(wish).ok_or(Error::LookUnknown)
    }
}

async fn change(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Posted>,
) -> Result<HttpResponse, Failure> {
    let wish = Wish::parse(
        form.lang.as_deref(),
        form.theme.as_deref(),
        form.zone.as_deref(),
    )?;
    if let Some(actor) = caller.actor
        && let Who::Operator(id, _) = actor.who
    {
        let now = authority.now();
        authority
            .db
            .write(move |tx| operators::set_look(tx, &actor, id, wish, None, now))
            .await?;
    }
    let mut answer = see_other(local(form.back.as_deref().unwrap_or("/")));
    keep(&authority, &req, &mut answer, wish);
    Ok(answer)
}

/// Puts what was chosen into the browser too, for the pages before signing in.
pub(super) fn keep(
    authority: &Authority,
    req: &HttpRequest,
    answer: &mut HttpResponse,
    wish: Wish,
) {
    let jar = Jar::new(authority, req);
    let chosen = [
        ("lang", wish.lang.map(Lang::tag)),
        ("theme", wish.theme.map(Theme::code)),
        ("tz", wish.zone.map(chrono_tz::Tz::name)),
    ];
    for (name, value) in chosen {
        if let Some(value) = value
            && let Err(e) = answer.add_cookie(&jar.preference(name, value.to_owned()))
        {
            tracing::warn!(error = %e, "a preference could not be kept");
        }
    }
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
