//! Logs that leave while something becomes of them: what is deleted meanwhile is told whole or not at all, and
//! so many archives are written at once and no more.
use super::keeping::until_logs_are;
use super::upload::put;
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use flate2::read::MultiGzDecoder;
use posfleet::access::Permission;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::io::Read as _;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);
/// What a connection holds of an answer that nobody reads is less than the pieces whose places are read at once.
const PIECES: i64 = 140;

/// Lines that do not pack well, short of what one piece holds.
fn lines() -> Vec<u8> {
    let mut state = 7_u64;
    let mut letter = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from(state >> 60).unwrap())
    };
    let line = |_| (0..79).map(|_| letter()).chain(['\n']).collect::<String>();
    (0..3_000).map(line).collect::<String>().into_bytes()
}

/// A log of as many pieces, all with the same bytes; says what it holds.
async fn long(app: &TestApp) -> Vec<u8> {
    let device = app.device("T1").await;
    let piece = lines();
    put(&device, "ecr/a.log?format=text&whole=true", piece.clone())
        .await
        .expect(200);
    let database = app.database();
    assert_eq!(
        database.count("SELECT count(*) AS n FROM monitoring_log_piece"),
        1
    );
    database.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PIECES} - 1)
         INSERT INTO monitoring_log_piece (log_id, at, length, stored_bytes, first_record, records, blob_id)
         SELECT log_id, i * length, length, stored_bytes, 1 + i * records, records, blob_id
             FROM monitoring_log_piece CROSS JOIN n"
    ));
    database.execute(&format!(
        "UPDATE storage_blob SET ref_count = {PIECES} WHERE id IN (SELECT blob_id FROM monitoring_log_piece);
         UPDATE monitoring_log SET size_bytes = size_bytes * {PIECES}, stored_bytes = stored_bytes * {PIECES},
             records = records * {PIECES}"
    ));
    piece.repeat(usize::try_from(PIECES).unwrap())
}

async fn taker(app: &TestApp) -> Persona {
    let may = [
        Permission::MonitoringView,
        Permission::LogsDownload,
        Permission::SettingsManage,
    ];
    app.client(&may).await
}

/// An answer of which nothing but its head is read yet.
async fn begun(by: &Persona, path: &str) -> Response {
    let answer = by
        .request(Method::GET, path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer
}

/// What comes of an answer, and whether it came to its end.
async fn rest(mut answer: Response) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(part)) => bytes.extend_from_slice(&part),
            Ok(None) => return (bytes, true),
            Err(_) => return (bytes, false),
        }
    }
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    // Of a part of a log as much as is there.
    drop(MultiGzDecoder::new(bytes).read_to_end(&mut plain));
    plain
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn holds(archive: &[u8], whole: &[u8]) -> bool {
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(archive)) else {
        return false;
    };
    let mut bytes = Vec::new();
    archive
        .by_index(0)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes == whole
}

async fn delete_all(app: &TestApp, by: &Persona) {
    by.put("/api/v1/logs/keeping", json!({ "kind": "ecr", "days": 1 }))
        .await
        .expect(200);
    app.advance(DAY * 2);
    until_logs_are(app, 0).await;
}

/// Asks again and again until the log is gone; says how often it was there. Only what leaves as a file may break off.
async fn until_gone(by: &Persona, path: &str, is_right: impl Fn(&[u8]) -> bool) -> usize {
    let is_file = path.contains("/content");
    for told in 0..2_000 {
        let answer = by.request(Method::GET, path).send().await;
        let whole = match answer {
            Ok(answer) => {
                let status = answer.status().as_u16();
                answer.bytes().await.map(|bytes| (status, bytes))
            }
            Err(cause) => Err(cause),
        };
        match whole {
            Ok((200, bytes)) => assert!(is_right(&bytes), "{path}: other bytes"),
            Ok((404, _)) => return told,
            Ok((status, _)) => panic!("{path} answered {status}"),
            Err(cause) => assert!(is_file, "{path}: {cause}"),
        }
    }
    panic!("{path} is still there");
}

