//! The page of a list: the slice's own head and form around what every list has.
use super::columns;
use super::error::Error;
use super::model::View;
use super::ops::Keeper;
use super::query::{CURSOR, PAGE_SIZE, Query, SORT, VIEW};
use super::source::{Lists, Source};
use super::store;
use super::table;
use super::views::{self, Chip};
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Page, Turn};
use crate::sheets::{Cell, Shown};
use actix_web::HttpResponse;
use serde_json::{Map, Value, json};

/// Which list a page shows, and by which template.
#[derive(Debug, Clone)]
pub struct ListPage {
    pub list: &'static str,
    pub template: &'static str,
    pub place: Option<Place>,
}

impl ListPage {
    #[must_use]
    pub fn new(list: &'static str, template: &'static str) -> Self {
        Self {
            list,
            template,
            place: None,
        }
    }

    /// Only a part of the list, on the page of what it belongs to.
    #[must_use]
    pub fn within(self, place: Place) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }
}

/// A filter that the page's address decides, and the column that says the same in every row.
#[derive(Debug, Clone)]
pub struct Place {
    pub filter: &'static str,
    pub value: String,
    pub column: &'static str,
}

/// What was read for a page.
struct Found {
    page: Page<Vec<Cell>>,
    chosen: Option<Vec<String>>,
    views: Vec<View>,
    chips: Vec<Chip>,
    own: Value,
}

impl Lists {
    /// Answers the page of a list. `own` reads what the template wants beside the list: members of
    /// an object that are put at the root.
    pub async fn show(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        wish: ListPage,
        own: impl FnOnce(&mut Conn, &Scope) -> Result<Value, Failure> + Send + 'static,
    ) -> Result<HttpResponse, Failure> {
        let (path, query) = caller.here.split_once('?').unwrap_or_default();
        if self.find(wish.list)?.asks_for_card(&Query::parse(query)?) {
            // Nothing on the page repeats what was typed.
            let mut bare = caller.clone();
            path.clone_into(&mut bare.here);
            let data = self.data(ctx, &bare, &wish, own).await?;
            return ctx.page_refused(&bare, wish.template, data, Error::CardNumber.into());
        }
        let data = self.data(ctx, caller, &wish, own).await?;
        ctx.page(caller, wish.template, data)
    }

    /// What [`Lists::show`] puts into its template: for a page that shows a form of its own again.
    pub async fn data(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        wish: &ListPage,
        own: impl FnOnce(&mut Conn, &Scope) -> Result<Value, Failure> + Send + 'static,
    ) -> Result<Value, Failure> {
        let source = self.find(wish.list)?.clone();
        let query = caller.here.split_once('?').map_or("", |(_, query)| query);
        let asked = Query::parse(query)?;
        source.check_order(&asked)?;
        let turn = Turn::parse(asked.get(CURSOR), asked.get(PAGE_SIZE))?;
        let actor = caller.actor()?;
        let keeper = Keeper::new(actor.clone(), caller.may(Permission::ListsShare))?;
        let narrowed = match &wish.place {
            Some(place) => asked.with(place.filter, &place.value),
            None => asked.clone(),
        };
        let wanted = source.days_of(caller.look.zone, &source.narrowing(&narrowed));
        let reading = (source.clone(), wanted.text());
        let (set, lang) = (asked.clone(), caller.look.lang);
        let (who, from) = (keeper.id, turn.clone());
        let found = ctx
            .db
            .read(move |conn| {
                let (source, query) = reading;
                Ok::<_, Failure>(Found {
                    // First: where a page is about one thing that is not there, that is what is told, not
                    // that its list has a filter for nothing.
                    own: own(conn, &actor.scope)?,
                    page: (source.read)(conn, &actor.scope, &query, &from)?,
                    chosen: store::choice(conn, source.name, who)?,
                    views: store::views(conn, source.name, (who, &actor.scope))?,
                    chips: views::chips(conn, &actor.scope, &source, &set, lang)?,
                })
            })
            .await?;
        Ok(Laid {
            source: &source,
            asked: &asked,
            narrowed: &narrowed,
            wish,
            caller,
        }
        .out(&found, &turn, &keeper))
    }
}

