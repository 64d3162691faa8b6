//! Lists over the Management API: which there are, and the views that people share of them. Views belong to
//! people, so a program reads them: what a view narrows by is the query of the list's own address, and of
//! exports.
use super::error::Error;
use super::model::View;
use super::source::{Lists, Source};
use super::store;
use crate::access::{Caller, Mount, Needs};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    // What a list needs it says itself.
    let known = Needs::SignedIn;
    mount.api(Method::GET, "/api/v1/lists", known, lists);
    let views = "/api/v1/lists/{list}/views";
    mount.api(Method::GET, views, known, shared_views);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(lists, shared_views))]
    struct Paths;
    Paths::openapi()
}

/// A list, as exports know it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = List)]
struct ListDto {
    #[schema(value_type = String, example = "terminals")]
    name: &'static str,
    /// Keys of its columns, the identifier first.
    #[schema(value_type = Vec<String>)]
    columns: Vec<&'static str>,
    /// What its query may narrow by.
    #[schema(value_type = Vec<String>)]
    filters: Vec<&'static str>,
    /// Addresses of the whole list as files.
    #[schema(value_type = String, example = "/api/v1/terminals.csv")]
    csv: &'static str,
    #[schema(value_type = String)]
    xlsx: &'static str,
}

impl From<&Source> for ListDto {
    fn from(it: &Source) -> Self {
        Self {
            name: it.name,
            columns: it.columns.iter().map(|column| column.key).collect(),
            filters: it.filters.iter().map(|filter| filter.name).collect(),
            csv: it.places.api_csv,
            xlsx: it.places.api_xlsx,
        }
    }
}

/// The lists that you may read.
#[utoipa::path(get, path = "/api/v1/lists", tag = "Lists",
    responses((status = 200, body = Page<ListDto>)))]
async fn lists(lists: web::Data<Lists>, caller: Caller) -> Result<HttpResponse, Failure> {
    let may = lists.all().iter().filter(|it| caller.may(it.permission));
    let all: Vec<ListDto> = may.map(ListDto::from).collect();
    Ok(HttpResponse::Ok().json(Page::whole(all)))
}

/// A query of a list under a name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListView)]
struct ViewDto {
    id: i64,
    name: String,
    /// As exports and the address of the list take it.
    #[schema(example = "presence=late")]
    query: String,
    updated_at: Millis,
}

impl From<View> for ViewDto {
    fn from(it: View) -> Self {
        Self {
            id: it.id,
            name: it.name,
            query: it.query,
            updated_at: it.updated_at,
        }
    }
}

/// The views of a list that people share with everyone who sees as much as they, by name. Views are saved and
/// changed on the list's page.
#[utoipa::path(get, path = "/api/v1/lists/{list}/views", tag = "Lists",
    params(("list" = String, Path)),
    responses((status = 200, body = Page<ViewDto>),
              (status = 403, description = "`list.not-yours`"),
              (status = 404, description = "`list.unknown`")))]
async fn shared_views(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    list: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let source = lists.find(&list)?;
    source.open_to(&caller)?;
    let (scope, name) = (caller.actor()?.scope, source.name);
    let read = ctx
        .db
        .read(move |conn| store::shared_views(conn, name, &scope));
    let all = read.await.map_err(Error::from)?;
    Ok(HttpResponse::Ok().json(Page::whole(all).map(ViewDto::from)))
}
