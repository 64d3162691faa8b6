//! Activation with a certificate signing request, and what the certificate is good for.

use crate::harness::{Answer, Purpose, Role, Setup, Shows, TestApp, csr_of, serial_of};
use crate::on_both_engines;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posfleet::access::Actor;
use posfleet::ids::Tid;
use posfleet::terminals;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

const ACTIVATE: &str = "/terminal/v1/activate";
const CHECK_IN: &str = "/terminal/v1/checkin";
const YEAR: Duration = Duration::from_hours(365 * 24);

fn wish(tid: &str, code: &str, csr: &str) -> Value {
    json!({ "terminal_id": tid, "serial_number": serial_of(tid), "activation_code": code,
            "csr": csr })
}

/// A terminal that was activated with a certificate.
pub(super) async fn certified(app: &TestApp, tid: &str) -> Shows {
    app.register(&[tid]).await;
    let (key, code) = (KeyPair::generate().unwrap(), app.activation_code(tid).await);
    let answer = app
        .visitor()
        .post(ACTIVATE, wish(tid, &code, &csr_of(&key)))
        .await;
    let answer = answer.expect(200).json();
    app.showing(answer["certificate"].as_str().unwrap(), &key)
}

pub(super) async fn told(terminal: &Shows) -> Answer {
    terminal
        .post(CHECK_IN, json!({}))
        .await
        .expect("a connection")
}

pub(super) async fn revoke(app: &TestApp, tid: &str) {
    let (ctx, now, tid) = (app.ctx(), app.now(), Tid::parse(tid).unwrap());
    let done = ctx
        .db
        .write(move |tx| terminals::revoke(tx, &Actor::console(), &tid, now));
    done.await.unwrap();
}

/// What `openssl` makes of arguments and text.
fn openssl(args: &[&str], text: &str) -> String {
    use std::io::Write as _;
    let mut made = Command::new("openssl")
        .args(args)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    made.stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    String::from_utf8(made.wait_with_output().unwrap().stdout).unwrap()
}

