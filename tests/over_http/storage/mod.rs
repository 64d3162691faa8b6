//! Blobs: streamed in, kept once, read in parts, collected when nobody owns them. The same bodies
//! run over a folder and over a real S3 server on loopback, on both engines.
mod behaviour;
mod bucket;

use crate::harness::{Database, TestApp};
use crate::on_both_engines;
use actix_web::body::{self, MessageBody};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::{HttpResponse, ResponseError};
use behaviour::*;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use posfleet::clock::Clock;
use posfleet::db::{self, Db};
use posfleet::storage::{self, Blob, Download, Error, Limits, Options, Storage};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);
const LIMITS: Limits = Limits {
    max_bytes: 40 << 20,
    content_type: "application/octet-stream",
};

/// `size` bytes that differ from piece to piece.
fn content(size: usize) -> Vec<u8> {
    (0..size)
        .map(|i| ((i / 251) ^ i) % 256)
        .map(|i| u8::try_from(i).unwrap())
        .collect()
}

fn pieces(bytes: &[u8]) -> impl futures_util::Stream<Item = Result<Bytes, String>> + use<> {
    let pieces: Vec<_> = bytes
        .chunks(100_000)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    stream::iter(pieces)
}

async fn put(storage: &Storage, bytes: &[u8]) -> Result<Blob, Error> {
    storage.upload(pieces(bytes), LIMITS).await
}

async fn read(storage: &Storage, blob: &Blob) -> Vec<u8> {
    let mut stream = storage.read(blob, 0..blob.size_bytes).await.unwrap();
    let mut all = Vec::new();
    while let Some(piece) = stream.next().await {
        all.extend_from_slice(&piece.unwrap());
    }
    all
}

async fn hold(lab: &Lab, blob: &Blob) -> bool {
    let id = blob.id;
    let held = lab.db.write(move |tx| storage::hold(tx, id)).await;
    held.unwrap()
}

