//! Licences by the thousand: nothing of a long list is lost on its pages, and its file is whole
//! whatever narrows it.

use crate::harness::{Answer, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::LicencesView, Permission::LicencesManage])
        .await
}

/// Licences `from` to `to` that wait for their terminals, with all that a list reads of them. Serial
/// numbers end in the number, which has five digits.
fn stock(app: &TestApp, (from, to): (u32, u32), platform: &str, software: &str) {
    app.database().execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to})
         INSERT INTO licence_file (tid, tid_search, serial_number, serial_key, platform, platform_key,
             software, software_key, lic_id, lic_id_key, until_key, file_name, file_search, size_bytes,
             sha256, state, is_current, uploaded_at, uploaded_by, source)
         SELECT '', '', 'SN-' || i, 'sn-' || i, '{platform}', '{platform}', '{software}', '{software}',
             '', '', 9223372036854775807, 'f' || i || '.lic', 'f' || i || '.lic', 1, 'x', 'unmatched',
             TRUE, 1, 'x', 'page' FROM n;
         INSERT INTO licence_term (field, term, owner_id)
             SELECT 's', serial_key, id FROM licence_file WHERE file_name >= 'f{from}' AND file_name <= 'f{to}.lic'
             UNION SELECT 'p', platform_key, id FROM licence_file
                 WHERE file_name >= 'f{from}' AND file_name <= 'f{to}.lic'"
    ));
}

async fn list(by: &Persona, query: &str) -> Value {
    let answer = by.get(&format!("/api/v1/licences?{query}")).await;
    answer.expect(200).json()
}

/// The serial numbers of all pages, forth or back, and whether some page said that it was looked
/// through in part only.
async fn all_pages(by: &Persona, query: &str, way: &str) -> (Vec<String>, bool) {
    let (mut all, mut is_capped) = (Vec::new(), false);
    let mut cursor = if way == "prev" { "last" } else { "" }.to_owned();
    loop {
        let page = list(by, &format!("{query}&cursor={cursor}")).await;
        is_capped |= page["capped"].as_bool().unwrap();
        let items = page["items"].as_array().unwrap().iter();
        let these = items.map(|it| it["serial_number"].as_str().unwrap().to_owned());
        if way == "prev" {
            all = these.chain(all).collect();
        } else {
            all.extend(these);
        }
        match page[way].as_str() {
            Some(on) => on.clone_into(&mut cursor),
            None => return (all, is_capped),
        }
    }
}

/// The lines of a file without its header.
fn lines(file: &Answer) -> Vec<String> {
    file.text().lines().skip(1).map(str::to_owned).collect()
}

