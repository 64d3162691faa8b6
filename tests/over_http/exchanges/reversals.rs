//! What was reversed, and answers that came after it, as each format tells them and in whatever order they come.
use super::{answer, line, listed, put, request, told, watcher};
use crate::harness::{ESTABLISHMENT, Persona, Role};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

/// A reversal by field 90 of our own format's `fields`.
fn reversal(stan: &str, original: &str, ms: i64) -> String {
    let ninety = format!("0200{original:0>6}{:032}", 0);
    line("0400", stan, ms, &json!({ "fields": { "90": ninety } }))
}

const DAY_MS: i64 = 86_400_000;

/// The same by keys of its own.
fn advice(stan: &str, original: &str, ms: i64) -> String {
    let named = json!({ "original_mti": "0200", "original_stan": original });
    line("0420", stan, ms, &named)
}

/// An entry of jPOS at so many seconds after ten.
fn entry(seconds: i64, way: &str, fields: &[(u8, &str)]) -> String {
    let at = posfleet::clock::Millis(1_764_064_800_000 + seconds * 1_000).rfc3339();
    let field = |(id, value): &(u8, &str)| format!("<field id=\"{id}\" value=\"{value}\"/>\n");
    let fields: Vec<String> = fields.iter().map(field).collect();
    let fields = fields.concat();
    format!(
        "<log realm=\"a\" at=\"{at}\">\n<{way}>\n<isomsg>\n{fields}</isomsg>\n</{way}>\n</log>\n"
    )
}

/// A message of ISO 8583:1987 in ASCII, its length before it.
fn packed(mti: &str, fields: &[(u8, &str)]) -> Vec<u8> {
    let bits = fields.iter().fold(1_u128 << 127, |bits, (number, _)| {
        bits | 1 << (128 - number)
    });
    let values: String = fields.iter().map(|(_, value)| *value).collect();
    let message = format!("{mti}{bits:032X}{values}").into_bytes();
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&length[..], &message].concat()
}

const SENT: (u8, &str) = (7, "1125100000");
const ORIGINAL: &str = "020000004211251000000000000000000000000000";

fn jpos() -> Vec<u8> {
    [
        entry(0, "send", &[(0, "0200"), SENT, (11, "000042")]),
        entry(9, "send", &[(0, "0400"), (11, "000043"), (90, ORIGINAL)]),
        entry(10, "receive", &[(0, "0410"), (11, "000043"), (39, "00")]),
        entry(
            11,
            "receive",
            &[(0, "0210"), SENT, (11, "000042"), (39, "00")],
        ),
    ]
    .concat()
    .into_bytes()
}

fn raw() -> Vec<u8> {
    [
        packed("0200", &[SENT, (11, "000042")]),
        packed("0400", &[(11, "000043"), (90, ORIGINAL)]),
        packed("0410", &[(11, "000043"), (39, "00")]),
        packed("0210", &[SENT, (11, "000042"), (39, "00")]),
    ]
    .concat()
}

/// The only exchange of these that has the number.
async fn one(by: &Persona, query: &str) -> Value {
    let all = listed(by, query).await;
    assert_eq!(all.len(), 1, "{query}: {all:?}");
    let path = format!("/api/v1/exchanges/{}", all[0]["id"]);
    by.get(&path).await.expect(200).json()
}

/// `late reversed`, or what of it there is.
fn marks(it: &Value) -> String {
    let words = ["late", "reversed"].into_iter();
    let said: Vec<_> = words.filter(|word| it[*word] == true).collect();
    said.join(" ")
}