on_both_engines! {
    async fn a_log_that_is_deleted_meanwhile_leaves_whole_or_breaks_off(app: TestApp) {
        let whole = long(&app).await;
        let by = taker(&app).await;
        let (own, zip) = ("/api/v1/logs/1/content", "/api/v1/logs.zip?kind=ecr");
        let plain = format!("{own}?plain=1");
        let (bytes, is_whole) = rest(begun(&by, &plain).await).await;
        assert!(is_whole && bytes == whole);
        let (bytes, is_whole) = rest(begun(&by, own).await).await;
        assert!(is_whole && unpacked(&bytes) == whole);
        let (bytes, is_whole) = rest(begun(&by, zip).await).await;
        assert!(is_whole && holds(&bytes, &whole));

        let mut open = Vec::new();
        for path in [&plain, own, zip] {
            open.push(begun(&by, path).await);
        }
        delete_all(&app, &by).await;
        let [plain_left, packed_left, zip_left]: [Response; 3] = open.try_into().unwrap();
        let (bytes, is_whole) = rest(plain_left).await;
        assert!(!is_whole && bytes.len() < whole.len(), "{} bytes came of one that is gone", bytes.len());
        assert!(whole.starts_with(&bytes), "other bytes");
        let (bytes, is_whole) = rest(packed_left).await;
        let bytes = unpacked(&bytes);
        assert!(whole.starts_with(&bytes) && is_whole == (bytes.len() == whole.len()), "{is_whole} {}", bytes.len());
        let (bytes, is_whole) = rest(zip_left).await;
        assert!(!is_whole && !holds(&bytes, &whole), "an archive of one that is gone");

        let root = app.operator(Role::Support).await;
        for path in ["/monitoring/logs/1", "/monitoring/logs/1?q=a", "/monitoring/logs/1/content"] {
            root.get(path).await.expect(404);
        }
        for path in [own, "/api/v1/logs/1", "/api/v1/logs/1/records", "/api/v1/logs/1/search?q=a"] {
            by.get(path).await.expect(404);
        }
        by.get("/api/v1/logs.zip?kind=ecr&id=1").await.expect(422);
    }

    async fn a_log_that_is_deleted_while_it_is_read_is_there_or_not(app: TestApp) {
        let device = app.device("T1").await;
        let said = lines();
        for n in 1..=20 {
            put(&device, &format!("ecr/{n}?format=text&whole=true"), said.clone()).await.expect(200);
        }
        let by = taker(&app).await;
        let first = String::from_utf8(said[..79].to_vec()).unwrap();
        let (last, tells) = (20, |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&first));
        let api = format!("/api/v1/logs/{last}");
        let (records, search, content) =
            (format!("{api}/records"), format!("{api}/search?q={first}"), format!("{api}/content?plain=1"));
        let deleting = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            delete_all(&app, &by).await;
        };
        let (.., told) = futures_util::future::join5(
            deleting,
            until_gone(&by, &records, tells),
            until_gone(&by, &search, |bytes| json(bytes)["items"].as_array().unwrap().len() == 1),
            until_gone(&by, &content, |bytes| bytes == said),
            until_gone(&by, &api, |bytes| json(bytes)["name"] == "20"),
        ).await;
        assert!(told > 0, "nobody read it");
    }

    async fn so_many_archives_are_written_at_once_and_no_more(app: TestApp) {
        long(&app).await;
        let by = taker(&app).await;
        let root = app.operator(Role::Support).await;
        let zip = "/api/v1/logs.zip?kind=ecr";
        let mut open = Vec::new();
        for _ in 0..8 {
            open.push(begun(&by, zip).await);
        }
        let refused = by.get(zip).await.expect(503);
        assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("log.too-many-archives", Some("5")));
        let list = "/monitoring/logs/ecr";
        let page = root.submit(list, "/monitoring/logs/ecr/zip", &[("all", "1")]).await.expect(503).text();
        assert!(page.contains("Other archives are being written. Try again in a few seconds."), "{page}");
        // Nothing is noted of what did not leave.
        let taken = "SELECT count(*) AS n FROM access_audit WHERE action = 'log.download'";
        assert_eq!(app.database().count(taken), 8);
        // A log alone needs no turn.
        by.get("/api/v1/logs/1/records").await.expect(200);
        // Who goes away leaves his place to others.
        open.clear();
        for n in 0.. {
            let answer = by.request(Method::GET, zip).send().await.expect("an answer");
            match answer.status().as_u16() {
                200 => break,
                503 => assert!(n < 200, "nobody has a turn"),
                other => panic!("{other}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
