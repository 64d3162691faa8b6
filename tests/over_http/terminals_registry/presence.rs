//! Every terminal has one presence: the lists of each, over all points of service, add up.
use super::{script, sweep};
use crate::harness::{Persona, Role};
use crate::on_both_engines;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const ALL: [&str; 5] = ["never", "listening", "online", "late", "disconnected"];

/// How many a page says that there are.
fn total(page: &str) -> usize {
    let Some((_, rest)) = page.split_once("data-live-id=\"pager-count\">") else {
        return 0;
    };
    let words = rest.split('<').next().unwrap();
    words.rsplit(' ').next().unwrap().parse().unwrap()
}

fn next(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("rel=\"next\" href=\"")?;
    let href = &rest[..rest.find('"')?];
    Some(href.replace("&amp;", "&").replace("&#x3D;", "="))
}

/// The rows of all pages, by following "Next".
async fn rows(who: &Persona, first: &str) -> usize {
    let (mut n, mut at) = (0, Some(first.to_owned()));
    while let Some(address) = at {
        assert!(address.contains("presence="), "{address} lost its filter");
        let page = who.get(&address).await.expect(200).text();
        n += page.matches("<th role=\"rowheader\"").count();
        at = next(&page);
    }
    n
}

on_both_engines! {
    async fn statuses_over_all_places_add_up(app: TestApp) {
        let api = script(&app).await;
        app.device("T1").await.check_in().await;
        app.device("T2").await.check_in().await;
        app.advance(24 * HOUR);
        app.device("T3").await.check_in().await;
        app.advance(HOUR);
        for tid in ["T4", "T5", "T6"] {
            app.device(tid).await.check_in().await;
        }
        app.device("T7").await.get("/terminal/v1/wait?timeout_s=1").await.expect(200);
        app.place("E2", "P2").await;
        let many: Vec<String> = (10..17).map(|n| format!("T{n}")).collect();
        app.register(&many.iter().map(String::as_str).collect::<Vec<_>>()).await;
        // Not all at one point of service.
        for tid in ["T1", "T4", "T10"] {
            let to = serde_json::json!({ "point_of_service": "P2" });
            api.patch(&format!("/api/v1/terminals/{tid}"), to).await.expect(200);
        }
        sweep(&app).await;
        let root = app.operator(Role::Administrator).await;

        let everyone = total(&root.get("/terminals").await.expect(200).text());
        assert_eq!(everyone, 14);
        let mut sum = 0;
        for presence in ALL {
            let there = format!("/terminals?presence={presence}");
            let n = total(&root.get(&there).await.expect(200).text());
            sum += n;
            // The filter survives the sizes of pages and their turning, the order, and the file.
            assert_eq!(rows(&root, &format!("{there}&page_size=2")).await, n, "{presence}");
            assert_eq!(rows(&root, &format!("{there}&page_size=2&sort=-seen")).await, n, "{presence}");
            let file = root.get(&format!("/terminals.csv?presence={presence}")).await.expect(200);
            assert_eq!(file.text().lines().count(), 1 + n, "{presence}");
            let told = api.get(&format!("/api/v1/terminals?presence={presence}")).await.json();
            assert_eq!(told["total"], n, "{presence}");
        }
        assert_eq!(sum, everyone);
    }
}
