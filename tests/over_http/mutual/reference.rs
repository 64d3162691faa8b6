//! The reference terminal with a certificate.

use crate::harness::{Setup, TestApp, serial_of};
use crate::on_both_engines;
use posfleet::reference::{Identity, Keep, Line, Setup as Terms, State, Terminal};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

fn line(app: &TestApp) -> Line {
    let ((server, authority), (mutual, _)) = (app.tls(), app.mutual());
    let pem = std::fs::read(authority).unwrap();
    let line = Line::new(&server, Some(&pem)).unwrap();
    line.with_certificates_at(&format!("https://{mutual}"))
        .unwrap()
}

async fn terminal(app: &TestApp, keep: &Keep) -> Terminal {
    let who = Identity {
        terminal_id: "T1".to_owned(),
        serial_number: serial_of("T1"),
        activation_code: app.activation_code("T1").await,
    };
    Terminal::open(who, &line(app), keep.clone(), Terms::default()).unwrap()
}

fn revoked(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM terminal_credential WHERE revoked_why = 'renewed'")
}

on_both_engines! {
    with Setup::default().with_certificates();

    async fn it_lives_by_a_certificate_and_renews_it(app: TestApp) {
        app.register(&["T1"]).await;
        let keep = Keep::memory();
        let mut one = terminal(&app, &keep).await;
        let answer = one.activate(false).await.unwrap();
        assert!(answer.token.is_none() && one.is_activated());
        one.round().await.unwrap();
        let first = keep.read("identity.pem").unwrap().unwrap();
        app.advance(DAY * 340);
        app.ctx().jobs.run_now("terminals.renew").await.unwrap();
        one.round().await.unwrap();
        assert_eq!(one.journal().get(1).unwrap().report.state, State::Done);
        assert_eq!(revoked(&app), 1);
        let second = keep.read("identity.pem").unwrap().unwrap();
        assert_ne!(first, second);
        assert_eq!(keep.read("identity.next.pem").unwrap(), None);
        app.advance(DAY * 100);
        one.round().await.unwrap();
        drop(one);

        // Killed between the answer and the renaming.
        keep.write("identity.pem", &first).unwrap();
        keep.write("identity.next.pem", &second).unwrap();
        let mut again = terminal(&app, &keep).await;
        assert!(again.is_activated());
        again.round().await.unwrap();
        assert_eq!(keep.read("identity.pem").unwrap().unwrap(), second);
        // What it cannot take up does not keep it away.
        keep.write("identity.next.pem", &first).unwrap();
        again.round().await.unwrap();
    }
}
