//! What is to be known of licences comes as a file of its own.
use super::{counts, import, rows};
use crate::harness::{Persona, TestApp, serial_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};

const PARTICULARS: &str = "/api/v1/imports/licences";

async fn deposit(by: &Persona, serial: &str, software: &str) {
    let path = format!(
        "/api/v1/licences?file_name={serial}.lic&serial_number={serial}&software={software}"
    );
    let file = format!("licence of {serial} for {software}");
    let put = by.request(Method::PUT, &path).body(file);
    by.send(put).await.expect(201);
}

/// What is known of a device's licence.
async fn known(by: &Persona, serial: &str, software: &str) -> Value {
    let path = format!("/api/v1/licences?sn={serial}&software={software}");
    let found = by.get(&path).await.expect(200).json();
    let it = &found["items"][0];
    json!([it["lic_id"], it["valid_from"], it["valid_until"]])
}

async fn desk(app: &TestApp) -> Persona {
    let by = app
        .client(&[Permission::LicencesView, Permission::LicencesManage])
        .await;
    app.register(&["T1"]).await;
    deposit(&by, &serial_of("T1"), "pay").await;
    deposit(&by, &serial_of("T1"), "fuel").await;
    deposit(&by, "SN-9", "").await;
    by
}

on_both_engines! {
    async fn each_row_describes_the_licence_that_it_names(app: TestApp) {
        let by = desk(&app).await;
        let serial = serial_of("T1");
        let csv = format!(
            "serial_number,software,lic_id,valid_from,valid_until\n\
             {serial},pay,L-1,2027-01-01,2027-12-31\n{serial},fuel,L-2,,2028-01-31\nSN-9,,L-9,,\n\
             SN-7,,L-7,,\n{serial},pay,L-1,2027-01-01,2027-12-31\n{serial},pay,L-5,,\n\
             SN-8,,L-8,2027-02-30,\n"
        );
        let nothing = known(&by, &serial, "pay").await;
        let tried = import(&by, &format!("{PARTICULARS}?dry_run=true"), csv.clone()).await;
        assert_eq!(counts(&tried), "done 3 1 3");
        assert_eq!(known(&by, &serial, "pay").await, nothing, "a trial changes nothing");
        let done = import(&by, PARTICULARS, csv.clone()).await;
        assert_eq!(
            rows(&by, &done).await,
            [
                format!("2 {serial} – pay changed"),
                format!("3 {serial} – fuel changed"),
                "4 SN-9 changed".to_owned(),
                "5 SN-7 licence.none-of".to_owned(),
                format!("6 {serial} – pay again"),
                format!("7 {serial} – pay import.twice"),
                "8 SN-8 licence.invalid".to_owned(),
            ]
        );
        let whole = json!(["L-1", "2027-01-01", "2027-12-31"]);
        assert_eq!(known(&by, &serial, "pay").await, whole);
        let by_number = by.get("/api/v1/licences?lic_id=l-2").await.expect(200).json();
        assert_eq!(by_number["items"].as_array().unwrap().len(), 1);
        let again = import(&by, PARTICULARS, csv).await;
        assert_eq!(counts(&again), "done 0 4 3");
    }

    async fn what_a_file_does_not_say_stays(app: TestApp) {
        let by = desk(&app).await;
        let serial = serial_of("T1");
        let first = format!("serial_number,software,lic_id,valid_until\n{serial},pay,L-1,2027-12-31\n");
        import(&by, PARTICULARS, first).await;
        let second = format!("serial_number,software,valid_until\n{serial},pay,\n");
        import(&by, PARTICULARS, second).await;
        assert_eq!(known(&by, &serial, "pay").await, json!(["L-1", null, null]));
        // One that is just as the row says comes before others that would do.
        deposit(&by, &serial, "").await;
        let third = format!("serial_number,software,lic_id\n{serial},,L-0\nSN-9,,L-9\n");
        let task = import(&by, PARTICULARS, third).await;
        assert_eq!(counts(&task), "done 2 0 0");
        assert_eq!(known(&by, &serial, "pay").await[0], "L-1");
        // Three have a licence each.
        let unclear = format!("serial_number,lic_id\n{serial},L-3\n");
        let task = import(&by, PARTICULARS, unclear).await;
        assert_eq!(rows(&by, &task).await, [format!("2 {serial} licence.which-of")]);
    }
}