/// The file of a list, prepared by a task.
async fn prepared(by: &Persona, query: &str) -> Answer {
    let wish =
        json!({ "list": "licences", "format": "csv", "query": query, "columns": "serial_number" });
    let begun = by.post("/api/v1/exports", wish).await.expect(202).json();
    let path = format!("/api/v1/tasks/{}/file", begun["task"]);
    for _ in 0..600 {
        let answer = by.get(&path).await;
        if answer.status == 200 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never came: {}", by.get(&path).await.text());
}

on_both_engines! {
    async fn what_stands_in_a_word_many_times_hides_nothing(app: TestApp) {
        let api = script(&app).await;
        // Each of the first five has sixty endings that begin with an `a`, all before the sixth.
        let mut serials: Vec<String> = (1..=5).map(|n| format!("{}{n}", "A".repeat(60))).collect();
        serials.push("AZ".to_owned());
        for serial in &serials {
            let path = format!("/api/v1/licences?file_name=a.lic&serial_number={serial}");
            api.send(api.request(reqwest::Method::PUT, &path).body(serial.clone())).await.expect(201);
        }
        for way in ["next", "prev"] {
            let (found, _) = all_pages(&api, "sn=a&page_size=5", way).await;
            assert_eq!(found, serials, "{way}");
        }
        assert_eq!(list(&api, "sn=a").await["total"], 6);
        let file = api.get("/api/v1/licences.csv?sn=a&columns=serial_number").await.expect(200);
        assert_eq!(lines(&file).len(), 6);
    }

    async fn two_conditions_of_many_licences_lose_none(app: TestApp) {
        let api = script(&app).await;
        stock(&app, (10_001, 11_100), "android", "pos");
        stock(&app, (20_001, 20_003), "linux", "pos");
        let all: BTreeSet<String> = (10_001..=11_100).map(|n| format!("SN-{n}")).collect();
        for query in ["platform=android&software=pos", "state=unmatched&software=pos&platform=android",
                      "sn=sn-1&state=unmatched", "q=sn-1", "sn=sn-1&sort=-sn", "state=unmatched&sort=until&sn=sn-1"] {
            let first = list(&api, query).await;
            let counted = first["total"].as_i64().unwrap();
            let is_exact = first["total_is_exact"].as_bool().unwrap();
            assert!(if is_exact { counted == 1100 } else { counted < 1100 }, "{query}: {counted} {is_exact}");
            for way in ["next", "prev"] {
                let (found, _) = all_pages(&api, &format!("{query}&page_size=200"), way).await;
                assert_eq!(found.len(), 1100, "{query}, {way}");
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all, "{query}, {way}");
            }
            let narrowing = query.split('&').filter(|part| !part.starts_with("sort=")).collect::<Vec<_>>().join("&");
            let path = format!("/api/v1/licences.csv?columns=serial_number&{narrowing}");
            let told = lines(&api.get(&path).await.expect(200));
            assert_eq!(told.len(), 1100, "{path}");
            assert_eq!(lines(&prepared(&api, &narrowing).await), told, "{path}");
        }
    }

    async fn rare_pairs_among_many_are_found_by_going_on(app: TestApp) {
        let api = script(&app).await;
        stock(&app, (10_001, 12_500), "android", "pos");
        stock(&app, (20_001, 22_500), "linux", "kiosk");
        stock(&app, (30_001, 30_003), "linux", "pos");
        // The newest and the oldest of them.
        app.database().execute("UPDATE licence_file SET software = 'pos', software_key = 'pos' WHERE serial_number = 'SN-20001'");
        let query = "platform=linux&software=pos";
        let first = list(&api, query).await;
        assert_eq!((&first["capped"], &first["total_is_exact"]), (&json!(true), &json!(false)));
        assert!(first["next"].is_string(), "{first}");
        let expected = ["SN-30003", "SN-30002", "SN-30001", "SN-20001"];
        for way in ["next", "prev"] {
            assert_eq!(all_pages(&api, query, way).await, (expected.map(str::to_owned).to_vec(), true), "{way}");
        }
        let refused = api.get(&format!("/api/v1/licences.csv?{query}")).await.expect(409);
        assert_eq!(refused.code(), "list.too-many-rows");
        assert_eq!(lines(&prepared(&api, query).await).len(), 4);
    }

    async fn what_is_over_is_listed_in_any_order(app: TestApp) {
        let api = script(&app).await;
        stock(&app, (10_001, 11_100), "android", "pos");
        app.database().execute("UPDATE licence_file SET state = 'superseded', is_current = FALSE; DELETE FROM licence_term");
        for query in ["state=superseded&page_size=200", "state=superseded&software=pos&page_size=200", "state=superseded&sort=uploaded&page_size=200"] {
            for way in ["next", "prev"] {
                assert_eq!(all_pages(&api, query, way).await.0.len(), 1100, "{query}, {way}");
            }
        }
        // No index has what is over by its serial number: where that is much, the newest come first.
        let (found, is_capped) = all_pages(&api, "state=superseded&sort=sn&page_size=200", "next").await;
        assert_eq!((found.len(), is_capped, found[0].as_str()), (1100, false, "SN-11100"));
        let file = api.get("/api/v1/licences.csv?state=superseded&sort=sn").await.expect(200);
        assert_eq!(lines(&file).len(), 1100);
    }
}
