//! How sign-ins that failed are asked for, on pages and over the API alike.
use super::list::Filter;
use crate::http::{BadTurn, Turn};
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::IntoParams;

/// How they are narrowed and turned.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Asked {
    /// Only those as this operator.
    login: String,
    /// Only for this reason.
    reason: String,
    /// Only those from this address.
    address: String,
    /// `number` begins with the oldest; `-number`, as when absent, with the newest.
    sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: Option<String>,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, BadTurn> {
        Turn::parse(self.cursor.as_deref(), self.page_size.as_deref())
    }

    pub(super) fn filter(&self) -> Filter {
        let address = self.address.trim();
        let written = address.parse().map(|ip: IpAddr| ip.to_string());
        Filter {
            login: self.login.trim().to_owned(),
            reason: self.reason.trim().to_owned(),
            address: written.unwrap_or_else(|_| address.to_owned()),
            is_oldest_first: self.sort == "number",
        }
    }
}
