//! The query of a list's address, taken apart and put together again.
use crate::http::{self, address};

pub(super) const SORT: &str = "sort";
pub(super) const CURSOR: &str = "cursor";
pub(super) const PAGE_SIZE: &str = "page_size";
/// The saved view that is open.
pub(super) const VIEW: &str = "view";

/// Names and values; a name stands once, and none is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// # Errors
    /// When it is not the query of an address.
    pub(super) fn parse(text: &str) -> Result<Self, http::Error> {
        let pairs: Vec<(String, String)> = http::query(text)?;
        let mut query = Self::default();
        for (name, value) in pairs {
            query = query.with(&name, &value);
        }
        Ok(query)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The same with `name` at `value`; without it when that is empty.
    #[must_use]
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut rest = self.without(name);
        if !value.is_empty() {
            rest.0.push((name.to_owned(), value.to_owned()));
        }
        rest
    }

    #[must_use]
    pub(super) fn without(&self, name: &str) -> Self {
        let rest = self.0.iter().filter(|(own, _)| own != name);
        Self(rest.cloned().collect())
    }

    /// What stands under these names, in their order.
    #[must_use]
    pub(super) fn only<'a>(&self, names: impl Iterator<Item = &'a str>) -> Self {
        let pair = |name: &str| Some((name.to_owned(), self.get(name)?.to_owned()));
        Self(names.filter_map(pair).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(super) fn text(&self) -> String {
        serde_urlencoded::to_string(&self.0).unwrap_or_default()
    }

    /// As an address of that path.
    pub(super) fn at(&self, path: &str) -> String {
        address(path, &self.pairs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_and_is_never_empty() {
        let query = Query::parse("q=caf%C3%A9+bar&sort=&a=1&a=2").unwrap();
        assert_eq!(query.pairs(), [("q", "café bar"), ("a", "2")]);
        assert_eq!(query.with("q", "").text(), "a=2");
        assert_eq!(
            query.only(["a", "q", "z"].into_iter()).at("/x"),
            "/x?a=2&q=caf%C3%A9+bar"
        );
        assert!(query.without("q").without("a").is_empty());
        assert_eq!(Query::default().at("/x"), "/x");
    }
}
