//! Blobs: streamed in, kept once, read in parts, collected when nobody owns them. The same bodies
//! run over a folder and over a real S3 server on loopback, on both engines.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#[path = "storage/bucket.rs"]
mod bucket;
mod harness;

use actix_web::body::{self, MessageBody};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::{HttpResponse, ResponseError};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use harness::{Database, TestApp};
use posfleet::clock::Clock;
use posfleet::db::{self, Db};
use posfleet::storage::{self, Blob, Download, Error, Limits, Options, Storage};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
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

async fn what_went_in_comes_out(lab: &Lab, storage: &Storage) {
    for size in [1, 65_536, 65_537, 3 << 20, (17 << 20) + 5] {
        let bytes = content(size);
        let blob = put(storage, &bytes).await.unwrap();
        assert_eq!(blob.size_bytes, size as u64);
        assert!(read(storage, &blob).await == bytes, "{size} bytes differ");
        assert!(storage.verify(&blob).await.unwrap());
    }
    assert_eq!(storage.loose().await.unwrap(), 0);
    assert_eq!(blobs(lab), 5);
}

async fn the_same_content_is_kept_once(lab: &Lab, storage: &Storage, place: &Path) {
    let first = put(storage, &content(9_000_000)).await.unwrap();
    let again = put(storage, &content(9_000_000)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(blobs(lab), 1);
    settled(storage).await;
    assert_eq!(files(place).len(), 1, "{:?}", files(place));
}

async fn what_breaks_off_leaves_nothing(lab: &Lab, storage: &Storage, place: &Path) {
    let broken = pieces(&content(20 << 20)).chain(stream::iter([Err("the line went dead".into())]));
    let refused = storage.upload(broken, LIMITS).await.unwrap_err();
    assert!(matches!(refused, Error::Interrupted(_)), "{refused:?}");

    let small = Limits {
        max_bytes: 1_000_000,
        ..LIMITS
    };
    let refused = storage.upload(pieces(&content(1_000_001)), small).await;
    assert!(matches!(
        refused,
        Err(Error::TooLarge {
            limit_bytes: 1_000_000
        })
    ));

    assert!(matches!(put(storage, &[]).await, Err(Error::Empty)));

    // The caller himself goes away: the handler's future is dropped.
    let endless = stream::iter(std::iter::repeat_with(|| {
        Ok::<_, String>(Bytes::from(content(70_000)))
    }))
    .then(|piece| async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        piece
    });
    let dropped = tokio::time::timeout(Duration::from_millis(400), storage.upload(endless, LIMITS));
    assert!(dropped.await.is_err());

    settled(storage).await;
    assert_eq!(blobs(lab), 0);
    assert_eq!(files(place), Vec::<PathBuf>::new());
}

async fn what_nobody_owns_goes_after_a_day(lab: &Lab, storage: &Storage, place: &Path) {
    let owned = put(storage, b"owned").await.unwrap();
    let idle = put(storage, b"idle").await.unwrap();
    assert!(hold(lab, &owned).await);
    assert_eq!(storage.collect().await.unwrap().condemned, 1);
    // Wanted again within the day: it stays.
    lab.clock.advance(DAY / 2);
    assert!(hold(lab, &idle).await);
    lab.clock.advance(DAY);
    storage.collect().await.unwrap();
    assert_eq!(read(storage, &idle).await, b"idle");
    // Given back: condemned, then removed, then its bytes deleted.
    release(lab, &idle).await;
    storage.collect().await.unwrap();
    lab.clock.advance(DAY);
    let collected = storage.collect().await.unwrap();
    assert_eq!((collected.removed, collected.deleted), (1, 1));
    assert!(!hold(lab, &idle).await, "a removed blob cannot be held");
    assert_eq!(storage.loose().await.unwrap(), 0);
    assert_eq!(files(place).len(), 1);
    assert_eq!(read(storage, &owned).await, b"owned");
    // The same content comes back under a key of its own.
    let back = put(storage, b"idle").await.unwrap();
    assert_ne!(back.id, idle.id);
    assert_eq!(read(storage, &back).await, b"idle");
}

async fn a_killed_upload_is_swept(lab: &Lab, storage: &Storage, place: &Path) {
    // What a killed process leaves: an announced key, and in a folder a half-written file.
    let database = &lab.database;
    let due = (lab.clock.now() + DAY).0;
    database.execute(&format!(
        "INSERT INTO storage_loose (store_key, state, due_at) VALUES ('blobs/aa/dead', 'uploading', {due})"
    ));
    std::fs::create_dir_all(place.join("blobs/aa")).unwrap();
    std::fs::write(place.join("blobs/aa/dead#1"), b"half").unwrap();
    storage.collect().await.unwrap();
    assert_eq!(
        storage.loose().await.unwrap(),
        1,
        "it may still be going on"
    );
    lab.clock.advance(DAY);
    storage.collect().await.unwrap();
    assert_eq!(storage.loose().await.unwrap(), 0);
    assert_eq!(files(place), Vec::<PathBuf>::new());
}

