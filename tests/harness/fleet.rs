//! Terminals: arranged through the slices' own verbs, played over the Terminal API.
use super::{Persona, TestApp};
use posfleet::access::{Actor, Scope};
use posfleet::db;
use posfleet::ids::Tid;
use posfleet::network::{self, EstablishmentDraft, Expect, PointDraft};
use posfleet::terminals::{self, NewWork, Registration};
use serde_json::{Value, json};
use std::ops::Deref;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The establishment and the point of service where a test's terminals stand, unless it says
/// otherwise.
pub(crate) const ESTABLISHMENT: &str = "E1";
pub(crate) const POINT: &str = "P1";
const MODEL: &str = "feitian-f20";

/// An activated terminal.
pub(crate) struct Device {
    pub(crate) persona: Persona,
    pub(crate) tid: String,
    pub(crate) serial: String,
}

impl Deref for Device {
    type Target = Persona;
    fn deref(&self) -> &Persona {
        &self.persona
    }
}

impl Device {
    /// An empty check-in; the answer's document.
    pub(crate) async fn check_in(&self) -> Value {
        self.post("/terminal/v1/checkin", json!({}))
            .await
            .expect(200)
            .json()
    }

    pub(crate) async fn report(&self, work: i64, state: &str) -> super::Answer {
        let path = format!("/terminal/v1/work/{work}/report");
        self.post(&path, json!({ "state": state })).await
    }
}

/// A terminal's row that is kept from everybody else.
pub(crate) struct Held {
    let_go: mpsc::Sender<()>,
    holding: JoinHandle<()>,
}

impl Held {
    pub(crate) async fn let_go(self) {
        self.let_go.send(()).expect("it is held");
        self.holding.await.expect("it was held");
    }
}

/// The serial number of the device that serves as `tid`.
pub(crate) fn serial_of(tid: &str) -> String {
    format!("SN-{tid}")
}

impl TestApp {
    /// An establishment and a point of service in it; making them again changes nothing.
    pub(crate) async fn place(&self, establishment: &str, point: &str) {
        let (ctx, now) = (self.ctx(), self.now());
        let owner = EstablishmentDraft {
            code: establishment.to_owned(),
            name: format!("Establishment {establishment}"),
            time_zone: "Europe/Paris".to_owned(),
            country: "FR".to_owned(),
            ..EstablishmentDraft::default()
        };
        let shop = PointDraft {
            code: point.to_owned(),
            name: format!("Shop {point}"),
            ..PointDraft::default()
        };
        let made = ctx.db.write(move |tx| {
            let actor = Actor::console();
            network::put_establishment(tx, &actor, &owner, Expect::Anything, now)?;
            network::put_point(tx, &actor, &owner.code, &shop, Expect::Anything, now)
        });
        made.await.expect("a place is made");
    }

    /// Registers terminals at [`POINT`], all in one transaction.
    pub(crate) async fn register(&self, tids: &[&str]) {
        self.place(ESTABLISHMENT, POINT).await;
        let (ctx, now) = (self.ctx(), self.now());
        let wishes: Vec<Registration> = tids
            .iter()
            .map(|tid| Registration {
                tid: (*tid).to_owned(),
                serial_number: serial_of(tid),
                model: MODEL.to_owned(),
                point_of_service: POINT.to_owned(),
                interval_s: String::new(),
            })
            .collect();
        let handlers = posfleet::app::handlers();
        let made = ctx.db.write(move |tx| {
            for wish in &wishes {
                terminals::register(tx, &handlers, &Actor::console(), wish, now)?;
            }
            Ok::<_, terminals::Error>(())
        });
        made.await.expect("terminals are registered");
    }

    /// Holds the row of a terminal. Not on SQLite: there that holds everybody.
    pub(crate) async fn hold_row(&self, tid: &str) -> Held {
        let (ctx, tid) = (self.ctx(), Tid::parse(tid).unwrap());
        assert!(!ctx.db.has_one_writer());
        let (let_go, wait) = mpsc::channel();
        let (tell, is_held) = oneshot::channel();
        let holding = tokio::spawn(async move {
            let kept = ctx.db.write(move |tx| {
                let there = terminals::claim(tx, &Scope::All, &tid)?;
                assert!(there.is_some());
                tell.send(()).ok();
                wait.recv_timeout(Duration::from_mins(1)).ok();
                Ok::<_, db::Error>(())
            });
            kept.await.expect("the row is held");
        });
        is_held.await.expect("the row is held");
        Held { let_go, holding }
    }

    /// A new activation code for a registered terminal.
    pub(crate) async fn activation_code(&self, tid: &str) -> String {
        let (ctx, now, tid) = (self.ctx(), self.now(), Tid::parse(tid).unwrap());
        let secret = ctx.secret.clone();
        let made = ctx.db.write(move |tx| {
            let actor = Actor::console();
            let there = terminals::find(tx, &actor.scope, &tid)?.expect("a registered terminal");
            terminals::make_code(tx, &actor, &secret, there.id, now)
        });
        made.await.expect("a code is made").to_string()
    }

    /// A terminal, registered and activated over the wire.
    pub(crate) async fn device(&self, tid: &str) -> Device {
        self.register(&[tid]).await;
        let code = self.activation_code(tid).await;
        self.activate(tid, &code).await
    }

    /// Activates a registered terminal.
    pub(crate) async fn activate(&self, tid: &str, code: &str) -> Device {
        let serial = serial_of(tid);
        let wish = json!({
            "terminal_id": tid, "serial_number": serial, "activation_code": code,
        });
        let persona = self.visitor();
        let answer = persona.post("/terminal/v1/activate", wish).await;
        let token = answer.expect(200).json()["token"].clone();
        Device {
            persona: persona.bearing(token.as_str().expect("a token")),
            tid: tid.to_owned(),
            serial,
        }
    }

    /// Gives a terminal something to do; its number.
    pub(crate) async fn assign(&self, tid: &str, natural_key: &str) -> i32 {
        let (ctx, now, tid) = (self.ctx(), self.now(), Tid::parse(tid).unwrap());
        let key = natural_key.to_owned();
        let done = ctx.db.write(move |tx| {
            let actor = Actor::console();
            let there = terminals::find(tx, &actor.scope, &tid)?.expect("a registered terminal");
            let new = NewWork {
                terminal: there.id,
                kind: "test",
                natural_key: key,
                link: None,
                payload: json!({}),
                expires_at: None,
            };
            let id = terminals::assign(tx, &actor, new, now)?;
            let item = terminals::find_work(tx, id)?.expect("the item");
            Ok::<_, terminals::WorkError>(item.number)
        });
        done.await.expect("work is assigned")
    }
}
