//! The house as a whole: it starts on both engines, refuses what nobody declared, and stands up
//! again on the database that it left.
mod harness;

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
}
