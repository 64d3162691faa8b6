//! Lists of licences: searched by parts of their numbers, narrowed, sorted and turned; terminals that
//! have none; and the distributor's view of its own deposits.

use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::LicencesView, Permission::LicencesManage])
        .await
}

async fn deposit(by: &Persona, query: &str) -> Answer {
    let path = format!("/api/v1/licences?{query}");
    let request = by.request(Method::PUT, &path).body(query.to_owned());
    by.send(request).await
}

/// Twelve licences: serial numbers S100 to S111, two platforms, one ending in each month.
async fn stock(by: &Persona) {
    for n in 0..12 {
        let platform = if n % 3 == 0 {
            "Android"
        } else {
            "Telium-Android"
        };
        let query = format!(
            "file_name=f{n}.lic&serial_number=S{}&platform={platform}&lic_id=L-{:04}&software=pos{}\
             &valid_until=2027-{:02}-20",
            100 + n,
            n * 7,
            n % 2,
            n + 1
        );
        deposit(by, &query).await.expect(201);
    }
}

async fn list(by: &Persona, query: &str) -> Value {
    let answer = by.get(&format!("/api/v1/licences?{query}")).await;
    answer.expect(200).json()
}

/// The serial numbers of all pages, forth.
async fn serials(by: &Persona, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(by, &format!("{query}&page_size=5&cursor={cursor}")).await;
        let items = page["items"].as_array().unwrap();
        all.extend(
            items
                .iter()
                .map(|it| it["serial_number"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return all,
        }
    }
}

/// The same from the last page back.
async fn serials_back(by: &Persona, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), "last".to_owned());
    loop {
        let page = list(by, &format!("{query}&page_size=5&cursor={cursor}")).await;
        let items = page["items"].as_array().unwrap();
        let these: Vec<String> = items
            .iter()
            .map(|it| it["serial_number"].as_str().unwrap().to_owned())
            .collect();
        all = [these, all].concat();
        match page["prev"].as_str() {
            Some(prev) => prev.clone_into(&mut cursor),
            None => return all,
        }
    }
}