async fn release(lab: &Lab, blob: &Blob) {
    let id = blob.id;
    let released: Result<(), db::Error> = lab.db.write(move |tx| storage::release(tx, id)).await;
    released.unwrap();
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn blobs(lab: &Lab) -> i64 {
    lab.database.count("SELECT COUNT(*) AS n FROM storage_blob")
}

/// A failed or abandoned upload cleans up beside the caller: wait for it.
async fn settled(storage: &Storage) {
    for _ in 0..200 {
        if storage.loose().await.unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("an upload left something behind");
}

async fn damage_is_noticed(_: &Lab, storage: &Storage, place: &Path) {
    let blob = put(storage, &content(5000)).await.unwrap();
    let file = files(place).pop().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[77] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(!storage.verify(&blob).await.unwrap());
    std::fs::remove_file(&file).unwrap();
    let (answer, _) = ask(storage, &blob, Method::GET, &[], None).await;
    assert_eq!(answer.status(), 500);
}

/// A database and a clock without a server, whose own collection would take part.
struct Lab {
    db: Db,
    clock: Clock,
    database: Database,
    folder: PathBuf,
}

impl Lab {
    fn new(app: &TestApp) -> Self {
        let folder = app.folder().join("lab");
        std::fs::create_dir(&folder).unwrap();
        let database = Database::fresh(app.database().engine, &folder);
        let options = db::Options {
            url: database.url().to_owned(),
            connections: 4,
            patience: Duration::from_secs(5),
        };
        Self {
            db: Db::open(options, posfleet::db::Seal::new(|_, _| Ok(()))).unwrap(),
            clock: Clock::manual(crate::harness::START),
            database,
            folder,
        }
    }

    fn open(&self, options: &Options) -> Storage {
        Storage::open(options, self.db.clone(), self.clock.clone()).unwrap()
    }

    fn in_folder(&self) -> (Storage, PathBuf) {
        let folder = self.folder.join("store");
        (self.open(&Options::Folder(folder.clone())), folder)
    }
}

on_both_engines! {
    async fn folder_what_went_in_comes_out(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, _) = lab.in_folder();
        what_went_in_comes_out(&lab, &storage).await;
    }
    async fn folder_the_same_content_is_kept_once(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        the_same_content_is_kept_once(&lab, &storage, &place).await;
    }
    async fn folder_some_at_once_are_kept_once_each(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        some_at_once_are_kept_once_each(&lab, &storage, &place).await;
    }
    async fn folder_what_breaks_off_leaves_nothing(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        what_breaks_off_leaves_nothing(&lab, &storage, &place).await;
    }
    async fn folder_what_nobody_owns_goes_after_a_day(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        what_nobody_owns_goes_after_a_day(&lab, &storage, &place).await;
    }
    async fn folder_a_killed_upload_is_swept(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        a_killed_upload_is_swept(&lab, &storage, &place).await;
    }
    async fn folder_collection_never_takes_an_owned_blob(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, _) = lab.in_folder();
        collection_never_takes_an_owned_blob(&lab, &storage).await;
    }
    async fn folder_a_download_resumes_and_is_conditional(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, _) = lab.in_folder();
        a_download_resumes_and_is_conditional(&lab, &storage).await;
    }
    async fn folder_the_last_byte_waits_for_the_record(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, _) = lab.in_folder();
        the_last_byte_waits_for_the_record(&lab, &storage).await;
    }
    async fn folder_damage_is_noticed(app: TestApp) {
        let lab = Lab::new(&app);
        let (storage, place) = lab.in_folder();
        damage_is_noticed(&lab, &storage, &place).await;
    }

    async fn bucket_what_went_in_comes_out(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        what_went_in_comes_out(&lab, &s3.storage).await;
    }
    async fn bucket_the_same_content_is_kept_once(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        the_same_content_is_kept_once(&lab, &s3.storage, &s3.objects()).await;
    }
    async fn bucket_some_at_once_are_kept_once_each(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        some_at_once_are_kept_once_each(&lab, &s3.storage, &s3.objects()).await;
    }
    async fn bucket_what_breaks_off_leaves_nothing(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        what_breaks_off_leaves_nothing(&lab, &s3.storage, &s3.objects()).await;
    }
    async fn bucket_what_nobody_owns_goes_after_a_day(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        what_nobody_owns_goes_after_a_day(&lab, &s3.storage, &s3.objects()).await;
    }
    async fn bucket_collection_never_takes_an_owned_blob(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        collection_never_takes_an_owned_blob(&lab, &s3.storage).await;
    }
    async fn bucket_a_download_resumes_and_is_conditional(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        a_download_resumes_and_is_conditional(&lab, &s3.storage).await;
    }
    async fn bucket_the_last_byte_waits_for_the_record(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        the_last_byte_waits_for_the_record(&lab, &s3.storage).await;
    }
    async fn bucket_that_is_away_is_said_so(app: TestApp) {
        let lab = Lab::new(&app);
        let s3 = bucket::start(&lab).await;
        s3.storage.ready().await.unwrap();
        let blob = put(&s3.storage, b"here").await.unwrap();
        s3.stop();
        assert!(matches!(s3.storage.read(&blob, 0..4).await, Err(Error::Unreachable(_))));
    }
}

/// A small file system of its own runs full: only root may mount one, so others skip the test.
#[actix_web::test]
async fn a_full_disk_is_said_and_leaves_nothing() {
    let app = TestApp::start(
        crate::harness::Engine::Sqlite,
        crate::harness::Setup::default(),
    )
    .await;
    let lab = Lab::new(&app);
    let mount = lab.folder.join("small");
    std::fs::create_dir(&mount).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=3m", "none"])
        .arg(&mount)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: only root can mount a small file system");
        return;
    }
    let folder = mount.join("store");
    let storage = lab.open(&Options::Folder(folder.clone()));
    let refused = put(&storage, &content(8 << 20)).await.unwrap_err();
    let is_full = matches!(refused, Error::DiskFull(_));
    let failure = posfleet::http::Failure::from(refused);
    settled(&storage).await;
    let several: Vec<Bytes> = (0..8)
        .map(|n| Bytes::from(content((1 << 20) + n)))
        .collect();
    let together = storage.upload_together(&several, "text/plain").await;
    settled(&storage).await;
    let (left, fits) = (
        files(&folder),
        put(&storage, &content(1 << 20)).await.is_ok(),
    );
    std::process::Command::new("umount")
        .arg(&mount)
        .status()
        .unwrap();
    assert!(is_full, "{failure}");
    assert!(matches!(together, Err(Error::DiskFull(_))), "{together:?}");
    assert_eq!(failure.status_code().as_u16(), 507);
    assert_eq!(failure.problem().code(), "storage.disk-full");
    assert_eq!(left, Vec::<PathBuf>::new());
    assert!(fits, "what was freed can be used again");
}
