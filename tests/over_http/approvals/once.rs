//! A decision and what it brings about are one thing, done once.
use super::BULK;
use super::{
    WHY, approve, arranged, ask, audited, held, leads, reject, state, suspended, task_of, tasks,
    wish,
};
use crate::harness::Role;
use crate::on_both_engines;
use futures_util::future::join_all;
use reqwest::Method;

on_both_engines! {
    async fn many_who_decide_at_once_do_it_once(app: TestApp) {
        let api = arranged(&app, 3).await;
        let ann = app.operator(Role::Administrator).await;
        let mut others = Vec::new();
        for _ in 0..6 {
            others.push(app.operator(Role::Administrator).await);
        }
        let place = ask(&ann).await;
        // The last one says no meanwhile.
        let deciding = others.iter().enumerate().map(|(n, who)| {
            let place = place.clone();
            async move {
                match n {
                    5 => reject(who, &place, "no").await,
                    _ => approve(who, &place).await,
                }
            }
        });
        let told: Vec<u16> = join_all(deciding).await.iter().map(|it| it.status).collect();
        assert_eq!(told.iter().filter(|it| **it == 303).count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|it| **it == 422).count(), 5, "{told:?}");
        let is_approved = state(&api, &place).await == "approved";
        let (approvals, rejections) = (audited(&app, "approval.approve").len(), audited(&app, "approval.reject").len());
        assert_eq!((approvals, rejections), if is_approved { (1, 0) } else { (0, 1) });
        assert_eq!(tasks(&app), i64::from(is_approved));
        if is_approved {
            assert_eq!(task_of(&api, &place).await["done"], 3);
        }
        assert_eq!((suspended(&app), held(&app)), (3 * tasks(&app), tasks(&app)));
    }

    async fn what_cannot_be_done_leaves_the_request_as_it_was(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let fields = wish("move", &["T1", "T2", "T3"], &[("value", "P2"), ("reason", WHY)]);
        let to = leads(&ann.submit("/terminals", BULK, &fields).await.expect(303));
        let place = to.split('?').next().unwrap().to_owned();
        let change = |from: &str, to: &str| app.database().execute(&format!(
            "UPDATE approval_request SET params = replace(params, '\"{from}\"', '\"{to}\"')"));
        change("P2", "P9");
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("There is a problem"), "{page}");
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app), held(&app)), ("pending", 0, 1));
        assert_eq!(audited(&app, "approval.approve").len(), 0);
        change("P9", "P2");
        approve(&bob, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
    }

    async fn open_pages_hear_of_it(app: TestApp) {
        arranged(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let (cid, dan) = (app.operator(Role::Administrator).await, app.operator(Role::Viewer).await);
        app.limit(&cid, &["E2"]).await;
        let mut streams = Vec::new();
        for who in [&bob, &cid, &dan] {
            let asked = who.request(Method::GET, "/live?want=approval.*,model.*");
            streams.push(asked.send().await.unwrap());
        }
        let place = ask(&ann).await;
        let mut heard = String::new();
        while !heard.contains("event: happened") {
            let chunk = streams[0].chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
        // Those whom it is no matter of hear nothing, for as long as it takes to be told.
        for stream in &mut streams[1..] {
            let mut heard = String::new();
            let listening = async {
                while let Some(chunk) = stream.chunk().await.unwrap() {
                    heard.push_str(&String::from_utf8_lossy(&chunk));
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(2), listening).await.unwrap_err();
            assert!(!heard.contains("event: happened"), "{heard}");
        }
        let page = bob.get("/dashboard").await.expect(200).text();
        let told = format!("{} asks for an approval", ann.login());
        assert!(page.contains(&told) && page.contains(&format!("href=\"{place}\"")), "{page}");
        let page = dan.get("/dashboard").await.expect(200).text();
        assert!(!page.contains("asks for an approval"), "{page}");
        let page = bob.get(&place).await.expect(200).text();
        assert!(page.contains("data-live=\"approval.*\""), "{page}");
    }
}
