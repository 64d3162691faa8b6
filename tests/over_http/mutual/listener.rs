//! The listener that demands certificates, met by `openssl s_client`.

use crate::harness::{Pair, Purpose, Setup, TestApp, s_client};
use crate::on_both_engines;

/// Whom the server let in.
const LET_IN: &str = "HTTP/1.1 200";

async fn told(app: &TestApp, version: &str, shows: Option<&Pair>) -> String {
    let (at, authority) = app.mutual();
    let mut args = vec![version];
    args.extend(shows.iter().flat_map(|pair| pair.args()));
    s_client(at, &authority, &args).await
}

on_both_engines! {
    with Setup::default().with_certificates();

    async fn only_a_good_certificate_of_the_fleet_is_let_in(app: TestApp) {
        let good = app.certificate("good", Purpose::Client, 30);
        let wrong = [
            None,
            Some(app.foreign_certificate("foreign")),
            Some(app.certificate("expired", Purpose::Client, -1)),
            Some(app.certificate("server", Purpose::Server, 30)),
        ];
        for version in ["-tls1_2", "-tls1_3"] {
            let said = told(&app, version, Some(&good)).await;
            assert!(said.contains(LET_IN), "{version}: {said}");
            assert!(said.contains("Verify return code: 0 (ok)"), "{version}: {said}");
            for shows in &wrong {
                let said = told(&app, version, shows.as_ref()).await;
                assert!(!said.contains("HTTP/1.1"), "{version}, {shows:?}: {said}");
                assert!(said.contains("SSL alert number"), "{version}, {shows:?}: {said}");
            }
        }
        let said = told(&app, "-tls1_3", wrong[2].as_ref()).await;
        assert!(said.contains("certificate expired"), "{said}");
        let said = told(&app, "-tls1_3", None).await;
        assert!(said.contains("certificate required"), "{said}");
    }

    async fn old_versions_are_refused(app: TestApp) {
        let good = app.certificate("good", Purpose::Client, 30);
        let (mutual, authority) = app.mutual();
        let (tls, _) = app.tls();
        let tls = tls.strip_prefix("https://").unwrap().parse().unwrap();
        for version in ["-tls1", "-tls1_1"] {
            for at in [mutual, tls] {
                let mut args = vec![version, "-cipher", "DEFAULT@SECLEVEL=0"];
                args.extend(good.args());
                let said = s_client(at, &authority, &args).await;
                assert!(said.contains("SSL alert number"), "{version}: {said}");
                assert!(said.contains("Cipher is (NONE)"), "{version}: {said}");
            }
        }
    }

    async fn no_session_is_resumed_where_certificates_are_demanded(app: TestApp) {
        let good = app.certificate("good", Purpose::Client, 30);
        let (mutual, authority) = app.mutual();
        let (tls, _) = app.tls();
        let tls = tls.strip_prefix("https://").unwrap().parse().unwrap();
        for version in ["-tls1_2", "-tls1_3"] {
            for (at, resumes) in [(tls, true), (mutual, false)] {
                let file = app.folder().join("session").to_string_lossy().into_owned();
                std::fs::remove_file(&file).ok();
                let mut args = vec![version, "-sess_out", &file];
                args.extend(good.args());
                let said = s_client(at, &authority, &args).await;
                assert!(said.contains(LET_IN), "{said}");
                assert!(resumes || !said.contains("TLS session ticket"), "{said}");
                if !std::fs::exists(&file).unwrap() {
                    assert!(!resumes, "{version}: no session was kept");
                    continue;
                }
                args[1] = "-sess_in";
                let said = s_client(at, &authority, &args).await;
                assert!(said.contains(LET_IN), "{said}");
                assert_eq!(said.contains("Reused, TLSv1"), resumes, "{version}: {said}");
            }
        }
    }
}
