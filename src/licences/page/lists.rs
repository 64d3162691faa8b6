//! The lists of licences, of terminals that have none, and when licences end.
use crate::access::{Caller, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{COUNTED, Failure, address};
use crate::licences::error::Error;
use crate::licences::facts_model::{day_text, months};
use crate::licences::list_store;
use crate::licences::model::State;
use crate::licences::shown::{BARE, LIST, NUMBERS, today};
use crate::lists::{ListPage, Lists};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;
const MONTHS: usize = 12;

pub(super) async fn all(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let may_add = caller.may(Permission::LicencesManage);
    let wish = ListPage::new(LIST, "licences/list");
    let page = lists.show(&ctx, &caller, wish, move |_, _| {
        let option = |state: &State| {
            let code = state.code();
            json!({ "value": code, "key": format!("state-{code}") })
        };
        let states: Vec<Value> = State::ALL.iter().map(option).collect();
        Ok(json!({ "states": states, "may_add": may_add }))
    });
    page.await
}

pub(super) async fn numbers(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let may_add = caller.may(Permission::LicencesManage);
    let wish = ListPage::new(NUMBERS, "licences/numbers");
    let own = json!({ "may_add": may_add });
    lists.show(&ctx, &caller, wish, move |_, _| Ok(own)).await
}

pub(super) async fn bare(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new(BARE, "licences/bare");
    let own = json!({ "may_add": false });
    lists.show(&ctx, &caller, wish, move |_, _| Ok(own)).await
}

/// When licences end: what is over, what ends soon, and month by month.
pub(super) async fn expiring(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let (scope, now) = (caller.actor()?.scope, ctx.now());
    let today = today(now);
    let months = months(now, MONTHS);
    let soon = [7, 30, 90];
    let mut spans = vec![(0, today)];
    spans.extend(soon.map(|days| (today, today + (days + 1) * DAY)));
    spans.extend(&months);
    let counts = ctx
        .db
        .read(move |conn| {
            let counts = list_store::count_ends(conn, &scope, &spans, COUNTED + 1)?;
            Ok::<_, Error>(counts)
        })
        .await?;
    let count = |n: i64| json!({ "n": n.min(COUNTED), "is_exact": n <= COUNTED });
    let list = |name: &str, value: &str| address("/licences", &[(name, value), ("sort", "until")]);
    let (near, far) = counts.split_at(1 + soon.len());
    let mut spans = vec![json!({ "key": "licences-expired", "count": count(near[0]),
                                 "href": list("expiring", "expired") })];
    spans.extend(soon.iter().zip(&near[1..]).map(|(days, n)| {
        json!({ "key": "licences-within", "days": days, "count": count(*n),
                "href": list("expiring", &days.to_string()) })
    }));
    let most = far
        .iter()
        .copied()
        .max()
        .unwrap_or_default()
        .clamp(1, COUNTED);
    let forecast: Vec<Value> = months
        .iter()
        .zip(far)
        .map(|((from, _), n)| {
            let month = day_text(Millis(*from));
            let month = month.get(..7).unwrap_or_default();
            json!({ "at": Millis(*from), "id": month, "count": count(*n), "n": n.min(&COUNTED),
                    "most": most, "href": list("month", month) })
        })
        .collect();
    let data = json!({ "spans": spans, "forecast": forecast });
    ctx.page(&caller, "licences/expiring", data)
}
