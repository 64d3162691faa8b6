//! The fleet of a benchmark: shops of fifty terminals, ten shops to an establishment. Those that will
//! check in are registered and get their activation codes by the product's own verbs; the mass of the
//! others is put in as rows, as those verbs would have made them.
use super::server::Member;
use crate::access::{Actor, Scope};
use crate::app;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::ids::Tid;
use crate::licences::{self, Facts};
use crate::monitoring;
use crate::network::{self, EstablishmentDraft, Expect, PointDraft, PointOfService};
use crate::storage::{Blob, Limits};
use crate::terminals::{self, DEFAULT_INTERVAL_S, Registration, Seed};
use anyhow::Context as _;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;
use std::ops::Range;

const MODEL: &str = "feitian-f20";
/// Terminals of one shop, and shops of one establishment.
const TERMINALS: usize = 50;
const SHOPS: usize = 10;
/// Terminals that one transaction makes.
const REGISTERED: usize = 200;
const FILLED: usize = 5_000;
/// Shops that there are whatever the size, so that a page shows as many rows at the first as at the last.
const SHOPS_AT_LEAST: usize = 2_000;
/// Of the first terminals all but one in ten have a licence, so that a page and a count have enough of them
/// at any size; of the others one in ten, for they take long to make.
const FIRST: usize = 10_000;
const DAY_MS: i64 = 86_400_000;
/// Over which licences end.
const DAYS: usize = 1_000;

/// The TID of the terminal with this number.
pub(super) fn tid(number: usize) -> String {
    format!("BENCH{number:07}")
}

fn serial(number: usize) -> String {
    format!("B-{number:08}")
}

/// Terminals with these numbers from 0, with an activation code each.
pub(super) async fn members(ctx: &Ctx, count: usize) -> anyhow::Result<Vec<Member>> {
    let mut all = Vec::with_capacity(count);
    for chunk in chunks(0..count, REGISTERED) {
        let own = ctx.clone();
        let made = ctx.db.write(move |tx| {
            let made = chunk.map(|number| register(tx, &own, number));
            made.collect::<anyhow::Result<Vec<_>>>()
        });
        all.extend(made.await?);
    }
    Ok(all)
}

/// Terminals with these numbers that are never heard, most with a licence, and as many changes of its
/// status as each has behind it.
pub(super) async fn fill(ctx: &Ctx, numbers: Range<usize>, history: usize) -> anyhow::Result<()> {
    let bytes = Bytes::from_static(b"a licence");
    let limits = Limits {
        max_bytes: 1024,
        content_type: "application/octet-stream",
    };
    let file = stream::iter([Ok::<_, Infallible>(bytes)]);
    let blob = ctx.storage.upload(file, limits).await?;
    for chunk in chunks(0..SHOPS_AT_LEAST, REGISTERED) {
        let now = ctx.now();
        let made = ctx.db.write(move |tx| {
            let made = chunk.map(|number| shop(tx, number, now).map(drop));
            made.collect::<anyhow::Result<()>>()
        });
        made.await?;
    }
    for chunk in chunks(numbers, FILLED) {
        let (now, blob, made) = (ctx.now(), blob.clone(), chunk.clone());
        let filled = ctx.db.write(move |tx| {
            let model = terminals::find_model(tx, MODEL)?.context("the model is not there")?;
            let mut seeds = Vec::with_capacity(chunk.len());
            let mut last: Option<(usize, PointOfService)> = None;
            for number in chunk {
                let shop = number / TERMINALS;
                let point = match last.take().filter(|(of, _)| *of == shop) {
                    Some((_, point)) => point,
                    None => self::shop(tx, shop, now)?,
                };
                seeds.push(Seed {
                    tid: Tid::parse(&tid(number))?,
                    serial_number: serial(number),
                    model: model.id,
                    establishment: point.establishment,
                    point_of_service: point.id,
                    interval_s: DEFAULT_INTERVAL_S,
                });
                last = Some((shop, point));
            }
            let (handlers, actor) = (app::handlers(), Actor::console());
            terminals::seed_many(tx, &handlers, &actor, &seeds, now)?;
            for number in made.clone().filter(|number| is_licensed(*number)) {
                license(tx, number, &blob, now)?;
            }
            for number in made.filter(|_| history > 0) {
                let tid = Tid::parse(&tid(number))?;
                let it = terminals::find(tx, &Scope::All, &tid)?.context("a terminal is gone")?;
                monitoring::seed_changes(tx, (it.id, it.establishment), history, now)?;
            }
            anyhow::Ok(())
        });
        filled.await?;
    }
    Ok(())
}

fn is_licensed(number: usize) -> bool {
    number.is_multiple_of(10) != (number < FIRST)
}

fn license(tx: &mut Tx, number: usize, blob: &Blob, now: Millis) -> anyhow::Result<()> {
    let tid = Tid::parse(&tid(number))?;
    let terminal = terminals::find(tx, &Scope::All, &tid)?.context("a terminal was not made")?;
    let days = i64::try_from(number % DAYS)?;
    let facts = Facts {
        serial_number: serial(number),
        platform: "feitian".to_owned(),
        lic_id: format!("L{number}"),
        valid_until: Some(Millis((now.0 / DAY_MS + days) * DAY_MS)),
        ..Facts::default()
    };
    licences::seed(tx, &terminal, &facts, blob, now)?;
    Ok(())
}

fn chunks(numbers: Range<usize>, each: usize) -> impl Iterator<Item = Range<usize>> {
    let end = numbers.end;
    numbers
        .step_by(each)
        .map(move |first| first..end.min(first + each))
}

fn register(tx: &mut Tx, ctx: &Ctx, number: usize) -> anyhow::Result<Member> {
    let (actor, now) = (Actor::console(), ctx.now());
    let point = shop(tx, number / TERMINALS, now)?;
    let (tid, serial) = (tid(number), serial(number));
    let registration = Registration {
        tid: tid.clone(),
        serial_number: serial.clone(),
        model: MODEL.to_owned(),
        point_of_service: point.code,
        interval_s: String::new(),
    };
    let (place, _) = terminals::register(tx, &app::handlers(), &actor, &registration, now)?;
    let code = terminals::make_code(tx, &actor, &ctx.secret, place.id, now)?;
    Ok(Member {
        tid,
        serial,
        code: code.to_string(),
    })
}

/// The shop with this number, made when it is not there yet.
fn shop(tx: &mut Tx, number: usize, now: Millis) -> anyhow::Result<PointOfService> {
    let actor = Actor::console();
    let code = format!("S{number:06}");
    if let Some(there) = network::find_point(tx, &actor.scope, &code)? {
        return Ok(there);
    }
    let owner = EstablishmentDraft {
        code: format!("O{:05}", number / SHOPS),
        name: format!("Owner {:05}", number / SHOPS),
        time_zone: "Europe/Paris".to_owned(),
        country: "FR".to_owned(),
        language: Some("fr".to_owned()),
        currency: Some("EUR".to_owned()),
        status: None,
    };
    network::put_establishment(tx, &actor, &owner, Expect::Anything, now)?;
    let point = PointDraft {
        code: code.clone(),
        name: format!("Shop {number:06}"),
        address: format!("{number} rue de la Paix"),
        manager_name: String::new(),
        opening_hours: Some("Mo-Sa 08:00-20:00; PH off".to_owned()),
        status: number.is_multiple_of(50).then(|| "closed".to_owned()),
    };
    network::put_point(tx, &actor, &owner.code, &point, Expect::Anything, now)?;
    let made = network::find_point(tx, &actor.scope, &code)?;
    made.context("a shop was not made")
}
