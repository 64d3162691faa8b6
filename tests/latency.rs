//! How long an operator's click takes to reach a terminal that listens: from the moment the form
//! leaves the browser to the moment the terminal has woken, and has the work in hand.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod harness;
use harness::{Device, Persona, Role, Setup};
use std::io::Write as _;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Sender, channel};

const CLICKS: usize = 200;
const TERMINALS: usize = 10;
/// A terminal that is not reached within this time is not listening: the long poll is broken.
const FAILS_AFTER: Duration = Duration::from_secs(5);
const WANTED: Duration = Duration::from_secs(1);

/// A terminal got something to do.
struct Reached {
    tid: String,
    woken_at: Instant,
    in_hand_at: Instant,
}

/// Listens, takes what it is given and refuses it, so that it can be sent again.
async fn listen(device: Device, told: Sender<Reached>) {
    loop {
        let waited = device.get("/terminal/v1/wait?timeout_s=55").await;
        let woken_at = Instant::now();
        if waited.expect(200).json()["work_waiting"] != true {
            continue;
        }
        let answer = device.check_in().await;
        let in_hand_at = Instant::now();
        for work in answer["work"].as_array().expect("a work list") {
            let number = work["id"].as_i64().expect("a number");
            device.report(number, "failed").await.expect(200);
            let tid = device.tid.clone();
            let reached = Reached {
                tid,
                woken_at,
                in_hand_at,
            };
            if told.send(reached).await.is_err() {
                return;
            }
        }
    }
}

/// The button of the licence's page.
async fn send_again(operator: &Persona, licence: &str, csrf: &str) {
    let request = operator
        .request(reqwest::Method::POST, &format!("{licence}/send-again"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("_csrf={csrf}"));
    operator.send(request).await.expect(303);
}

fn share(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// Past the harness's capture: the numbers are wanted of a test that passes, too.
fn print(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let [p50, p90, p99, max] = [50, 90, 99, 100].map(|percent| share(&times, percent));
    let verdict = if max < WANTED { "under" } else { "NOT under" };
    let line = format!(
        "{what}: {} times, p50 {p50:.1?}, p90 {p90:.1?}, p99 {p99:.1?}, max {max:.1?}: \
         {verdict} {WANTED:?}\n",
        times.len()
    );
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    max
}

on_both_engines! {
    with Setup::real_time();

    async fn a_click_reaches_a_listening_terminal(app: TestApp) {
        let operator = app.operator(Role::Administrator).await;
        let (told, mut reached) = channel(TERMINALS);
        let (mut licences, mut listening) = (Vec::new(), Vec::new());
        for n in 0..TERMINALS {
            let tid = format!("T{n}");
            let device = app.device(&tid).await;
            device.check_in().await;
            listening.push(tokio::spawn(listen(device, told.clone())));
            let uploaded = operator.upload_licence(&tid, "a.lic", tid.as_bytes()).await.expect(303);
            let page = uploaded.header("location").expect("the licence's page");
            licences.push((tid, page.split('?').next().unwrap().to_owned()));
            reached.recv().await.expect("the first delivery");
        }
        let csrf = operator.csrf("/account").await;
        let (mut woken, mut in_hand) = (Vec::new(), Vec::new());
        for n in 0..CLICKS {
            let (tid, licence) = &licences[n % TERMINALS];
            // The terminals that were reached before park again meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let clicked_at = Instant::now();
            send_again(&operator, licence, &csrf).await;
            let got = tokio::time::timeout(FAILS_AFTER, reached.recv()).await;
            let got = got.expect("the terminal is reached").expect("somebody listens");
            assert_eq!(got.tid, *tid);
            woken.push(got.woken_at - clicked_at);
            in_hand.push(got.in_hand_at - clicked_at);
        }
        let engine = app.ctx().db.engine();
        print(&format!("{engine}: a click wakes a listening terminal"), woken);
        let max = print(&format!("{engine}: a click becomes work in its hand"), in_hand);
        assert!(max < FAILS_AFTER, "{max:?}");
        for one in listening {
            one.abort();
        }
        let open = "SELECT count(*) AS n FROM terminal_work WHERE is_open = TRUE";
        assert_eq!(app.database().count(open), 0);
    }
}
