//! What belongs to the whole installation is not for somebody who sees a part of it, whatever his role.
use crate::harness::{ESTABLISHMENT, Role};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

on_both_engines! {
    async fn who_sees_a_part_changes_nothing_that_is_everyones(app: TestApp) {
        app.register(&["T1"]).await;
        let ann = app.operator(Role::Administrator).await;
        let script = app.client(&[Permission::ModelsManage, Permission::TerminalsView]).await;
        let model = "/api/v1/models/house";
        let house = json!({ "name": "House", "manufacturer": "Us", "platform": "linux" });
        script.put(model, house).await.expect(201);
        app.limit(&ann, &[ESTABLISHMENT]).await;
        app.limit(&script, &[ESTABLISHMENT]).await;
        let other = json!({ "name": "Other", "manufacturer": "Us", "platform": "linux" });
        let refused = script.put(model, other.clone()).await.expect(403);
        assert_eq!(refused.code(), "model.scope-too-narrow");
        script.put("/api/v1/models/other", other).await.expect(403);
        let edit = "/admin/models/house";
        let fields = [("version", "1"), ("name", "Other"), ("manufacturer", "Us"), ("platform", "linux")];
        let refused = ann.submit(edit, edit, &fields).await.expect(403).text();
        assert!(refused.contains("Only someone who sees every establishment"), "{refused}");
        let naming = "/licences/naming";
        let fields = [("pattern", "{serial}-{lic_id}.bin"), ("version", "1")];
        let refused = ann.submit(naming, naming, &fields).await.expect(403).text();
        assert!(refused.contains("Only someone who sees every establishment"), "{refused}");
        let changed = app.database().count(
            "SELECT count(*) AS n FROM access_audit WHERE action IN ('model.change', 'licence.naming')",
        );
        assert_eq!(changed, 0);
    }
}
