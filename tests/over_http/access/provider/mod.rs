//! Signing in by an OpenID Connect provider, against a real one: the package `oidc-provider`, run by
//! Node.js beside the server.
mod arriving;
mod attacks;
mod linking;

use super::{cookie, cookie_line};
use crate::harness::{Answer, Engine, PASSWORD, Persona, Role, Setup, TestApp, provider, run};
use posfleet::config::OpenId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const LEAVE: &str = "/sign-in/openid";
const BACK: &str = "/sign-in/openid/back";
const FLOW: &str = "posfleet-openid";

/// A provider that runs until it is let go.
struct Idp {
    issuer: String,
    running: Child,
    http: reqwest::Client,
}

impl Drop for Idp {
    fn drop(&mut self) {
        drop(self.running.kill());
        drop(self.running.wait());
    }
}

impl Idp {
    fn start() -> Self {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/web");
        let mut running = Command::new("node")
            .arg("openid.mjs")
            .current_dir(&web)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node.js, and target/web as scripts/test makes it");
        let mut issuer = String::new();
        let said = running.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut issuer).unwrap();
        assert!(
            issuer.starts_with("http://"),
            "the provider of target/web starts"
        );
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build();
        Self {
            issuer: issuer.trim().to_owned(),
            running,
            http: http.unwrap(),
        }
    }

    async fn control(&self, told: Value) {
        let asked = self.http.post(format!("{}/control", self.issuer));
        let answer = asked.json(&told).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    /// Who signs in at the provider from now on.
    async fn account(&self, account: Value) {
        self.control(json!({ "account": account })).await;
    }

    /// A browser's way through the provider: from where it was sent to the address it brings back, on
    /// the server that it came from.
    async fn pass(&self, sent_to: &str) -> String {
        let mut jar: BTreeMap<String, String> = BTreeMap::new();
        let mut at = sent_to.to_owned();
        for _ in 0..6 {
            let cookies: Vec<String> = jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let asked = self.http.get(&at).header("cookie", cookies.join("; "));
            let answer = asked.send().await.unwrap();
            for line in answer.headers().get_all("set-cookie") {
                let pair = line.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.insert(name.to_owned(), value.to_owned());
            }
            let to = answer.headers().get("location");
            let Some(to) = to.map(|it| it.to_str().unwrap().to_owned()) else {
                panic!("{at} led nowhere: {}", answer.text().await.unwrap());
            };
            if let Some((_, rest)) = to.split_once(BACK) {
                return format!("{BACK}{rest}");
            }
            at = if to.starts_with('/') {
                format!("{}{to}", self.issuer)
            } else {
                to
            };
        }
        panic!("{sent_to} does not end");
    }
}

/// Somebody, as the provider tells of him.
fn person(sub: &str, login: &str, groups: &[&str]) -> Value {
    json!({ "sub": sub, "preferred_username": login, "name": format!("{login} of the provider"),
        "groups": groups })
}

/// Clicks "Continue with …": where the browser is sent.
async fn leave(who: &Persona) -> String {
    let answer = who
        .get(&format!("{LEAVE}?next=%2Fterminals"))
        .await
        .expect(303);
    answer.header("location").unwrap().to_owned()
}

/// The whole way, up to what the server says in the end.
async fn come(idp: &Idp, who: &Persona) -> Answer {
    let back = idp.pass(&leave(who).await).await;
    who.get(&back).await
}

/// Runs a test beside a provider.
async fn beside<F: Future<Output = ()>>(
    engine: Engine,
    change: fn(&mut OpenId),
    body: impl FnOnce(TestApp, std::rc::Rc<Idp>) -> F,
) {
    let idp = std::rc::Rc::new(Idp::start());
    let mut openid = provider(&idp.issuer, "Example ID");
    change(&mut openid);
    let setup = Setup::from_now().config(move |config| config.openid = Some(openid.clone()));
    run(engine, setup, |app| async {
        idp.control(json!({ "redirect": app.url(BACK) })).await;
        body(app, idp.clone()).await;
    })
    .await;
}

fn as_it_is(_: &mut OpenId) {}

/// `by_a_provider! { async fn name(app, idp) {…} }` on both engines; `with change;` configures it first.
macro_rules! by_a_provider {
    ($(async fn $name:ident($app:ident, $idp:ident) $body:block)+) => {
        by_a_provider! { with as_it_is; $(async fn $name($app, $idp) $body)+ }
    };
    (with $change:expr; $(async fn $name:ident($app:ident, $idp:ident) $body:block)+) => {
        mod sqlite {
            use super::*;
            $(#[actix_web::test]
            #[ignore = "needs Node.js and target/web"]
            async fn $name() {
                beside(Engine::Sqlite, $change, |$app, $idp| async move $body).await;
            })+
        }
        mod postgres {
            use super::*;
            $(#[actix_web::test]
            #[ignore = "needs TEST_POSTGRES_URL, Node.js and target/web"]
            async fn $name() {
                beside(Engine::Postgres, $change, |$app, $idp| async move $body).await;
            })+
        }
    };
}
use by_a_provider;