on_both_engines! {
    with Setup::default().with_certificates();

    async fn a_certificate_says_what_the_server_says(app: TestApp) {
        app.register(&["T1"]).await;
        let key = KeyPair::generate().unwrap();
        let mut wanted = CertificateParams::new(vec!["fleet.example".to_owned()]).unwrap();
        wanted.distinguished_name.push(rcgen::DnType::CommonName, "T2");
        wanted.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let csr = wanted.serialize_request(&key).unwrap().pem().unwrap();
        let code = app.activation_code("T1").await;
        let answer = app.visitor().post(ACTIVATE, wish("T1", &code, &csr)).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let answer = answer.json();
        assert_eq!(answer.get("token"), None);
        assert_eq!(answer["not_after"], json!(app.now() + YEAR));
        let authority = std::fs::read_to_string(app.mutual().1).unwrap();
        assert_eq!(answer["authority"], json!(authority));
        let certificate = answer["certificate"].as_str().unwrap();
        let text = openssl(&["x509", "-noout", "-text"], certificate);
        for line in ["Subject: CN = T1\n", "TLS Web Client Authentication\n", "Digital Signature\n"] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        for word in ["fleet.example", "T2", "TLS Web Server", "CA:TRUE"] {
            assert!(!text.contains(word), "{word} is in {text}");
        }
        let terminal = app.showing(certificate, &key);
        told(&terminal).await.expect(200);
        let audited = "SELECT count(*) AS n FROM access_audit WHERE action = 'terminal.activate' \
            AND after_json LIKE '%\"credential\":\"certificate\"%'";
        assert_eq!(app.database().count(audited), 1);
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/terminals/T1/activation").await.expect(200).text();
        assert!(page.contains("Certificate"), "{page}");
    }

    async fn tokens_and_certificates_live_side_by_side(app: TestApp) {
        let bearer = app.device("T1").await;
        let certified = certified(&app, "T2").await;
        let work = app.assign("T1", "one").await;
        app.assign("T2", "other").await;
        assert_eq!(bearer.check_in().await["work"].as_array().unwrap().len(), 1);
        assert_eq!(told(&certified).await.expect(200).json()["work"].as_array().unwrap().len(), 1);
        // A token is good on every listener, and says who asks where it is given.
        let token = bearer.token().unwrap();
        for line in [app.over_tls(), certified.clone()] {
            let path = format!("/terminal/v1/work/{work}/report");
            let report = line.with_token(token, &path, json!({ "state": "downloading" })).await;
            report.unwrap().expect(200);
        }
        // A certificate is good where it was asked for, and nowhere else.
        let answer = app.over_tls().post(CHECK_IN, json!({})).await.unwrap().expect(401);
        assert_eq!(answer.code(), "terminal.not-activated");
    }

    async fn nobody_acts_for_another(app: TestApp) {
        let one = certified(&app, "T1").await;
        let other = certified(&app, "T2").await;
        // Numbers of work count for each terminal.
        app.assign("T1", "a").await;
        app.assign("T2", "a").await;
        let second = app.assign("T2", "b").await;
        let report = format!("/terminal/v1/work/{second}/report");
        told(&one).await.expect(200);
        told(&other).await.expect(200);
        let answer = one.post(&report, json!({ "state": "done" })).await.unwrap().expect(404);
        assert_eq!(answer.code(), "work.unknown");
        let answer = one.with_token("T2", CHECK_IN, json!({})).await.unwrap().expect(401);
        assert_eq!(answer.code(), "terminal.not-activated");
        other.post(&report, json!({ "state": "done" })).await.unwrap().expect(200);
        // Signed by the right authority for the right name, but for a key that nobody knows.
        let forged = app.certificate("T1", Purpose::Client, 30);
        let answer = told(&app.showing_files(&forged)).await.expect(401);
        assert_eq!(answer.code(), "terminal.not-activated");
    }

    async fn a_revoked_certificate_is_refused_at_once(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        told(&terminal).await.expect(200);
        revoke(&app, "T1").await;
        let answer = told(&terminal).await.expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
        let answer = told(&terminal.afresh()).await.expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
        // Its key is spent: another one is let in.
        let code = app.activation_code("T1").await;
        let again = wish("T1", &code, &csr_of(&terminal.key()));
        let answer = app.visitor().post(ACTIVATE, again).await.expect(409);
        assert_eq!(answer.code(), "terminal.key-taken");
        let next = KeyPair::generate().unwrap();
        app.visitor().post(ACTIVATE, wish("T1", &code, &csr_of(&next))).await.expect(200);
    }

    async fn an_expired_certificate_is_refused(app: TestApp) {
        let terminal = certified(&app, "T1").await;
        app.advance(YEAR.saturating_sub(Duration::from_secs(1)));
        told(&terminal).await.expect(200);
        app.advance(Duration::from_secs(3));
        // The connection is still open.
        let answer = told(&terminal).await.expect(401);
        assert_eq!(answer.code(), "terminal.certificate-expired");
        terminal.afresh().post(CHECK_IN, json!({})).await.unwrap_err();
        let admin = app.operator(Role::Administrator).await;
        app.advance(Duration::from_hours(1));
        let page = admin.get("/terminals/T1/activation").await.expect(200).text();
        assert!(page.contains("Expired"), "{page}");
    }

    async fn a_key_serves_one_terminal(app: TestApp) {
        app.register(&["T1", "T2"]).await;
        let key = KeyPair::generate().unwrap();
        let codes = [app.activation_code("T1").await, app.activation_code("T2").await];
        let tries = ["T1", "T2"].iter().zip(&codes).map(|(tid, code)| {
            let (app, body) = (app.clone(), wish(tid, code, &csr_of(&key)));
            async move { app.visitor().post(ACTIVATE, body).await }
        });
        let answers = futures_util::future::join_all(tries).await;
        let mut told: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        told.sort_unstable();
        assert!(told == [200, 409] || told == [200, 503], "{told:?}");
        let (tid, code) = match answers[0].status {
            200 => ("T2", &codes[1]),
            _ => ("T1", &codes[0]),
        };
        let body = wish(tid, code, &csr_of(&key));
        let answer = app.visitor().post(ACTIVATE, body).await.expect(409);
        assert_eq!(answer.code(), "terminal.key-taken");
        // Nothing was spent.
        let other = KeyPair::generate().unwrap();
        app.visitor().post(ACTIVATE, wish(tid, code, &csr_of(&other))).await.expect(200);
    }

    async fn a_lost_certificate_is_signed_again(app: TestApp) {
        app.register(&["T1"]).await;
        let (key, code) = (KeyPair::generate().unwrap(), app.activation_code("T1").await);
        let mut terminals = Vec::new();
        for _ in 0..2 {
            let visitor = app.visitor();
            // The same key, signed anew: no two signatures are the same.
            let body = wish("T1", &code, &csr_of(&key));
            let request = visitor.request(reqwest::Method::POST, ACTIVATE).json(&body);
            let answer = visitor.send(request.header("Idempotency-Key", "k")).await.expect(200);
            terminals.push(app.showing(answer.json()["certificate"].as_str().unwrap(), &key));
        }
        for terminal in &terminals {
            told(terminal).await.expect(200);
        }
        let other = wish("T1", &code, &csr_of(&KeyPair::generate().unwrap()));
        let request = app.visitor().request(reqwest::Method::POST, ACTIVATE).json(&other);
        app.visitor().send(request.header("Idempotency-Key", "k")).await.expect(403);
    }

    async fn a_bad_request_costs_no_try(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        let made = |kind: &[&str]| {
            let mut args = vec!["req", "-new", "-nodes", "-subj", "/CN=T1", "-keyout", "/dev/null"];
            args.extend(kind);
            openssl(&args, "")
        };
        let good = CertificateParams::default().serialize_request(&KeyPair::generate().unwrap());
        let mut broken = good.unwrap().der().to_vec();
        *broken.last_mut().unwrap() ^= 1;
        let broken = STANDARD.encode(broken);
        let broken = format!(
            "-----BEGIN CERTIFICATE REQUEST-----\n{broken}\n-----END CERTIFICATE REQUEST-----\n"
        );
        let bad = [
            (413, "terminal.csr-too-large", "x".repeat(9000)),
            (422, "terminal.csr-unreadable", "no request".to_owned()),
            (422, "terminal.csr-weak-key", made(&["-newkey", "rsa:1024"])),
            (422, "terminal.csr-unknown-key",
                made(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"])),
            (422, "terminal.csr-wrong-signature", made(&["-newkey", "rsa:2048", "-sha1"])),
            (422, "terminal.csr-wrong-signature", broken),
        ];
        for (status, expected, csr) in bad {
            let answer = app.visitor().post(ACTIVATE, wish("T1", &code, &csr)).await;
            let answer = answer.expect(status);
            assert_eq!(answer.code(), expected, "{csr}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        }
        let rsa = made(&["-newkey", "rsa:2048"]);
        app.visitor().post(ACTIVATE, wish("T1", &code, &rsa)).await.expect(200);
    }
}
