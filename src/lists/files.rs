//! Exports over HTTP: `{list}.csv` and `{list}.xlsx`, in the web UI and in the Management API. Up to
//! [`COUNTED`] rows are answered at once; more become a task.
use super::columns::shown;
use super::error::Error;
use super::export::{self, Export, Format, Reader, Wish};
use super::query::Query;
use super::source::{Lists, Source};
use super::store;
use super::task;
use crate::access::{Caller, Form, Mount, Needs, Who};
use crate::context::Ctx;
use crate::db::Db;
use crate::http::{Failure, Json, address, attachment};
use crate::ids::TaskId;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::io::ReaderStream;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, ResponseBuilder};

/// Names in the address of a file.
const COLUMNS: &str = "columns";

pub(super) fn routes(mount: &mut Mount, lists: &Lists) {
    for source in lists.all() {
        let (needs, name, at) = (
            Needs::Permission(source.permission),
            source.name,
            source.places,
        );
        for (path, format) in [(at.csv, Format::Csv), (at.xlsx, Format::Xlsx)] {
            let what = (name, format);
            mount.web(Method::GET, path, needs, move |ctx, lists, caller| {
                for_people(ctx, lists, caller, what)
            });
        }
        for (path, format) in [(at.api_csv, Format::Csv), (at.api_xlsx, Format::Xlsx)] {
            let what = (name, format);
            mount.api(Method::GET, path, needs, move |ctx, lists, caller| {
                for_programs(ctx, lists, caller, what)
            });
        }
    }
    let anyone = Needs::SignedIn;
    mount.web(Method::GET, "/lists/{list}/export", anyone, ask);
    mount.web(Method::POST, "/lists/{list}/export", anyone, begin);
    mount.api(Method::POST, "/api/v1/exports", anyone, begin_by_api);
}

fn asked(caller: &Caller) -> Result<Query, Failure> {
    let query = caller.here.split_once('?').map_or("", |(_, query)| query);
    Ok(Query::parse(query)?)
}

/// The keys of the columns that were asked for, or those that the reader chose for his pages.
async fn chosen(
    ctx: &Ctx,
    caller: &Caller,
    source: &Source,
    wanted: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let keys = |at: Vec<usize>| {
        let keys = at.iter().map(|at| source.columns[*at].key.to_owned());
        keys.collect()
    };
    if let Some(wanted) = wanted {
        return Ok(keys(export::columns(source, wanted)?));
    }
    let Who::Operator(who, _) = caller.actor()?.who else {
        return Ok(keys(export::columns(source, "all")?));
    };
    let name = source.name;
    let stored = ctx
        .db
        .read(move |conn| store::choice(conn, name, who))
        .await?;
    Ok(keys(shown(source.columns, stored.as_deref())))
}

async fn for_people(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    (list, format): (&'static str, Format),
) -> Result<HttpResponse, Failure> {
    let (source, asked) = (lists.find(list)?, asked(&caller)?);
    let wish = wish(&ctx, &caller, source, (format, Reader::Person), &asked).await?;
    if let Some(file) = answer(&ctx, &caller, source, &wish).await? {
        return Ok(file);
    }
    let more = [
        ("format", format.code()),
        ("query", &wish.query),
        (COLUMNS, &wish.columns.join(",")),
    ];
    let to = address(&format!("/lists/{list}/export"), &more);
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish())
}

