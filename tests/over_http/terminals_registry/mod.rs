//! The registry over the Management API and the pages: who is there, where they stand, which device
//! serves, and who is let in.
mod around;
mod facts;
mod life;
mod list;
mod presence;

use crate::harness::{Answer, Persona, TestApp, serial_of};
use posfleet::access::Permission;
use posfleet::terminals;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/terminals";

/// A script that may do everything with terminals.
async fn script(app: &TestApp) -> Persona {
    let may = [
        Permission::TerminalsView,
        Permission::TerminalsManage,
        Permission::TerminalsActivate,
        Permission::ModelsManage,
    ];
    app.client(&may).await
}

fn wish(tid: &str, model: &str, point: &str) -> Value {
    json!({ "serial_number": serial_of(tid), "model": model, "point_of_service": point })
}

async fn put(by: &Persona, tid: &str, body: Value) -> Answer {
    by.put(&format!("{LIST}/{tid}"), body).await
}

async fn verb(by: &Persona, tid: &str, verb: &str) -> Answer {
    by.post(&format!("{LIST}/{tid}/{verb}"), json!({})).await
}

async fn look(by: &Persona, tid: &str) -> Value {
    by.get(&format!("{LIST}/{tid}")).await.expect(200).json()
}

async fn list(by: &Persona, query: &str) -> Value {
    by.get(&format!("{LIST}?{query}")).await.expect(200).json()
}

fn tids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a list");
    let tid = |item: &Value| item["tid"].as_str().expect("a TID").to_owned();
    items.iter().map(tid).collect()
}

/// The TIDs that a query finds, after checking that the total says the same.
async fn found(by: &Persona, query: &str) -> String {
    let page = list(by, query).await;
    let tids = tids(&page);
    assert_eq!(page["total"], tids.len(), "{query}");
    tids.join(" ")
}

/// Every page of a list, forward and then backward from its end.
async fn walk(by: &Persona, query: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    let mut cursor = String::new();
    loop {
        let page = list(by, &format!("{query}&cursor={cursor}")).await;
        forward.push(tids(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        next.clone_into(&mut cursor);
    }
    "last".clone_into(&mut cursor);
    loop {
        let page = list(by, &format!("{query}&cursor={cursor}")).await;
        backward.push(tids(&page));
        let Some(prev) = page["prev"].as_str() else {
            break;
        };
        prev.clone_into(&mut cursor);
    }
    (forward, backward)
}

async fn sweep(app: &TestApp) {
    let (ctx, now) = (app.ctx(), app.now());
    let swept = ctx.db.write(move |tx| {
        while terminals::sweep(tx, now, 100)? > 0 {}
        Ok::<_, posfleet::db::Error>(())
    });
    swept.await.expect("what is due moves");
}

async fn activates(app: &TestApp, tid: &str, serial: &str, code: &Value) -> Answer {
    let body = json!({ "terminal_id": tid, "serial_number": serial, "activation_code": code });
    app.visitor().post("/terminal/v1/activate", body).await
}
