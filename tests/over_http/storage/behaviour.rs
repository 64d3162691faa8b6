//! What every store promises, whatever lies below it.
use super::*;

pub(crate) async fn what_went_in_comes_out(lab: &Lab, storage: &Storage) {
    for size in [1, 65_536, 65_537, 3 << 20, (17 << 20) + 5] {
        let bytes = content(size);
        let blob = put(storage, &bytes).await.unwrap();
        assert_eq!(blob.size_bytes, size as u64);
        assert!(read(storage, &blob).await == bytes, "{size} bytes differ");
        assert!(storage.verify(&blob).await.unwrap());
        for from in [blob.size_bytes, blob.size_bytes + 1] {
            let mut rest = storage.read(&blob, from..blob.size_bytes).await.unwrap();
            assert!(rest.next().await.is_none(), "nothing is behind the end");
        }
    }
    assert_eq!(storage.loose().await.unwrap(), 0);
    assert_eq!(blobs(lab), 5);
}

pub(crate) async fn the_same_content_is_kept_once(lab: &Lab, storage: &Storage, place: &Path) {
    let first = put(storage, &content(9_000_000)).await.unwrap();
    let again = put(storage, &content(9_000_000)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(blobs(lab), 1);
    settled(storage).await;
    assert_eq!(files(place).len(), 1, "{:?}", files(place));
}

pub(crate) async fn some_at_once_are_kept_once_each(lab: &Lab, storage: &Storage, place: &Path) {
    let known = put(storage, &content(5_000)).await.unwrap();
    // More than one group; every tenth is the same, and one was there before.
    let of = |n: usize| content(if n % 10 == 3 { 33 } else { 4_980 + n });
    let sent: Vec<Bytes> = (0..40).map(|n| Bytes::from(of(n))).collect();
    let stored = storage.upload_together(&sent, "text/plain").await.unwrap();
    assert_eq!(stored.len(), sent.len());
    for (blob, bytes) in stored.iter().zip(&sent) {
        assert!(read(storage, blob).await == *bytes, "{blob:?} is another's");
    }
    assert_eq!(stored[20], known);
    assert_eq!(stored[3], stored[33]);
    // 36 lengths of their own, one of them known, and the one that four share.
    assert_eq!(blobs(lab), 37);
    assert_eq!(storage.loose().await.unwrap(), 0);
    assert_eq!(files(place).len(), 37);
    let again = storage.upload_together(&sent, "text/plain").await.unwrap();
    assert_eq!(again, stored);
    assert_eq!((blobs(lab), files(place).len()), (37, 37));
    let empty = [Bytes::from_static(b"one"), Bytes::new()];
    let refused = storage.upload_together(&empty, "text/plain").await;
    assert!(matches!(refused, Err(Error::Empty)));
    assert_eq!((blobs(lab), storage.loose().await.unwrap()), (37, 0));
}

pub(crate) async fn what_breaks_off_leaves_nothing(lab: &Lab, storage: &Storage, place: &Path) {
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

pub(crate) async fn what_nobody_owns_goes_after_a_day(lab: &Lab, storage: &Storage, place: &Path) {
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

pub(crate) async fn a_killed_upload_is_swept(lab: &Lab, storage: &Storage, place: &Path) {
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
pub(crate) async fn collection_never_takes_an_owned_blob(lab: &Lab, storage: &Storage) {
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
pub(crate) async fn ask(
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

pub(crate) fn header<'a>(answer: &'a HttpResponse<()>, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

pub(crate) async fn a_download_resumes_and_is_conditional(_: &Lab, storage: &Storage) {
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

pub(crate) async fn the_last_byte_waits_for_the_record(_: &Lab, storage: &Storage) {
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
