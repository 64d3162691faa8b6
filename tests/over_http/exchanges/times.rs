//! When exchanges took place: by days of the reader.
use super::{put, request, told, watcher};
use crate::harness::Role;
use crate::on_both_engines;

const HOUR_MS: i64 = 3_600_000;

on_both_engines! {
    async fn a_period_is_of_days_as_the_page_tells_them(app: TestApp) {
        let t1 = app.device("T1").await;
        // At ten in the evening of the 25th in New York, on the 26th in UTC; and four hours later.
        let log = [request("501", 17 * HOUR_MS), request("502", 21 * HOUR_MS)].concat();
        put(&t1, "a.log?format=ndjson&whole=true", log).await;
        let (here, there) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        there.set_cookie("tz", "America%2FNew_York");
        for (by, query, wanted) in [
            (&here, "until=2025-11-25", [false, false]),
            (&here, "since=2025-11-26", [true, true]),
            (&there, "until=2025-11-25", [true, false]),
            (&there, "since=2025-11-25&until=2025-11-25", [true, false]),
            (&there, "since=2025-11-26", [false, true]),
            (&there, "since=2025-11-26T05:00:00Z", [false, true]),
        ] {
            let page = by.get(&format!("/monitoring/exchanges?{query}")).await.expect(200).text();
            let file = by.get(&format!("/monitoring/exchanges.csv?{query}")).await.expect(200).text();
            for text in [&page, &file] {
                let seen = ["501", "502"].map(|stan| text.contains(&format!("R{stan}")) || text.contains(&format!(">{stan}<")) || text.contains(&format!(",{stan},")));
                assert_eq!(seen, wanted, "{query} in {text}");
            }
            // The form shows the day that was chosen.
            let day = query.split('=').nth(1).unwrap().split('&').next().unwrap();
            assert!(page.contains(&format!("value=\"{day}\"")), "{page}");
        }
        // Programs mean days of UTC.
        let by = watcher(&app).await;
        assert_eq!(told(&by, "until=2025-11-25").await, Vec::<String>::new());
        let file = by.get("/api/v1/exchanges.csv?since=2025-11-26").await.expect(200).text();
        assert_eq!(file.lines().count(), 3, "{file}");
    }
}
