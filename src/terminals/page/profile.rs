//! Profiles in the web UI: the tab of a terminal, and the pages of the levels above it, which stand
//! beside those of the network.
use super::one::page_with;
use super::{Panels, see_other, tid, version};
use crate::access::{Caller, Form, Mount, Needs, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, address};
use crate::network::{Establishment, PointOfService};
use crate::terminals::profile::{self, At, LogLevel, Look, Source};
use crate::terminals::registry::{self, Edit, Error};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const ESTABLISHMENTS: &str = "/network/establishments";
const POINTS: &str = "/network/points-of-service";

pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::TerminalsView);
    let manage = Needs::Permission(Permission::TerminalsManage);
    mount.web(Method::GET, "/terminals/{tid}/profile", look, show);
    mount.web(Method::POST, "/terminals/{tid}/profile", manage, change);
    let look = Needs::Permission(Permission::NetworkView);
    let manage = Needs::Permission(Permission::NetworkManage);
    let (owner, point) = (
        "/network/establishments/{code}/profile",
        "/network/points-of-service/{code}/profile",
    );
    mount.web(Method::GET, owner, look, |ctx, caller, code| {
        show_level(ctx, caller, code, &OF_ESTABLISHMENT)
    });
    mount.web(Method::POST, owner, manage, |ctx, caller, code, sent| {
        change_level(ctx, caller, code, sent, &OF_ESTABLISHMENT)
    });
    mount.web(Method::GET, point, look, |ctx, caller, code| {
        show_level(ctx, caller, code, &OF_POINT)
    });
    mount.web(Method::POST, point, manage, |ctx, caller, code, sent| {
        change_level(ctx, caller, code, sent, &OF_POINT)
    });
}

/// The form as it was sent; empty is inherited.
#[derive(Debug, Clone, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    version: String,
    #[serde(default)]
    interval_s: String,
    #[serde(default)]
    log_level: String,
}

/// Where a value comes from, with a way to change it there for whoever may.
fn source(look: &Look, from: Source, caller: &Caller) -> Value {
    let place = look.place_of(from);
    let own = |root: &str| place.map(|(code, _)| format!("{root}/{code}/profile"));
    let href = match from {
        Source::Installation => {
            Some("/admin/settings".to_owned()).filter(|_| caller.may(Permission::SettingsManage))
        }
        Source::Establishment => own(ESTABLISHMENTS),
        Source::PointOfService => own(POINTS),
        Source::Terminal => None,
    };
    let sees = from == Source::Installation || caller.may(Permission::NetworkView);
    json!({
        "key": format!("profile-from-{}", from.code()),
        "name": place.map(|(_, name)| name),
        "href": href.filter(|_| sees),
    })
}

fn level_key(level: LogLevel) -> String {
    format!("log-level-{}", level.code())
}

/// What the table and the form show.
fn data(look: &Look, caller: &Caller) -> Value {
    let levels = LogLevel::ALL
        .map(|level| json!({ "value": level.code(), "key": level_key(level) }))
        .to_vec();
    let reported = look.reported.as_ref().map(|it| {
        let known = it.log_level.as_deref().and_then(LogLevel::parse);
        json!({ "at": it.at, "log_level": it.log_level, "key": known.map(level_key) })
    });
    json!({
        "interval_s": look.interval_s.0, "log_level_key": level_key(look.log_level.0),
        "interval_from": source(look, look.interval_s.1, caller),
        "log_level_from": source(look, look.log_level.1, caller),
        "is_pending": look.is_pending, "is_applied": look.is_applied(), "reported": reported,
        "changed_at": look.touch.as_ref().map(|t| t.at),
        "changed_by": look.touch.as_ref().map(|t| t.by.clone()),
        "levels": levels,
        "form": {
            "version": look.version,
            "interval_s": look.own.interval_s.map_or_else(String::new, |s| s.to_string()),
            "log_level": look.own.log_level.map_or("", LogLevel::code),
        },
    })
}

/// Puts what was typed back into the form.
fn again(profile: &mut Value, sent: &Sent, refused: &Error) {
    profile["form"]["interval_s"] = sent.interval_s.clone().into();
    profile["form"]["log_level"] = sent.log_level.clone().into();
    profile["theirs"] = matches!(refused, Error::Stale).into();
}

fn said(place: &str) -> HttpResponse {
    see_other(&address(place, &[("said", "profile-changed")]))
}

async fn page(ctx: &Ctx, panels: &Panels, caller: &Caller, tid: &str) -> Result<Value, Failure> {
    let reading = page_with(ctx, panels, caller, tid, "profile", profile::of_terminal);
    let (mut page, look) = reading.await?;
    page["profile"] = data(&look, caller);
    page["profile"]["action"] = format!("/terminals/{tid}/profile").into();
    page["profile"]["may"] = page["may_manage"].clone();
    page["profile"]["is_terminal"] = true.into();
    Ok(page)
}

