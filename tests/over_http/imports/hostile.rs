//! Files that are not as they should be.
use super::{POINTS, TERMINALS, counts, import, importer, rows, send};
use crate::harness::{ESTABLISHMENT, POINT};
use crate::on_both_engines;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn windows_1251(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1251.encode(text).0.into_owned()
}

on_both_engines! {
    async fn a_file_in_any_usual_encoding_is_read(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let text = |n: usize| format!("Код;Название;Адрес;Предприятие\r\n\
             K{n};Кафе У порта;Санкт-Петербург, Невский проспект, {n};{ESTABLISHMENT}\r\n");
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        for (n, bytes) in [
            text(0).into_bytes(),
            windows_1251(&text(1)),
            encoding_rs::IBM866.encode(&text(2)).0.into_owned(),
            utf16(&text(3), u16::to_le_bytes),
            utf16(&format!("\u{feff}{}", text(4)), u16::to_be_bytes),
        ].into_iter().enumerate() {
            let done = import(&who, POINTS, bytes).await;
            assert_eq!(counts(&done), "done 1 0 0", "file {n}: {:?}", rows(&who, &done).await);
        }
        let latin = "code;nom;adresse;établissement\r\nL1;Café du Théâtre;3 allée des Érables;E1\r\n";
        let latin = encoding_rs::WINDOWS_1252.encode(latin).0.into_owned();
        assert_eq!(counts(&import(&who, POINTS, latin).await), "done 1 0 0");
        let names = app.database().texts("SELECT name FROM network_point_of_service ORDER BY code");
        assert_eq!(names[..5], ["Кафе У порта"; 5]);
        assert_eq!(names[5], "Café du Théâtre");
        // Whoever knows better says so.
        let bytes = windows_1251(&text(9));
        let said = format!("{POINTS}?encoding=cp1251");
        assert_eq!(counts(&import(&who, &said, bytes).await), "done 1 0 0");
        let said = format!("{POINTS}?encoding=klingon");
        assert_eq!(send(&who, &said, text(9)).await.expect(422).code(), "sheet.no-such-encoding");
        let said = format!("{POINTS}?encoding=utf-8");
        let broken = send(&who, &said, windows_1251(&text(9))).await;
        assert_eq!(broken.expect(422).code(), "sheet.broken-text");
    }

    async fn what_cannot_be_read_is_refused_before_anything_begins(app: TestApp) {
        let who = importer(&app).await;
        for (body, status, code) in [
            (&b"tid;serial_number;model\nT1;S1;x\n"[..], 422, "sheet.column-missing"),
            (b"tid;TID;serial_number;model;point_of_service\nT1;S1;x\n", 422, "sheet.column-twice"),
            (b"tid;serial_number;model;point_of_service\n", 422, "sheet.no-rows"),
            (b"PK\x03\x04\0\0\0\0\x08\0\x01\0", 422, "sheet.not-text"),
            (b"", 422, "import.empty"),
        ] {
            let answer = send(&who, TERMINALS, body).await.expect(status);
            assert_eq!(answer.code(), code, "{}", answer.text());
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_task"), 0);
        let reader = app.client(&[posfleet::access::Permission::TerminalsView]).await;
        send(&reader, TERMINALS, "tid\nT1\n").await.expect(403);
    }

    async fn a_column_that_is_not_there_leaves_what_is_there(app: TestApp) {
        let who = importer(&app).await;
        let whole = "code,name,address,manager_name,establishment,establishment_name,time_zone\n\
                     P1,Port,2 quai,Anne,E1,SARL,Europe/Paris\n";
        assert_eq!(counts(&import(&who, POINTS, whole).await), "done 1 0 0");
        let kept = || app.database().texts(
            "SELECT address || '/' || manager_name AS name FROM network_point_of_service");
        let same = import(&who, POINTS, "code,name,establishment\nP1,Port,E1\n").await;
        assert_eq!((counts(&same), kept()), ("done 0 1 0".into(), vec!["2 quai/Anne".into()]));
        let one = import(&who, POINTS, "code,name,establishment,address\nP1,Port,E1,\n").await;
        assert_eq!((counts(&one), kept()), ("done 1 0 0".into(), vec!["/Anne".into()]));
    }

    async fn a_file_that_breaks_later_tells_the_row_and_keeps_what_was_good(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = importer(&app).await;
        let file = format!("tid,serial_number,model,point_of_service\n\
                            T1,S1,feitian-f20,{POINT}\nT2,\"S2,feitian-f20,{POINT}\n");
        let endless = file + &"more lines\n".repeat(10_000);
        let broken = import(&who, TERMINALS, endless).await;
        assert_eq!(counts(&broken), "failed 1 0 0");
        assert_eq!(broken["error_code"], "sheet.too-long");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM terminal_place"), 1);
    }

    async fn two_hundred_megabytes_in_one_line_are_refused_early(app: TestApp) {
        let who = importer(&app).await;
        let sent = Arc::new(AtomicUsize::new(0));
        let piece = Bytes::from(vec![b'x'; 64 << 10]);
        let counter = Arc::clone(&sent);
        let endless = stream::iter((0..3200).map(move |_| {
            counter.fetch_add(piece.len(), Ordering::Relaxed);
            Ok::<_, Infallible>(piece.clone())
        }));
        // A link of 13 MB a second: what is counted is what a busy machine took, not how fast it was filled.
        let endless = endless.then(|piece| async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            piece
        });
        let request = who.request(reqwest::Method::POST, TERMINALS);
        let request = request
            .header("content-type", "text/csv")
            .body(reqwest::Body::wrap_stream(endless));
        // The server hangs up on what is still under way, so the answer may be lost.
        if let Ok(answer) = request.send().await {
            assert_eq!(answer.status().as_u16(), 422);
        }
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < 20 << 20, "{sent} bytes were taken");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_task"), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob"), 0);
    }
}
