//! Logs that are damaged, cut, declared wrongly or made of chance: each is refused with a code or kept to the last
//! byte, and none makes the program fail.
use super::alike::alike;
use super::corpus;
use crate::harness::{self, Engine, Setup, TestApp};
use crate::server::Server;
use posfleet::access::Permission;
use posfleet::reference::Dice;
use serde_json::Value;
use std::collections::BTreeMap;

const FORMATS: [(&str, &str); 9] = [
    ("ecr", "zvt"),
    ("ecr", "zvt-lines"),
    ("ecr", "text"),
    ("pos", "jpos"),
    ("pos", "iso8583-87-ascii"),
    ("pos", "iso8583-87-binary"),
    ("pos", "iso8583-93-ascii"),
    ("pos", "iso8583-93-binary"),
    ("pos", "ndjson"),
];

/// Uploads of one terminal.
const AT_ONCE: u32 = 100;

#[expect(clippy::disallowed_methods, reason = "no configuration of the server")]
fn uploads() -> u32 {
    std::env::var("POSFLEET_LONG").map_or(600, |_| 10_000)
}

/// A good log made bad.
fn fuzzed(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let chance = |dice: &mut Dice, n: u32| {
        (0..n)
            .map(|_| u8::try_from(dice.between(0, 255)).unwrap())
            .collect::<Vec<_>>()
    };
    if dice.chance(0.1) {
        let n = dice.between(0, 5_000);
        return chance(dice, n);
    }
    let mut log = dice.pick(seeds).cloned().unwrap_or_default();
    for _ in 0..dice.between(1, 12) {
        let length = u32::try_from(log.len()).unwrap().max(1);
        let at = usize::try_from(dice.between(0, length - 1)).unwrap();
        match dice.between(0, 5) {
            0 => log.truncate(at),
            1 => drop(log.drain(..at.min(log.len()))),
            2 => {
                let n = dice.between(1, 40);
                let more = chance(dice, n);
                log.splice(at.min(log.len())..at.min(log.len()), more);
            }
            3 => {
                let twice = log
                    .get(at..log.len().min(at + 300))
                    .unwrap_or_default()
                    .to_vec();
                log.extend(twice);
            }
            _ => {
                if let Some(byte) = log.get_mut(at) {
                    *byte ^= 1 << dice.between(0, 7);
                }
            }
        }
    }
    log
}

async fn never_fails(app: TestApp) {
    // More than one: a terminal that asks all the time is told to wait.
    let mut tokens = Vec::new();
    for n in 0..=uploads() / AT_ONCE {
        let device = app.device(&format!("T{n}")).await;
        tokens.push(device.token().unwrap().to_owned());
    }
    let script = app.client(Permission::ALL).await;
    let reader = script.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut seeds: Vec<Vec<u8>> = corpus::structured()
        .into_iter()
        .map(|log| log.body)
        .collect();
    seeds.extend(alike().into_iter().map(|(_, body)| body));
    let mut dice = Dice::new(20_261_125);
    let mut answers: BTreeMap<(u16, String), u32> = BTreeMap::new();
    let mut last = (0_u16, 0_i64);
    for n in 0..uploads() {
        let body = fuzzed(&mut dice, &seeds);
        let (kind, format) = *dice.pick(&FORMATS).unwrap();
        let mut place = format!(
            "{}/terminal/v1/logs/{kind}/fuzzed-{n}?format={format}",
            server.base
        );
        let is_whole = dice.chance(0.7);
        if is_whole {
            place.push_str("&whole=true");
        } else if dice.chance(0.3) {
            place.push_str(&format!("&total={}", dice.between(0, 3_000)));
        }
        let token = &tokens[usize::try_from(n / AT_ONCE).unwrap()];
        let mut request = http.put(&place).bearer_auth(token);
        let lies = dice.chance(0.1);
        if lies {
            request = request.header(
                "content-encoding",
                if dice.chance(0.5) { "gzip" } else { "zstd" },
            );
        }
        let length = i64::try_from(body.len()).unwrap();
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let said: Value = answer.json().await.unwrap_or_default();
        assert!(status < 500, "upload {n}, {place}: {status} {said}");
        if status == 200 && is_whole && !lies {
            assert_eq!(
                (&said["received"], &said["whole"]),
                (&length.into(), &true.into()),
                "upload {n}, {place}"
            );
            last = (status, length);
        }
        let code = said["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            status == 200 || !code.is_empty(),
            "upload {n}: {status} without a code"
        );
        *answers.entry((status, code)).or_default() += 1;
    }
    eprintln!(
        "{} fuzzed uploads: {answers:?}; the last whole one: {last:?}",
        uploads()
    );
    // What was kept can be looked at, whatever it is.
    let page = http
        .get(format!(
            "{}/api/v1/logs?kind=ecr&page_size=100",
            server.base
        ))
        .bearer_auth(&reader);
    let page: Value = page.send().await.unwrap().json().await.unwrap();
    for it in page["items"].as_array().unwrap() {
        let own = format!("{}/api/v1/logs/{}/records", server.base, it["id"]);
        let records = http.get(own).bearer_auth(&reader).send().await.unwrap();
        assert_eq!(records.status().as_u16(), 200, "{it}");
    }
    server.stop();
    let lost = "SELECT count(*) AS n FROM monitoring_log l WHERE l.size_bytes <> \
                (SELECT coalesce(sum(p.length), 0) FROM monitoring_log_piece p WHERE p.log_id = l.id)";
    assert_eq!(app.database().count(lost), 0);
    app.start_again().await.unwrap();
}

#[actix_web::test]
async fn sqlite_takes_any_log_or_says_why_not() {
    harness::run(Engine::Sqlite, Setup::real_time(), never_fails).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_takes_any_log_or_says_why_not() {
    harness::run(Engine::Postgres, Setup::real_time(), never_fails).await;
}
