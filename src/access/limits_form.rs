//! The part of a form by which somebody says which establishments another sees. It works without
//! scripts: a few establishments are ticked; of many their codes are typed, and a search among them is
//! a button of the same form, so that nothing typed so far is lost.
use super::csrf::values;
use super::error::Error;
use super::limits::{Establishment, Establishments, Limits, Reach};
use super::model::Scope;
use crate::db::{self, Conn};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ALL: &str = "all";
const SOME: &str = "some";

/// What a form says.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    /// `all`, `some`, or nothing.
    limits: String,
    /// What `limits` was when the form was made.
    were: String,
    /// Codes, ticked or typed.
    codes: BTreeSet<String>,
    find: String,
    is_search: bool,
}

impl Said {
    pub(super) fn of(form: &[(String, String)]) -> Self {
        let one = |name| {
            let sent = values(form, name).next().unwrap_or_default();
            sent.trim().to_owned()
        };
        let typed = one("codes");
        let typed = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let codes = values(form, "establishment")
            .map(str::trim)
            .chain(typed)
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            limits: one("limits"),
            were: one("limits_were"),
            codes,
            find: one("find"),
            is_search: one("do") == "find",
        }
    }

    /// As it stands.
    pub(super) fn standing(reach: &Reach) -> Self {
        let limits = match reach.scope {
            Scope::All => ALL,
            Scope::Only(_) => SOME,
        };
        Self {
            limits: limits.to_owned(),
            were: limits.to_owned(),
            codes: reach.codes.iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// The form is to be shown again with what its search finds.
    pub(super) fn is_search(&self) -> bool {
        self.is_search
    }

    /// What is meant. Who ticks establishments and forgets to say that only they are meant must not
    /// give them all away.
    pub(super) fn limits(&self) -> Result<Limits, Error> {
        match self.limits.as_str() {
            ALL if self.were != SOME && !self.codes.is_empty() => Err(Error::LimitsUnclear),
            ALL => Ok(Limits::All),
            SOME => Ok(Limits::Only(self.codes.iter().cloned().collect())),
            _ => Ok(Limits::Unsaid),
        }
    }

    /// What the part `access/limits` reads, for somebody who sees `scope` himself: nobody gives what
    /// he lacks, so only that is offered.
    pub(super) fn data(
        &self,
        conn: &mut Conn,
        establishments: &Establishments,
        scope: &Scope,
    ) -> Result<Value, db::Error> {
        let may_all = *scope == Scope::All;
        let few = (establishments.few)(conn, scope)?;
        let (found, more) = match &few {
            None if !self.find.is_empty() => (establishments.find)(conn, scope, &self.find)?,
            _ => (Vec::new(), false),
        };
        let option = |it: &Establishment| {
            json!({
                "code": it.code,
                "text": format!("{} ({})", it.name, it.code),
                "chosen": self.codes.contains(&it.code),
            })
        };
        // What is found is ticked or not; in the area as well it could not be unticked.
        let found_codes: BTreeSet<&str> = found.iter().map(|it| it.code.as_str()).collect();
        let typed: Vec<&str> = self
            .codes
            .iter()
            .map(String::as_str)
            .filter(|code| !found_codes.contains(code))
            .collect();
        Ok(json!({
            "may_all": may_all,
            "all": may_all && self.limits != SOME,
            "were": self.were,
            "few": few.is_some(),
            "choices": few.iter().flatten().map(option).collect::<Vec<_>>(),
            "codes": typed.join("\n"),
            "find": self.find,
            "found": found.iter().map(option).collect::<Vec<_>>(),
            "found_more": more,
            "found_none": self.is_search && !self.find.is_empty() && found.is_empty(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pairs: &[(&str, &str)]) -> Result<Limits, Error> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Said::of(&pairs.iter().map(own).collect::<Vec<_>>()).limits()
    }

    #[test]
    fn codes_are_ticked_or_typed() {
        let form = [
            ("limits", "some"),
            ("establishment", "E2"),
            ("establishment", "E1"),
            ("codes", " E3,E1;E4\r\n\tE5 "),
        ];
        let only = ["E1", "E2", "E3", "E4", "E5"].map(str::to_owned).to_vec();
        assert_eq!(said(&form).unwrap(), Limits::Only(only));
        assert_eq!(said(&[]).unwrap(), Limits::Unsaid);
        assert_eq!(said(&[("limits", "all")]).unwrap(), Limits::All);
    }

    #[test]
    fn nobody_gives_all_by_forgetting_to_say_some() {
        let ticked = ("establishment", "E1");
        let refused = said(&[("limits", "all"), ("limits_were", "all"), ticked]);
        assert!(matches!(refused, Err(Error::LimitsUnclear)));
        let meant = said(&[("limits", "all"), ("limits_were", "some"), ticked]);
        assert_eq!(meant.unwrap(), Limits::All);
    }
}