async fn for_programs(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    (list, format): (&'static str, Format),
) -> Result<HttpResponse, Failure> {
    let (source, asked) = (lists.find(list)?, asked(&caller)?);
    source.check_names(&asked, &[COLUMNS])?;
    let wish = wish(&ctx, &caller, source, (format, Reader::Program), &asked).await?;
    let file = answer(&ctx, &caller, source, &wish).await?;
    file.ok_or_else(|| Error::TooManyRows.into())
}

async fn wish(
    ctx: &Ctx,
    caller: &Caller,
    source: &Source,
    (format, reader): (Format, Reader),
    asked: &Query,
) -> Result<Wish, Failure> {
    source.check_order(asked)?;
    Ok(Wish {
        list: source.name.to_owned(),
        format,
        reader,
        query: source.narrowing(asked).text(),
        columns: chosen(ctx, caller, source, asked.get(COLUMNS)).await?,
    })
}

/// The file, when its rows are few enough.
async fn answer(
    ctx: &Ctx,
    caller: &Caller,
    source: &Source,
    wish: &Wish,
) -> Result<Option<HttpResponse>, Failure> {
    let export = Export::new(source, caller.actor()?.scope, wish, caller.look)?;
    let export = ctx.db.read(move |conn| export.piece(conn)).await?;
    if export.is_long {
        return Ok(None);
    }
    let name = task::file_name(source, wish.format, ctx.now(), caller.look);
    let mut answer = attachment(&name, wish.format.content_type());
    let failed = |cause: Failure| actix_web::Error::from(cause);
    Ok(Some(match wish.format {
        Format::Csv => answer.streaming(pieces(ctx.db.clone(), export).map_err(failed)),
        Format::Xlsx => answer.streaming(whole(&ctx.db, export).await?.map_err(failed)),
    }))
}

/// A file that leaves while it is written, from what `export` holds already.
pub(super) fn pieces(db: Db, export: Export) -> impl Stream<Item = Result<Bytes, Failure>> {
    stream::try_unfold((db, Some(export)), |(db, export)| async move {
        let Some(mut export) = export else {
            return Ok(None);
        };
        let bytes = export.take();
        let next = if export.is_over {
            None
        } else {
            Some(db.read(move |conn| export.piece(conn)).await?)
        };
        Ok(Some((bytes, (db, next))))
    })
}

/// A file that can only leave when it is whole.
async fn whole(
    db: &Db,
    mut export: Export,
) -> Result<impl Stream<Item = Result<Bytes, Failure>> + use<>, Failure> {
    while !export.is_over {
        export = db.read(move |conn| export.piece(conn)).await?;
    }
    let file = web::block(move || export.finish()).await;
    let file = file.map_err(|e| Error::File(std::io::Error::other(e)))??;
    let file = file.ok_or_else(|| Error::File(std::io::Error::other("no workbook")))?;
    Ok(read(file))
}

/// A file of ours, piece by piece.
pub(super) fn read(file: std::fs::File) -> impl Stream<Item = Result<Bytes, Failure>> + use<> {
    ReaderStream::new(tokio::fs::File::from_std(file)).map_err(|e| Error::File(e).into())
}

/// How a long file is asked for.
#[derive(Debug, Deserialize)]
struct Long {
    /// `csv` when absent.
    #[serde(default)]
    format: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    columns: String,
}

impl Long {
    fn format(&self) -> Result<Format, Error> {
        match self.format.as_str() {
            "" => Ok(Format::Csv),
            code => Format::parse(code).ok_or(Error::NoFormat),
        }
    }
}

/// Too many rows for one answer: shall they be prepared?
async fn ask(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    list: web::Path<String>,
    long: web::Query<Long>,
) -> Result<HttpResponse, Failure> {
    let source = lists.find(&list)?;
    source.open_to(&caller)?;
    let format = long.format()?;
    let data = json!({
        "list": source.name, "list_key": source.title_key, "limit": crate::http::COUNTED,
        "back": Query::parse(&long.query)?.at(source.places.page),
        "form": { "format": format.code(), "query": long.query, "columns": long.columns },
    });
    ctx.page(&caller, "lists/export", data)
}

async fn begin(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    list: web::Path<String>,
    Form(long): Form<Long>,
) -> Result<HttpResponse, Failure> {
    let source = lists.find(&list)?;
    let format = long.format()?;
    let id = start(&ctx, &caller, source, (format, Reader::Person), &long).await?;
    let to = format!("/tasks/{id}");
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish())
}

