//! The house as a whole: it starts on both engines, refuses what nobody declared, and stands up
//! again on the database that it left.
mod harness;
use harness::Role;
use posfleet::access::Permission;

on_both_engines! {
    async fn what_nobody_mounted_does_not_exist(app: TestApp) {
        let answer = app.visitor().get("/api/v1/no-such-thing").await.expect(404);
        assert_eq!(answer.code(), "http.not-found");
    }

    async fn the_server_starts_again_on_its_own_database(app: TestApp) {
        let before = app.database().rows(&[]);
        app.restart().await;
        assert_eq!(app.database().rows(&[]), before);
    }

    async fn an_operator_signs_in_by_the_form(app: TestApp) {
        app.visitor().get("/sign-in").await.expect(200);
        let admin = app.operator(Role::Administrator).await;
        // Who is signed in has nothing to do there.
        admin.get("/sign-in").await.expect(303);
    }

    async fn terminals_are_arranged_and_registering_again_changes_nothing(app: TestApp) {
        app.register(&["T1", "T2"]).await;
        let before = app.database().rows(&[]);
        app.register(&["T1", "T2"]).await;
        assert_eq!(app.database().rows(&[]), before);
        assert_eq!(app.activation_code("T1").await.len(), 11);
    }

    async fn a_program_comes_with_its_token(app: TestApp) {
        let client = app.client(&[Permission::TerminalsView]).await;
        let known = client.get("/api/v1/whoami").await.expect(200).json();
        assert_eq!(known["scopes"], serde_json::json!(["terminals.view"]));
        app.visitor().get("/api/v1/whoami").await.expect(401);
    }
}
