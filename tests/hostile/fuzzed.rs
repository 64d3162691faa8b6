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

/// The address of one upload, and what is lied about it.
struct Wish {
    place: String,
    is_whole: bool,
    packing: Option<&'static str>,
}

impl Wish {
    fn draw(dice: &mut Dice, n: u32) -> Self {
        let (kind, format) = *dice.pick(&FORMATS).unwrap();
        let mut place = format!("/terminal/v1/logs/{kind}/fuzzed-{n}?format={format}");
        let is_whole = dice.chance(0.7);
        if is_whole {
            place.push_str("&whole=true");
        } else if dice.chance(0.3) {
            place = format!("{place}&total={}", dice.between(0, 3_000));
        }
        let lies = dice.chance(0.1);
        let packing = lies.then(|| if dice.chance(0.5) { "gzip" } else { "zstd" });
        Self {
            place,
            is_whole,
            packing,
        }
    }
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
    for n in 0..uploads() {
        let body = fuzzed(&mut dice, &seeds);
        let wish = Wish::draw(&mut dice, n);
        let token = &tokens[usize::try_from(n / AT_ONCE).unwrap()];
        let mut request = http
            .put(format!("{}{}", server.base, wish.place))
            .bearer_auth(token);
        if let Some(packing) = wish.packing {
            request = request.header("content-encoding", packing);
        }
        let length = i64::try_from(body.len()).unwrap();
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let said: Value = answer.json().await.unwrap_or_default();
        let what = format!("upload {n}, {}: {status} {said}", wish.place);
        assert!(status < 500, "{what}");
        if status == 200 && wish.is_whole && wish.packing.is_none() {
            let stands = (&said["received"], &said["whole"]);
            assert_eq!(stands, (&length.into(), &true.into()), "{what}");
        }
        let code = said["code"].as_str().unwrap_or_default().to_owned();
        assert!(status == 200 || !code.is_empty(), "{what}");
        *answers.entry((status, code)).or_default() += 1;
    }
    eprintln!("{} fuzzed uploads: {answers:?}", uploads());
    can_be_looked_at(&http, &server.base, &reader).await;
    server.stop();
    let lost = "SELECT count(*) AS n FROM monitoring_log l WHERE l.size_bytes <> \
                (SELECT coalesce(sum(p.length), 0) FROM monitoring_log_piece p WHERE p.log_id = l.id)";
    assert_eq!(app.database().count(lost), 0);
    app.start_again().await.unwrap();
}

/// What was kept is shown, whatever it is.
async fn can_be_looked_at(http: &reqwest::Client, base: &str, reader: &str) {
    for kind in ["ecr", "pos"] {
        let page = http.get(format!("{base}/api/v1/logs?kind={kind}&page_size=100"));
        let page = page.bearer_auth(reader).send().await.unwrap();
        let page: Value = page.json().await.unwrap();
        for it in page["items"].as_array().unwrap() {
            let own = format!("{base}/api/v1/logs/{}/records", it["id"]);
            let records = http.get(own).bearer_auth(reader).send().await.unwrap();
            assert_eq!(records.status().as_u16(), 200, "{it}");
        }
    }
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
