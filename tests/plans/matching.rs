//! What lists show, against a naive reading of everything: every mixture of filters, order and search
//! on a small fleet, page by page, forth and back.
use crate::harness::TestApp;
use crate::on_both_engines;
use posfleet::access::{Actor, Scope};
use posfleet::db::{self, Conn};
use posfleet::fold::{Terms, fold, natural};
use posfleet::http::{Page, Turn};
use posfleet::ids::{EstablishmentId, Tid};
use posfleet::network::{self, EstablishmentDraft, Expect, PointDraft, PointOfService};
use posfleet::terminals::{
    self, FactIs, Filter, Life, Listed, Matching, Presence, PresenceIs, Registration, Sort, Which,
};
use std::collections::HashMap;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())].clone()
    }

    /// Mostly nothing.
    fn perhaps<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        (self.roll(3) == 0).then(|| self.one_of(all))
    }
}

const OWNERS: [(&str, &str); 3] = [
    ("E1", "Café du Port"),
    ("E2", "Ёлка и Пальма"),
    ("PORT", "Société générale"),
];
const SHOPS: [(&str, &str, &str); 5] = [
    ("E1", "P1", "Quai Nº 8"),
    ("E1", "P2", "Гавань"),
    ("E2", "P3", "Ёлка на Площади"),
    ("E2", "P-40", "Portillon"),
    ("PORT", "P5", "Shop 8"),
];
const MODELS: [&str; 3] = ["wiseasy-wpos-3", "ingenico-t3", "feitian-f20"];
const TAGS: [&str; 3] = ["Пилот", "north", "Été"];
/// Beginnings, middles and ends of TIDs, serials, names and codes, and what is nowhere.
const TEXTS: [&str; 14] = [
    "t1", "T", "0", "001", "SN-", "000", "café", "PORT", "лка", "ВАНЬ", "é", "p-4", "8", "nowhere",
];

async fn build(app: &TestApp) {
    let (ctx, now) = (app.ctx(), app.now());
    let built = ctx.db.write(move |tx| {
        let actor = Actor::console();
        for (code, name) in OWNERS {
            let owner = EstablishmentDraft {
                code: code.into(),
                name: name.into(),
                time_zone: "Europe/Paris".into(),
                country: String::new(),
                ..EstablishmentDraft::default()
            };
            network::put_establishment(tx, &actor, &owner, Expect::New, now).unwrap();
        }
        for (owner, code, name) in SHOPS {
            let shop = PointDraft {
                code: code.into(),
                name: name.into(),
                ..PointDraft::default()
            };
            network::put_point(tx, &actor, owner, &shop, Expect::New, now).unwrap();
        }
        let mut dice = Dice(7);
        let handlers = posfleet::app::handlers();
        for n in 1..=80 {
            // Some TIDs differ in case or zeros only, so that their sort keys are equal.
            let tid = match n % 5 {
                0 => format!("T{n}"),
                1 => format!("t0{}", n - 1),
                2 => format!("00{n:06}"),
                _ => format!("TG{n:04}-a"),
            };
            let serial_number = match n % 4 {
                0 => "UNKNOWN".to_owned(),
                1 => format!("SN-{tid}"),
                _ => format!("Ж{:05}", n * 7919 % 1000),
            };
            let wish = Registration {
                tid: tid.clone(),
                serial_number,
                model: dice.one_of(&MODELS).into(),
                point_of_service: dice.one_of(&SHOPS).1.into(),
                interval_s: String::new(),
            };
            terminals::register(tx, &handlers, &actor, &wish, now).unwrap();
            let tid = Tid::parse(&tid).unwrap();
            for tag in dice.perhaps(&TAGS).into_iter().chain(dice.perhaps(&TAGS)) {
                terminals::tag(tx, &actor, &tid, &tag.to_uppercase(), now).unwrap();
            }
            match dice.roll(8) {
                0 => drop(terminals::retire(tx, &handlers, &actor, &tid, None, now).unwrap()),
                1 => drop(terminals::suspend(tx, &actor, &tid, None, now).unwrap()),
                _ => {}
            }
        }
        Ok::<_, db::Error>(())
    });
    built.await.unwrap();
    age(app);
}