on_both_engines! {
    async fn an_answer_after_a_reversal_is_late(app: TestApp) {
        let by = watcher(&app).await;
        let root = app.operator(Role::Viewer).await;
        let own = [request("42", 0), reversal("43", "42", 9_000), line("0410", "43", 9_500, &json!({ "result": "00" })),
            answer("42", 9_700, "00")].concat();
        let keys = own.replacen(&reversal("43", "42", 9_000), &advice("43", "42", 9_000), 1).replace("0410", "0430");
        for (name, format, log) in [
            ("J1", "jpos", jpos()), ("R1", "iso8583-87-ascii", raw()), ("N1", "ndjson", own.into_bytes()),
            ("K1", "ndjson", keys.into_bytes()),
        ] {
            let device = app.device(name).await;
            put(&device, &format!("a?format={format}&whole=true"), log).await;
            assert_eq!(told(&by, &format!("terminal={name}")).await.len(), 2, "{name}");
            let sale = one(&by, &format!("terminal={name}&q=42")).await;
            let taken = one(&by, &format!("terminal={name}&q=43")).await;
            assert_eq!((marks(&sale), marks(&taken)), ("late reversed".to_owned(), String::new()), "{name}: {sale} {taken}");
            assert_eq!((&sale["reversal"], &sale["reverses"]), (&taken["id"], &Value::Null), "{name}");
            assert_eq!((&taken["reverses"], &taken["reversal"]), (&sale["id"], &Value::Null), "{name}");
            assert_eq!(listed(&by, &format!("terminal={name}&state=late")).await.len(), 1, "{name}");
            let page = root.get(&format!("/monitoring/exchanges/{}", sale["id"])).await.expect(200).text();
            for part in ["This request was reversed", "after its request had been reversed", &format!("<a href=\"/monitoring/exchanges/{}\">The reversal</a>", taken["id"])] {
                assert!(page.contains(part), "{name}: {part} is not in {page}");
            }
            let page = root.get(&format!("/monitoring/exchanges/{}", taken["id"])).await.expect(200).text();
            for part in ["This reverses", &format!("<a href=\"/monitoring/exchanges/{}\">The request that it reverses</a>", sale["id"])] {
                assert!(page.contains(part), "{name}: {part} is not in {page}");
            }
        }
    }

    async fn in_whatever_order_logs_come(app: TestApp) {
        let by = watcher(&app).await;
        let parts = [request("42", 0), reversal("43", "42", 9_000), answer("42", 9_700, "00")];
        for (n, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].into_iter().enumerate() {
            let name = format!("O{n}");
            let device = app.device(&name).await;
            for part in order {
                let log = parts[part].replace("\"T1\"", &format!("\"{name}\""));
                put(&device, &format!("part-{part}?format=ndjson&whole=true"), log).await;
            }
            let sale = one(&by, &format!("terminal={name}&q=42")).await;
            let taken = one(&by, &format!("terminal={name}&q=43")).await;
            assert_eq!((marks(&sale), &sale["reversal"], &taken["reverses"]), ("late reversed".to_owned(), &taken["id"], &sale["id"]), "{order:?}");
        }
    }

    async fn what_is_reversed_is_late_only_by_its_answer(app: TestApp) {
        let by = watcher(&app).await;
        let t1 = app.device("T1").await;
        let log = [
            request("1", 0), answer("1", 500, "00"), reversal("2", "1", 9_000),
            // None came; sent again under another number.
            request("3", 20_000), reversal("4", "3", 50_000), reversal("5", "3", 80_000),
            // A number comes again: the last one before it is meant.
            request("6", 100_000), request("6", DAY_MS), reversal("7", "6", DAY_MS + 9_000),
            // And what names nothing that is known, or nothing at all.
            reversal("8", "99", DAY_MS + 10_000), reversal("9", "0", DAY_MS + 11_000),
            line("0400", "10", DAY_MS + 12_000, &json!({ "fields": { "90": "02*" } })),
        ].concat();
        put(&t1, "a?format=ndjson&whole=true", log).await;
        assert_eq!(marks(&one(&by, "q=1").await), "reversed");
        let (third, first, again) = (one(&by, "q=3").await, one(&by, "q=4").await, one(&by, "q=5").await);
        assert_eq!((marks(&third), &third["state"]), ("reversed".to_owned(), &json!("unanswered")));
        assert_eq!((&third["reversal"], &first["reverses"], &again["reverses"]), (&first["id"], &third["id"], &third["id"]));
        let sixes = listed(&by, "q=6").await;
        assert_eq!(sixes.iter().map(marks).collect::<Vec<_>>(), ["", "reversed"]);
        for stan in ["8", "9", "10"] {
            assert_eq!(one(&by, &format!("q={stan}&since=2025-11-26")).await["reverses"], Value::Null, "{stan}");
        }
    }

    async fn nobody_reverses_what_another_terminal_asked(app: TestApp) {
        let by = watcher(&app).await;
        let (t1, t2) = (app.device("T1").await, app.device("T2").await);
        put(&t1, "a?format=ndjson&whole=true", request("42", 0)).await;
        put(&t2, "a?format=ndjson&whole=true", reversal("43", "42", 9_000)).await;
        // One log that tells of two.
        put(&t1, "b?format=ndjson&whole=true", reversal("44", "42", 9_000).replace("\"T1\"", "\"T3\"")).await;
        put(&t1, "c?format=ndjson&whole=true", answer("42", 9_700, "00")).await;
        assert_eq!(marks(&one(&by, "q=42").await), "");
        assert_eq!(one(&by, "q=43").await["reverses"], Value::Null);
        assert_eq!(one(&by, "q=44").await["reverses"], Value::Null);
    }

    async fn who_may_not_see_a_reversal_is_not_led_to_it(app: TestApp) {
        let t1 = app.device("T1").await;
        put(&t1, "a?format=ndjson&whole=true", request("42", 0)).await;
        app.place("E2", "P2").await;
        let may = app.client(&[Permission::TerminalsManage, Permission::TerminalsView]).await;
        may.patch("/api/v1/terminals/T1", json!({ "point_of_service": "P2" })).await.expect(200);
        put(&t1, "b?format=ndjson&whole=true", reversal("43", "42", 9_000)).await;
        let (here, there) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        app.limit(&here, &[ESTABLISHMENT]).await;
        app.limit(&there, &["E2"]).await;
        let seen = here.get("/monitoring/exchanges/1").await.expect(200).text();
        // What came of it elsewhere is not his to know.
        assert!(!seen.contains("This request was reversed") && !seen.contains("exchanges/2\""), "{seen}");
        let seen = there.get("/monitoring/exchanges/2").await.expect(200).text();
        assert!(seen.contains("This reverses") && !seen.contains("exchanges/1\""), "{seen}");
    }

    async fn what_is_no_longer_kept_is_not_led_to(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        put(&t1, "old?format=ndjson&whole=true", reversal("43", "42", 9_000)).await;
        by.put("/api/v1/logs/keeping", json!({ "kind": "pos", "days": 5 })).await.expect(200);
        app.advance(Duration::from_hours(24 * 4));
        put(&t1, "new?format=ndjson&whole=true", [request("42", 0), answer("42", 9_700, "00")].concat()).await;
        app.advance(Duration::from_hours(24 * 2));
        for _ in 0..200 {
            app.ctx().jobs.nudge("monitoring.logs");
            tokio::time::sleep(Duration::from_millis(50)).await;
            if app.database().count("SELECT count(*) AS n FROM monitoring_log") == 1 {
                break;
            }
        }
        let sale = one(&by, "q=42").await;
        assert_eq!((marks(&sale), &sale["reversal"]), ("late reversed".to_owned(), &Value::Null), "{sale}");
        let root = app.operator(Role::Viewer).await;
        let page = root.get(&format!("/monitoring/exchanges/{}", sale["id"])).await.expect(200).text();
        assert!(page.contains("This request was reversed"), "{page}");
    }
}
