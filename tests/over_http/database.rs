//! What the database promises to every slice, on both engines: events are numbered in commit
//! order, a refused change leaves nothing, and a schema from the future is not touched.

use crate::on_both_engines;
use futures_util::future::join_all;
use posfleet::access::Scope;
use posfleet::clock::Millis;
use posfleet::db::{Error, Event};
use posfleet::events;
use posfleet::ids::{EventId, Tid};
use posfleet::terminals;
use std::time::Duration;

fn event(subject: &str) -> Event {
    Event {
        at: Millis(0),
        kind: "test.happened",
        subject: subject.to_owned(),
        establishment: None,
        body: serde_json::json!({}),
    }
}

on_both_engines! {
    async fn a_second_server_is_kept_from_a_file_and_welcome_at_postgresql(app: TestApp) {
        let second = app.start_beside().await;
        if app.database().url().starts_with("postgres") {
            second.expect("several servers share PostgreSQL").stop().await;
        } else {
            let refused = second.err().expect("one server has the file to itself").to_string();
            assert!(refused.contains("another posfleet serves"), "{refused}");
            // With the first one gone there is nothing in the way.
            app.restart().await;
        }
        app.visitor().get("/sign-in").await.expect(200);
    }

    async fn a_reader_that_remembers_the_last_number_misses_no_event(app: TestApp) {
        const WRITERS: usize = 40;
        let mut ear = app.ctx().hub.listen();
        // The follower must have found its starting point before anything happens.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let writes = (0..WRITERS).map(|n| {
            let db = app.ctx().db;
            async move {
                db.write(move |tx| {
                    tx.emit(event(&format!("a{n}")));
                    tx.emit(event(&format!("b{n}")));
                    Ok::<_, Error>(())
                })
                .await
            }
        });
        for done in join_all(writes).await {
            done.unwrap();
        }
        let mut last = EventId(0);
        for _ in 0..WRITERS * 2 {
            let heard = tokio::time::timeout(Duration::from_secs(5), ear.recv())
                .await
                .expect("every event is heard")
                .unwrap();
            assert!(heard.id > last, "{:?} came after {last:?}", heard.id);
            last = heard.id;
        }
    }

    async fn a_refused_change_leaves_no_event(app: TestApp) {
        let refused = app.ctx().db.write(|tx| {
            tx.emit(event("never"));
            Err::<(), _>(Error::Fault(anyhow::anyhow!("refused on purpose")))
        }).await;
        assert!(refused.is_err());
        let left = app.ctx().db.read(|conn| events::of_subject(conn, "never", 1, |_| true)).await.unwrap();
        assert!(left.is_empty());
    }

    async fn a_database_newer_than_the_program_is_refused(app: TestApp) {
        app.database().execute(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('999999')",
        );
        let cause = app.start_again().await.expect_err("the schema is from the future");
        assert!(format!("{cause:#}").contains("newer posfleet"), "{cause:#}");
        app.database().execute("DELETE FROM __diesel_schema_migrations WHERE version = '999999'");
        app.start_again().await.expect("its own schema is welcome again");
    }

    async fn whoever_is_let_go_of_from_a_deadlock_is_told_to_come_again(app: TestApp) {
        let ctx = app.ctx();
        if ctx.db.has_one_writer() {
            // Nobody waits for a row there.
            return;
        }
        app.register(&["T1", "T2"]).await;
        let (one, other) = (std::sync::Arc::new(std::sync::Barrier::new(2)), Scope::All);
        let crossing = [["T1", "T2"], ["T2", "T1"]].map(|tids| {
            let (db, meet, scope) = (ctx.db.clone(), one.clone(), other.clone());
            async move {
                db.write(move |tx| {
                    for tid in tids {
                        terminals::claim(tx, &scope, &Tid::parse(tid).expect("a TID"))?;
                        if tid == tids[0] {
                            meet.wait();
                        }
                    }
                    Ok::<_, Error>(())
                })
                .await
            }
        });
        let came = join_all(crossing).await;
        assert_eq!(came.iter().filter(|it| it.is_ok()).count(), 1, "{came:?}");
        assert!(came.iter().any(|it| matches!(it, Err(Error::Busy(_)))), "{came:?}");
    }
}
