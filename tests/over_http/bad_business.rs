//! Well-formed requests about things that are not there, not theirs, or empty: a clear answer, and
//! nothing changes.
use crate::harness::Role;
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

const MEMORY: &[&str] = &["terminal_refusal", "terminal_stranger"];

on_both_engines! {
    async fn an_unknown_terminal_is_not_told_from_a_wrong_code(app: TestApp) {
        app.register(&["T1"]).await;
        app.activation_code("T1").await;
        let before = app.database().rows(MEMORY);
        let ask = async |tid: &str| {
            let wish = json!({
                "terminal_id": tid, "serial_number": "SN-T1", "activation_code": "00000-00000",
            });
            app.visitor().post("/terminal/v1/activate", wish).await.expect(403)
        };
        let (unknown, known) = (ask("NOBODY").await, ask("T1").await);
        assert_eq!(unknown.code(), "terminal.activation-refused");
        let mut documents = [unknown.json(), known.json()];
        for document in &mut documents {
            document.as_object_mut().unwrap().remove("request_id");
        }
        assert_eq!(documents[0], documents[1]);
        assert_eq!(app.database().rows(MEMORY), before);
    }

    async fn what_is_not_registered_is_not_found(app: TestApp) {
        let client = app.client(Permission::ALL).await;
        let before = app.database().rows(&[]);
        for path in ["/api/v1/terminals/NOBODY", "/api/v1/establishments/NOWHERE"] {
            let answer = client.get(path).await.expect(404);
            assert!(!answer.code().is_empty(), "{path}");
        }
        assert_eq!(app.database().rows(&[]), before);
    }

    async fn the_work_of_another_terminal_does_not_exist(app: TestApp) {
        let (owner, other) = (app.device("T1").await, app.device("T2").await);
        let number = i64::from(app.assign("T1", "x").await);
        owner.check_in().await;
        let before = app.database().rows(MEMORY);
        let answer = other.report(number, "done").await.expect(404);
        assert_eq!(answer.code(), "work.unknown");
        assert_eq!(app.database().rows(MEMORY), before);
        owner.report(number, "done").await.expect(200);
        // What is done stays done.
        owner.report(number, "done").await.expect(200);
        owner.report(number, "failed").await.expect(409);
    }

    async fn a_licence_reaches_its_own_terminal_only(app: TestApp) {
        let (owner, other) = (app.device("T1").await, app.device("T2").await);
        let admin = app.operator(Role::Administrator).await;
        admin.upload_licence("T1", "t1.lic", b"for T1 alone").await.expect(303);
        let got = owner.get("/terminal/v1/licence").await.expect(200);
        assert_eq!(&got.body[..], b"for T1 alone");
        let answer = other.get("/terminal/v1/licence").await.expect(404);
        assert_eq!(answer.code(), "licence.none");
        app.visitor().get("/terminal/v1/licence").await.expect(401);
    }

    async fn an_empty_file_is_no_licence(app: TestApp) {
        app.device("T1").await;
        let admin = app.operator(Role::Administrator).await;
        let before = app.database().rows(MEMORY);
        let answer = admin.upload_licence("T1", "empty.lic", b"").await.expect(422);
        assert!(answer.text().contains("role=\"alert\""), "{}", answer.text());
        assert_eq!(app.database().rows(MEMORY), before);
    }

    async fn a_form_without_its_token_does_nothing(app: TestApp) {
        app.device("T1").await;
        let admin = app.operator(Role::Administrator).await;
        let before = app.database().rows(MEMORY);
        let request = admin
            .request(reqwest::Method::POST, "/admin/clients")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("name=x&scopes=audit.view");
        assert_eq!(admin.send(request).await.status, 403);
        assert_eq!(app.database().rows(MEMORY), before);
    }
}
