//! A filter whose name is misspelt is told to programs: it must not stand for every row there is.
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

on_both_engines! {
    async fn a_misspelt_filter_is_no_wish_for_everything(app: TestApp) {
        app.register(&["T1", "T2"]).await;
        let script = app.client(Permission::ALL).await;
        let bulk = json!({ "action": "tag", "value": "x", "filter": "presense=late" });
        let refused = script.post("/api/v1/terminals/bulk", bulk).await.expect(422);
        assert_eq!(refused.code(), "list.no-filter");
        assert!(refused.text().contains("presense"), "{}", refused.text());
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_task"), 0);

        let export = json!({ "list": "terminals", "format": "csv", "query": "presense=late" });
        let refused = script.post("/api/v1/exports", export).await.expect(422);
        assert_eq!(refused.code(), "list.no-filter");
        for file in ["csv", "xlsx"] {
            let address = format!("/api/v1/terminals.{file}?lief=active");
            let refused = script.get(&address).await.expect(422);
            assert_eq!(refused.code(), "list.no-filter", "{file}");
        }
        let right = "/api/v1/terminals.csv?life=registered&columns=tid";
        let answer = script.get(right).await;
        assert!(matches!(answer.status, 200), "{}", answer.text());
    }
}