/// Uploads, references and collections at once, the clock racing: whoever got a reference can read.
async fn collection_never_takes_an_owned_blob(lab: &Lab, storage: &Storage) {
    let read_well = Rc::new(Cell::new(0));
    let workers = (0..4_u8).map(|worker| {
        let (done_well, storage) = (Rc::clone(&read_well), storage.clone());
        async move {
            for round in 0..12_u8 {
                let bytes = vec![round % 3; 10];
                // With days going by so fast, an upload may take too long.
                let Ok(blob) = put(&storage, &bytes).await else {
                    continue;
                };
                tokio::time::sleep(Duration::from_millis(u64::from(worker))).await;
                if hold(lab, &blob).await {
                    assert_eq!(read(&storage, &blob).await, bytes);
                    tokio::time::sleep(Duration::from_millis(3)).await;
                    assert_eq!(
                        read(&storage, &blob).await,
                        bytes,
                        "an owned blob went away"
                    );
                    release(lab, &blob).await;
                    done_well.set(done_well.get() + 1);
                }
            }
        }
    });
    let done = Cell::new(false);
    let collector = async {
        while !done.get() {
            storage.collect().await.unwrap();
            lab.clock.advance(DAY);
            tokio::time::sleep(Duration::from_millis(8)).await;
        }
    };
    let all = async {
        futures_util::future::join_all(workers).await;
        done.set(true);
    };
    futures_util::join!(all, collector);
    assert!(read_well.get() > 0, "nobody ever held a blob");
}

/// A request with these headers, answered with the blob.
async fn ask(
    storage: &Storage,
    blob: &Blob,
    method: Method,
    headers: &[(&str, &str)],
    sent: Option<storage::Sent>,
) -> (HttpResponse<()>, Bytes) {
    let request = headers
        .iter()
        .fold(TestRequest::default().method(method), |request, header| {
            request.insert_header(*header)
        });
    let what = Download {
        blob: blob.clone(),
        file_name: "licence.bin".to_owned(),
        sent,
    };
    let answer = storage.answer(&request.to_http_request(), what).await;
    let answer = answer.unwrap_or_else(|e| posfleet::http::Failure::from(e).error_response());
    let (head, body) = answer.into_parts();
    let body = body::to_bytes(body.boxed()).await.unwrap_or_default();
    (head, body)
}

fn header<'a>(answer: &'a HttpResponse<()>, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

async fn a_download_resumes_and_is_conditional(_: &Lab, storage: &Storage) {
    let bytes = content(3_000_000);
    let blob = put(storage, &bytes).await.unwrap();
    let tag = format!("\"{}\"", blob.sha256);

    let (answer, body) = ask(storage, &blob, Method::GET, &[], None).await;
    assert_eq!((answer.status().as_u16(), body.as_ref()), (200, &bytes[..]));
    assert_eq!(header(&answer, "etag"), tag);
    assert_eq!(header(&answer, "accept-ranges"), "bytes");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");

    let range = [
        ("range", "bytes=1048570-1048585"),
        ("if-range", tag.as_str()),
    ];
    let (answer, body) = ask(storage, &blob, Method::GET, &range, None).await;
    assert_eq!(answer.status(), 206);
    assert_eq!(
        header(&answer, "content-range"),
        "bytes 1048570-1048585/3000000"
    );
    assert_eq!(body, bytes[1_048_570..1_048_586]);

    let rest = [("range", "bytes=2999990-")];
    let (_, body) = ask(storage, &blob, Method::GET, &rest, None).await;
    assert_eq!(body, bytes[2_999_990..]);

    let changed = [("range", "bytes=5-9"), ("if-range", "\"another\"")];
    let (answer, body) = ask(storage, &blob, Method::GET, &changed, None).await;
    assert_eq!((answer.status().as_u16(), body.len()), (200, bytes.len()));

    let beyond = [("range", "bytes=3000000-")];
    let (answer, _) = ask(storage, &blob, Method::GET, &beyond, None).await;
    assert_eq!(answer.status(), 416);
    assert_eq!(header(&answer, "content-range"), "bytes */3000000");

    let known = [("if-none-match", tag.as_str())];
    let (answer, body) = ask(storage, &blob, Method::GET, &known, None).await;
    assert_eq!((answer.status().as_u16(), body.len()), (304, 0));

    let (answer, body) = ask(storage, &blob, Method::HEAD, &[], None).await;
    assert_eq!((answer.status().as_u16(), body.len()), (200, 0));
}

async fn the_last_byte_waits_for_the_record(_: &Lab, storage: &Storage) {
    let blob = put(storage, &content(200_000)).await.unwrap();
    let noted = Rc::new(Cell::new(0));
    let note = |fails: bool| -> Option<storage::Sent> {
        let noted = Rc::clone(&noted);
        Some(Box::pin(async move {
            noted.set(noted.get() + 1);
            if fails {
                return Err(Error::Interrupted("the database is away".into()));
            }
            Ok(())
        }))
    };
    let part = [("range", "bytes=0-99")];
    ask(storage, &blob, Method::GET, &part, note(false)).await;
    ask(storage, &blob, Method::HEAD, &[], note(false)).await;
    assert_eq!(noted.get(), 0, "a beginning and a question are no delivery");
    let (_, body) = ask(
        storage,
        &blob,
        Method::GET,
        &[("range", "bytes=100-")],
        note(false),
    )
    .await;
    assert_eq!((body.len(), noted.get()), (199_900, 1));
    let (_, body) = ask(storage, &blob, Method::GET, &[], note(true)).await;
    assert_eq!(
        body.len(),
        0,
        "what could not be recorded does not arrive whole"
    );
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
            clock: Clock::manual(harness::START),
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
    let app = TestApp::start(harness::Engine::Sqlite, harness::Setup::default()).await;
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
    let (left, fits) = (
        files(&folder),
        put(&storage, &content(1 << 20)).await.is_ok(),
    );
    std::process::Command::new("umount")
        .arg(&mount)
        .status()
        .unwrap();
    assert!(is_full, "{failure}");
    assert_eq!(failure.status_code().as_u16(), 507);
    assert_eq!(failure.problem().code(), "storage.disk-full");
    assert_eq!(left, Vec::<PathBuf>::new());
    assert!(fits, "what was freed can be used again");
}
