//! The audit log: complete, readable, and proof against tampering.
use crate::harness::{PASSWORD, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::{self, Broken, Sound};
use std::time::Duration;

async fn verify(app: &TestApp) -> Result<Sound, Broken> {
    let db = app.ctx().db;
    db.read(|conn| access::verify_audit(conn, &[])).await
}

/// Some rows to tamper with.
async fn rows(app: &TestApp) -> i64 {
    for login in ["ann", "bob", "cid"] {
        app.add_operator(login, Role::Viewer).await;
    }
    let sound = verify(app).await.unwrap();
    assert_eq!(sound.head.len(), 32);
    sound.rows
}

on_both_engines! {
    async fn an_untouched_chain_is_sound(app: TestApp) {
        assert_eq!(verify(&app).await.unwrap(), Sound { rows: 0, head: vec![0; 32] });
        let n = rows(&app).await;
        assert_eq!(n, 6);
        app.visitor().sign_in("ann").await;
        let sound = verify(&app).await.unwrap();
        assert_eq!(sound.rows, 7);
        let secrets = app.database().count(&format!(
            "SELECT count(*) AS n FROM access_audit WHERE after_json LIKE '%{PASSWORD}%'"
        ));
        assert_eq!(secrets, 0);
    }

    async fn an_edited_row_is_found(app: TestApp) {
        rows(&app).await;
        app.database().execute("UPDATE access_audit SET actor_name = 'eve' WHERE id = 3");
        assert!(matches!(verify(&app).await, Err(Broken::Changed { id: 3 })));
    }

    async fn a_deleted_row_is_found(app: TestApp) {
        rows(&app).await;
        app.database().execute("DELETE FROM access_audit WHERE id = 2");
        let broken = verify(&app).await;
        assert!(matches!(broken, Err(Broken::Missing { expected: 2, found: 3 })));
        // Closing the gap does not help.
        app.database().execute("UPDATE access_audit SET id = 2 WHERE id = 3");
        assert!(matches!(verify(&app).await, Err(Broken::Unlinked { id: 2 })));
    }

    async fn a_row_before_the_first_is_found(app: TestApp) {
        rows(&app).await;
        app.database().execute("UPDATE access_audit SET id = -7 WHERE id = 6");
        let broken = verify(&app).await;
        assert!(matches!(broken, Err(Broken::Misplaced { expected: 1, found: -7 })));
    }

    async fn reordered_rows_are_found(app: TestApp) {
        rows(&app).await;
        app.database().execute(
            "UPDATE access_audit SET id = 99 WHERE id = 2;
             UPDATE access_audit SET id = 2 WHERE id = 4;
             UPDATE access_audit SET id = 4 WHERE id = 99;",
        );
        assert!(matches!(verify(&app).await, Err(Broken::Unlinked { id: 2 })));
    }

    async fn parallel_changes_make_one_chain(app: TestApp) {
        let adding = (0..20).map(|n| {
            let app = app.clone();
            async move { app.add_operator(&format!("op-{n}"), Role::Viewer).await }
        });
        futures_util::future::join_all(adding).await;
        assert_eq!(verify(&app).await.unwrap().rows, 40);
    }

    async fn the_log_is_read_by_filter_and_page(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        for n in 0..60 {
            let client = format!("robot-{n:02}");
            let fields = [("name", client.as_str()), ("scopes", "licences.view")];
            admin.submit("/admin/clients", "/admin/clients", &fields).await.expect(200);
        }
        let first = admin.get("/admin/audit?action=client.").await.expect(200).text();
        assert_eq!(first.matches("<code>client.create</code>").count(), 50);
        assert!(first.contains("robot-59") && !first.contains("robot-09"));
        let next = link(&first, "next");
        let second = admin.get(&next).await.expect(200).text();
        assert_eq!(second.matches("<code>client.create</code>").count(), 10);
        assert!(second.contains("robot-00"));
        let back = admin.get(&link(&second, "prev")).await.expect(200).text();
        assert_eq!(back.matches("<code>client.create</code>").count(), 50);
        let one = admin.get("/admin/audit?object=robot-07").await.expect(200).text();
        assert_eq!(one.matches("<th role=\"rowheader\"").count(), 1);
        let none = admin.get("/admin/audit?actor=eve").await.expect(200).text();
        assert!(none.contains("Nothing found"));
        admin.get("/admin/audit?cursor=x").await.expect(422);
    }

    async fn the_log_is_read_by_day(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        for login in ["ann", "bob", "cid"] {
            app.advance(Duration::from_hours(24));
            app.add_operator(login, Role::Viewer).await;
        }
        let admin_again = app.visitor();
        admin_again.sign_in(&admin.login()).await;
        let seen = async |query: &str| {
            let text = admin_again.get(&format!("/admin/audit.csv?{query}")).await.expect(200).text();
            ["ann", "bob", "cid"].map(|login| text.matches(&format!(",{login},")).count())
        };
        // The clock began at 2027-01-15T08:00:00Z.
        for (query, expected) in [
            ("", [2, 2, 2]),
            ("since=2027-01-17", [0, 2, 2]),
            ("until=2027-01-17", [2, 2, 0]),
            ("since=2027-01-17&until=2027-01-17", [0, 2, 0]),
            ("since=2027-01-17T08:00:00.001Z", [0, 0, 2]),
            ("until=2027-01-17T08:00:00Z", [2, 2, 0]),
            ("since=2027-01-17&action=operator.create&sort=number", [0, 1, 1]),
            ("since=2027-01-16&object=bob", [0, 2, 0]),
            ("since=2027-01-18&until=2027-01-16", [0, 0, 0]),
            ("since=2030-01-01", [0, 0, 0]),
            ("until=1999-12-31", [0, 0, 0]),
        ] {
            assert_eq!(seen(query).await, expected, "{query}");
        }
        let page = admin_again.get("/admin/audit?since=2027-01-17&until=2027-01-17").await;
        let page = page.expect(200).text();
        assert_eq!(page.matches("<th role=\"rowheader\"").count(), 2, "{page}");
        assert!(page.contains("value=\"2027-01-17\""), "{page}");
        admin_again.get("/admin/audit?since=yesterday").await.expect(422);
    }
}

/// Where the pager's link of that kind leads.
fn link(page: &str, rel: &str) -> String {
    let tag = page
        .split_once(&format!("rel=\"{rel}\" href=\""))
        .unwrap()
        .1;
    let address = &tag[..tag.find('"').unwrap()];
    address.replace("&amp;", "&").replace("&#x3D;", "=")
}
