//! Lists as files: the same rows, in full, for people and for programs.
use super::{fleet, to};
use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;
use std::io::Read as _;
use std::time::Duration;

fn lines(answer: &Answer) -> Vec<String> {
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("marked as UTF-8");
    text.lines().map(str::to_owned).collect()
}

fn sheet(answer: &Answer) -> String {
    let file = std::io::Cursor::new(answer.body.to_vec());
    let mut zip = zip::ZipArchive::new(file).expect("a workbook is a zip");
    let mut xml = String::new();
    let mut sheet = zip.by_name("xl/worksheets/sheet1.xml").unwrap();
    sheet.read_to_string(&mut xml).unwrap();
    xml
}

/// Fetches what a task prepared, once it is there.
async fn fetched(who: &Persona, path: &str) -> Answer {
    for _ in 0..300 {
        let answer = who.get(path).await;
        if answer.status == 200 {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} never came: {}", who.get(path).await.text());
}

/// More of the audit log than one answer holds.
fn much_happened(app: &TestApp) {
    app.database().execute(
        "WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 11010)
         INSERT INTO access_audit (id, at, actor_kind, actor_name, action, object_kind, object,
             prev_hash, hash)
         SELECT i, 1800000000000, 'job', '=cmd', 'test.made', 'test', '000' || i, h.hash, h.hash
         FROM n, (SELECT hash FROM access_audit WHERE id = 1) AS h",
    );
}

on_both_engines! {
    async fn a_file_has_the_rows_that_the_list_counts(app: TestApp) {
        fleet(&app, 60).await;
        let ann = app.operator(Role::Viewer).await;
        let page = ann.get("/terminals?q=T1").await.expect(200).text();
        assert!(page.contains("1–11 of 11<"), "{page}");
        assert!(page.contains("href=\"/terminals.csv?q&#x3D;T1\""), "{page}");
        let file = ann.get("/terminals.csv?q=T1&sort=-tid&page_size=5&cursor=last").await.expect(200);
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let name = "attachment; filename=\"terminals-2027-01-15.csv\"";
        assert_eq!(file.header("content-disposition"), Some(name));
        let told = lines(&file);
        assert!(told[0].starts_with("TID,State,Serial number,Model,"), "{}", told[0]);
        assert_eq!(told.len(), 1 + 11, "{told:?}");
        assert!(told[1].starts_with("T1,Never connected,SN-T1,"), "{}", told[1]);
        assert_eq!(lines(&ann.get("/terminals.csv").await.expect(200)).len(), 1 + 60);
        assert_eq!(lines(&ann.get("/terminals.csv?q=none").await.expect(200)).len(), 1);
        // The reader's columns, or all, or those of the address; in his language.
        let wish = [("column", "interval_s")];
        ann.submit("/terminals", "/lists/terminals/columns", &wish).await.expect(303);
        assert_eq!(lines(&ann.get("/terminals.csv?q=T60").await)[..], ["TID,Checks in every", "T60,300"]);
        let all = lines(&ann.get("/terminals.csv?columns=all").await.expect(200));
        assert_eq!(all[0].split(',').count(), 15, "{}", all[0]);
        ann.set_cookie("lang", "fr");
        let own = lines(&ann.get("/terminals.csv?q=T60&columns=model,serial_number").await);
        assert_eq!(own[0], "TID;N° de série;Modèle", "as spreadsheets in French open it");
        ann.get("/terminals.csv?columns=colour").await.expect(422);
        ann.get("/terminals.csv?presence=there").await.expect(422);
        app.visitor().get("/terminals.csv").await.expect(303);
    }

    async fn a_workbook_holds_numbers_and_texts(app: TestApp) {
        fleet(&app, 60).await;
        let ann = app.operator(Role::Viewer).await;
        let file = ann.get("/terminals.xlsx?columns=interval_s").await.expect(200);
        let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(file.header("content-type"), Some(kind));
        let xml = sheet(&file);
        assert_eq!(xml.matches("<row ").count(), 1 + 60);
        assert!(xml.contains("<v>300</v>") && xml.contains(">T60<") && !xml.contains("<f>"), "{xml}");
    }

    async fn every_list_is_a_file_in_the_api_too(app: TestApp) {
        fleet(&app, 2).await;
        let api = app.client(Permission::ALL).await;
        let told = lines(&api.get("/api/v1/terminals.csv").await.expect(200));
        assert!(told[0].starts_with("tid,state,serial_number,model,"), "{}", told[0]);
        assert_eq!(told.len(), 3);
        for source in posfleet::app::lists(app.clock()).all() {
            for path in [source.places.api_csv, source.places.api_xlsx] {
                api.get(path).await.expect(200);
            }
            let root = app.operator(Role::Administrator).await;
            root.get(source.places.csv).await.expect(200);
            root.get(source.places.page).await.expect(200);
        }
        let poor = app.client(&[Permission::DashboardView]).await;
        poor.get("/api/v1/terminals.csv").await.expect(403);
        poor.get("/terminals.csv").await.expect(303);
    }

    async fn a_long_file_is_prepared_by_a_task(app: TestApp) {
        let root = app.operator(Role::Administrator).await;
        much_happened(&app);
        let there = to(&root.get("/admin/audit.csv?action=test.").await.expect(303));
        assert!(there.starts_with("/lists/audit/export?format=csv&query=action%3Dtest.&columns=number"), "{there}");
        let page = root.get(&there).await.expect(200).text();
        assert!(page.contains("“Audit log” has more than 10,000 rows"), "{page}");
        let fields = [("format", "csv"), ("query", "action=test."), ("columns", "object,actor")];
        let task = to(&root.submit(&there, "/lists/audit/export", &fields).await.expect(303));
        root.get(&task).await.expect(200);
        let file = fetched(&root, &format!("{task}/file")).await;
        let told = lines(&file);
        assert_eq!(told.len(), 1 + 10_010);
        assert_eq!(told[0], "Number,Who,Object");
        // Newest first; what looks like a formula is none.
        assert_eq!((told[1].as_str(), told[10_010].as_str()), ("11010,'=cmd,00011010", "1001,'=cmd,0001001"));
        let api = app.client(&[Permission::AuditView]).await;
        let refused = api.get("/api/v1/audit.csv").await.expect(409);
        assert_eq!(refused.code(), "list.too-many-rows");
        let wish = json!({ "list": "audit", "format": "xlsx", "query": "action=test." });
        let begun = api.post("/api/v1/exports", wish).await.expect(202).json();
        let task = begun["task"].as_i64().unwrap();
        let file = fetched(&api, &format!("/api/v1/tasks/{task}/file")).await;
        assert_eq!(sheet(&file).matches("<row ").count(), 1 + 10_010);
        let told = app.client(&[Permission::TerminalsView]).await;
        let wish = json!({ "list": "audit", "format": "csv" });
        told.post("/api/v1/exports", wish).await.expect(403);
        let wish = json!({ "list": "none", "format": "csv" });
        told.post("/api/v1/exports", wish).await.expect(404);
    }

    async fn a_search_that_finds_many_places_gives_a_whole_file(app: TestApp) {
        let api = app.client(&[Permission::TerminalsView, Permission::TerminalsManage]).await;
        for n in 0..70 {
            let (establishment, point) = (format!("K{n:02}"), format!("Kiosk{n:02}"));
            app.place(&establishment, &point).await;
            let wish = json!({ "serial_number": format!("S{n}"), "model": "feitian-f20", "point_of_service": point });
            api.put(&format!("/api/v1/terminals/X{n:02}"), wish).await.expect(201);
        }
        app.register(&["KIOSK"]).await;
        // One by its own name, then those whose place is found, by TID.
        let all: Vec<String> = (0..70).map(|n| format!("X{n:02}")).collect();
        let all = [vec!["KIOSK".to_owned()], all].concat();
        for query in ["q=kiosk", "q=kiosk&life=registered"] {
            let file = lines(&api.get(&format!("/api/v1/terminals.csv?columns=tid&{query}")).await.expect(200));
            assert_eq!(file[1..], all, "{query}");
            for way in ["next", "prev"] {
                let mut found: Vec<String> = Vec::new();
                let mut cursor = if way == "prev" { "last" } else { "" }.to_owned();
                loop {
                    let path = format!("/api/v1/terminals?{query}&page_size=20&cursor={cursor}");
                    let page = api.get(&path).await.expect(200).json();
                    let items = page["items"].as_array().unwrap().iter();
                    let these = items.map(|it| it["tid"].as_str().unwrap().to_owned());
                    found = if way == "prev" { these.chain(found).collect() } else { found.into_iter().chain(these).collect() };
                    match page[way].as_str() {
                        Some(on) => on.clone_into(&mut cursor),
                        None => break,
                    }
                }
                assert_eq!(found, all, "{query}, {way}");
            }
        }
    }
}
