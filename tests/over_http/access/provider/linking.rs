//! An operator who was here before, and the account that he links himself.
use super::*;

const OWN: &str = "/account/provider";

/// Sends the form of the page, and takes the link of the page that answers.
async fn begin(who: &Persona) -> String {
    let page = who.submit(OWN, OWN, &[("password_now", PASSWORD)]).await;
    let page = page.expect(200).text();
    let (_, rest) = page
        .split_once("<a class=\"btn primary\" href=\"")
        .expect("a link");
    let address = &rest[..rest.find('"').unwrap()];
    address.replace("&amp;", "&").replace("&#x3D;", "=")
}

by_a_provider! {
    async fn who_was_here_before_links_his_account_and_keeps_his_roles(app, idp) {
        let ann = app.operator(Role::Administrator).await;
        idp.account(person("s7", "somebody", &["desk"])).await;
        let wrong = ann.submit(OWN, OWN, &[("password_now", "not this one")]).await;
        assert!(wrong.expect(422).text().contains("This is not your current password"));
        let linked = ann.get(&idp.pass(&begin(&ann).await).await).await.expect(303);
        assert_eq!(linked.header("location"), Some("/account?said=provider-linked"));
        let page = ann.get("/account").await.expect(200).text();
        assert!(page.contains("You can sign in by Example ID since"), "{page}");

        let other = app.visitor();
        come(&idp, &other).await.expect(303);
        other.get("/admin/operators").await.expect(200);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 1);

        let gone = ann.submit(OWN, "/account/provider/forget", &[("password_now", PASSWORD)]).await;
        gone.expect(303);
        // Now the provider brings somebody whom nobody knows.
        come(&idp, &app.visitor()).await.expect(303);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 2);
        let said = app.database().texts(
            "SELECT action AS name FROM access_audit WHERE action LIKE '%provider' ORDER BY id");
        assert_eq!(said, ["operator.link-provider", "operator.unlink-provider"]);
    }

    async fn an_account_belongs_to_one_operator(app, idp) {
        let (ann, eve) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        idp.account(person("s7", "somebody", &["desk"])).await;
        ann.get(&idp.pass(&begin(&ann).await).await).await.expect(303);
        let taken = eve.get(&idp.pass(&begin(&eve).await).await).await.expect(422).text();
        assert!(taken.contains("linked to another operator"), "{taken}");
        assert!(taken.contains("name=\"password_now\""), "{taken}");
        // A second account of one's own is none either.
        idp.account(person("s8", "somebody", &["desk"])).await;
        let page = ann.get(OWN).await.expect(200).text();
        assert!(page.contains("Forget the account"), "{page}");

        // The way that one began leads nobody else to a link.
        let begun = idp.pass(&begin(&eve).await).await;
        let ways = cookie(&eve, FLOW).unwrap();
        ann.set_cookie(FLOW, &ways);
        ann.get(&begun).await.expect(422);
        let stranger = app.visitor();
        stranger.set_cookie(FLOW, &ways);
        stranger.get(&begun).await.expect(422);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_identity"), 1);
    }
}
