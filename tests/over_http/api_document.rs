//! What `docs/api.md` says to type does what it says.
use crate::harness::TestApp;
use crate::on_both_engines;
use posfleet::access::Permission;
use std::process::Command;

/// The commands of the page.
fn commands() -> String {
    let page = std::fs::read_to_string("docs/api.md").unwrap();
    let blocks = page.split("```sh\n").skip(1);
    let commands: Vec<_> = blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    commands.join("\n")
}

/// What the commands say to one who may do everything.
async fn typed(app: &TestApp) -> String {
    let who = app.client(Permission::ALL).await;
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
    assert!(ran.status.success(), "{said}\n{wrong}");
    said
}

on_both_engines! {
    async fn the_commands_of_the_page_govern_a_server(app: TestApp) {
        let said = typed(&app).await;
        let link = format!("{}/welcome?token=", app.ctx().base_url);
        assert_eq!(said.matches(&link).count(), 2, "{said}");
        let kept = std::fs::read_to_string(app.folder().join("checkpoints")).unwrap();
        assert!(kept.starts_with("posfleet-audit-1 ") && kept.ends_with('\n'), "{kept}");
        let left = "SELECT count(*) AS n FROM access_role WHERE code = 'night-shift'";
        assert_eq!(app.database().count(left), 0);
        let viewer = "SELECT count(*) AS n FROM access_operator_role h
            JOIN access_operator o ON o.id = h.operator_id JOIN access_role r ON r.id = h.role_id
            WHERE o.login = 'bob' AND r.code = 'viewer'";
        assert_eq!(app.database().count(viewer), 1);
    }
}
