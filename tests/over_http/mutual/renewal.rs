//! The next certificate: asked for in time, offered, confirmed, and the end of the one before.

use super::device::{certified, revoke, told};
use crate::harness::{Role, Setup, csr_of};
use crate::on_both_engines;
use rcgen::KeyPair;
use serde_json::{Value, json};
use std::time::Duration;

const CERTIFICATE: &str = "/terminal/v1/certificate";
const CONFIRM: &str = "/terminal/v1/certificate/confirm";
const DAY: Duration = Duration::from_hours(24);

fn wish(key: &KeyPair) -> Value {
    json!({ "csr": csr_of(key) })
}

on_both_engines! {
    with Setup::default().with_certificates();

    async fn a_certificate_is_renewed_before_its_end(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        let run = || async {
            app.ctx().jobs.run_now("terminals.renew").await.expect("the job runs");
            told(&terminal).await.expect(200).json()["work"].clone()
        };
        app.advance(DAY * 334);
        assert_eq!(run().await, json!([]), "not yet");
        app.advance(DAY * 2);
        let work = run().await;
        assert_eq!(work[0]["kind"], "certificate");
        assert_eq!(work[0]["link"], CERTIFICATE);
        let number = work[0]["id"].clone();
        // It is not asked twice.
        assert_eq!(run().await.as_array().unwrap().len(), 1);

        let next = KeyPair::generate().unwrap();
        let offered = terminal.post(CERTIFICATE, wish(&next)).await.unwrap().expect(200);
        assert_eq!(offered.header("cache-control"), Some("no-store"));
        let offered = offered.json();
        assert_eq!(offered["in_force"], false);
        assert_eq!(offered["not_after"], json!(app.now() + DAY * 365));
        let renewed = app.showing(offered["certificate"].as_str().unwrap(), &next);
        let early = told(&renewed).await.expect(401);
        assert_eq!(early.code(), "terminal.certificate-not-confirmed");
        told(&terminal).await.expect(200);

        for _ in 0..2 {
            let answer = renewed.post(CONFIRM, json!({})).await.unwrap().expect(200).json();
            assert_eq!(answer["not_after"], offered["not_after"]);
        }
        assert_eq!(told(&terminal).await.expect(401).code(), "terminal.credential-revoked");
        let answer = terminal.post(CONFIRM, json!({})).await.unwrap().expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
        // What it told before is still known: the device is the same.
        assert_eq!(told(&renewed).await.expect(200).json()["work"][0]["id"], number);
        let report = format!("/terminal/v1/work/{number}/report");
        renewed.post(&report, json!({ "state": "done" })).await.unwrap().expect(200);
        app.advance(DAY * 60);
        told(&renewed).await.expect(200);
        let audited = "SELECT count(*) AS n FROM access_audit \
            WHERE action = 'terminal.renew-certificate'";
        assert_eq!(app.database().count(audited), 1);
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/terminals/T1/activation").await.expect(200).text();
        assert!(page.contains("The terminal renewed its certificate"), "{page}");
    }

    async fn a_terminal_changes_over_from_its_token(app: TestApp) {
        let bearer = app.device("T1").await;
        let key = KeyPair::generate().unwrap();
        let offered = bearer.post(CERTIFICATE, wish(&key)).await.expect(200).json();
        let certified = app.showing(offered["certificate"].as_str().unwrap(), &key);
        bearer.check_in().await;
        certified.post(CONFIRM, json!({})).await.unwrap().expect(200);
        told(&certified).await.expect(200);
        let answer = bearer.post("/terminal/v1/checkin", json!({})).await.expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
    }

    async fn an_offer_ends_with_what_it_was_made_for(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        let next = KeyPair::generate().unwrap();
        let offered = terminal.post(CERTIFICATE, wish(&next)).await.unwrap().expect(200).json();
        let renewed = app.showing(offered["certificate"].as_str().unwrap(), &next);
        revoke(&app, "T1").await;
        let answer = renewed.post(CONFIRM, json!({})).await.unwrap().expect(401);
        assert_eq!(answer.code(), "terminal.not-activated");
        let code = app.activation_code("T1").await;
        app.activate("T1", &code).await.check_in().await;
        renewed.post(CONFIRM, json!({})).await.unwrap().expect(401);
        // A revoked terminal gets no offer either.
        let answer = terminal.post(CERTIFICATE, wish(&next)).await.unwrap().expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
    }

    async fn a_later_offer_replaces_the_one_before(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        let other = certified(&app, "T2").await;
        let keys = [KeyPair::generate().unwrap(), KeyPair::generate().unwrap()];
        let mut shown = Vec::new();
        for key in &keys {
            let offered = terminal.post(CERTIFICATE, wish(key)).await.unwrap().expect(200).json();
            shown.push(app.showing(offered["certificate"].as_str().unwrap(), key));
        }
        // Neither a key that somebody uses nor one that is on offer is anybody else's.
        for key in [terminal.key(), KeyPair::from_pem(&keys[1].serialize_pem()).unwrap()] {
            let answer = other.post(CERTIFICATE, wish(&key)).await.unwrap().expect(409);
            assert_eq!(answer.code(), "terminal.key-taken");
        }
        shown[0].post(CONFIRM, json!({})).await.unwrap().expect(401);
        shown[1].post(CONFIRM, json!({})).await.unwrap().expect(200);
        told(&other).await.expect(200);
    }

    async fn the_same_key_is_only_given_another_end(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        app.advance(DAY * 200);
        let answer = terminal.post(CERTIFICATE, wish(&terminal.key())).await.unwrap();
        let answer = answer.expect(200).json();
        assert_eq!(answer["in_force"], true);
        let renewed = app.showing(answer["certificate"].as_str().unwrap(), &terminal.key());
        app.advance(DAY * 200);
        told(&renewed).await.expect(200);
        assert_eq!(told(&terminal).await.expect(401).code(), "terminal.certificate-expired");
    }

    async fn of_many_confirmations_at_once_one_counts(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        let next = KeyPair::generate().unwrap();
        let offered = terminal.post(CERTIFICATE, wish(&next)).await.unwrap().expect(200).json();
        let certificate = offered["certificate"].as_str().unwrap();
        let tries = (0..8).map(|_| {
            let renewed = app.showing(certificate, &next);
            async move { renewed.post(CONFIRM, json!({})).await.unwrap().status }
        });
        assert_eq!(futures_util::future::join_all(tries).await, [200; 8]);
        let audited = "SELECT count(*) AS n FROM access_audit \
            WHERE action = 'terminal.renew-certificate'";
        assert_eq!(app.database().count(audited), 1);
        let live = "SELECT count(*) AS n FROM terminal_credential WHERE revoked_at IS NULL";
        assert_eq!(app.database().count(live), 1);
    }
}