/// Contacts of all kinds, and the counters that belong to them.
fn age(app: &TestApp) {
    app.database().execute(
        "UPDATE terminal_contact SET presence = terminal_id % 5,
             last_contact_at = CASE WHEN terminal_id % 5 = 0 THEN NULL ELSE 5000 + terminal_id % 7 END
             WHERE NOT is_retired;
         UPDATE terminal_contact SET quiet_since = CASE WHEN presence = 0 THEN 0
             WHEN presence < 3 THEN 9223372036854775807 ELSE coalesce(last_contact_at, 0) END;
         DELETE FROM terminal_count;
         INSERT INTO terminal_count SELECT establishment_id, presence, count(*)
             FROM terminal_contact WHERE NOT is_retired GROUP BY establishment_id, presence;",
    );
}

/// Everything that there is, to be looked through without any index.
struct Everything {
    all: Vec<Listed>,
    tags: HashMap<i64, Vec<String>>,
    facts: HashMap<i64, HashMap<String, String>>,
    /// Name and code of establishment and point of service.
    places: HashMap<i64, Vec<String>>,
}

impl Everything {
    fn read(conn: &mut Conn) -> Self {
        let turn = Turn::parse(None, Some("200")).unwrap();
        let filter = Filter {
            which: Which::All,
            ..Filter::default()
        };
        let all = terminals::list(conn, &Scope::All, &filter, &turn)
            .unwrap()
            .items;
        assert_eq!(all.len(), 80);
        let ids: Vec<_> = all.iter().map(|it| it.id).collect();
        let tags = terminals::tags_of(conn, &ids).unwrap();
        let facts = terminals::facts_of(conn, &ids).unwrap();
        let points: HashMap<_, PointOfService> = all
            .iter()
            .map(|it| it.point_of_service)
            .map(|id| (id, network::point_by_id(conn, id).unwrap().unwrap()))
            .collect();
        let words = |it: &Listed| {
            let at = &points[&it.point_of_service];
            let words = [
                &at.name,
                &at.code,
                &at.establishment_name,
                &at.establishment_code,
            ];
            words.map(Clone::clone).to_vec()
        };
        Self {
            places: all.iter().map(|it| (it.id.0, words(it))).collect(),
            facts: facts.into_iter().map(|(id, facts)| (id.0, facts)).collect(),
            tags: tags.into_iter().map(|(id, tags)| (id.0, tags)).collect(),
            all,
        }
    }

    fn is_so(&self, it: &Listed, is: &FactIs) -> bool {
        let facts = &self.facts[&it.id.0];
        match is {
            FactIs::Any(any) => any
                .iter()
                .any(|(name, value)| facts.get(name) == Some(value)),
            FactIs::Absent(name) => facts.get(name).is_none_or(|value| value == "none"),
        }
    }

    /// The TIDs that a list should show, in order.
    fn find(&self, scope: &Scope, filter: &Filter, tag: Option<&str>) -> Vec<String> {
        let mut found: Vec<(u8, String, i64, String)> = Vec::new();
        for it in &self.all {
            let tags = self.tags.get(&it.id.0);
            let has = |tag: &str| tags.is_some_and(|all| all.iter().any(|t| fold(t) == fold(tag)));
            let fits = scope.holds(it.establishment)
                && filter.establishment.is_none_or(|id| id == it.establishment)
                && filter
                    .point_of_service
                    .is_none_or(|id| id == it.point_of_service)
                && filter.model.is_none_or(|id| id == it.model)
                && filter.presence.is_none_or(|is| is.holds(it.presence))
                && tag.is_none_or(has)
                && filter.facts.iter().all(|is| self.is_so(it, is))
                && match filter.which {
                    Which::All => true,
                    Which::InService => it.life != Life::Retired,
                    Which::Only(life) => it.life == life,
                };
            let own = [it.tid.as_str(), it.serial_number.as_str()];
            let is_own = own.iter().any(|text| stands_in(&filter.text, text));
            let is_there = self.places[&it.id.0]
                .iter()
                .any(|text| stands_in(&filter.text, text));
            if !fits || !(is_own || is_there) {
                continue;
            }
            let by_text = Terms::of(&filter.text).filter(|_| filter.sort == Sort::Usual);
            let heard = it.last_contact_at.map_or(0, |at| at.0);
            let (rank, key) = match (filter.sort, by_text) {
                (Sort::Usual, Some(terms)) if is_own => (0, terms.first(&own).unwrap()),
                (Sort::Usual, Some(_)) => (1, natural(it.tid.as_str())),
                (Sort::Usual | Sort::Tid | Sort::TidDown, _) => (0, natural(it.tid.as_str())),
                (Sort::Serial | Sort::SerialDown, _) => (0, fold(&it.serial_number)),
                (Sort::Seen | Sort::SeenDown, _) => match it.presence {
                    Presence::Never => (0, format!("{:020}", 0)),
                    Presence::Online | Presence::Listening => (1, String::new()),
                    _ => (0, format!("{heard:020}")),
                },
            };
            found.push((rank, key, it.id.0, it.tid.to_string()));
        }
        found.sort();
        if filter.sort.is_down() {
            found.reverse();
        }
        found.into_iter().map(|(.., tid)| tid).collect()
    }
}

