//! What `docs/import.md` says to type does what it says.
use super::importer;
use crate::on_both_engines;
use std::process::Command;

/// The commands of the page.
fn commands() -> String {
    let page = std::fs::read_to_string("docs/import.md").unwrap();
    let blocks = page.split("```sh\n").skip(1);
    let commands: Vec<_> = blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    commands.join("\n")
}

on_both_engines! {
    async fn the_commands_of_the_page_import_a_fleet(app: TestApp) {
        let who = importer(&app).await;
        let mut shell = Command::new("sh");
        shell
            .args(["-eu", "-c", &commands()])
            .current_dir(app.folder())
            .env("TOKEN", who.token().unwrap())
            .env("POSFLEET", app.url(""));
        let ran = tokio::task::spawn_blocking(move || shell.output().unwrap());
        let ran = ran.await.unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{said}{wrong}");
        assert_eq!(said.matches("\"state\":\"done\"").count(), 3, "{said}{wrong}");
        let placed = "SELECT count(*) AS n FROM terminal_place";
        assert_eq!(app.database().count(placed), 2, "{said}");
    }
}
