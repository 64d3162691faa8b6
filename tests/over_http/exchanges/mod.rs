//! Requests to payment hosts and their answers, told from the POS logs that terminals send.
mod bounds;
mod lists;
mod pairs;
mod reversals;
mod samples;
mod times;

use crate::harness::{Device, Persona, TestApp};
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};

/// Sends bytes of a POS log.
async fn put(by: &Device, place: &str, body: impl Into<Vec<u8>>) {
    let request = by.request(Method::PUT, &format!("/terminal/v1/logs/pos/{place}"));
    by.send(request.body(body.into())).await.expect(200);
}

async fn watcher(app: &TestApp) -> Persona {
    app.client(&[Permission::MonitoringView]).await
}

async fn listed(by: &Persona, query: &str) -> Vec<Value> {
    let page = by
        .get(&format!("/api/v1/exchanges?sort=at&{query}"))
        .await
        .expect(200)
        .json();
    page["items"].as_array().expect("a page").clone()
}

/// `STAN state`, and what else is said of an answer; the oldest first.
async fn told(by: &Persona, query: &str) -> Vec<String> {
    let all = listed(by, query).await;
    all.iter()
        .map(|it| {
            let stan = it["stan"].as_str().unwrap_or("-");
            let mut words = vec![stan.to_owned(), it["state"].as_str().unwrap().to_owned()];
            let mark = |name: &str| it[name].as_bool().unwrap().then(|| name.to_owned());
            words.extend(mark("late"));
            words.extend(mark("declined"));
            words.join(" ")
        })
        .collect()
}

/// A line of our own format: a request or an answer at so many milliseconds after ten.
fn line(mti: &str, stan: &str, ms: i64, more: &Value) -> String {
    let at = posfleet::clock::Millis(1_764_064_800_000 + ms).rfc3339();
    let mut object =
        json!({ "at": at, "host": "acquirer-a", "mti": mti, "stan": stan, "terminal": "T1" });
    let own = object.as_object_mut().unwrap();
    own.extend(more.as_object().cloned().unwrap_or_default());
    format!("{object}\n")
}

fn request(stan: &str, ms: i64) -> String {
    line(
        "0200",
        stan,
        ms,
        &json!({ "amount": 1250, "currency": "978", "processing_code": "000000" }),
    )
}

fn answer(stan: &str, ms: i64, result: &str) -> String {
    line(
        "0210",
        stan,
        ms,
        &json!({ "result": result, "rrn": format!("R{stan:0>11}") }),
    )
}
