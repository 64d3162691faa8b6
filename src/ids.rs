//! Identifiers as types, so that a terminal's id can never be handed over as an establishment's.
//!
//! Numeric ids are database keys and never leave through a URL where a business code exists;
//! [`Tid`] is that code for a terminal.
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
                 AsExpression, FromSqlRow, utoipa::ToSchema)]
        #[diesel(sql_type = BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }
        impl<DB: Backend> ToSql<BigInt, DB> for $name where i64: ToSql<BigInt, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result { self.0.to_sql(out) }
        }
        impl<DB: Backend> FromSql<BigInt, DB> for $name where i64: FromSql<BigInt, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> { i64::from_sql(bytes).map(Self) }
        }
    )+};
}

ids! {
    /// One registered terminal: a place that a device serves, see [`Tid`].
    TerminalId,
    /// A terminal model of the catalogue.
    ModelId,
    /// A word that terminals are tagged with.
    TagId,
    /// A legal entity that runs points of service.
    EstablishmentId,
    /// A shop or station: where terminals stand.
    PointOfServiceId,
    /// A person who signs in to the web UI.
    OperatorId,
    /// A program that calls the Management or Partner API.
    ClientId,
    /// A named set of permissions.
    RoleId,
    /// One unit of work for a terminal.
    WorkId,
    /// One stored licence file.
    LicenceId,
    /// One stored blob.
    BlobId,
    /// One piece of long work that somebody asked for.
    TaskId,
    /// One request that a second person has to allow.
    ApprovalId,
    /// One event of the outbox; rises in commit order.
    EventId,
    /// One log that a terminal sent.
    LogId,
}

/// The longest terminal code that is accepted, in characters.
pub const TID_MAX: usize = 64;

/// A terminal's code (TID): the place's name in the business, unique in the fleet, free in form
/// (`TG00221`, `T1000`, `Terminal_2`). Letters, digits, `.`, `_` and `-` only, so that it is safe
/// in a URL, a file name and a log line.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    AsExpression,
    FromSqlRow,
    utoipa::ToSchema,
)]
#[diesel(sql_type = Text)]
#[serde(transparent)]
pub struct Tid(String);

/// Why a text is not a [`Tid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a TID has 1 to 64 letters, digits, dots, underscores or hyphens")]
pub struct NotATid;

impl Tid {
    /// Checks the form only; whether such a terminal exists is the registry's answer.
    pub fn parse(text: &str) -> Result<Self, NotATid> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.len() <= TID_MAX
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        fits.then(|| Self(text.to_owned())).ok_or(NotATid)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Tid {
    type Err = NotATid;
    fn from_str(text: &str) -> Result<Self, NotATid> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Tid {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Tid
where
    String: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Tid
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(bytes).map(Self)
    }
}

/// A currency by its ISO 4217 code, of those that people pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency(&'static str);

impl Currency {
    pub const CODES: &[&str] = &[
        "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD",
        "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF",
        "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN",
        "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD",
        "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES",
        "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
        "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
        "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
        "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK",
        "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT",
        "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND",
        "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
    ];

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let found = Self::CODES
            .iter()
            .find(|code| code.eq_ignore_ascii_case(text));
        found.map(|code| Self(code))
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tid_is_free_in_form_but_safe_in_a_path() {
        for good in [
            "TG00221",
            "TG002808",
            "T1000",
            "Terminal_2",
            " 40000001 ",
            "a.b-c",
        ] {
            assert!(Tid::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", "..", "a/b", "a b", "é", ".hidden", &"x".repeat(65)] {
            assert!(Tid::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_currency_is_one_that_exists() {
        assert_eq!(Currency::parse(" kzt ").map(Currency::code), Some("KZT"));
        for bad in ["", "EU", "EURO", "XXX", "ЕUR"] {
            assert!(Currency::parse(bad).is_none(), "{bad}");
        }
        assert!(Currency::CODES.is_sorted());
    }
}
