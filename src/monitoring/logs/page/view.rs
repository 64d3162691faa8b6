//! One log, a leaf at a time, and what was found in it.
use crate::access::{Caller, Permission};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::ids::LogId;
use crate::monitoring::Error;
use crate::monitoring::exchanges;
use crate::monitoring::logs::leaf::{self, Leaf, Place};
use crate::monitoring::logs::list::Around;
use crate::monitoring::logs::model::Log;
use crate::monitoring::logs::search::{self, Needle};
use crate::monitoring::logs::shown::{self, Words};
use crate::monitoring::logs::store;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where a reader wants to be; everything is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    at: String,
    before: String,
    record: String,
    percent: String,
    q: String,
    /// From where to search.
    from: String,
}

fn number(text: &str, name: &'static str) -> Result<Option<i64>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let found = text.parse().ok().filter(|n| *n >= 0);
    found
        .map(Some)
        .ok_or_else(|| Error::field(name, "log.no-number"))
}

impl Asked {
    fn place(&self, log: &Log) -> Result<Place, Error> {
        if let Some(n) = number(&self.record, "record")? {
            return Ok(Place::Record((n - 1).clamp(0, (log.records - 1).max(0))));
        }
        if let Some(percent) = number(&self.percent, "percent")? {
            let part = i128::from(log.size_bytes) * i128::from(percent.min(100)) / 100;
            let at = i64::try_from(part).unwrap_or_default();
            return Ok(Place::At(at.clamp(0, (log.size_bytes - 1).max(0))));
        }
        if let Some(end) = number(&self.before, "before")? {
            return Ok(Place::Before(end));
        }
        Ok(Place::At(number(&self.at, "at")?.unwrap_or(0)))
    }
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    mut caller: Caller,
    id: web::Path<LogId>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let reading = ctx.db.read(move |conn| {
        let log = store::find(conn, id, &scope)?.ok_or(Error::NoLog)?;
        let around = Around::read(conn, &scope, std::slice::from_ref(&log))?;
        let left = exchanges::left(conn, id)?;
        Ok::<_, Error>((log, around, left))
    });
    let (log, around, left) = reading.await?;
    let own = format!("/monitoring/logs/{id}");
    let mut words = Words::new(caller.look.lang);
    let mut page = json!({
        "crumbs": [
            { "key": "nav-monitoring", "href": "/monitoring" },
            { "key": format!("logs-{}", log.kind.name()),
              "href": format!("/monitoring/logs/{}", log.kind.name()) },
            { "text": log.name },
        ],
        "it": shown::facts(&log, &around),
        "left": { "unlisted": left.unlisted, "uncompared": left.uncompared },
        "q": asked.q,
        "may_download": caller.may(Permission::LogsDownload),
    });
    let needle = Needle::parse(&asked.q);
    if let Err(refused @ Error::CardNumber) = needle {
        // Nothing on the page repeats what was typed.
        page["q"] = Value::Null;
        caller.here.clone_from(&own);
        return ctx.page_refused(&caller, "monitoring/log", page, refused.into());
    }
    let lines = if let Some(needle) = needle? {
        let from = number(&asked.from, "from")?.unwrap_or(0);
        let wanted = Words::new(caller.look.lang);
        let found = search::search(&ctx, &log, &needle, from, wanted).await?;
        page["found"] = json!({
            "n": found.lines.len(), "is_some": !found.lines.is_empty(),
            "percent": percent(found.on_from.unwrap_or(log.size_bytes), &log),
            "on": found.on_from.map(|from| {
                address(&own, &[("q", &asked.q), ("from", &from.to_string())])
            }),
        });
        found.lines
    } else {
        let leaf = leaf::leaf(&ctx, &log, asked.place(&log)?).await?;
        // What was searched for is not searched for again whenever more comes.
        page["live"] = "log.*".into();
        page["place"] = place(&leaf, &log);
        page["steps"] = steps(&leaf, &log, &own);
        leaf.lines
    };
    let records: Vec<Value> = lines
        .iter()
        .map(|line| shown::record(line, &own, &mut words))
        .collect();
    page["records"] = records.into();
    ctx.page(&caller, "monitoring/log", page)
}

fn percent(at: i64, log: &Log) -> i64 {
    let part = i128::from(at) * 100 / i128::from(log.size_bytes.max(1));
    i64::try_from(part).unwrap_or_default()
}

fn place(leaf: &Leaf, log: &Log) -> Value {
    let edge = |line: Option<&leaf::Line>| line.map(|line| line.number + 1);
    json!({
        "from": edge(leaf.lines.first()), "to": edge(leaf.lines.last()),
        "percent": percent(leaf.from, log),
    })
}

/// The leaves around this one.
fn steps(leaf: &Leaf, log: &Log, own: &str) -> Value {
    let at = |name: &str, offset: i64| address(own, &[(name, &offset.to_string())]);
    let has_before = leaf.from > 0;
    let has_more = leaf.to < log.size_bytes;
    json!({
        "first": has_before.then_some(own),
        "prev": has_before.then(|| at("before", leaf.from)),
        "next": has_more.then(|| at("at", leaf.to)),
        "middle": address(own, &[("percent", "50")]),
        "last": has_more.then(|| at("before", log.size_bytes)),
    })
}
