//! How long the answer to a sign-in takes: alike for every login, so that it tells nobody which exist.
use crate::harness::{Persona, Role, Setup, TestApp};
use crate::on_both_engines;
use reqwest::Method;
use std::time::{Duration, Instant};

/// Of each kind: so many logins, each tried so often, which nothing slows down yet.
const LOGINS: usize = 2;
const TRIES: usize = 8;
const KINDS: [&str; 4] = ["known", "unknown", "disabled", "unready"];
/// Without the hash that is computed for nobody, the slowest takes several times as long.
const MOST: f64 = 1.6;

/// One try, as from another address each time: those are counted too.
async fn took(who: &Persona, csrf: &str, login: &str, from: usize) -> Duration {
    let form = format!("_csrf={csrf}&login={login}&password=a+wrong+password");
    let request = who
        .request(Method::POST, "/sign-in")
        .header(
            "x-forwarded-for",
            format!("198.51.{}.{}", from / 250, from % 250),
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let began = Instant::now();
    let answer = who.send(request).await;
    let took = began.elapsed();
    assert_eq!(answer.status, 422, "{login}: {}", answer.text());
    took
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}

async fn arranged(app: &TestApp) {
    for n in 0..LOGINS {
        for kind in ["known", "disabled", "unready"] {
            app.add_operator(&format!("{kind}-{n}"), Role::Viewer).await;
        }
    }
    app.database().execute(
        "UPDATE access_operator SET state = 'disabled' WHERE login LIKE 'disabled-%';
         UPDATE access_operator SET password_hash = NULL WHERE login LIKE 'unready-%'",
    );
}

on_both_engines! {
    with Setup::default().config(|config| {
        config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    async fn the_answer_takes_as_long_for_every_login(app: TestApp) {
        arranged(&app).await;
        let who = app.visitor();
        let csrf = who.csrf("/sign-in").await;
        // The first of all makes what is compared with where there is nothing.
        took(&who, &csrf, "somebody", 0).await;
        let mut times = vec![Vec::new(); KINDS.len()];
        let mut from = 0;
        for n in 0..LOGINS {
            for _ in 0..TRIES {
                for (kind, times) in KINDS.iter().zip(&mut times) {
                    from += 1;
                    times.push(took(&who, &csrf, &format!("{kind}-{n}"), from).await);
                }
            }
        }
        let medians: Vec<Duration> = times.into_iter().map(median).collect();
        let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        let ratio = most.as_secs_f64() / least.as_secs_f64();
        eprintln!("{:?}: {KINDS:?} take {medians:.1?}, ratio {ratio:.2}", app.database().engine);
        assert!(ratio < MOST, "{KINDS:?} take {medians:?}");
    }
}
