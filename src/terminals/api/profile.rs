//! Profiles over the Management API: of a terminal, and of the levels above it. The installation's
//! is the group `profile` of the settings.
use super::tid;
use crate::access::{Caller, Mount, Needs, Permission, Scope};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Json};
use crate::terminals::profile::{self, At, LogLevel, Look, Source};
use crate::terminals::registry::{self, Edit, Error};
use crate::terminals::shown::read_one;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::TerminalsView);
    let manage = Needs::Permission(Permission::TerminalsManage);
    let one = "/api/v1/terminals/{tid}/profile";
    mount.api(Method::GET, one, look, terminal_profile);
    mount.api(Method::PUT, one, manage, put_terminal_profile);
    mount.api(Method::PATCH, one, manage, patch_terminal_profile);
    let look = Needs::Permission(Permission::NetworkView);
    let manage = Needs::Permission(Permission::NetworkManage);
    let owner = "/api/v1/establishments/{code}/profile";
    mount.api(Method::GET, owner, look, establishment_profile);
    mount.api(Method::PUT, owner, manage, put_establishment_profile);
    mount.api(Method::PATCH, owner, manage, patch_establishment_profile);
    let point = "/api/v1/points-of-service/{code}/profile";
    mount.api(Method::GET, point, look, point_profile);
    mount.api(Method::PUT, point, manage, put_point_profile);
    mount.api(Method::PATCH, point, manage, patch_point_profile);
}

/// One setting of a profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileInterval)]
struct Interval {
    /// What is set here; absent is inherited.
    own: Option<i32>,
    /// Seconds between check-ins, before jitter.
    effective: i32,
    source: Source,
    /// Code of the establishment or point of service that sets it.
    source_code: Option<String>,
}

/// One setting of a profile.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileLogLevel)]
struct Level {
    /// What is set here; absent is inherited.
    own: Option<LogLevel>,
    effective: LogLevel,
    source: Source,
    /// Code of the establishment or point of service that sets it.
    source_code: Option<String>,
}

/// The parameters that a terminal says it uses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileReported)]
struct Reported {
    version: String,
    log_level: Option<String>,
    #[serde(rename = "reported_at")]
    at: Millis,
    /// They are those in effect.
    is_applied: bool,
}

/// What terminals inherit, and from where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(super) struct Dto {
    interval_s: Interval,
    log_level: Level,
    /// A change here or above has not reached every terminal yet.
    pending: bool,
    /// Rises with every change of what is set here; a terminal's is that of the terminal.
    version: i64,
    /// What the terminal says; of terminals only.
    reported: Option<Reported>,
}

impl From<Look> for Dto {
    fn from(look: Look) -> Self {
        let code = |from| look.place_of(from).map(|(code, _)| code.clone());
        let is_applied = look.is_applied();
        Self {
            interval_s: Interval {
                own: look.own.interval_s,
                effective: look.interval_s.0,
                source: look.interval_s.1,
                source_code: code(look.interval_s.1),
            },
            log_level: Level {
                own: look.own.log_level,
                effective: look.log_level.0,
                source: look.log_level.1,
                source_code: code(look.log_level.1),
            },
            pending: look.is_pending,
            version: look.version,
            reported: look.reported.map(|it| Reported {
                version: it.version,
                log_level: it.log_level,
                at: it.at,
                is_applied,
            }),
        }
    }
}

/// Tells `null` from absent.
pub(super) fn told<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(from).map(Some)
}

/// What to set. In a `PUT`, what is absent is inherited; in a `PATCH` it stays, and `null` is
/// inherited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProfileWish)]
pub(super) struct Wish {
    /// Seconds between check-ins, 10 to 86,400.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<i32>)]
    interval_s: Option<Option<i32>>,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<String>)]
    log_level: Option<Option<String>>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Stays,
    IsInherited,
}

impl Wish {
    /// As the ops take it: empty is inherited.
    fn edit(&self, rest: Rest) -> Edit {
        let absent = || (rest == Rest::IsInherited).then(String::new);
        let seconds = self.interval_s.map(|it| it.map(|s| s.to_string()));
        Edit {
            model: None,
            interval_s: seconds.map(Option::unwrap_or_default).or_else(absent),
            log_level: self
                .log_level
                .clone()
                .map(Option::unwrap_or_default)
                .or_else(absent),
        }
    }
}

/// A terminal's check-in interval and log level, and where they come from.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/profile", tag = "Profiles",
    params(("tid" = String, Path)),
    responses((status = 200, body = Dto), (status = 404)))]
pub(super) async fn terminal_profile(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (tid, scope, now) = (tid(&place)?, caller.actor()?.scope, ctx.now());
    let look = ctx
        .db
        .read(move |conn| {
            let it = read_one(conn, &scope, &tid, now)?;
            profile::of_terminal(conn, &it)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Dto::from(look)))
}

async fn set_terminal(
    ctx: &Ctx,
    caller: &Caller,
    place: &str,
    (wish, rest): (Wish, Rest),
) -> Result<HttpResponse, Failure> {
    let (tid, actor, now) = (tid(place)?, caller.actor()?, ctx.now());
    let look = ctx
        .db
        .write(move |tx| {
            let edit = wish.edit(rest);
            registry::change(tx, &actor, &tid, &edit, wish.version, now)?;
            let it = read_one(tx, &actor.scope, &tid, now)?;
            profile::of_terminal(tx, &it)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Dto::from(look)))
}

