//! What somebody tries who is not the one.
use super::*;

by_a_provider! {
    async fn an_answer_counts_once_in_the_browser_that_asked(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        let (ann, eve) = (app.visitor(), app.visitor());
        // Eve plants her own answer into Ann's browser, which asked for nothing.
        let planted = idp.pass(&leave(&eve).await).await;
        let refused = ann.get(&planted).await.expect(422).text();
        assert!(refused.contains("another browser"), "{refused}");
        // Nor does it help when Ann did ask.
        let own = leave(&ann).await;
        let refused = ann.get(&planted).await.expect(422);
        assert!(refused.text().contains("another browser"), "{}", refused.text());
        assert!(cookie_line(&refused, FLOW).unwrap().contains("Max-Age=0"));
        // A refusal ends the way that was begun.
        let late = idp.pass(&own).await;
        ann.get(&late).await.expect(422);
        assert!(cookie(&ann, "posfleet").is_none());

        // Her own answer lets Eve in once; then its code is spent, in whatever browser.
        let flow = cookie(&eve, FLOW).unwrap();
        let in_ = eve.get(&planted).await.expect(303);
        assert!(cookie_line(&in_, "posfleet").unwrap().contains("HttpOnly"));
        let thief = app.visitor();
        thief.set_cookie(FLOW, &flow);
        let refused = thief.get(&planted).await.expect(422).text();
        assert!(refused.contains("could not be trusted"), "{refused}");
    }

    async fn nothing_that_was_tampered_with_is_believed(app, idp) {
        idp.account(person("s1", "ann", &["root"])).await;
        for wrong in ["signature", "unsigned", "nonce", "audience", "issuer", "expired",
            "access_token"] {
            idp.control(json!({ "wrong": wrong })).await;
            let browser = app.visitor();
            let refused = come(&idp, &browser).await;
            assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
            assert!(refused.text().contains("could not be trusted"), "{}", refused.text());
            assert!(cookie(&browser, "posfleet").is_none(), "{wrong}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 0);
        idp.control(json!({ "wrong": null })).await;
        let browser = app.visitor();
        let sent = leave(&browser).await;
        let back = idp.pass(&sent).await;
        let other = back.replace("iss=http", "iss=https");
        browser.get(&other).await.expect(422);
        come(&idp, &browser).await.expect(303);
    }

    async fn the_ways_differ_and_the_code_needs_its_own(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        let browser = app.visitor();
        let (one, other) = (leave(&browser).await, leave(&app.visitor()).await);
        for name in ["state=", "nonce=", "code_challenge="] {
            let of = |address: &str| {
                let rest = address.split(name).nth(1).unwrap_or_default();
                rest.split('&').next().unwrap_or_default().to_owned()
            };
            assert!(of(&one).len() >= 20 && of(&one) != of(&other), "{name} {one} {other}");
        }
        assert!(one.contains("code_challenge_method=S256"), "{one}");
        assert!(!one.contains("secret"), "{one}");
        // A code that was stolen on its way is of no use in a way of the thief's own: PKCE.
        let stolen = idp.pass(&other).await;
        let code = stolen.split("code=").nth(1).unwrap().split('&').next().unwrap();
        let state = one.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let refused = browser.get(&format!("{BACK}?code={code}&state={state}")).await;
        let refused = refused.expect(422).text();
        assert!(refused.contains("could not be trusted"), "{refused}");
    }

    async fn nobody_is_led_off_and_a_no_is_told_as_one(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        let browser = app.visitor();
        for evil in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let sent = browser.get(&format!("{LEAVE}?next={evil}")).await.expect(303);
            let sent = sent.header("location").unwrap().to_owned();
            assert!(sent.starts_with(&idp.issuer), "{sent}");
            let in_ = browser.get(&idp.pass(&sent).await).await.expect(303);
            assert_eq!(in_.header("location"), Some("/"));
            browser.submit("/account", "/sign-out", &[]).await.expect(303);
        }
        idp.account(Value::Null).await;
        let out = come(&idp, &browser).await.expect(422).text();
        assert!(out.contains("cancelled at the provider") && !out.contains("said no"), "{out}");
        for broken in ["", "?state=x", "?code=x", "?code=%00&state=%00", "?error=%3Cscript%3E"] {
            let out = browser.get(&format!("{BACK}{broken}")).await;
            assert!(matches!(out.status, 400 | 422), "{broken}: {}", out.text());
            assert!(!out.text().contains("<script>\u{3c}"), "{}", out.text());
        }
    }

    async fn who_guesses_codes_is_slowed_down(app, idp) {
        idp.account(person("s1", "ann", &["desk"])).await;
        let browser = app.visitor();
        let mut last = 0;
        for _ in 0..200 {
            let sent = leave(&browser).await;
            let state = sent.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
            last = browser.get(&format!("{BACK}?code=guess&state={state}")).await.status;
            if last == 429 {
                break;
            }
        }
        assert_eq!(last, 429);
    }
}

/// A provider that nobody reaches.
mod away {
    use super::*;

    fn elsewhere(openid: &mut OpenId) {
        "http://127.0.0.1:9".clone_into(&mut openid.issuer);
    }

    by_a_provider! {
        with elsewhere;
        async fn passwords_work_while_the_provider_does_not(app, idp) {
            app.add_operator("ann", Role::Viewer).await;
            let ann = app.visitor();
            let out = ann.get(LEAVE).await.expect(422).text();
            assert!(out.contains("cannot be reached") && out.contains("name=\"password\""), "{out}");
            ann.sign_in("ann").await;
            ann.get("/dashboard").await.expect(200);
            drop(idp);
        }
    }
}

mod nobodys {
    use super::*;

    crate::on_both_engines! {
        async fn without_a_provider_there_is_no_way_to_one(app: TestApp) {
            let visitor = app.visitor();
            let page = visitor.get("/sign-in").await.expect(200).text();
            assert!(!page.contains("/sign-in/openid"), "{page}");
            for address in [LEAVE, BACK] {
                visitor.get(address).await.expect(404);
            }
            let ann = app.operator(Role::Viewer).await;
            ann.get("/account/provider").await.expect(404);
            let fields = [("password_now", PASSWORD)];
            ann.submit("/account", "/account/provider", &fields).await.expect(404);
        }
    }
}
