//! The model catalogue in the web UI.
use super::{see_other, version};
use crate::access::{Caller, Form, Permission};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::list_places;
use crate::lists::{ListPage, Lists, Source};
use crate::network::Expect;
use crate::sheets::{Cell, Column};
use crate::terminals::catalogue::{self, Model, ModelDraft};
use crate::terminals::registry::Error;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

const HERE: &str = "/admin/models";

fn crumbs(last: Option<&str>) -> Value {
    let mut all = vec![json!({ "key": "nav-models", "href": HERE })];
    all.extend(last.map(|text| match text {
        "models-new" => json!({ "key": text }),
        text => json!({ "text": text }),
    }));
    all.into()
}

fn facts(it: &Model) -> Value {
    json!({ "code": it.code, "title": it.title(), "draft": it.draft, "version": it.version })
}

const COLUMNS: &[Column] = &[
    Column::new("code", "network-code")
        .always()
        .sorted("code", "code"),
    Column::new("model", "terminals-model"),
    Column::new("platform", "models-platform"),
    Column::new("platform_is_confirmed", "models-platform-confirmed"),
    Column::new("component_updates", "models-component-updates"),
    Column::new("third_party_apps", "models-third-party-apps"),
    Column::new("key_loading", "models-key-loading"),
];

/// The model catalogue as a list. It is short: all of it is read, and the page is cut from that.
#[must_use]
pub fn models_source() -> Source {
    Source {
        name: "models",
        title_key: "nav-models",
        places: list_places!("/admin/models", "models"),
        permission: Permission::ModelsManage,
        columns: COLUMNS,
        filters: &[],
        order: "code",
        read: Arc::new(|conn, _, _, turn| {
            let all = catalogue::list(conn).map_err(Error::from)?;
            Ok(turn.cut(all).map(|it| cells(&it)))
        }),
    }
}

fn cells(it: &Model) -> Vec<Cell> {
    vec![
        Cell::id_at(&it.code, format!("{HERE}/{}", it.code)),
        Cell::text(it.title()),
        Cell::text(&it.draft.platform),
        Cell::Yes(it.draft.platform_is_confirmed),
        Cell::Yes(it.draft.component_updates),
        Cell::Yes(it.draft.third_party_apps),
        Cell::Yes(it.draft.key_loading),
    ]
}

pub(super) async fn list(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new("models", "terminals/models");
    lists.show(&ctx, &caller, wish, |_, _| Ok(json!({}))).await
}

/// The form as it was sent: a box that is not ticked is not sent at all.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a box of its own on the form"
)]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    version: String,
    code: String,
    name: String,
    manufacturer: String,
    platform: String,
    platform_is_confirmed: bool,
    /// One a line.
    aliases: String,
    component_updates: bool,
    third_party_apps: bool,
    key_loading: bool,
}

impl Sent {
    fn draft(&self) -> ModelDraft {
        ModelDraft {
            name: self.name.clone(),
            manufacturer: self.manufacturer.clone(),
            platform: self.platform.clone(),
            platform_is_confirmed: self.platform_is_confirmed,
            aliases: self.aliases.lines().map(str::to_owned).collect(),
            component_updates: self.component_updates,
            third_party_apps: self.third_party_apps,
            key_loading: self.key_loading,
        }
    }

    fn of(it: &Model) -> Self {
        let draft = it.draft.clone();
        Self {
            version: it.version.to_string(),
            code: it.code.clone(),
            name: draft.name,
            manufacturer: draft.manufacturer,
            platform: draft.platform,
            platform_is_confirmed: draft.platform_is_confirmed,
            aliases: draft.aliases.join("\n"),
            component_updates: draft.component_updates,
            third_party_apps: draft.third_party_apps,
            key_loading: draft.key_loading,
        }
    }
}

fn new_form(sent: &Sent) -> Value {
    json!({ "crumbs": crumbs(Some("models-new")), "form": sent })
}

pub(super) async fn new(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let sent = Sent {
        component_updates: true,
        key_loading: true,
        ..Sent::default()
    };
    ctx.page(&caller, "terminals/model_new", new_form(&sent))
}

pub(super) async fn create(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now) = (caller.actor()?, ctx.now());
    let (code, draft) = (sent.code.clone(), sent.draft());
    let made = ctx
        .db
        .write(move |tx| catalogue::put(tx, &actor, &code, &draft, Expect::New, now))
        .await;
    match made {
        Ok(_) => Ok(see_other(&address(HERE, &[("said", "model-added")]))),
        Err(refused) => ctx.page_refused(
            &caller,
            "terminals/model_new",
            new_form(&sent),
            refused.into(),
        ),
    }
}

async fn found(ctx: &Ctx, code: &str) -> Result<Model, Failure> {
    let code = code.to_owned();
    let found = ctx
        .db
        .read(move |conn| catalogue::find(conn, &code)?.ok_or(Error::NoModel(code)))
        .await?;
    Ok(found)
}

fn edit_form(it: &Model, sent: &Sent) -> Value {
    json!({ "crumbs": crumbs(Some(&it.title())), "it": facts(it), "form": sent })
}

pub(super) async fn edit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &code).await?;
    let page = edit_form(&it, &Sent::of(&it));
    ctx.page(&caller, "terminals/model_edit", page)
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    Form(mut sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, seen) = (caller.actor()?, ctx.now(), version(&sent.version));
    let (own, draft) = (code.clone(), sent.draft());
    let done = ctx
        .db
        .write(move |tx| catalogue::put(tx, &actor, &own, &draft, Expect::Version(seen?), now))
        .await;
    match done {
        Ok(_) => Ok(see_other(&address(HERE, &[("said", "model-changed")]))),
        Err(refused) => {
            let it = found(&ctx, &code).await?;
            sent.version = it.version.to_string();
            let mut page = edit_form(&it, &sent);
            page["theirs"] = matches!(refused, Error::Stale).into();
            ctx.page_refused(&caller, "terminals/model_edit", page, refused.into())
        }
    }
}
