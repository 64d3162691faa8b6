//! Establishments alone, from a file.
use super::{ESTABLISHMENTS, POINTS, counts, import, importer, rows, send};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

on_both_engines! {
    async fn establishments_come_from_a_file_and_change_by_another(app: TestApp) {
        let who = importer(&app).await;
        let api = app.client(&[Permission::NetworkView, Permission::SettingsManage]).await;
        let usual = json!({ "values": { "language": "ru", "time_zone": "Asia/Almaty", "currency": "KZT" } });
        api.patch("/api/v1/settings/defaults", usual).await.expect(200);
        let file = "code;name;time_zone;country;language;currency;status\n\
                    E1;Один;;KZ;;;\n\
                    E2;Deux;Europe/Paris;FR;fr;EUR;Fermé\n\
                    E3;Three;Mars/Base;FRA;de;EURO;shut\n\
                    E4;;;;;;\n";
        let done = import(&who, ESTABLISHMENTS, file).await;
        assert_eq!(counts(&done), "done 2 0 2", "{:?}", rows(&who, &done).await);
        let seen = async |code: &str| {
            let it = api.get(&format!("/api/v1/establishments/{code}")).await.expect(200).json();
            ["name", "time_zone", "country", "language", "currency", "status"]
                .map(|key| it[key].as_str().unwrap_or("-").to_owned()).join(" ")
        };
        // A cell that is empty says of the currency that there is none, of the rest nothing.
        assert_eq!(seen("E1").await, "Один Asia/Almaty KZ ru - open");
        assert_eq!(seen("E2").await, "Deux Europe/Paris FR fr EUR closed");
        let again = import(&who, ESTABLISHMENTS, "code,name,country\nE2,Deux et demi,FR\nE5,Five,\n").await;
        assert_eq!(counts(&again), "done 2 0 0");
        assert_eq!(seen("E2").await, "Deux et demi Europe/Paris FR fr EUR closed");
        assert_eq!(seen("E5").await, "Five Asia/Almaty - ru KZT open");
        let shop = "code,name,establishment,opening_hours,status\nP1,Shop,E2,mo-fr 8:00-20:00,closed\n\
                    P2,Shop,E2,nine to five,\n";
        assert_eq!(counts(&import(&who, POINTS, shop).await), "done 1 0 1");
        let kept = import(&who, POINTS, "code,name,establishment\nP1,Shop,E2\n").await;
        assert_eq!(counts(&kept), "done 0 1 0");
        let none = app.client(&[Permission::NetworkView]).await;
        send(&none, ESTABLISHMENTS, file).await.expect(403);
    }
}
