//! Roles that demand a second factor of their holders.
use super::*;
use crate::on_both_engines;

fn demand(app: &TestApp, role: &str) {
    app.database().execute(&format!(
        "UPDATE access_role SET needs_second_factor = TRUE WHERE code = '{role}'"
    ));
}

/// A browser in which the right password was typed, of somebody who must set a factor up first.
async fn unready(app: &TestApp, login: &str) -> Persona {
    let who = app.visitor();
    let fields = [
        ("login", login),
        ("password", PASSWORD),
        ("next", "/terminals?q=1"),
    ];
    let answer = who
        .submit("/sign-in", "/sign-in", &fields)
        .await
        .expect(303);
    assert_eq!(answer.header("location"), Some(ENROL));
    assert_eq!(cookie_line(&answer, "posfleet"), None);
    who
}

/// The key that he is offered, and the form's field for it.
async fn offered(who: &Persona) -> (Program, String) {
    let page = who.get(ENROL).await.expect(200).text();
    (Program::of(&page), value_of(&page, "offer").unwrap())
}

async fn enrol(who: &Persona, offer: &str, code: &str) -> Answer {
    who.submit("/sign-in", ENROL, &[("offer", offer), ("code", code)])
        .await
}

on_both_engines! {
    async fn nobody_is_in_without_what_his_role_demands(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (desk, admin) = (app.visitor(), app.operator(Role::Administrator).await);
        desk.sign_in("ann").await;
        assert!(is_in(&desk).await);
        demand(&app, "viewer");
        assert!(!is_in(&desk).await && is_in(&admin).await);
        let who = unready(&app, "ann").await;
        assert!(!is_in(&who).await);
        let (program, offer) = offered(&who).await;
        let wrong = enrol(&who, &offer, "000000").await.expect(422).text();
        assert_eq!(Program::of(&wrong).key, program.key);
        assert!(!is_in(&who).await);
        let done = enrol(&who, &offer, &program.code(app.now())).await.expect(200);
        assert_eq!(done.header("cache-control"), Some("no-store"));
        let page = done.text();
        let codes = codes_of(&page);
        assert!(page.contains("href=\"/terminals?q&#x3D;1\""), "{page}");
        assert!(cookie_line(&done, "posfleet").is_some());
        assert!(is_in(&who).await);
        // The page that told the codes has forms of the session that it began.
        let csrf = value_of(&page, "_csrf").unwrap();
        let look = who.request(reqwest::Method::POST, "/look")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("_csrf={csrf}&lang=fr"));
        who.send(look).await.expect(303);
        assert_eq!(count(&app, "operator.set-up-second-factor"), 1);
        let again = asked(&app, "ann").await;
        second(&again, &program.code(app.now())).await.expect(422);
        second(&again, &codes[9]).await.expect(303);
    }

    async fn what_a_role_demands_is_replaced_but_not_turned_off(app: TestApp) {
        let (desk, _, _) = ann(&app).await;
        demand(&app, "viewer");
        assert!(is_in(&desk).await);
        let page = desk.get(FACTOR).await.expect(200).text();
        assert!(page.contains("Your role requires one") && !page.contains("/off"), "{page}");
        let off = "/account/second-factor/off";
        desk.submit("/account", off, &[("password_now", PASSWORD)]).await.expect(422);
        let (program, _) = set_up(&desk).await;
        app.advance(STEP);
        second(&asked(&app, "ann").await, &program.code(app.now())).await.expect(303);
    }

    async fn who_governs_a_role_says_what_it_demands(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (desk, admin) = (app.visitor(), app.operator(Role::Administrator).await);
        desk.sign_in("ann").await;
        let (page, path) = ("/admin/roles/viewer", "/admin/roles/viewer/second-factor");
        for _ in 0..2 {
            admin.submit(page, path, &[("demanded", "true")]).await.expect(303);
        }
        assert_eq!(count(&app, "role.demand-second-factor"), 1);
        assert!(!is_in(&desk).await && is_in(&admin).await);
        let half = unready(&app, "ann").await;
        admin.submit(page, path, &[("demanded", "false")]).await.expect(303);
        assert_eq!(count(&app, "role.demand-second-factor"), 2);
        assert!(is_in(&desk).await && !is_in(&half).await);
        desk.submit("/account", path, &[("demanded", "true")]).await.expect(403);
        admin.submit(page, path, &[("demanded", "perhaps")]).await.expect(400);
        admin.submit(page, "/admin/roles/nobody/second-factor", &[]).await.expect(404);
        // Who sees a part of the fleet changes nothing that holds for the whole.
        let limited = app.operator(Role::Administrator).await;
        let login = limited.login();
        app.database().execute(&format!(
            "UPDATE access_operator SET all_establishments = FALSE WHERE login = '{login}'"
        ));
        limited.submit("/account", path, &[("demanded", "true")]).await.expect(403);
        // The administrators' own role may demand it as well, and then it holds for them too.
        let own = "/admin/roles/administrator/second-factor";
        admin.submit(page, own, &[("demanded", "true")]).await.expect(303);
        assert!(!is_in(&admin).await);
        let login = admin.login();
        let again = unready(&app, &login).await;
        let (program, offer) = offered(&again).await;
        enrol(&again, &offer, &program.code(app.now())).await.expect(200);
        assert!(is_in(&again).await);
    }

    async fn of_two_who_know_the_password_one_sets_it_up(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        demand(&app, "viewer");
        let (one, other) = (unready(&app, "ann").await, unready(&app, "ann").await);
        let (mine, offer) = offered(&one).await;
        let (theirs, second_offer) = offered(&other).await;
        enrol(&one, &offer, &mine.code(app.now())).await.expect(200);
        enrol(&other, &second_offer, &theirs.code(app.now())).await.expect(422);
        assert!(is_in(&one).await && !is_in(&other).await);
        assert_eq!(other.get(ENROL).await.expect(303).header("location"), Some("/"));
    }

    async fn one_step_is_not_taken_for_the_other(app: TestApp) {
        let (_, program, _) = ann(&app).await;
        let half = asked(&app, "ann").await;
        half.get(ENROL).await.expect(303);
        app.add_operator("bob", Role::Viewer).await;
        demand(&app, "viewer");
        let bob = unready(&app, "bob").await;
        bob.get(SECOND).await.expect(303);
        let (other, offer) = offered(&bob).await;
        let code = other.code(app.now());
        enrol(&half, &offer, &code).await.expect(422);
        bob.submit("/sign-in", SECOND, &[("code", &code)]).await.expect(422);
        assert!(!is_in(&half).await && !is_in(&bob).await);
        // An offer belongs to who was shown it.
        app.add_operator("cid", Role::Viewer).await;
        let cid = unready(&app, "cid").await;
        let refused = enrol(&cid, &offer, &code).await.expect(422).text();
        assert!(refused.contains("too old"), "{refused}");
        enrol(&bob, &offer, &code).await.expect(200);
        second(&half, &program.code(app.now())).await.expect(303);
    }

    async fn wrong_codes_lead_back_to_the_password(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        demand(&app, "viewer");
        let who = unready(&app, "ann").await;
        let (program, offer) = offered(&who).await;
        for _ in 0..4 {
            enrol(&who, &offer, "000000").await.expect(422);
        }
        enrol(&who, &offer, "000000").await.expect(422);
        enrol(&who, &offer, &program.code(app.now())).await.expect(422);
        assert!(!is_in(&who).await);
        let late = unready(&app, "ann").await;
        app.advance(Duration::from_mins(30));
        late.get(ENROL).await.expect(303);
    }
}
