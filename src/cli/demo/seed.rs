//! Sets the demo up: the network and the terminals by the slices' own verbs, as an import would;
//! licences over the Management API, as a distributor's script would, while somebody watches.
//! Every step may be repeated, so a demo that was stopped half-way is completed by the next run.
use super::network::{ESTABLISHMENTS, Establishment, HOURS, Place, place};
use crate::access::Actor;
use crate::context::Ctx;
use crate::db::Tx;
use crate::ids::Tid;
use crate::network::{self, EstablishmentDraft, Expect, PointDraft};
use crate::reference::{Identity, Member, sha256};
use crate::terminals::{self, Life, Registration};
use anyhow::bail;
use reqwest::StatusCode;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

/// How often the demo's terminals check in.
const INTERVAL_S: u32 = 60;
/// Terminals registered in one transaction: short enough that nobody else waits for it.
const CHUNK: usize = 20;
/// Licences that come in together, and the pause after them.
const AT_ONCE: usize = 5;
const PAUSE: Duration = Duration::from_millis(700);

pub(super) struct Seeder {
    ctx: Ctx,
    http: reqwest::Client,
    token: String,
}

impl Seeder {
    pub(super) fn new(ctx: Ctx, token: String) -> anyhow::Result<Self> {
        Ok(Self {
            ctx,
            http: reqwest::Client::builder().no_proxy().build()?,
            token,
        })
    }

    pub(super) async fn build_network(&self) -> anyhow::Result<()> {
        let now = self.ctx.now();
        for it in &ESTABLISHMENTS {
            let built = self.ctx.db.write(move |tx| {
                let actor = Actor::console();
                // What is there already stays as somebody may have changed it.
                if network::find_establishment(tx, &actor.scope, it.code)?.is_some() {
                    return Ok(());
                }
                let (owner, points) = drafts(it);
                network::put_establishment(tx, &actor, &owner, Expect::New, now)?;
                for point in &points {
                    network::put_point(tx, &actor, it.code, point, Expect::New, now)?;
                }
                Ok::<_, network::Error>(())
            });
            built.await?;
        }
        Ok(())
    }

    /// Registers `count` terminals that will live and a few that nobody ever switches on. A code is
    /// made only for those that have not been activated yet.
    pub(super) async fn register(
        &self,
        count: usize,
        folder: &Path,
    ) -> anyhow::Result<Vec<Member>> {
        let mut members = Vec::with_capacity(count);
        let all: Vec<usize> = (0..count + count.div_ceil(40)).collect();
        for chunk in all.chunks(CHUNK) {
            let wishes: Vec<(Place, Wish)> = chunk
                .iter()
                .map(|number| {
                    let place = place(*number);
                    let activated = folder.join(&place.tid).join("token").exists();
                    let wish = match (*number < count, activated) {
                        (false, _) => Wish::StayDark,
                        (true, false) => Wish::Activate,
                        (true, true) => Wish::GoOn,
                    };
                    (place, wish)
                })
                .collect();
            let ctx = self.ctx.clone();
            let registered = self.ctx.db.write(move |tx| {
                let mut living = Vec::new();
                for (place, wish) in &wishes {
                    living.extend(register_one(tx, &ctx, place, *wish)?);
                }
                anyhow::Ok(living)
            });
            members.extend(registered.await?);
        }
        Ok(members)
    }

    /// Uploads a licence for six of seven terminals, a few at a time.
    pub(super) async fn hand_out_licences(&self, numbers: Range<usize>) -> anyhow::Result<()> {
        let lucky = numbers.filter(|number| number % 7 != 3);
        for (nth, number) in lucky.enumerate() {
            self.hand_out(&place(number)).await?;
            if nth % AT_ONCE == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    async fn hand_out(&self, place: &Place) -> anyhow::Result<()> {
        let (base, tid) = (&self.ctx.base_url, &place.tid);
        let url = format!("{base}/api/v1/terminals/{tid}/licence?file_name={tid}.lic");
        let request = self
            .http
            .put(url)
            .bearer_auth(&self.token)
            .header("content-type", "application/octet-stream")
            .body(licence(place));
        let answer = request.send().await?;
        match answer.status() {
            // Somebody at the web UI was faster, or has retired the terminal: his word counts.
            StatusCode::CONFLICT | StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => bail!("no licence for {tid}: {status} {}", answer.text().await?),
        }
    }
}

/// What is to become of a terminal of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Registered, and never switched on.
    StayDark,
    Activate,
    /// It was activated by an earlier run.
    GoOn,
}

/// The member of the fleet that this terminal becomes, if it is to live.
fn register_one(
    tx: &mut Tx,
    ctx: &Ctx,
    place: &Place,
    wish: Wish,
) -> anyhow::Result<Option<Member>> {
    let (actor, now) = (Actor::console(), ctx.now());
    let tid = Tid::parse(&place.tid)?;
    // What somebody changed of a terminal that is there stays as it is.
    let there = if let Some(there) = terminals::find(tx, &actor.scope, &tid)? {
        there
    } else {
        let wish = Registration {
            tid: place.tid.clone(),
            serial_number: place.serial_number.clone(),
            model: place.model.0.to_owned(),
            point_of_service: place.point.to_owned(),
            interval_s: INTERVAL_S.to_string(),
        };
        terminals::register(tx, &crate::app::handlers(), &actor, &wish, now)?.0
    };
    let lives = matches!(there.life, Life::Registered | Life::Active);
    let code = match wish {
        Wish::StayDark => return Ok(None),
        Wish::GoOn => String::new(),
        Wish::Activate if !lives => return Ok(None),
        Wish::Activate => terminals::make_code(tx, &actor, &ctx.secret, there.id, now)?.to_string(),
    };
    Ok(Some(Member {
        model: Some(place.model.1.to_owned()),
        country: Some(place.country.to_owned()),
        identity: Identity {
            terminal_id: place.tid.clone(),
            serial_number: place.serial_number.clone(),
            activation_code: code,
        },
    }))
}

fn drafts(it: &Establishment) -> (EstablishmentDraft, Vec<PointDraft>) {
    let owner = EstablishmentDraft {
        code: it.code.to_owned(),
        name: it.name.to_owned(),
        time_zone: it.time_zone.to_owned(),
        country: it.country.to_owned(),
        language: Some(it.language().to_owned()),
        currency: Some(it.currency().to_owned()),
        status: None,
    };
    let point = |(nth, point): (usize, &(&str, &str, &str, &str))| PointDraft {
        code: point.0.to_owned(),
        name: point.1.to_owned(),
        address: point.2.to_owned(),
        manager_name: point.3.to_owned(),
        opening_hours: Some(HOURS[nth % HOURS.len()].to_owned()),
        status: None,
    };
    let points = it.points.iter().enumerate().map(point);
    (owner, points.collect())
}

/// A file such as a licence distributor issues, a few kilobytes long; its seal is for show.
fn licence(place: &Place) -> Vec<u8> {
    let mut text = format!(
        "POS-LICENCE 1\nterminal: {}\nserial: {}\nmodel: {}\nsoftware: pos.payments 4\n\
         features: sale refund preauth loyalty\nissued-by: demo\n\n",
        place.tid, place.serial_number, place.model.1
    );
    let mut seal = sha256(text.as_bytes());
    for _ in 0..40 + text.len() % 7 * 5 {
        text.push_str(&seal);
        text.push('\n');
        seal = sha256(seal.as_bytes());
    }
    text.into_bytes()
}