/// Everything about a page that is known before its rows are.
struct Laid<'a> {
    source: &'a Source,
    asked: &'a Query,
    narrowed: &'a Query,
    wish: &'a ListPage,
    caller: &'a Caller,
}

impl Laid<'_> {
    fn out(&self, found: &Found, turn: &Turn, keeper: &Keeper) -> Value {
        let (source, asked, lang) = (self.source, self.asked, self.caller.look.lang);
        let path = self.caller.here.split('?').next().unwrap_or_default();
        let mut shown = columns::shown(source.columns, found.chosen.as_deref());
        if let Some(place) = &self.wish.place {
            shown.retain(|at| source.columns[*at].key != place.column);
        }
        let rows = &found.page.items;
        let mut header = table::header(source, (&shown, path), asked, lang);
        for (cell, at) in header.iter_mut().zip(&shown) {
            cell["right"] = table::is_right(rows, *at).into();
        }
        // The pager adds the size and the cursor itself.
        let own = asked.without(PAGE_SIZE).without(CURSOR).without("said");
        let chips: Vec<Value> = found.chips.iter().map(|c| c.link(asked, path)).collect();
        let mut data = match &found.own {
            Value::Object(members) => members.clone(),
            _ => Map::new(),
        };
        data.insert("pager".into(), found.page.pager(path, &own.pairs(), turn));
        data.insert("is_filtered".into(), (!chips.is_empty()).into());
        data.insert("chips".into(), chips.into());
        data.insert("clear".into(), views::clear(asked, path).into());
        data.insert(
            "list".into(),
            json!({
                "name": source.name, "title_key": source.title_key, "path": path,
                "header": header, "rows": table::rows(source, &shown, rows, lang),
                "columns": self.choice(&shown), "is_chosen": found.chosen.is_some(),
                "form": asked.pairs().into_iter().collect::<std::collections::HashMap<_, _>>(),
                "keep": self.keep(),
                "views": self.wish.place.is_none().then(|| {
                    views::bar(source, asked, &found.views, keeper)
                }),
                "query": source.narrowing(self.narrowed).text(),
                "files": self.files(),
            }),
        );
        data.into()
    }

    /// The boxes of the columns that may be left out.
    fn choice(&self, shown: &[usize]) -> Vec<Value> {
        let place = self.wish.place.as_ref();
        let columns = self.source.columns.iter().enumerate();
        columns
            .filter(|(_, column)| column.shown != Shown::Always)
            .filter(|(_, column)| place.is_none_or(|place| place.column != column.key))
            .map(|(at, column)| {
                json!({ "key": column.key, "label_key": column.label_key,
                        "is_shown": shown.contains(&at) })
            })
            .collect()
    }

    /// Where the list is as a file, with the columns of this page or with all.
    fn files(&self) -> Value {
        let (wish, at) = (self.source.narrowing(self.narrowed), self.source.places);
        let all = wish.with("columns", "all");
        json!({
            "csv": wish.at(at.csv), "xlsx": wish.at(at.xlsx),
            "all_csv": all.at(at.csv), "all_xlsx": all.at(at.xlsx),
        })
    }

    /// What the form of the filters must carry along.
    fn keep(&self) -> Vec<Value> {
        let kept = self.asked.only([SORT, PAGE_SIZE, VIEW].into_iter());
        let pairs = kept.pairs().into_iter();
        pairs
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect()
    }
}

impl Source {
    /// # Errors
    /// When the caller may not read the list.
    pub(super) fn open_to(&self, caller: &Caller) -> Result<(), Error> {
        if caller.may(self.permission) {
            Ok(())
        } else {
            Err(Error::NotTheirs)
        }
    }
}