/// A text finds what holds it; one or two letters only what has a word that begins with them.
fn stands_in(typed: &str, text: &str) -> bool {
    let (typed, text) = (fold(typed), fold(text));
    match typed.chars().count() {
        1 | 2 => text.starts_with(&typed) || text.contains(&format!(" {typed}")),
        _ => text.contains(&typed),
    }
}

/// Every page forth and every page back; both must agree. The items, and the last total.
pub(crate) fn walk<T: Clone>(
    rows: usize,
    mut read: impl FnMut(&Turn) -> Page<T>,
    name: impl Fn(&T) -> String,
) -> (Vec<String>, i64) {
    let size = rows.to_string();
    let mut turn = |cursor: Option<&str>| read(&Turn::parse(cursor, Some(&size)).unwrap());
    let (mut forth, mut cursor, mut total) = (Vec::new(), None::<String>, 0);
    loop {
        let page = turn(cursor.as_deref());
        assert!(!page.capped && page.total_is_exact);
        assert_eq!(page.before, i64::try_from(forth.len()).unwrap());
        forth.extend(page.items.iter().map(&name));
        total = total.max(page.total);
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    let (mut back, mut cursor) = (Vec::new(), Some("last".to_owned()));
    while let Some(at) = cursor {
        let page = turn(Some(&at));
        let mut these: Vec<String> = page.items.iter().map(&name).collect();
        these.append(&mut back);
        back = these;
        cursor = page.prev;
    }
    assert_eq!(forth, back);
    (forth, total)
}

/// The TIDs of all that match.
pub(crate) fn picked(conn: &mut Conn, matching: Matching) -> Vec<String> {
    let (mut all, mut picking) = (Vec::new(), matching.all());
    while let Some(some) = picking.next(conn).unwrap() {
        all.extend(some.iter().map(|it| it.tid.to_string()));
    }
    all
}

on_both_engines! {
    async fn every_mixture_of_conditions_lists_what_matches(app: TestApp) {
        build(&app).await;
        let ctx = app.ctx();
        let done = ctx.db.read(|conn| {
            let everything = Everything::read(conn);
            let models: Vec<_> = terminals::list_models(conn)?.iter().map(|m| m.id).collect();
            let of = |it: &Listed| it.point_of_service;
            let points: Vec<_> = everything.all.iter().map(of).collect();
            let owners: Vec<EstablishmentId> =
                everything.all.iter().map(|it| it.establishment).collect();
            let presences: Vec<PresenceIs> = Presence::ALL
                .map(PresenceIs::Exactly)
                .into_iter()
                .chain([PresenceIs::Connected, PresenceIs::NotConnected])
                .collect();
            let lives = [Which::All, Which::Only(Life::Retired), Which::Only(Life::Suspended),
                Which::Only(Life::Registered)];
            let any = |all: &[(&str, &str)]| {
                let own = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
                FactIs::Any(all.iter().map(own).collect())
            };
            let facts = [
                any(&[("model", "feitian-f20")]),
                any(&[("model", "feitian-f20"), ("clock", "right")]),
                any(&[("clock", "off")]),
                any(&[]),
                FactIs::Absent("licence".into()),
                FactIs::Absent("version:pos".into()),
            ];
            let mut dice = Dice(1);
            let mut shown = 0;
            for n in 0..400 {
                let tag = dice.perhaps(&TAGS);
                let tag_id = match tag {
                    Some(tag) => terminals::find_tag(conn, &Scope::All, tag)?,
                    None => None,
                };
                let filter = Filter {
                    text: if n % 2 == 0 { dice.one_of(&TEXTS).into() } else { String::new() },
                    presence: dice.perhaps(&presences),
                    which: dice.perhaps(&lives).unwrap_or_default(),
                    model: dice.perhaps(&models),
                    establishment: dice.perhaps(&owners),
                    point_of_service: dice.perhaps(&points),
                    tag: tag_id,
                    facts: dice.perhaps(&facts).into_iter().collect(),
                    of_models: None,
                    sort: Sort::ALL[n % Sort::ALL.len()],
                };
                let scope = match dice.roll(3) {
                    0 => Scope::Only(vec![dice.one_of(&owners), dice.one_of(&owners)]),
                    _ => Scope::All,
                };
                let wanted = everything.find(&scope, &filter, tag);
                let rows = 1 + dice.roll(9);
                let read = |turn: &Turn| terminals::list(conn, &scope, &filter, turn).unwrap();
                let (found, total) = walk(rows, read, |it| it.tid.to_string());
                assert_eq!(found, wanted, "{filter:?} in {scope:?}");
                assert_eq!(total, i64::try_from(wanted.len()).unwrap(), "{filter:?} in {scope:?}");
                shown += found.len();
                // Whoever wants them all gets the same, uncounted, in the usual order.
                let usual = Filter { sort: Sort::Usual, ..filter };
                let wanted = everything.find(&scope, &usual, tag);
                let matching = Matching::new(conn, &scope, &usual)?;
                for it in &everything.all {
                    let is_wanted = wanted.iter().any(|tid| *tid == it.tid.to_string());
                    assert_eq!(matching.holds(conn, it.id)?, is_wanted, "{usual:?}: {}", it.tid);
                }
                assert_eq!(picked(conn, matching), wanted, "{usual:?} in {scope:?}");
            }
            assert!(shown > 2_000, "the filters leave something to look at: {shown}");
            Ok::<_, db::Error>(())
        });
        done.await.unwrap();
    }

    async fn places_are_found_by_any_part_of_name_and_code(app: TestApp) {
        build(&app).await;
        let ctx = app.ctx();
        let done = ctx.db.read(|conn| {
            let nobody = Scope::Only(Vec::new());
            for text in TEXTS.into_iter().chain([""]) {
                for sort in network::Sort::ALL {
                    let search = network::Search { text: text.into(), sort, ..Default::default() };
                    let read = |turn: &Turn| network::list_points(conn, &Scope::All, &search, turn).unwrap();
                    let (mut found, total) = walk(2, read, |it| it.code.clone());
                    assert_eq!(total, i64::try_from(found.len()).unwrap());
                    found.sort();
                    let holds = |(_, code, name): &(&str, &str, &str)| {
                        text.is_empty() || stands_in(text, code) || stands_in(text, name)
                    };
                    let mut wanted: Vec<&str> = SHOPS.iter().filter(|s| holds(s)).map(|s| s.1).collect();
                    wanted.sort_unstable();
                    assert_eq!(found, wanted, "{text} {sort:?}");
                    let none = network::list_points(conn, &nobody, &search, &Turn::default()).unwrap();
                    assert!(none.items.is_empty() && none.total == 0, "{text}: {none:?}");
                    let none = network::list_establishments(conn, &nobody, &search, &Turn::default());
                    assert!(none.unwrap().items.is_empty(), "{text}");
                }
            }
            let by_code = network::Search { sort: network::Sort::CodeDown, ..Default::default() };
            let page = network::list_establishments(conn, &Scope::All, &by_code, &Turn::default()).unwrap();
            let codes: Vec<_> = page.items.iter().map(|e| e.code.as_str()).collect();
            assert_eq!(codes, ["PORT", "E2", "E1"]);
            Ok::<_, db::Error>(())
        });
        done.await.unwrap();
    }
}
