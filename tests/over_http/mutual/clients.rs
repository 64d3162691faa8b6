//! API clients that have to show a certificate beside their token.
use crate::harness::{Role, Setup, csr_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use rcgen::KeyPair;
use serde_json::json;
use std::time::Duration;

const WHOAMI: &str = "/api/v1/whoami";

fn mutual() -> Setup {
    Setup::from_now().with_certificates()
}

on_both_engines! {
    with mutual();

    async fn a_token_without_its_certificate_opens_nothing(app: TestApp) {
        let admin = app.client(Permission::ALL).await;
        let made = json!({ "name": "till", "scopes": ["terminals.view"], "lasts": "always" });
        let made = admin.post("/api/v1/clients", made).await.expect(201).json();
        let (id, token) = (made["client"]["id"].clone(), made["token"].as_str().unwrap());
        let own = format!("/api/v1/clients/{id}/certificate");
        app.visitor().bearing(token).get(WHOAMI).await.expect(200);

        let key = KeyPair::generate().unwrap();
        let signed = admin.put(&own, json!({ "csr": csr_of(&key) })).await.expect(200).json();
        let certificate = signed["certificate"].as_str().unwrap();
        let refused = app.visitor().bearing(token).get(WHOAMI).await.expect(401);
        assert_eq!(refused.code(), "access.certificate-required");
        let refused = app.over_tls().get(token, WHOAMI).await.unwrap().expect(401);
        assert_eq!(refused.code(), "access.certificate-required");
        let shows = app.showing(certificate, &key);
        shows.get(token, WHOAMI).await.unwrap().expect(200);
        let place = format!("/api/v1/clients/{id}");
        assert!(admin.get(&place).await.expect(200).json()["certificate_until"].is_string());

        // Another key of the same authority, one of another client, and one that was replaced.
        let other = KeyPair::generate().unwrap();
        let made = json!({ "name": "other", "scopes": ["terminals.view"] });
        let made = admin.post("/api/v1/clients", made).await.expect(201).json();
        let theirs = format!("/api/v1/clients/{}/certificate", made["client"]["id"]);
        let theirs = admin.put(&theirs, json!({ "csr": csr_of(&other) })).await.expect(200).json();
        let stranger = app.showing(theirs["certificate"].as_str().unwrap(), &other);
        stranger.get(token, WHOAMI).await.unwrap().expect(401);
        stranger.get(made["token"].as_str().unwrap(), WHOAMI).await.unwrap().expect(200);
        // A certificate is no token.
        shows.get("pfc_none", WHOAMI).await.unwrap().expect(401);
        let next = KeyPair::generate().unwrap();
        let again = admin.put(&own, json!({ "csr": csr_of(&next) })).await.expect(200).json();
        shows.get(token, WHOAMI).await.unwrap().expect(401);
        let shows = app.showing(again["certificate"].as_str().unwrap(), &next);
        shows.get(token, WHOAMI).await.unwrap().expect(200);

        // A connection that was made in time does not outlive the certificate.
        app.advance(Duration::from_hours(24 * 366));
        let late = shows.get(token, WHOAMI).await.unwrap().expect(401);
        assert_eq!(late.code(), "access.certificate-required");
        let made = admin.put(&own, json!({ "csr": "no request" })).await;
        assert_eq!(made.expect(422).code(), "access.csr-unreadable");
        admin.delete(&own).await.expect(204);
        admin.delete(&own).await.expect(204);
        assert!(admin.get(&place).await.expect(200).json()["certificate_until"].is_null());
        app.visitor().bearing(token).get(WHOAMI).await.expect(200);
        let said = app.database().texts("SELECT action AS name FROM access_audit \
            WHERE object = 'till' AND action LIKE '%certificate' ORDER BY id");
        let all = ["client.set-certificate", "client.set-certificate", "client.forget-certificate"];
        assert_eq!(said, all);
    }

    async fn the_page_signs_what_openssl_made(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let made = json!({ "name": "till", "scopes": ["terminals.view"] });
        let programs = app.client(Permission::ALL).await;
        let made = programs.post("/api/v1/clients", made).await.expect(201).json();
        let page = format!("/admin/clients/{}/certificate", made["client"]["id"]);
        let wrong = admin.submit(&page, &page, &[("csr", "x")]).await.expect(422).text();
        assert!(wrong.contains("no certificate signing request"), "{wrong}");
        let key = KeyPair::generate().unwrap();
        let signed = admin.submit(&page, &page, &[("csr", &csr_of(&key))]).await.expect(200);
        assert!(signed.text().contains("-----BEGIN CERTIFICATE-----"), "{}", signed.text());
        let shown = admin.get(&page).await.expect(200).text();
        assert!(shown.contains("good until") && !shown.contains("-----BEGIN"), "{shown}");
        let forget = format!("{page}/forget");
        admin.submit(&page, &forget, &[]).await.expect(303);
    }
}

mod nowhere {
    use super::*;

    on_both_engines! {
        async fn without_such_a_listener_none_is_signed(app: TestApp) {
            let admin = app.client(Permission::ALL).await;
            let made = json!({ "name": "till", "scopes": ["terminals.view"] });
            let made = admin.post("/api/v1/clients", made).await.expect(201).json();
            let own = format!("/api/v1/clients/{}/certificate", made["client"]["id"]);
            let key = KeyPair::generate().unwrap();
            let refused = admin.put(&own, json!({ "csr": csr_of(&key) })).await.expect(409);
            assert_eq!(refused.code(), "access.no-certificates");
        }
    }
}
