//! Finding terminals: every filter, every length of a list, every order.
use super::{LIST, found, list, put, script, sweep, verb, walk, wish};
use crate::harness::{ESTABLISHMENT, POINT, Role};
use crate::on_both_engines;
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

on_both_engines! {
    async fn every_filter_finds_its_own(app: TestApp) {
        let api = script(&app).await;
        let silent = app.device("T1").await;
        silent.check_in().await;
        app.advance(24 * HOUR);
        app.device("T2").await.check_in().await;
        app.advance(HOUR);
        app.device("T10").await.check_in().await;
        app.device("T4").await.get("/terminal/v1/wait?timeout_s=1").await.expect(200);
        app.register(&["T5", "T6"]).await;
        app.device("T7").await;
        app.place("E2", "P2").await;
        put(&api, "Shop-8", wish("Shop-8", "ingenico-t3", "P2")).await.expect(201);
        verb(&api, "T6", "retire").await.expect(200);
        verb(&api, "T7", "suspend").await.expect(200);
        sweep(&app).await;

        let api = &api;
        let find = async |query: &str| found(api, query).await;
        assert_eq!(find("").await, "Shop-8 T1 T2 T4 T5 T7 T10");
        assert_eq!(find("presence=disconnected").await, "T1");
        assert_eq!(find("presence=late").await, "T2");
        assert_eq!(find("presence=online").await, "T10");
        assert_eq!(find("presence=listening").await, "T4");
        assert_eq!(find("presence=never").await, "Shop-8 T5 T7");
        assert_eq!(find("presence=connected").await, "T4 T10");
        assert_eq!(find("presence=not-connected").await, "Shop-8 T1 T2 T5 T7");
        assert_eq!(find("life=registered").await, "Shop-8 T5");
        assert_eq!(find("life=active").await, "T1 T2 T4 T10");
        assert_eq!(find("life=suspended").await, "T7");
        assert_eq!(find("life=retired").await, "T6");
        assert_eq!(find("life=all").await, "Shop-8 T1 T2 T4 T5 T6 T7 T10");
        assert_eq!(find("model=ingenico-t3").await, "Shop-8");
        assert_eq!(find("establishment=E2").await, "Shop-8");
        assert_eq!(find("establishment=E1&presence=never").await, "T5 T7");
        assert_eq!(find("point_of_service=P2&presence=late").await, "");
        assert_eq!(find("q=t1").await, "T1 T10");
        assert_eq!(find("q=sn-shop").await, "Shop-8");
        assert_eq!(find("q=%25").await, "");
        assert_eq!(find("sort=-tid&presence=connected").await, "T10 T4");
        assert_eq!(find("sort=-seen&life=active").await, "T4 T10 T2 T1");
        for (query, field) in [
            ("presence=there", "presence"),
            ("life=over", "life"),
            ("model=none", "model"),
            ("establishment=none", "establishment"),
            ("point_of_service=none", "point_of_service"),
            ("sort=colour", "sort"),
        ] {
            let told = api.get(&format!("{LIST}?{query}")).await.expect(422).json();
            assert_eq!(told["errors"][0]["field"], field, "{told}");
        }
        api.get(&format!("{LIST}?page_size=0")).await.expect(422);
        api.get(&format!("{LIST}?cursor=none")).await.expect(422);
    }

    async fn lists_of_any_length_are_turned(app: TestApp) {
        let api = script(&app).await;
        app.place(ESTABLISHMENT, POINT).await;
        let all: Vec<String> = (1..=21).map(|n| format!("T{n}")).collect();
        let mut there = 0;
        for rows in [0, 1, 3, 19, 20, 21] {
            let new: Vec<&str> = all[there..rows].iter().map(String::as_str).collect();
            app.register(&new).await;
            there = rows;
            let (forward, backward) = walk(&api, "page_size=5").await;
            assert_eq!(forward.concat(), all[..rows], "{rows} rows");
            assert_eq!(forward.len(), rows.div_ceil(5).max(1));
            assert!(forward.iter().rev().skip(1).all(|page| page.len() == 5), "{forward:?}");
            let back: Vec<String> = backward.iter().rev().flatten().cloned().collect();
            assert_eq!(back, all[..rows], "{rows} rows backward");
            assert_eq!(list(&api, "page_size=5").await["total"], rows);
        }
        for sort in ["-tid", "seen", "-seen"] {
            let (forward, backward) = walk(&api, &format!("page_size=5&sort={sort}")).await;
            let back: Vec<String> = backward.iter().rev().flatten().cloned().collect();
            assert_eq!(forward.concat(), back, "{sort}");
            assert_eq!(back.len(), 21, "{sort}");
        }
    }

    async fn an_exhausted_cursor_gives_an_empty_page(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1", "T2", "T3", "T4", "T5", "T6"]).await;
        let next = list(&api, "page_size=5").await["next"].clone();
        let next = next.as_str().expect("more").to_owned();
        verb(&api, "T6", "retire").await.expect(200);
        let page = list(&api, &format!("page_size=5&cursor={next}")).await;
        assert_eq!(page, json!({ "items": [], "next": null, "prev": "last", "total": 5, "total_is_exact": true, "capped": false }));
        let admin = app.operator(Role::Administrator).await;
        admin.get(&format!("/terminals?page_size=5&cursor={next}")).await.expect(200);
    }
}