/// Sets all of a terminal's own values; what is absent is inherited.
#[utoipa::path(put, path = "/api/v1/terminals/{tid}/profile", tag = "Profiles",
    params(("tid" = String, Path)), request_body = Wish,
    responses((status = 200, body = Dto), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn put_terminal_profile(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    body: Json<Wish>,
) -> Result<HttpResponse, Failure> {
    set_terminal(
        &ctx,
        &caller,
        &place,
        (body.into_inner(), Rest::IsInherited),
    )
    .await
}

/// Sets some of a terminal's own values; what is absent stays, `null` is inherited.
#[utoipa::path(patch, path = "/api/v1/terminals/{tid}/profile", tag = "Profiles",
    params(("tid" = String, Path)), request_body = Wish,
    responses((status = 200, body = Dto), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn patch_terminal_profile(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    body: Json<Wish>,
) -> Result<HttpResponse, Failure> {
    set_terminal(&ctx, &caller, &place, (body.into_inner(), Rest::Stays)).await
}

/// How the place of a level is found, and how the level is read.
type Find<T> = fn(&mut Conn, &Scope, &str) -> Result<(T, At), Error>;
type Read<T> = fn(&mut Conn, &Scope, &str) -> Result<(T, Look), Error>;

async fn level<T: Send + 'static>(
    ctx: &Ctx,
    caller: &Caller,
    code: web::Path<String>,
    read: Read<T>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let reading = ctx.db.read(move |conn| read(conn, &scope, &code));
    let (_, look) = reading.await?;
    Ok(HttpResponse::Ok().json(Dto::from(look)))
}

async fn set_level<T: Send + 'static>(
    ctx: &Ctx,
    caller: &Caller,
    code: web::Path<String>,
    (wish, rest): (Wish, Rest),
    (find, read): (Find<T>, Read<T>),
) -> Result<HttpResponse, Failure> {
    let (actor, now, own) = (caller.actor()?, ctx.now(), code.clone());
    ctx.db
        .write(move |tx| {
            let (_, at) = find(tx, &actor.scope, &own)?;
            let edit = wish.edit(rest);
            let values = (edit.interval_s.as_deref(), edit.log_level.as_deref());
            profile::change_level(tx, &actor, &at, values, wish.version, now)
        })
        .await?;
    profile::settle(ctx).await.map_err(Error::from)?;
    level(ctx, caller, code, read).await
}

macro_rules! levels {
    ($(#[doc = $what:literal] $path:literal: $get:ident $put:ident $patch:ident ($find:path, $read:path);)+) => {$(
        #[doc = concat!("The check-in interval and log level that terminals ", $what, " inherit.")]
        #[utoipa::path(get, path = $path, tag = "Profiles", params(("code" = String, Path)),
            responses((status = 200, body = Dto), (status = 404)))]
        pub(super) async fn $get(
            ctx: web::Data<Ctx>,
            caller: Caller,
            code: web::Path<String>,
        ) -> Result<HttpResponse, Failure> {
            level(&ctx, &caller, code, $read).await
        }

        #[doc = concat!("Sets all that terminals ", $what, " inherit from here; what is absent is inherited from above. A large change reaches the terminals in the background.")]
        #[utoipa::path(put, path = $path, tag = "Profiles", params(("code" = String, Path)),
            request_body = Wish,
            responses((status = 200, body = Dto), (status = 404), (status = 409), (status = 422)))]
        pub(super) async fn $put(
            ctx: web::Data<Ctx>,
            caller: Caller,
            code: web::Path<String>,
            body: Json<Wish>,
        ) -> Result<HttpResponse, Failure> {
            let wish = (body.into_inner(), Rest::IsInherited);
            set_level(&ctx, &caller, code, wish, ($find, $read)).await
        }

        #[doc = concat!("Sets some of what terminals ", $what, " inherit from here; what is absent stays, `null` is inherited from above.")]
        #[utoipa::path(patch, path = $path, tag = "Profiles", params(("code" = String, Path)),
            request_body = Wish,
            responses((status = 200, body = Dto), (status = 404), (status = 409), (status = 422)))]
        pub(super) async fn $patch(
            ctx: web::Data<Ctx>,
            caller: Caller,
            code: web::Path<String>,
            body: Json<Wish>,
        ) -> Result<HttpResponse, Failure> {
            let wish = (body.into_inner(), Rest::Stays);
            set_level(&ctx, &caller, code, wish, ($find, $read)).await
        }
    )+};
}

levels! {
    #[doc = "of an establishment"]
    "/api/v1/establishments/{code}/profile":
        establishment_profile put_establishment_profile patch_establishment_profile
        (profile::at_establishment, profile::of_establishment);
    #[doc = "at a point of service"]
    "/api/v1/points-of-service/{code}/profile":
        point_profile put_point_profile patch_point_profile
        (profile::at_point, profile::of_point);
}
