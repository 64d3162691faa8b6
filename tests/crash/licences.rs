//! An import of licences that is cut short by `kill -9`, again and again: it goes on behind its last
//! whole chunk, and every file is deposited once.
use crate::harness::{Engine, Setup, TestApp};
use crate::server::Server;
use posfleet::access::Permission;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const FILES: usize = 1500;
const KILLS: i64 = 4;

fn archive() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..FILES {
        let name = format!("SN-{n:05}_android_pos_L{n}.lic");
        zip.start_file(&name, SimpleFileOptions::default()).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn form(file: &[u8]) -> (String, Vec<u8>) {
    const EDGE: &str = "----an-archive";
    let head = "content-disposition: form-data; name=\"file\"; filename=\"all.zip\"";
    let mut body = format!("--{EDGE}\r\n{head}\r\n\r\n").into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={EDGE}"), body)
}

fn rows(app: &TestApp) -> i64 {
    app.database().count("SELECT count(*) AS n FROM task_row")
}

async fn goes_on(engine: Engine) {
    let app = TestApp::start(engine, Setup::real_time()).await;
    let may = [Permission::LicencesManage, Permission::LicencesView];
    let token = app.client(&may).await.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let (kind, body) = form(&archive());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = http
        .post(format!("{}/api/v1/licences/import", server.base))
        .bearer_auth(&token)
        .header("content-type", kind)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), 202);
    let begun = Instant::now();
    for kill in 1..=KILLS {
        let far = i64::try_from(FILES).unwrap() * kill / (KILLS + 2);
        while rows(&app) < far {
            assert!(
                begun.elapsed() < Duration::from_mins(5),
                "it goes on: {}",
                rows(&app)
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        let (told, there) = (
            rows(&app),
            app.database()
                .count("SELECT count(*) AS n FROM licence_file"),
        );
        assert_eq!(told, there, "a chunk is whole or absent");
        server.start_again().await;
    }
    let done = "SELECT count(*) AS n FROM task_task WHERE state = 'done' AND failed = 0";
    while app.database().count(done) == 0 {
        assert!(begun.elapsed() < Duration::from_mins(5), "it ends");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all = i64::try_from(FILES).unwrap();
    for count in [
        "SELECT count(*) AS n FROM licence_file WHERE is_current",
        "SELECT count(*) AS n FROM task_row",
        "SELECT CAST(sum(done) AS BIGINT) AS n FROM task_task",
        "SELECT CAST(sum(ref_count) - 1 AS BIGINT) AS n FROM storage_blob",
    ] {
        assert_eq!(app.database().count(count), all, "{count}");
    }
    server.stop();
    server.assert_audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_on_sqlite() {
    goes_on(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn an_import_that_is_killed_goes_on_on_postgres() {
    goes_on(Engine::Postgres).await;
}
