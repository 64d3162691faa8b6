//! The page of the analysis: a donut, the table beside it, and both as files.
use super::asked::Asked;
use super::model::{By, percent};
use super::ops::{Part, Shared, kept_name, share};
use super::picture;
use super::trend::{Hues, trend};
use super::words::day_words;
use crate::access::{Caller, Scope};
use crate::context::Ctx;
use crate::http::{Failure, attachment};
use crate::monitoring::Error;
use crate::monitoring::days;
use crate::network;
use crate::sheets::{Cell, Column, Csv};
use crate::terminals;
use crate::views::chart::{self, Slice};
use crate::views::{Lang, formats, text};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

const PAGE: &str = "/monitoring/analysis";
const TEMPLATE: &str = "monitoring/analysis";
/// Rows of the table at once.
const ROWS: usize = 50;
/// The colour of what was drawn together.
const REST: u8 = 7;

const COLUMNS: &[Column] = &[
    Column::new("value", "monitoring-value").always(),
    Column::new("label", "monitoring-label"),
    Column::new("n", "dashboard-terminals"),
    Column::new("percent", "dashboard-share"),
];

/// The slices of the parts: values that are known beforehand always have the same colour. What is kept as one sum is
/// drawn with the rest.
fn slices(by: By, parts: &[Part]) -> Vec<Slice<&Part>> {
    let (summed, named): (Vec<&Part>, Vec<&Part>) =
        parts.iter().partition(|part| part.value == days::OTHERS);
    let mut all = chart::slices(named.into_iter().map(|part| (part, part.n)));
    let size: i64 = summed.iter().map(|part| part.n).sum();
    match all.last_mut().filter(|slice| slice.what.is_none()) {
        Some(rest) => rest.size += size,
        None if size > 0 => all.push(Slice {
            what: None,
            size,
            hue: REST,
        }),
        None => {}
    }
    for slice in &mut all {
        let place = slice
            .what
            .and_then(|part| by.coloured().iter().position(|it| *it == part.value));
        if let Some(hue) = place.and_then(|at| u8::try_from(at + 1).ok()) {
            slice.hue = hue;
        }
    }
    all
}

/// What is asked for, and what was found.
async fn read(ctx: &Ctx, caller: &Caller, req: &HttpRequest) -> Result<(Asked, Shared), Failure> {
    let asked = Asked::parse(req.query_string(), ctx.now())?;
    let (scope, lang, of) = (caller.actor()?.scope, caller.look.lang, asked.clone());
    let found = ctx.db.read(move |conn| share(conn, &scope, &of, lang));
    Ok((asked, found.await?))
}

pub(in crate::monitoring) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (asked, found) = match read(&ctx, &caller, &req).await {
        Ok(read) => read,
        Err(refused) => return again(&ctx, &caller, &req, refused).await,
    };
    let scope = caller.actor()?.scope;
    let (of, look) = (asked.clone(), caller.look);
    let slices = slices(asked.by, &found.parts);
    let hues = hues(&slices);
    let (choices, trend) = ctx
        .db
        .read(move |conn| {
            let span = (of.today.before(of.period - 1), of.today);
            let trend = trend(conn, &scope, &of, span, look.lang)?;
            let shown = trend.map(|trend| trend.shown(&of, look, PAGE, &hues));
            Ok::<_, Failure>((choices(conn, &scope)?, shown))
        })
        .await?;
    let own = [("component", found.component.as_str())];
    let from = from(&req).min(found.parts.len().saturating_sub(1) / ROWS * ROWS);
    let rows = rows(look.lang, &slices, &found.parts, from);
    let shown_to = from + rows.len();
    let shown = found.parts.iter().skip(from).take(ROWS);
    let beside = found.total - shown.map(|part| part.n).sum::<i64>();
    let turn = |from: Option<usize>| {
        from.map(|from| asked.at(PAGE, &[own[0], ("from", &from.to_string())]))
    };
    let counted = json!({
        "components": components(&found), "total": found.total,
        "donut": donut(&slices), "rows": rows,
        "beside": (beside > 0).then_some(beside),
        "prev": turn((from > 0).then(|| from.saturating_sub(ROWS))),
        "next": turn((shown_to < found.parts.len()).then_some(shown_to)),
        "svg": asked.at("/monitoring/analysis.svg", &own),
        "csv": asked.at("/monitoring/analysis.csv", &own),
        "trend": trend, "no_trend": no_trend(&asked),
        "on_day": asked.on.map(|day| day_words(day, look)),
        "now": asked.at(PAGE, &[own[0], ("on", "")]),
    });
    let mut data = form(&asked, &found.component, choices);
    if let (Some(data), Value::Object(counted)) = (data.as_object_mut(), counted) {
        data.extend(counted);
    }
    ctx.page(&caller, TEMPLATE, data)
}

/// The form again with what was asked for and is not there; nothing is counted.
async fn again(
    ctx: &Ctx,
    caller: &Caller,
    req: &HttpRequest,
    refused: Failure,
) -> Result<HttpResponse, Failure> {
    // What no form of ours sends.
    let Ok(asked) = Asked::parse(req.query_string(), ctx.now()) else {
        return Err(refused);
    };
    let scope = caller.actor()?.scope;
    let choices = ctx.db.read(move |conn| choices(conn, &scope)).await?;
    let data = form(&asked, &asked.component, choices);
    ctx.page_refused(caller, TEMPLATE, data, refused)
}

