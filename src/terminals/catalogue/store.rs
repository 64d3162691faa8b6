//! All SQL of the model catalogue.
use super::model::{Model, ModelDraft};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::ModelId;
use crate::on_backend;
use crate::terminals::schema::terminal_model as model;
use diesel::prelude::*;
use serde_json::json;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a model"
)]
#[derive(Queryable, Selectable)]
#[diesel(table_name = model)]
struct Row {
    id: ModelId,
    code: String,
    name: String,
    manufacturer: String,
    platform: String,
    platform_is_confirmed: bool,
    aliases: String,
    component_updates: bool,
    third_party_apps: bool,
    key_loading: bool,
    version: i64,
    created_at: Millis,
}

impl From<Row> for Model {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            code: row.code,
            draft: ModelDraft {
                name: row.name,
                manufacturer: row.manufacturer,
                platform: row.platform,
                platform_is_confirmed: row.platform_is_confirmed,
                aliases: serde_json::from_str(&row.aliases).unwrap_or_default(),
                component_updates: row.component_updates,
                third_party_apps: row.third_party_apps,
                key_loading: row.key_loading,
            },
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Every model, by manufacturer and name.
pub(super) fn all(conn: &mut Conn) -> Result<Vec<Model>, Error> {
    let rows: Vec<Row> = model::table
        .order((
            model::manufacturer.asc(),
            model::name.asc(),
            model::id.asc(),
        ))
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Model::from).collect())
}

pub(super) fn by_code(conn: &mut Conn, code: &str) -> Result<Option<Model>, Error> {
    let row: Option<Row> = model::table
        .filter(model::code.eq(code))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Model::from))
}

/// The model with this row id, for slices that hold it.
pub fn by_id(conn: &mut Conn, id: ModelId) -> Result<Option<Model>, Error> {
    let row: Option<Row> = model::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Model::from))
}

/// False when the code is taken.
pub(super) fn insert(
    conn: &mut Conn,
    code: &str,
    draft: &ModelDraft,
    now: Millis,
) -> Result<bool, Error> {
    let values = (
        model::code.eq(code),
        model::name.eq(&draft.name),
        model::manufacturer.eq(&draft.manufacturer),
        model::platform.eq(&draft.platform),
        model::platform_is_confirmed.eq(draft.platform_is_confirmed),
        model::aliases.eq(json!(draft.aliases).to_string()),
        model::component_updates.eq(draft.component_updates),
        model::third_party_apps.eq(draft.third_party_apps),
        model::key_loading.eq(draft.key_loading),
        model::created_at.eq(now),
    );
    let n = on_backend!(conn, |c| diesel::insert_into(model::table)
        .values(values)
        .on_conflict(model::code)
        .do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// True when this call made the change.
pub(super) fn update(
    conn: &mut Conn,
    id: ModelId,
    seen: i64,
    draft: &ModelDraft,
) -> Result<bool, Error> {
    let row = model::table.filter(model::id.eq(id).and(model::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            model::name.eq(draft.name.clone()),
            model::manufacturer.eq(draft.manufacturer.clone()),
            model::platform.eq(draft.platform.clone()),
            model::platform_is_confirmed.eq(draft.platform_is_confirmed),
            model::aliases.eq(json!(draft.aliases).to_string()),
            model::component_updates.eq(draft.component_updates),
            model::third_party_apps.eq(draft.third_party_apps),
            model::key_loading.eq(draft.key_loading),
            model::version.eq(seen + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}