async fn show(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let page = page(&ctx, &panels, &caller, &place).await?;
    ctx.page(&caller, "terminals/profile", page)
}

async fn change(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    place: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code) = (caller.actor()?, ctx.now(), tid(&place)?);
    let (seen, edit) = (
        version(&sent.version),
        Edit {
            interval_s: Some(sent.interval_s.clone()),
            log_level: Some(sent.log_level.clone()),
            ..Edit::default()
        },
    );
    let done = ctx
        .db
        .write(move |tx| registry::change(tx, &actor, &code, &edit, Some(seen?), now))
        .await;
    match done {
        Ok(it) => Ok(said(&format!("/terminals/{}/profile", it.tid))),
        Err(refused) => {
            let mut page = page(&ctx, &panels, &caller, &place).await?;
            again(&mut page["profile"], &sent, &refused);
            ctx.page_refused(&caller, "terminals/profile", page, refused.into())
        }
    }
}

/// Reads what has a level, by its code, with what is to be known of it.
type Read<T, U> = fn(&mut Conn, &Scope, &str) -> Result<(T, U), Error>;
/// Code and name, and name and address of what it stands in.
type Told<'a> = (&'a str, &'a str, Option<(&'a str, String)>);

/// A level above terminals: what has it, and its page.
struct Level<T: 'static> {
    /// Where such things stand in the addresses.
    root: &'static str,
    template: &'static str,
    read: Read<T, Look>,
    find: Read<T, At>,
    told: fn(&T) -> Told<'_>,
}

static OF_ESTABLISHMENT: Level<Establishment> = Level {
    root: ESTABLISHMENTS,
    template: "terminals/profile_establishment",
    read: profile::of_establishment,
    find: profile::at_establishment,
    told: |it| (&it.code, &it.name, None),
};

static OF_POINT: Level<PointOfService> = Level {
    root: POINTS,
    template: "terminals/profile_point",
    read: profile::of_point,
    find: profile::at_point,
    told: |it| {
        let owner = format!("{ESTABLISHMENTS}/{}", it.establishment_code);
        (&it.code, &it.name, Some((&it.establishment_name, owner)))
    },
};

impl<T: Send> Level<T> {
    async fn page(&'static self, ctx: &Ctx, caller: &Caller, code: &str) -> Result<Value, Failure> {
        let (scope, code) = (caller.actor()?.scope, code.to_owned());
        let reading = ctx.db.read(move |conn| (self.read)(conn, &scope, &code));
        let (it, look) = reading.await?;
        let (code, name, within) = (self.told)(&it);
        let own = format!("{}/{code}", self.root);
        let mut crumbs = vec![json!({ "key": "nav-network", "href": "/network" })];
        let places = within.into_iter().chain([(name, own.clone())]);
        crumbs.extend(places.map(|(text, href)| json!({ "text": text, "href": href })));
        crumbs.push(json!({ "key": "terminals-tab-profile" }));
        let mut profile = data(&look, caller);
        profile["action"] = format!("{own}/profile").into();
        profile["may"] = caller.may(Permission::NetworkManage).into();
        Ok(json!({
            "crumbs": crumbs,
            "it": { "code": code, "name": name },
            "profile": profile,
        }))
    }

    /// Changes the level and brings it to the terminals below it.
    async fn save(
        &'static self,
        ctx: &Ctx,
        caller: &Caller,
        code: &str,
        sent: &Sent,
    ) -> Result<Result<(), Error>, Failure> {
        let (actor, now, code, sent) = (caller.actor()?, ctx.now(), code.to_owned(), sent.clone());
        let done = ctx
            .db
            .write(move |tx| {
                let (_, at) = (self.find)(tx, &actor.scope, &code)?;
                let seen = version(&sent.version)?;
                let wish = (Some(&*sent.interval_s), Some(&*sent.log_level));
                profile::change_level(tx, &actor, &at, wish, Some(seen), now)
            })
            .await;
        if let Err(refused) = done {
            return Ok(Err(refused));
        }
        Ok(profile::settle(ctx).await.map_err(Error::from))
    }
}

async fn show_level<T: Send>(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    level: &'static Level<T>,
) -> Result<HttpResponse, Failure> {
    let page = level.page(&ctx, &caller, &code).await?;
    ctx.page(&caller, level.template, page)
}

async fn change_level<T: Send>(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    Form(sent): Form<Sent>,
    level: &'static Level<T>,
) -> Result<HttpResponse, Failure> {
    let done = level.save(&ctx, &caller, &code, &sent).await?;
    let Err(refused) = done else {
        return Ok(said(&format!("{}/{code}/profile", level.root)));
    };
    let mut page = level.page(&ctx, &caller, &code).await?;
    again(&mut page["profile"], &sent, &refused);
    ctx.page_refused(&caller, level.template, page, refused.into())
}
