//! Queries under a name: kept, shared, changed, deleted.
use super::{fleet, leads, rows, to};
use crate::harness::{ESTABLISHMENT, Persona, Role};
use crate::on_both_engines;

const VIEWS: &str = "/lists/terminals/views";

/// Saves what a list shows; where that leads.
async fn save(who: &Persona, name: &str, query: &str, more: &[(&str, &str)]) -> String {
    let fields = [
        &[("name", name), ("query", query), ("back", "/terminals")],
        more,
    ]
    .concat();
    to(&who.submit("/terminals", VIEWS, &fields).await.expect(303))
}

fn id_of(address: &str) -> String {
    let at = address.split("view=").nth(1).expect("opens the view");
    at.split('&').next().unwrap().to_owned()
}

/// The tab that is open.
fn open_tab(page: &str) -> &str {
    let at = page.find("class=\"tabs views\"").expect("tabs");
    let rest = &page[at..];
    let rest = &rest[rest.find("aria-current").expect("an open tab")..];
    &rest[..rest.find("</a>").unwrap()]
}

on_both_engines! {
    async fn a_view_is_a_query_under_a_name(app: TestApp) {
        fleet(&app, 3).await;
        let ann = app.operator(Role::Viewer).await;
        let plain = ann.get("/terminals").await.text();
        assert!(!plain.contains("tabs views") && !plain.contains("Save view"), "{plain}");
        assert!(ann.get("/terminals?q=T1").await.text().contains("Save view"));
        let query = "sort=-tid&q=T&cursor=x&page_size=5&view=7&other=1";
        let there = save(&ann, " Mine ", query, &[]).await;
        let id = id_of(&there);
        assert_eq!(there, format!("/terminals?q=T&sort=-tid&view={id}&said=view-saved"));
        let page = ann.get(&there).await.expect(200).text();
        assert!(page.contains("The view is saved.") && open_tab(&page).ends_with(">Mine"), "{page}");
        assert_eq!(rows(&page), ["T3", "T2", "T1"]);
        assert!(page.contains("Edit view") && !page.contains("Discard"), "{page}");
        // The order by default is no change, another filter is one.
        let changed = ann.get(&format!("/terminals?q=T1&view={id}")).await.expect(200).text();
        assert!(open_tab(&changed).contains("Mine<span aria-hidden=\"true\">*"), "{changed}");
        assert!(changed.contains("Discard changes") && changed.contains("Save as…"), "{changed}");
        assert!(leads(&changed, "class=\"tabs views\"") == "/terminals");
        // The filter form keeps the view open.
        assert!(changed.contains(&format!("name=\"view\" value=\"{id}\"")), "{changed}");
        let own = format!("{VIEWS}/{id}");
        let kept = ann.submit("/terminals?q=T1", &own, &[("query", "q=T1")]).await.expect(303);
        assert_eq!(to(&kept), format!("/terminals?q=T1&view={id}&said=view-saved"));
        let renamed = [("name", "Other"), ("back", "/terminals")];
        ann.submit("/terminals?q=T1", &own, &renamed).await.expect(303);
        let page = ann.get(&format!("/terminals?q=T1&view={id}")).await.text();
        assert!(open_tab(&page).ends_with(">Other"), "{page}");
        let gone = ann.submit("/terminals?q=T1", &format!("{own}/delete"), &[]).await.expect(303);
        assert_eq!(to(&gone), "/terminals?said=view-deleted");
        ann.submit("/terminals?q=T1", &format!("{own}/delete"), &[]).await.expect(404);
        // A link to it that somebody kept still shows the list.
        assert_eq!(rows(&ann.get(&format!("/terminals?q=T1&view={id}")).await.text()), ["T1"]);
        let told = app.database().count(
            "SELECT count(*) AS n FROM access_audit WHERE action LIKE 'view.%'",
        );
        assert_eq!(told, 4);
    }

    async fn what_cannot_be_kept_is_asked_for_again(app: TestApp) {
        fleet(&app, 1).await;
        let ann = app.operator(Role::Viewer).await;
        save(&ann, "Mine", "q=T", &[]).await;
        for (name, words) in [
            ("", "Enter a name of one line"),
            ("Mine", "already have a view of this name"),
        ] {
            let fields = [("name", name), ("query", "q=T1"), ("back", "/terminals?q=T1")];
            let page = ann.submit("/terminals?q=T1", VIEWS, &fields).await.expect(422).text();
            assert!(page.contains(words) && page.contains("value=\"q&#x3D;T1\""), "{page}");
        }
        let other = id_of(&save(&ann, "Second", "q=T", &[]).await);
        let fields = [("name", "Mine"), ("back", "/terminals")];
        ann.submit("/terminals", &format!("{VIEWS}/{other}"), &fields).await.expect(422);
        // A namesake of somebody else's is nobody's business.
        save(&app.operator(Role::Viewer).await, "Mine", "q=T", &[]).await;
    }

    async fn views_are_private_until_they_are_shared(app: TestApp) {
        fleet(&app, 1).await;
        let (ann, bob) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        let root = app.operator(Role::Administrator).await;
        let own = id_of(&save(&ann, "Private", "q=T", &[]).await);
        assert!(!bob.get("/terminals").await.text().contains("Private"));
        let private = format!("{VIEWS}/{own}/delete");
        root.submit("/terminals", &private, &[]).await.expect(404);
        let shared = [("name", "x"), ("query", "q=T"), ("is_shared", "true")];
        ann.submit("/terminals", VIEWS, &shared).await.expect(403);
        assert!(!ann.get("/terminals?q=T").await.text().contains("Share with everyone"));
        let all = id_of(&save(&root, "For all", "q=T1", &[("is_shared", "true")]).await);
        let page = bob.get(&format!("/terminals?q=T1&view={all}")).await.text();
        assert!(open_tab(&page).contains("For all") && !page.contains("Edit view"), "{page}");
        // Who may not change it may take it as his own.
        let changed = bob.get(&format!("/terminals?q=T&view={all}")).await.text();
        assert!(changed.contains("Save as…") && !changed.contains("Save view"), "{changed}");
        bob.submit("/terminals", &format!("{VIEWS}/{all}"), &[("query", "q=T")]).await.expect(403);
        let lead = app.operator(Role::Administrator).await;
        lead.submit("/terminals", &format!("{VIEWS}/{all}"), &[("query", "q=T")]).await.expect(303);
        lead.submit("/terminals", &format!("{VIEWS}/{all}/delete"), &[]).await.expect(303);
        assert!(!bob.get("/terminals").await.text().contains("For all"));
    }

    async fn a_shared_view_is_for_those_who_see_as_much(app: TestApp) {
        fleet(&app, 1).await;
        app.place("E2", "P2").await;
        let (root, ann) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let (near, far) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        app.limit(&ann, &[ESTABLISHMENT]).await;
        app.limit(&near, &[ESTABLISHMENT]).await;
        app.limit(&far, &["E2"]).await;
        let all = id_of(&save(&root, "Of the whole", "q=T1", &[("is_shared", "true")]).await);
        let part = id_of(&save(&ann, "Of a part", "q=T1", &[("is_shared", "true")]).await);
        let seen = async |who: &Persona| {
            let mut page = String::new();
            for id in [&all, &part] {
                page += &who.get(&format!("/terminals?q=T1&view={id}")).await.expect(200).text();
            }
            ["Of the whole", "Of a part"].map(|name| page.contains(name))
        };
        assert_eq!(seen(&root).await, [true, true]);
        assert_eq!(seen(&ann).await, [false, true]);
        assert_eq!(seen(&near).await, [false, true]);
        assert_eq!(seen(&far).await, [false, false]);
        for verb in ["", "/delete"] {
            let own = format!("{VIEWS}/{all}{verb}");
            ann.submit("/terminals", &own, &[("query", "q=T")]).await.expect(404);
        }
        // Whoever sees more would put into it what he sees, and its owner would read it.
        let own = format!("{VIEWS}/{part}");
        let fields = [("query", "q=Beyond"), ("back", "/terminals?q=T1")];
        let refused = root.submit("/terminals", &own, &fields).await.expect(403).text();
        assert!(refused.contains("You see more than the owner of this view"), "{refused}");
        let fields = [("name", "Beyond"), ("back", "/terminals?q=T1")];
        root.submit("/terminals", &own, &fields).await.expect(403);
        assert_eq!((seen(&ann).await, seen(&near).await), ([false, true], [false, true]));
        // He may well close it to others, and the owner changes it as he likes.
        let fields = [("name", "Of a part"), ("back", "/terminals?q=T1")];
        root.submit("/terminals", &own, &fields).await.expect(303);
        assert_eq!((seen(&ann).await, seen(&near).await), ([false, true], [false, false]));
        ann.submit("/terminals", &own, &[("query", "q=T"), ("back", "/terminals")]).await.expect(303);
        // Nor into the view of one who sees less by now than when he made it.
        let bob = app.operator(Role::Administrator).await;
        let wide = id_of(&save(&bob, "Of bob", "q=T1", &[("is_shared", "true")]).await);
        app.limit(&bob, &[ESTABLISHMENT]).await;
        let fields = [("query", "q=Beyond"), ("back", "/terminals?q=T1")];
        root.submit("/terminals", &format!("{VIEWS}/{wide}"), &fields).await.expect(403);
    }

    async fn a_view_belongs_to_its_list(app: TestApp) {
        fleet(&app, 1).await;
        let root = app.operator(Role::Administrator).await;
        let own = id_of(&save(&root, "Quayside", "q=T", &[("is_shared", "true")]).await);
        for list in ["points", "audit", "licences"] {
            let elsewhere = format!("/lists/{list}/views/{own}");
            let fields = [("name", "Stolen"), ("query", "q=x")];
            root.submit("/terminals", &elsewhere, &fields).await.expect(404);
            root.submit("/terminals", &format!("{elsewhere}/delete"), &[]).await.expect(404);
        }
        // Another list's page does not open it either.
        let page = root.get(&format!("/network/points-of-service?view={own}")).await.expect(200).text();
        assert!(!page.contains("Quayside"), "{page}");
        let page = root.get(&format!("/terminals?q=T&view={own}")).await.expect(200).text();
        assert!(open_tab(&page).contains("Quayside"), "{page}");
    }
}