/// The tabs and the filters.
fn form(asked: &Asked, component: &str, (establishments, models): Choices) -> Value {
    let (by, of) = (asked.by, &asked.filters);
    let keep = of
        .iter()
        .filter(|(name, _)| !ASKED.contains(&name.as_str()));
    json!({
        "by": by.code(), "by_key": format!("monitoring-by-{}", by.code()),
        "properties": properties(asked), "is_version": by == By::Version, "component": component,
        "form": of.iter().cloned().collect::<std::collections::HashMap<_, _>>(),
        "keep": keep.map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        "is_filtered": !of.is_empty(), "clear": asked.plain().at(PAGE, &[("component", component)]),
        "establishments": establishments, "models": models, "presences": presences(),
        "on": asked.on.map(|day| day.to_string()), "period": asked.period,
    })
}

/// The colours of the values that have one for themselves.
fn hues(slices: &[Slice<&Part>]) -> Hues {
    let own = slices
        .iter()
        .filter_map(|slice| Some((slice.what?, slice.hue)));
    own.map(|(part, hue)| (part.value.clone(), hue)).collect()
}

/// The components to choose from; one that nobody reports any more stays what was chosen.
fn components(found: &Shared) -> Vec<Value> {
    let gone =
        Some(&found.component).filter(|own| !own.is_empty() && !found.components.contains(own));
    let all = found.components.iter().chain(gone);
    all.map(|name| json!({ "value": name, "text": name }))
        .collect()
}

fn donut(slices: &[Slice<&Part>]) -> Option<String> {
    let places: Vec<(u8, Option<&str>)> = slices
        .iter()
        .map(|slice| (slice.hue, slice.what.and_then(|part| part.href.as_deref())))
        .collect();
    chart::donut_to(slices, &places)
}

/// Some rows of the table beside the donut.
fn rows(lang: Lang, slices: &[Slice<&Part>], parts: &[Part], from: usize) -> Vec<Value> {
    let row = |(at, part): (usize, &Part)| {
        let own = slices.get(at).filter(|slice| slice.what.is_some());
        let hue = own.map_or(REST, |slice| slice.hue);
        json!({ "label": part.label, "n": part.n, "share": formats::tenths(lang, part.share),
            "href": part.href, "swatch": chart::swatch(hue) })
    };
    let some = parts.iter().enumerate().skip(from).take(ROWS);
    some.map(row).collect()
}

/// Why there is no trend, where there is none.
fn no_trend(asked: &Asked) -> &'static str {
    if kept_name(asked.by).is_none() {
        "error-monitoring-not-kept"
    } else {
        "error-monitoring-day-narrowed"
    }
}

/// The tabs of what the fleet can be shared out by.
fn properties(asked: &Asked) -> Vec<Value> {
    let tab = |by: By| {
        json!({ "key": format!("monitoring-by-{}", by.code()), "current": by == asked.by,
                "href": asked.at(PAGE, &[("by", by.code()), ("component", ""), ("on", "")]) })
    };
    By::ALL.map(tab).into()
}

/// Filters that the page's own form has.
const ASKED: [&str; 3] = ["presence", "model", "establishment"];

fn presences() -> Vec<Value> {
    let codes = ["connected", "late", "disconnected", "never"];
    codes
        .map(|code| json!({ "value": code, "key": format!("terminals-is-{code}") }))
        .into()
}

type Choices = (Value, Vec<Value>);

fn choices(conn: &mut crate::db::Conn, scope: &Scope) -> Result<Choices, Failure> {
    let establishments = network::choices_of_establishments(conn, scope)?;
    let models = terminals::choices_of_models(conn).map_err(Error::from)?;
    Ok((json!(establishments), models))
}

fn from(req: &HttpRequest) -> usize {
    let pairs: Vec<(String, String)> = crate::http::query(req.query_string()).unwrap_or_default();
    let from = pairs.into_iter().find(|(name, _)| name == "from");
    from.and_then(|(_, value)| value.parse::<usize>().ok())
        .unwrap_or_default()
        / ROWS
        * ROWS
}

/// Such as `error.csv`, and of a past day `error-2026-11-25.csv`.
fn file_name(asked: &Asked, ending: &str) -> String {
    let day = asked.on.map(|day| format!("-{day}")).unwrap_or_default();
    format!("{}{day}.{ending}", asked.by.code())
}

pub(in crate::monitoring) async fn svg(
    ctx: web::Data<Ctx>,
    caller: Caller,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (asked, found) = read(&ctx, &caller, &req).await?;
    let lang = caller.look.lang;
    let mut title = text(lang, &format!("monitoring-by-{}", asked.by.code()), &[]);
    if asked.by == By::Version {
        title = format!("{title}: {}", found.component);
    }
    if let Some(day) = asked.on {
        title = format!("{title}, {}", day_words(day, caller.look));
    }
    let rest = text(lang, "monitoring-others", &[]);
    let total = formats::integer(lang, found.total);
    let picture = picture::svg(&title, &slices(asked.by, &found.parts), &rest, &total);
    let name = file_name(&asked, "svg");
    Ok(attachment(&name, "image/svg+xml").body(picture))
}

pub(in crate::monitoring) async fn csv(
    ctx: web::Data<Ctx>,
    caller: Caller,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (asked, found) = read(&ctx, &caller, &req).await?;
    let mut csv = Csv::new(caller.look);
    csv.header(COLUMNS);
    for part in &found.parts {
        csv.row(&[
            Cell::text(&part.value),
            Cell::text(&part.label),
            Cell::Number(part.n),
            Cell::text(percent(part.share)),
        ]);
    }
    let name = file_name(&asked, "csv");
    Ok(attachment(&name, "text/csv; charset=utf-8").body(csv.take()))
}