/// The commands of the distributor's guide, in their order.
fn commands() -> Vec<String> {
    let guide = std::fs::read_to_string("docs/licences.md").unwrap();
    let blocks = guide.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    async fn the_distributors_guide_runs_as_printed(app: TestApp) {
        let acme = app.client(&[Permission::LicencesDeposit]).await;
        let folder = tempfile::tempdir().unwrap();
        let mut told = Vec::new();
        for command in commands() {
            let (server, token) = (app.url(""), acme.token().unwrap().to_owned());
            let place = folder.path().to_owned();
            let run = move || {
                std::process::Command::new("sh").args(["-e", "-u", "-c", &command])
                    .env("SERVER", server).env("TOKEN", token).env("no_proxy", "*")
                    .current_dir(place).output().unwrap()
            };
            let said = tokio::task::spawn_blocking(run).await.unwrap();
            assert!(said.status.success(), "{said:?}");
            told.push(String::from_utf8(said.stdout).unwrap());
        }
        assert_eq!(told.len(), 5, "{told:?}");
        let json = |at: usize| serde_json::from_str::<Value>(&told[at]).unwrap();
        assert_eq!((&json(1)["state"], &json(1)["size_bytes"]), (&json!("unmatched"), &json!(23)));
        assert_eq!(json(2), json!({ "status": 200 }));
        assert_eq!(json(3)["code"], "licence.exists");
        assert_eq!(json(4)["items"][0]["lic_id"], "L-78");
        assert_eq!(json(4)["items"][0]["size_bytes"], 31);
    }

    async fn numbers_are_found_by_any_part_of_them(app: TestApp) {
        let (api, viewer) = (script(&app).await, app.operator(Role::Viewer).await);
        stock(&api).await;
        let found = async |query: &str| {
            let page = list(&api, query).await;
            let mut all: Vec<String> = page["items"].as_array().unwrap().iter()
                .map(|it| it["serial_number"].as_str().unwrap().to_owned()).collect();
            all.sort();
            assert_eq!(page["total"], all.len(), "{query}: {page}");
            all.join(" ")
        };
        assert_eq!(found("sn=s107").await, "S107");
        assert_eq!(found("sn=11").await, "S110 S111", "any part, each once");
        assert_eq!(found("sn=1").await.split(' ').count(), 12);
        assert_eq!(found("lic_id=-00").await, "S100 S101 S102 S103 S104 S105 S106 S107 S108 S109 S110 S111");
        assert_eq!(found("lic_id=L-0070").await, "S110");
        assert_eq!(found("platform=TELIUM").await.split(' ').count(), 8);
        assert_eq!(found("platform=droid").await.split(' ').count(), 12);
        assert_eq!(found("sn=10&platform=telium").await, "S101 S102 S104 S105 S107 S108 S110");
        assert_eq!(found("sn=10&platform=telium&lic_id=7").await, "S101 S110");
        assert_eq!(found("software=POS1&sn=11").await, "S111");
        assert_eq!(found("month=2027-03").await, "S102");
        assert_eq!(found("expiring=5").await, "S100", "the clock stands on 15 January 2027");
        assert_eq!(found("expiring=40").await, "S100 S101");
        assert_eq!(found("expiring=expired").await, "");
        assert_eq!(found("state=unmatched&sn=109").await, "S109");
        assert_eq!(found("q=s10&state=unmatched").await.split(' ').count(), 10);
        assert_eq!(found("sn=nothing").await, "");
        for bad in ["state=lost", "sort=size", "month=March", "expiring=soon"] {
            assert_eq!(api.get(&format!("/api/v1/licences?{bad}")).await.expect(422).code(), "licence.invalid");
        }
        let page = viewer.get("/licences/numbers?sn=s107").await.expect(200).text();
        assert!(page.contains("S107") && !page.contains("S108"), "{page}");
        let all = viewer.get("/licences/numbers").await.expect(200).text();
        assert!(all.contains("S100") && all.contains("S111"), "without a filter, all of them: {all}");
        let page = viewer.get("/licences?platform=telium&state=unmatched").await.expect(200).text();
        assert!(page.contains("S101") && !page.contains("S103"), "{page}");
    }

    async fn every_order_turns_forth_and_back_alike(app: TestApp) {
        let api = script(&app).await;
        stock(&api).await;
        let up: Vec<String> = (100..112).map(|n| format!("S{n}")).collect();
        let down: Vec<String> = up.iter().rev().cloned().collect();
        for (query, expected) in [
            ("", &down), ("sort=-uploaded", &down), ("sort=uploaded", &up),
            ("sort=sn", &up), ("sort=-sn", &down), ("sort=until", &up), ("sort=-until", &down),
            ("state=unmatched", &down), ("state=unmatched&sort=until", &up),
            ("sn=S1", &up), ("sn=S1&sort=-sn", &down), ("expiring=3000", &up),
        ] {
            assert_eq!(&serials(&api, query).await, expected, "{query}");
            assert_eq!(&serials_back(&api, query).await, expected, "{query}, back");
        }
        // Equal keys are turned by the id: all of one platform, all without an end.
        let by_file = serials(&api, "sort=file").await;
        assert_eq!(by_file.len(), 12);
        assert_eq!(serials_back(&api, "sort=file").await, by_file);
        let of_platform = serials(&api, "platform=telium").await;
        assert_eq!(serials_back(&api, "platform=telium").await, of_platform);
        let of_ones = serials(&api, "sn=1").await;
        assert_eq!(serials_back(&api, "sn=1").await, of_ones);
        assert_eq!(of_ones.len(), 12);
    }

    async fn a_scope_sees_its_own(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1", "T2"]).await;
        app.place("E2", "P2").await;
        let wish = json!({ "serial_number": "SN-E2", "model": "feitian-f20", "point_of_service": "P2" });
        let admin = app.client(&[Permission::TerminalsManage, Permission::TerminalsView]).await;
        admin.put("/api/v1/terminals/T3", wish).await.expect(201);
        for serial in ["SN-T1", "SN-T2", "SN-E2", "SN-NOBODY"] {
            deposit(&api, &format!("file_name=a&serial_number={serial}")).await.expect(201);
        }
        let viewer = app.operator(Role::Viewer).await;
        app.limit(&api, &["E2"]).await;
        app.limit(&viewer, &["E2"]).await;
        for query in ["", "sn=SN", "q=sn", "platform=andr", "state=waiting", "sort=until", "sn=sn&sort=-sn"] {
            assert_eq!(serials(&api, query).await, ["SN-E2"], "{query}");
            assert_eq!(list(&api, query).await["total"], 1, "{query}");
        }
        let bare = viewer.get("/licences/bare").await.expect(200).text();
        assert!(bare.contains("Every terminal has a licence"), "{bare}");
        let soon = viewer.get("/licences/expiring").await.expect(200).text();
        assert!(soon.contains("January 2027"), "{soon}");
    }

    async fn who_has_none_and_what_ends_is_listed(app: TestApp) {
        let (api, viewer) = (script(&app).await, app.operator(Role::Viewer).await);
        app.register(&["T1", "T2", "T10"]).await;
        deposit(&api, "file_name=a&serial_number=SN-T2&valid_until=2027-03-31").await.expect(201);
        let bare = viewer.get("/licences/bare").await.expect(200).text();
        let (first, second) = (bare.find("/terminals/T1\""), bare.find("/terminals/T10\""));
        assert!(first.is_some() && first < second && !bare.contains("/terminals/T2\""), "{bare}");
        let turned = viewer.get("/licences/bare?page_size=1").await.expect(200).text();
        assert!(turned.contains("/terminals/T1\"") && turned.contains("cursor&#x3D;"), "{turned}");
        let soon = viewer.get("/licences/expiring").await.expect(200).text();
        assert!(soon.contains("/licences?month&#x3D;2027-03&amp;sort&#x3D;until\">1<"), "{soon}");
        for (asked, told) in [("month=2027-03", "March 2027"), ("expiring=1", "Within 1 day"),
                              ("expiring=expired", "Expired")] {
            let page = viewer.get(&format!("/licences?{asked}")).await.expect(200).text();
            assert!(page.contains(&format!("<span>Expiry: {told}</span>")), "{told}: {page}");
        }
        viewer.set_cookie("lang", "fr");
        let french = viewer.get("/licences/expiring").await.expect(200).text();
        assert!(french.contains("mars 2027"), "{french}");
        viewer.set_cookie("lang", "ru");
        let russian = viewer.get("/licences/expiring").await.expect(200).text();
        assert!(russian.contains("март 2027<"), "{russian}");
    }

    async fn a_distributor_replaces_nobody_elses(app: TestApp) {
        let acme = app.client(&[Permission::LicencesDeposit]).await;
        let other = app.client(&[Permission::LicencesDeposit]).await;
        let both = app.client(&[Permission::LicencesDeposit, Permission::LicencesManage, Permission::LicencesView]).await;
        let put = async |by: &Persona, query: &str, bytes: &'static str| {
            let path = format!("/partner/v1/licences?file_name=a.lic&{query}");
            by.send(by.request(Method::PUT, &path).body(bytes)).await
        };
        let own = put(&acme, "serial_number=SN-1&lic_id=A1", "one").await.expect(201).json();
        // Neither with another file nor with the very same one, told to replace it or not, as a body
        // or as a form.
        for (query, bytes) in [("", "two"), ("&replace=true", "two"), ("", "one"), ("&replace=true", "one")] {
            let refused = put(&other, &format!("serial_number=sn-1{query}"), bytes).await.expect(409);
            assert_eq!(refused.code(), "licence.not-yours", "{query}");
            assert!(refused.text().contains("deposited by somebody else"), "{}", refused.text());
        }
        let typed = [("serial_number", "SN-1"), ("replace", "true")];
        let file: [(&str, &str, &[u8]); 1] = [("file", "two.lic", b"two")];
        let refused = other.send_files("/partner/v1/licences", &typed, &file).await.expect(409);
        assert_eq!(refused.code(), "licence.not-yours");
        let id = own["id"].as_i64().unwrap();
        let kept = acme.get(&format!("/partner/v1/licences/{id}")).await.expect(200).json();
        assert_eq!((&kept["is_current"], &kept["lic_id"]), (&json!(true), &json!("A1")));
        assert_eq!(other.get("/partner/v1/licences").await.expect(200).json()["total"], 0);
        // Nor what an administrator put there.
        deposit(&both, "file_name=a&serial_number=SN-2").await.expect(201);
        let refused = put(&acme, "serial_number=SN-2&replace=true", "mine").await.expect(409);
        assert_eq!(refused.code(), "licence.not-yours");
        // Who manages licences may replace whose he likes, and its own is everyone's to renew.
        put(&both, "serial_number=SN-1&replace=true", "managed").await.expect(201);
        let gone = acme.get(&format!("/partner/v1/licences/{id}")).await;
        assert!(gone.status == 404 || gone.json()["is_current"] == json!(false), "{}", gone.text());
        assert_eq!(put(&acme, "serial_number=SN-1&replace=true", "again").await.expect(409).code(), "licence.not-yours");
        put(&both, "serial_number=SN-1&replace=true", "renewed").await.expect(201);
    }

    async fn a_distributor_deposits_and_sees_its_own(app: TestApp) {
        let acme = app.client(&[Permission::LicencesDeposit]).await;
        let other = app.client(&[Permission::LicencesDeposit]).await;
        let device = app.device("T1").await;
        let put = async |by: &Persona, query: &str, bytes: &'static str| {
            let path = format!("/partner/v1/licences?file_name=a.lic&{query}");
            by.send(by.request(Method::PUT, &path).body(bytes)).await
        };
        let made = put(&acme, "serial_number=SN-T1&lic_id=A1", "one").await.expect(201).json();
        assert_eq!((&made["state"], &made["platform"]), (&json!("waiting"), &json!("android")));
        assert!(made.get("terminal").is_none(), "which terminal it is for is not the distributor's matter");
        put(&acme, "serial_number=SN-T1&lic_id=A1", "one").await.expect(200);
        assert_eq!(put(&acme, "serial_number=SN-T1", "two").await.expect(409).code(), "licence.exists");
        put(&acme, "serial_number=SN-T1&replace=true", "two").await.expect(201);
        put(&acme, "serial_number=SN-T1&replace=true", "two").await.expect(200);
        put(&other, "serial_number=SN-2", "other").await.expect(201);
        assert_eq!(put(&acme, "serial_number=", "x").await.expect(422).code(), "licence.invalid");

        device.check_in().await;
        device.get("/terminal/v1/licence").await.expect(200);
        let own = acme.get("/partner/v1/licences?page_size=1").await.expect(200).json();
        // The first was replaced before the terminal fetched it, so nothing of it but the audit is kept,
        // or a tombstone: either way the newest comes first.
        assert_eq!(own["items"][0]["state"], "fetched", "{own}");
        assert_eq!(other.get("/partner/v1/licences").await.expect(200).json()["total"], 1);
        let id = own["items"][0]["id"].as_i64().unwrap();
        acme.get(&format!("/partner/v1/licences/{id}")).await.expect(200);
        other.get(&format!("/partner/v1/licences/{id}")).await.expect(404);
        // And nothing else is open to it.
        for path in ["/api/v1/licences", "/api/v1/terminals", "/api/v1/licences/1/file"] {
            acme.get(path).await.expect(403);
        }

        let typed = [("serial_number", "SN-9"), ("software", "kiosk")];
        let file: [(&str, &str, &[u8]); 1] = [("file", "nine.lic", b"nine")];
        let made = acme.send_files("/partner/v1/licences", &typed, &file).await.expect(201).json();
        let seen = (&made["state"], &made["software"], &made["file_name"]);
        assert_eq!(seen, (&json!("unmatched"), &json!("kiosk"), &json!("nine.lic")));
        let empty = acme.send_files("/partner/v1/licences", &typed, &[]).await.expect(422);
        assert_eq!(empty.code(), "licence.no-file");
    }
}
