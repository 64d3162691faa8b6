//! How lists of tasks and of their rows are asked for, and what became of a row in words.
use super::error::Error;
use super::model::{Outcome, State};
use super::ops::Whose;
use super::task::{RowResult, Task};
use crate::http::Turn;
use crate::views::{Lang, key_of, text_of};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

/// How the list is narrowed and turned.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Only tasks in this state.
    #[serde(default)]
    pub(super) state: String,
    /// `everyone` for all that you may see, which needs that you see every establishment; otherwise
    /// your own.
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
            "everyone" => Whose::Everyone,
            _ => Whose::Mine,
        };
        Ok((whose, state))
    }
}

/// How a task's rows are narrowed and turned.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AskedRows {
    /// Only rows with this outcome: `done`, `same`, `skipped` or `failed`.
    #[serde(default)]
    pub(super) outcome: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    #[serde(default)]
    cursor: String,
    /// Rows of a page, 1 to 200; 50 when absent.
    #[serde(default)]
    page_size: String,
}

impl AskedRows {
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(Some(&self.cursor), Some(&self.page_size))?)
    }

    pub(super) fn which(&self) -> Result<Option<Outcome>, Error> {
        match self.outcome.trim() {
            "" => Ok(None),
            code => Ok(Some(Outcome::parse(code).ok_or(Error::NoOutcome)?)),
        }
    }
}

/// What became of a row, in words for people: columns are called as the reader calls them.
#[must_use]
pub fn words(lang: Lang, row: &RowResult) -> String {
    told(lang, row, |field| {
        // Names without words are what programs sent.
        text_of(lang, &key_of("import-", field), &Value::Null)
    })
}

/// The same for programs, which know fields by their names.
pub(super) fn detail(row: &RowResult) -> String {
    told(Lang::En, row, |_| None)
}

fn told(lang: Lang, row: &RowResult, called: impl Fn(&str) -> Option<String>) -> String {
    let say = |code: &str, args: &Value| {
        let start = match row.outcome {
            Outcome::Failed => "error-",
            _ => "row-",
        };
        text_of(lang, &key_of(start, code), args).unwrap_or_else(|| code.to_owned())
    };
    let Some(faults) = row.args["faults"].as_array() else {
        return say(&row.code, &row.args);
    };
    let told: Vec<_> = faults
        .iter()
        .map(|fault| {
            let field = fault["field"].as_str().unwrap_or_default();
            let code = fault["code"].as_str().unwrap_or_default();
            let name = called(field).unwrap_or_else(|| field.to_owned());
            format!("{name}: {}", say(code, &fault["args"]))
        })
        .collect();
    told.join(" · ")
}

/// Why a task failed, in words.
pub(super) fn why(lang: Lang, task: &Task) -> Option<String> {
    let code = task.error_code.as_deref()?;
    let told = text_of(lang, &key_of("error-", code), &task.error_args);
    Some(told.unwrap_or_else(|| code.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_tells_all_that_is_wrong_with_it() {
        let mut row = RowResult::new(2, "T1", Outcome::Failed, "terminal.invalid");
        row.args = json!({ "faults": [
            { "field": "model", "code": "terminal.no-such-model", "args": {} },
            { "field": "tid", "code": "no.such-code", "args": {} },
        ]});
        let told = words(Lang::En, &row);
        assert!(
            told.starts_with("Model: ") && told.ends_with(" · TID: no.such-code"),
            "{told}"
        );
    }
}
