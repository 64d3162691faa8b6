//! The day that a log tells of is the same for every reader, wherever he is.
use super::pages::send;
use crate::harness::Role;
use crate::on_both_engines;

on_both_engines! {
    async fn the_day_of_a_log_is_the_same_everywhere(app: TestApp) {
        let t1 = app.device("T1").await;
        send(&t1, "ecr/a.log", "format=text&day=2026-11-25", "one\n").await;
        for zone in ["America%2FLos_Angeles", "Asia%2FTokyo"] {
            let viewer = app.operator(Role::Viewer).await;
            viewer.set_cookie("tz", zone);
            for place in ["/monitoring/logs/1", "/terminals/T1/panels/logs", "/monitoring/logs/ecr"] {
                let page = viewer.get(place).await.expect(200).text();
                assert!(page.contains("<time datetime=\"2026-11-25\">25 Nov 2026</time>"), "{page}");
                assert!(!page.contains("24 Nov 2026"), "{page}");
            }
        }
    }
}
