//! Admin › Settings: each group with its form and its last changes.
use super::error::{Error, STALE};
use super::model::{Field, Group, Kept, Kind, Values};
use super::{Board, logo, ops};
use crate::access::{Caller, Form, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::http::{Failure, address};
use crate::ids::Currency;
use crate::views::key_of;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub(super) const HERE: &str = "/admin/settings";
const TEMPLATE: &str = "settings/settings";
/// What the logo is called in the address of the page.
pub(super) const LOGO: &str = "logo";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::SettingsManage);
    mount.web(Method::GET, HERE, manage, show);
    mount.web(Method::POST, "/admin/settings/{group}", manage, change);
}

type Read = (&'static Group, Kept, Vec<(Values, Millis, String)>);

async fn read(board: &Board) -> Result<(Vec<Read>, logo::Kept), Failure> {
    let groups: Vec<&'static Group> = board.groups.iter().map(|it| it.group).collect();
    let all = board.db.read(move |conn| {
        let one = |group| Ok((group, ops::find(conn, group)?, ops::history(conn, group)?));
        let all = groups.into_iter().map(one).collect::<Result<_, Error>>()?;
        Ok::<_, Error>((all, logo::find(conn)?))
    });
    Ok(all.await?)
}

/// A value as people read it: a number, the key of a word, or a text.
fn shown(field: &Field, values: &Values) -> Value {
    match (field.kind, values.text(field.key)) {
        (Kind::Number { .. }, _) => json!({ "number": values.number(field.key) }),
        (Kind::Choice { words, .. }, code) => json!({ "key": key_of(words, code) }),
        (_, "") => json!({ "text": "–" }),
        (_, text) => json!({ "text": text }),
    }
}

fn form_field(field: &Field, value: &str) -> Value {
    let mut data = json!({
        "name": field.key, "label_key": field.label_key, "hint_key": field.hint_key, "value": value,
    });
    match field.kind {
        Kind::Number { .. } => {
            data["kind"] = "number".into();
            data["inputmode"] = "numeric".into();
        }
        Kind::Choice { of, words, .. } => {
            data["kind"] = "select".into();
            let option = |code: &&str| json!({ "value": code, "key": key_of(words, code) });
            data["options"] = of.iter().map(option).collect();
        }
        Kind::Text { max } => {
            data["maxlength"] = max.into();
            data["optional"] = true.into();
        }
        Kind::Email => {
            data["kind"] = "email".into();
            data["maxlength"] = 254.into();
            data["optional"] = true.into();
        }
        Kind::Zone { .. } => {
            let option =
                |zone: &chrono_tz::Tz| json!({ "value": zone.name(), "text": zone.name() });
            data["kind"] = "select".into();
            data["options"] = chrono_tz::TZ_VARIANTS.iter().map(option).collect();
        }
        Kind::Currency => {
            let option = |code: &&str| json!({ "value": code, "text": code });
            data["kind"] = "select".into();
            data["options"] = Currency::CODES.iter().map(option).collect();
            data["optional"] = true.into();
            data["empty_key"] = "settings-none".into();
        }
    }
    data
}

/// One group; `sent` is what was typed, when a form is shown again.
fn group_data((group, kept, history): &Read, sent: Option<&[(String, String)]>) -> Value {
    let typed = |field: &Field| {
        let typed = sent.and_then(|pairs| pairs.iter().find(|(name, _)| name == field.key));
        typed.map_or_else(
            || match field.kind {
                Kind::Number { .. } => kept.values.number(field.key).to_string(),
                _ => kept.values.text(field.key).to_owned(),
            },
            |(_, value)| value.clone(),
        )
    };
    let fields = group.fields.iter();
    let lines = history.iter().map(|(values, at, by)| {
        let cells = group.fields.iter().map(|field| shown(field, values));
        json!({ "at": at, "by": by, "cells": cells.collect::<Vec<_>>() })
    });
    json!({
        "name": group.name, "title_key": format!("settings-{}", group.name),
        "text_key": format!("settings-{}-text", group.name),
        "version": kept.version, "changed_at": kept.changed_at, "changed_by": kept.changed_by,
        "fields": fields.clone().map(|f| form_field(f, &typed(f))).collect::<Vec<_>>(),
        "columns": fields.map(|f| f.label_key).collect::<Vec<_>>(),
        "history": lines.collect::<Vec<_>>(),
    })
}

/// Where a reader comes from who just saved something: it is told beside what it was.
#[derive(Deserialize)]
struct Landed {
    /// A group, or the logo, that was changed.
    #[serde(default)]
    saved: String,
    /// A group that was saved as it stood.
    #[serde(default)]
    same: String,
    #[serde(default)]
    removed: String,
}

/// The page as it leads to one of its parts.
pub(super) fn part(verb: &str, name: &str) -> String {
    format!("{}#group-{name}", address(HERE, &[(verb, name)]))
}

async fn show(
    board: web::Data<Board>,
    caller: Caller,
    landed: web::Query<Landed>,
) -> Result<HttpResponse, Failure> {
    let (all, mark) = read(&board).await?;
    let groups: Vec<Value> = all
        .iter()
        .map(|group| {
            let mut data = group_data(group, None);
            data["said_key"] = match group.0.name {
                name if name == landed.saved => "said-settings-changed".into(),
                name if name == landed.same => "said-settings-same".into(),
                _ => Value::Null,
            };
            data
        })
        .collect();
    let mut logo = logo::form_data(&mark);
    logo["said_key"] = match (landed.saved.as_str(), landed.removed.as_str()) {
        (LOGO, _) => "said-logo-set".into(),
        (_, LOGO) => "said-logo-removed".into(),
        _ => Value::Null,
    };
    let data = json!({ "groups": groups, "logo": logo });
    board.shell.page(&caller, TEMPLATE, data)
}

async fn change(
    board: web::Data<Board>,
    caller: Caller,
    name: web::Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, listed) = (caller.actor()?, board.clock.now(), board.listed(&name)?);
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map(|(_, v)| v);
    let seen: Result<i64, Error> = value("version")
        .and_then(|text| text.trim().parse().ok())
        .ok_or(Error::Stale);
    let was = seen.as_ref().ok().copied();
    let wish: Map<String, Value> = sent
        .iter()
        .map(|(key, value)| (key.clone(), Value::String(value.clone())))
        .collect();
    let done = board
        .db
        .write(move |tx| ops::change(tx, &actor, &listed, &wish, Some(seen?), now))
        .await;
    match done {
        Ok(kept) => {
            let verb = if Some(kept.version) == was {
                "same"
            } else {
                "saved"
            };
            Ok(HttpResponse::SeeOther()
                .insert_header((header::LOCATION, part(verb, &name)))
                .finish())
        }
        Err(refused) => self::refused(&board, &caller, Some((&name, &sent)), refused.into()).await,
    }
}