async fn start(
    ctx: &Ctx,
    caller: &Caller,
    source: &Source,
    how: (Format, Reader),
    long: &Long,
) -> Result<TaskId, Failure> {
    source.open_to(caller)?;
    let mut asked = Query::parse(&long.query)?;
    asked = asked.with(COLUMNS, long.columns.trim());
    let wish = wish(ctx, caller, source, how, &asked).await?;
    let (actor, now, places) = (caller.actor()?, ctx.now(), source.places);
    let (permission, look) = (source.permission, caller.look);
    let name = task::file_name(source, wish.format, now, look);
    let new = task::new(places.export, permission, &wish, look, name);
    let id = ctx
        .db
        .write(move |tx| crate::tasks::start(tx, &actor, &new, now))
        .await?;
    crate::tasks::nudge(&ctx.jobs);
    Ok(id)
}

/// What a program wants of a list.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = ExportWish)]
struct Asking {
    /// Name of the list, such as `terminals`.
    list: String,
    format: Format,
    /// What narrows it, as in the address of the list: `presence=late&q=SN-1`.
    #[serde(default)]
    query: String,
    /// Keys of columns with commas between; all when absent.
    #[serde(default)]
    columns: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ExportBegun)]
struct Begun {
    /// The task: `GET /api/v1/tasks/{id}` tells how far it is, `…/file` gives the file.
    task: TaskId,
}

/// Prepares a list of any length as a file, in the background.
#[utoipa::path(post, path = "/api/v1/exports", tag = "Lists", request_body = Asking,
    responses((status = 202, body = Begun), (status = 404), (status = 422)))]
async fn begin_by_api(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    Json(asking): Json<Asking>,
) -> Result<HttpResponse, Failure> {
    let source = lists.find(&asking.list)?;
    source.check_filters(&asking.query)?;
    let long = Long {
        format: String::new(),
        query: asking.query,
        columns: asking.columns,
    };
    let task = start(
        &ctx,
        &caller,
        source,
        (asking.format, Reader::Program),
        &long,
    )
    .await?;
    Ok(HttpResponse::Accepted().json(Begun { task }))
}

/// `POST /api/v1/exports`, and the two files of every list.
pub(super) fn openapi(lists: &Lists) -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(begin_by_api))]
    struct Fixed;
    let mut whole = <Fixed as utoipa::OpenApi>::openapi();
    for source in lists.all() {
        for (path, format) in [
            (source.places.api_csv, Format::Csv),
            (source.places.api_xlsx, Format::Xlsx),
        ] {
            let item = PathItem::new(HttpMethod::Get, operation(source, format));
            whole.paths.paths.insert(path.to_owned(), item);
        }
    }
    whole
}

fn operation(source: &Source, format: Format) -> Operation {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let parameter = |name: &str, what: Option<&str>| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .description(what)
            .schema(Some(text()))
            .build()
    };
    let what = "Keys of columns with commas between; all when absent";
    let mut operation = OperationBuilder::new()
        .tag("Lists")
        .operation_id(Some(format!("{}_{}", source.name, format.code())))
        .summary(Some(format!("The list `{}` as a file", source.name)))
        .description(Some(
            "All rows that the filters leave, in the list's usual order; 409 \
             `list.too-many-rows` above 10,000, for which there is `POST /api/v1/exports`.",
        ))
        .parameter(parameter(COLUMNS, Some(what)));
    for filter in source.filters {
        let days = "A day in UTC, or an instant (RFC 3339)";
        let what = filter.days.map(|_| days);
        operation = operation.parameter(parameter(filter.name, what));
    }
    let content = ContentBuilder::new().schema(Some(text())).build();
    let file = ResponseBuilder::new()
        .description("The file")
        .content(format.content_type(), content);
    operation.response("200", file.build()).build()
}
