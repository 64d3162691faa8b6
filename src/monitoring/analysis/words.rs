//! What values are called, and which list is behind them.
use super::asked::Asked;
use super::model::By;
use crate::db::{Conn, Error};
use crate::ids::PointOfServiceId;
use crate::monitoring::days::{Day, OTHERS};
use crate::network;
use crate::terminals;
use crate::views::{Lang, Look, formats, text};
use std::collections::{BTreeMap, HashMap};

/// A day as the viewer's language writes it; it stays that of UTC.
pub(super) fn day_words(day: Day, look: Look) -> String {
    let look = Look {
        zone: chrono_tz::UTC,
        ..look
    };
    formats::day(look, day.start())
}

/// What values are called, and how the list is narrowed to them.
pub(super) struct Words {
    by: By,
    lang: Lang,
    models: HashMap<String, String>,
    /// Code and name by id.
    points: HashMap<PointOfServiceId, (String, String)>,
}

impl Words {
    pub(super) fn read(
        conn: &mut Conn,
        by: By,
        counted: &BTreeMap<String, i64>,
        lang: Lang,
    ) -> Result<Self, Error> {
        const AT_ONCE: usize = 500;
        let mut words = Self {
            by,
            lang,
            models: HashMap::new(),
            points: HashMap::new(),
        };
        if by == By::Model {
            let models = terminals::list_models(conn)?.into_iter();
            words.models = models.map(|it| (it.code.clone(), it.title())).collect();
        }
        if by == By::Point {
            let ids: Vec<PointOfServiceId> =
                counted.keys().filter_map(|id| id.parse().ok()).collect();
            for some in ids.chunks(AT_ONCE) {
                words.points.extend(network::names_of_points(conn, some)?);
            }
        }
        Ok(words)
    }

    pub(super) fn label(&self, value: &str) -> String {
        let said = |key: &str| text(self.lang, &format!("{key}{value}"), &[]);
        if value == OTHERS {
            return text(self.lang, "monitoring-summed", &[]);
        }
        match self.by {
            By::Connectivity => said("state-"),
            By::Update => said("terminals-update-"),
            By::Licence => said("terminals-licence-"),
            By::Clock => said("terminals-clock-is-"),
            By::Version if value == terminals::NO_FACT => {
                text(self.lang, "monitoring-no-version", &[])
            }
            By::Action => {
                terminals::action_words(self.lang, value).unwrap_or_else(|| value.to_owned())
            }
            By::Error => {
                terminals::error_words(self.lang, value).unwrap_or_else(|| value.to_owned())
            }
            By::Model => self
                .models
                .get(value)
                .cloned()
                .unwrap_or_else(|| value.to_owned()),
            By::Point => match self.point(value) {
                Some((code, name)) => format!("{name} ({code})"),
                None => value.to_owned(),
            },
            By::Version | By::Platform => value.to_owned(),
        }
    }

    /// The value as programs know it: points are counted by what only we know them by.
    pub(super) fn code(&self, value: String) -> String {
        match self.by {
            By::Point => self
                .point(&value)
                .map(|(code, _)| code.clone())
                .unwrap_or(value),
            _ => value,
        }
    }

    fn point(&self, id: &str) -> Option<&(String, String)> {
        self.points.get(&id.parse().ok()?)
    }

    pub(super) fn behind(&self, asked: &Asked, component: &str, value: &str) -> Option<String> {
        let is_taken = |name: &str| asked.filters.iter().any(|(own, _)| own == name);
        Some(match self.by {
            // Nobody reports any version.
            By::Version if component.is_empty() => return None,
            By::Version if !is_taken("version") => {
                asked.behind("version", &format!("{component}:{value}"))
            }
            By::Version if !is_taken("fact") => {
                let name = terminals::VERSION_FACT;
                asked.behind("fact", &format!("{name}{component}:{value}"))
            }
            By::Version => return None,
            By::Connectivity if value == "online" => asked.behind("presence", "connected"),
            By::Connectivity => asked.behind("presence", value),
            By::Point => asked.behind("point_of_service", &self.point(value)?.0),
            By::Model => asked.behind("model", value),
            by => asked.behind(by.code(), value),
        })
    }
}
