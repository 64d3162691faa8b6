//! What every list has, over HTTP: columns, chips, saved views, any length.
mod bulk;
mod files;
mod misspelt;
mod reviewed;
mod views;

use crate::harness::{Answer, Role, TestApp};
use crate::on_both_engines;

/// The identifiers of the rows of a list's page, in order.
fn rows(page: &str) -> Vec<String> {
    let heads = page.split("<th role=\"rowheader\"").skip(1);
    let code = |head: &str| {
        let (_, rest) = head.split_once("<code>")?;
        Some(rest.split('<').next()?.to_owned())
    };
    heads.filter_map(code).collect()
}

/// The words of the header, in order.
fn header(page: &str) -> Vec<String> {
    let cells = page.split("<th role=\"columnheader\"").skip(1);
    let words = |cell: &str| {
        let inner = cell
            .split_once('>')
            .unwrap()
            .1
            .split("</th>")
            .next()
            .unwrap();
        let mut text = String::new();
        let mut in_tag = false;
        for c in inner.chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                c if !in_tag => text.push(c),
                _ => {}
            }
        }
        text
    };
    cells.map(words).collect()
}

/// Where a form or a link that follows `mark` leads.
fn leads(page: &str, mark: &str) -> String {
    let at = page
        .find(mark)
        .unwrap_or_else(|| panic!("no {mark} in {page}"));
    let rest = &page[at..];
    let href = rest.split_once("href=\"").unwrap().1;
    let address = &href[..href.find('"').unwrap()];
    address.replace("&amp;", "&").replace("&#x3D;", "=")
}

fn to(answer: &Answer) -> String {
    answer.header("location").expect("leads on").to_owned()
}

/// Terminals T1 to T`n`.
async fn fleet(app: &TestApp, n: usize) {
    let tids: Vec<String> = (1..=n).map(|n| format!("T{n}")).collect();
    app.register(&tids.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
}

on_both_engines! {
    async fn columns_are_chosen_by_each_for_himself(app: TestApp) {
        fleet(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        let usual = header(&ann.get("/terminals").await.expect(200).text());
        assert_eq!(usual[..3], ["TID", "State", "Serial number"]);
        let wish = [("back", "/terminals?sort=-tid"), ("column", "interval_s"), ("column", "model"),
                    ("column", "tid"), ("column", "no-such-column")];
        let done = ann.submit("/terminals", "/lists/terminals/columns", &wish).await.expect(303);
        assert_eq!(to(&done), "/terminals?sort=-tid");
        let page = ann.get("/terminals").await.expect(200).text();
        assert_eq!(header(&page), ["TID", "Model", "Checks in every"]);
        assert!(page.contains("data-l=\"Checks in every\">5 minutes"), "{page}");
        assert_eq!(header(&bob.get("/terminals").await.text()), usual);
        let away = [("back", "//evil.example"), ("reset", "1")];
        let done = ann.submit("/terminals", "/lists/terminals/columns", &away).await.expect(303);
        assert_eq!(to(&done), "/");
        assert_eq!(header(&ann.get("/terminals").await.text()), usual);
        ann.submit("/terminals", "/lists/nothing/columns", &wish).await.expect(404);
    }

    async fn a_header_sorts_and_turns_round(app: TestApp) {
        fleet(&app, 3).await;
        let ann = app.operator(Role::Viewer).await;
        let page = ann.get("/terminals?presence=never&page_size=5").await.expect(200).text();
        assert!(page.contains("aria-sort=\"ascending\""), "{page}");
        let down = leads(&page, "aria-sort=\"ascending\"");
        assert_eq!(down, "/terminals?presence=never&page_size=5&sort=-tid");
        let page = ann.get(&down).await.expect(200).text();
        assert_eq!(rows(&page), ["T3", "T2", "T1"]);
        let up = leads(&page, "aria-sort=\"descending\"");
        assert_eq!(up, "/terminals?presence=never&page_size=5");
        assert_eq!(rows(&ann.get(&up).await.text()), ["T1", "T2", "T3"]);
        // The chip takes its own filter away and nothing else.
        assert!(page.contains("<span>Presence: Never connected</span>"), "{page}");
        assert_eq!(leads(&page, "class=\"chip\""), "/terminals?page_size=5&sort=-tid");
        assert_eq!(leads(&page, "class=\"chip plain\""), "/terminals?page_size=5");
        ann.get("/terminals?sort=colour").await.expect(422);
        // It says names, where the address has codes.
        let asked = "/terminals?model=feitian-f20&establishment=E1&point_of_service=P1";
        let page = ann.get(asked).await.expect(200).text();
        for told in ["Model: Feitian F20", "Establishment: Establishment E1", "Point of service: Shop P1"] {
            assert!(page.contains(&format!("<span>{told}</span>")), "{told}: {page}");
        }
    }

    async fn short_lists_have_the_right_pager(app: TestApp) {
        let ann = app.operator(Role::Viewer).await;
        let mut there = 0;
        for n in [0, 1, 3, 19, 20, 21] {
            let new: Vec<String> = (there + 1..=n).map(|n| format!("T{n:02}")).collect();
            app.register(&new.iter().map(String::as_str).collect::<Vec<_>>()).await;
            there = n;
            let page = ann.get("/terminals?page_size=20").await.expect(200).text();
            assert_eq!(rows(&page).len(), n.min(20), "{n}");
            assert_eq!(page.contains("rel=\"next\""), n > 20, "{n}");
            let range = format!("1–{} of {n}<", n.min(20));
            assert_eq!(page.contains(&range), n > 0, "{n}: {page}");
            let five = ann.get("/terminals?page_size=5").await.expect(200).text();
            assert_eq!(rows(&five).len(), n.min(5), "{n}");
        }
        ann.get("/terminals?page_size=201").await.expect(422);
    }

    async fn every_list_is_one_of_the_lists(app: TestApp) {
        fleet(&app, 3).await;
        let root = app.operator(Role::Administrator).await;
        let page = root.get("/network").await.expect(200).text();
        assert_eq!(rows(&page), ["E1"]);
        assert!(page.contains("href=\"/terminals?establishment&#x3D;E1\">3</a>"), "{page}");
        let points = root.get("/network/points-of-service").await.expect(200).text();
        assert_eq!((rows(&points), header(&points)[2].as_str()), (vec!["P1".to_owned()], "Establishment"));
        // On the page of its establishment a point does not say whose it is, and all links stay there.
        let own = "/network/establishments/E1/points-of-service";
        let within = root.get(own).await.expect(200).text();
        assert_eq!((rows(&within), header(&within)[2].as_str()), (vec!["P1".to_owned()], "Status"));
        let narrowed = root.get(&format!("{own}?q=P&page_size=5")).await.expect(200).text();
        assert_eq!(leads(&narrowed, "class=\"chip\""), format!("{own}?page_size=5"));
        assert!(!narrowed.contains("Save view"), "{narrowed}");
        let none = root.get(&format!("{own}?q=zzz")).await.expect(200).text();
        assert!(none.contains("Nothing matches") && none.contains("class=\"chip\""), "{none}");
        root.get("/network/points-of-service?establishment=E9").await.expect(404);
        let models = root.get("/admin/models?page_size=1").await.expect(200).text();
        assert_eq!(rows(&models).len(), 1);
        let next = leads(&models, "rel=\"next\"");
        assert_ne!(rows(&root.get(&next).await.expect(200).text()), rows(&models));
    }
}