/// The page again, with what was wrong with one of its forms: a group's with what was typed, or the
/// logo's.
pub(super) async fn refused(
    board: &Board,
    caller: &Caller,
    sent: Option<(&str, &[(String, String)])>,
    refused: Failure,
) -> Result<HttpResponse, Failure> {
    let is_stale = refused.problem().code() == STALE;
    let (all, mark) = read(board).await?;
    let mut mark = logo::form_data(&mark);
    mark["theirs"] = (is_stale && sent.is_none()).into();
    let groups = all.iter().map(|group| {
        let typed = sent.filter(|(name, _)| *name == group.0.name);
        let mut data = group_data(group, typed.map(|(_, sent)| sent));
        data["theirs"] = (is_stale && typed.is_some()).into();
        data
    });
    // Several forms stand on the page, so a fault in the summary names its field.
    let fields = all.iter().flat_map(|group| group.0.fields);
    let mut labels: Map<String, Value> = fields
        .map(|field| (field.key.to_owned(), field.label_key.into()))
        .collect();
    labels.insert(LOGO.to_owned(), "settings-logo".into());
    let groups: Vec<Value> = groups.collect();
    let data = json!({ "groups": groups, "logo": mark, "labels": labels });
    board.shell.refused(caller, TEMPLATE, data, refused)
}
