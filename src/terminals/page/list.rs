//! The list of terminals.
use super::one::state;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::network;
use crate::terminals::catalogue;
use crate::terminals::model::{Life, Presence};
use crate::terminals::registry::{Error, Listed, Sort};
use crate::terminals::shown::{Asked, Names, read};
use crate::views::{Lang, text};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const HERE: &str = "/terminals";

impl Asked {
    /// The filter as names and values, for addresses.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("q", self.q.as_str()),
            ("presence", &self.presence),
            ("life", &self.life),
            ("model", &self.model),
            ("establishment", &self.establishment),
            ("point_of_service", &self.point_of_service),
            ("sort", &self.sort),
        ]
    }

    fn without(&self, name: &str) -> String {
        let rest: Vec<_> = self
            .pairs()
            .into_iter()
            .filter(|(key, _)| *key != name)
            .collect();
        address(HERE, &rest)
    }

    /// A link for each filter that is set; following it removes the filter.
    fn chips(&self, lang: Lang) -> Vec<Value> {
        let word = |name: &str, value: &str| match name {
            "presence" | "life" => text(lang, &format!("terminals-is-{value}"), &[]),
            _ => value.to_owned(),
        };
        self.pairs()
            .into_iter()
            .filter(|(name, value)| *name != "sort" && !value.is_empty())
            .map(|(name, value)| {
                let key = format!("terminals-chip-{}", name.replace('_', "-"));
                let label = text(lang, &key, &[("value", word(name, value))]);
                json!({ "label": label, "remove": self.without(name) })
            })
            .collect()
    }

    /// The address that sorts by `up`, or by `down` when that is the order now.
    fn sorted(&self, now: Sort, up: Sort, down: Sort) -> Value {
        let to = if now == up { down } else { up };
        let mut pairs = self.pairs();
        pairs.retain(|(name, _)| *name != "sort");
        pairs.push(("sort", to.code()));
        json!({
            "href": address(HERE, &pairs),
            "aria": match now {
                _ if now == up => "ascending",
                _ if now == down => "descending",
                _ => "none",
            },
        })
    }
}

impl Names {
    fn line(&self, it: &Listed) -> Value {
        let named = |pair: Option<&(String, String)>| {
            pair.map(|(code, name)| json!({ "code": code, "name": name }))
        };
        let model = self.models.iter().find(|m| m.id == it.model);
        json!({
            "tid": it.tid, "serial_number": it.serial_number,
            "model": model.map(catalogue::Model::title),
            "state": state(it.life, it.presence),
            "establishment": named(self.establishments.get(&it.establishment)),
            "point": named(self.points.get(&it.point_of_service)),
            "last_contact_at": it.last_contact_at, "expected_at": it.expected_at(),
            "has_work": it.has_work,
        })
    }
}

fn options() -> (Vec<Value>, Vec<Value>) {
    let option = |code: &str| json!({ "value": code, "key": format!("terminals-is-{code}") });
    let mut presences: Vec<Value> = ["connected", "not-connected"].map(option).into();
    presences.extend(Presence::ALL.iter().map(|p| option(p.code())));
    let mut lives: Vec<Value> = Life::ALL.iter().map(|l| option(l.code())).collect();
    lives.push(option("all"));
    (presences, lives)
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, asked) = (caller.actor()?.scope, asked.into_inner());
    let turn = asked.turn()?;
    let (reading, wish) = (turn.clone(), asked.clone());
    let ((page, names), filter, establishments) = ctx
        .db
        .read(move |conn| {
            let filter = wish.filter(conn, &scope)?;
            let found = read(conn, &scope, &filter, &reading)?;
            let establishments = network::choices_of_establishments(conn, &scope)?;
            Ok::<_, Error>((found, filter, establishments))
        })
        .await?;
    let (presences, lives) = options();
    let models: Vec<Value> = names
        .models
        .iter()
        .map(|m| json!({ "value": m.code, "text": m.title() }))
        .collect();
    let items: Vec<Value> = page.items.iter().map(|l| names.line(l)).collect();
    let chips = asked.chips(caller.look.lang);
    let data = json!({
        "items": items,
        "pager": page.pager(HERE, &asked.pairs(), &turn),
        "is_filtered": !chips.is_empty(),
        "chips": chips,
        "clear": HERE,
        "by_tid": asked.sorted(filter.sort, Sort::Tid, Sort::TidDown),
        "by_seen": asked.sorted(filter.sort, Sort::Seen, Sort::SeenDown),
        "form": {
            "q": asked.q, "presence": asked.presence, "life": asked.life, "model": asked.model,
            "establishment": asked.establishment, "point_of_service": asked.point_of_service,
            "sort": asked.sort, "page_size": asked.page_size,
        },
        "presences": presences, "lives": lives, "models": models,
        "establishments": establishments,
    });
    ctx.page(&caller, "terminals/list", data)
}
