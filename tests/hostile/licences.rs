//! Archives of licences: ten thousand files come in, and what is far more than that is refused, in
//! little memory either way.
use super::{Sender, peak};
use crate::harness::{self, Engine, Setup, TestApp};
use crate::server::Server;
use posfleet::access::Permission;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const IMPORT: &str = "/api/v1/licences/import";
const EDGE: &str = "----an-archive";
/// A list of so many entries has some 20 MB.
const FAR_TOO_MANY: usize = 200_000;

/// A form with one archive of so many small licences.
fn form(files: usize) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..files {
        let name = format!("SN-{n:06}_android_pos_L{n}.lic");
        zip.start_file(&name, stored).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let head = format!(
        "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"all.zip\"\r\n\r\n"
    );
    let end = format!("\r\n--{EDGE}--\r\n");
    [head.into_bytes(), zip, end.into_bytes()].concat()
}

#[expect(clippy::disallowed_methods, reason = "no configuration of the server")]
fn many() -> usize {
    std::env::var("POSFLEET_LONG").map_or(2_000, |_| 10_000)
}

async fn archives_stay_small(app: TestApp) {
    let many = many();
    let script = app.client(Permission::ALL).await;
    let token = script.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let sender = Sender {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        token,
        base: server.base.clone(),
    };
    sender.get("/api/v1/terminals").await;
    let rest = peak(&server);
    let kind = format!("multipart/form-data; boundary={EDGE}");
    for (files, what, most) in [(FAR_TOO_MANY, "refused", 64), (many, "imported", 192)] {
        let sent = sender.send(IMPORT, &kind, form(files).into()).await;
        assert_eq!(sent.map(|(status, _)| status), Some(202));
        sender.until_all_is_over().await;
        let grown = peak(&server).saturating_sub(rest);
        eprintln!(
            "an archive of {files} licences {what}: {} KB at most over {} KB at rest",
            grown >> 10,
            rest >> 10
        );
        assert!(grown < most << 20, "{files} files: {} MB", grown >> 20);
    }
    server.stop();
    let all = "SELECT count(*) AS n FROM licence_file";
    assert_eq!(app.database().count(all), i64::try_from(many).unwrap());
    app.start_again().await.unwrap();
}

#[actix_web::test]
async fn sqlite_server_stays_small_whatever_an_archive_holds() {
    harness::run(Engine::Sqlite, Setup::real_time(), archives_stay_small).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_server_stays_small_whatever_an_archive_holds() {
    harness::run(Engine::Postgres, Setup::real_time(), archives_stay_small).await;
}
