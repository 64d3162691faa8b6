//! How lists of requests are asked for.
use super::error::Error;
use super::model::State;
use super::ops::Whose;
use crate::http::Turn;
use serde::Deserialize;
use utoipa::IntoParams;

/// How the list is narrowed and turned.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Only requests in this state: `pending`, `approved`, `rejected`, `withdrawn` or `expired`.
    #[serde(default)]
    pub(super) state: String,
    /// `mine` for your own; otherwise all that you may see, which with `approvals.view` are also those
    /// of others.
    #[serde(default)]
    pub(super) whose: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    #[serde(default)]
    cursor: String,
    /// Rows of a page, 1 to 200; 50 when absent.
    #[serde(default)]
    page_size: String,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(Some(&self.cursor), Some(&self.page_size))?)
    }

    pub(super) fn which(&self) -> Result<(Whose, Option<State>), Error> {
        let state = match self.state.trim() {
            "" => None,
            code => Some(State::parse(code).ok_or(Error::NoState)?),
        };
        let whose = match self.whose.as_str() {
            "mine" => Whose::Mine,
            _ => Whose::Everyone,
        };
        Ok((whose, state))
    }
}
