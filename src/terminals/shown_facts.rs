//! How a list is narrowed by facts, as an address or a program says it.
use super::catalogue;
use super::fact::{
    self, APP, CLOCK, ERROR, FIXED, LAST_ACTION, LICENCE, NONE, UPDATE, VALUES, VERSION,
};
use super::registry::{Error, FactIs, Filter};
use super::shown::Asked;
use crate::db::Conn;

type Wrong = Vec<(&'static str, &'static str)>;

impl Asked {
    /// Adds what is asked of facts to a filter.
    pub(super) fn facts(
        &self,
        conn: &mut Conn,
        filter: &mut Filter,
        wrong: &mut Wrong,
    ) -> Result<(), Error> {
        if !self.platform.is_empty() {
            let models = catalogue::list(conn)?.into_iter();
            let of = models.filter(|model| model.draft.platform == self.platform);
            filter.of_models = Some(of.map(|model| model.id).collect());
        }
        for (field, name, value) in [
            ("licence", LICENCE, &self.licence),
            ("update", UPDATE, &self.update),
            ("clock", CLOCK, &self.clock),
            ("action", LAST_ACTION, &self.action),
            ("error", ERROR, &self.error),
        ] {
            if value.is_empty() {
                continue;
            }
            let known = VALUES.iter().find(|(of, _)| *of == name);
            if known.is_some_and(|(_, words)| !words.contains(&value.as_str())) {
                wrong.push((field, "terminal.no-such-value"));
            }
            filter
                .facts
                .push(FactIs::Any(vec![(name.to_owned(), value.clone())]));
        }
        if !self.version.is_empty() {
            filter.facts.push(version(conn, &self.version)?);
        }
        if !self.fact.is_empty() {
            match named(&self.fact) {
                Some(is) => filter.facts.push(is),
                None => wrong.push(("fact", "terminal.no-such-fact")),
            }
        }
        Ok(())
    }
}

/// Names of components may have a colon themselves, and so may versions: each way of reading it counts.
fn version(conn: &mut Conn, text: &str) -> Result<FactIs, Error> {
    if let Some(component) = text.strip_suffix(":none").filter(|name| !name.is_empty()) {
        return Ok(FactIs::Absent(format!("{VERSION}{component}")));
    }
    let mut any: Vec<(String, String)> = splits(text)
        .map(|(name, value)| (format!("{VERSION}{name}"), value.to_owned()))
        .collect();
    // Whatever packages there are, a component is not missed for them.
    for kind in [VERSION, APP] {
        let under = fact::of_value(conn, kind, text)?.into_iter();
        any.extend(under.map(|name| (name, text.to_owned())));
    }
    Ok(FactIs::Any(any))
}

fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let at = text.match_indices(':').map(|(at, _)| at);
    at.map(|at| (&text[..at], &text[at + 1..]))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
}

/// A fact by its name and value; `None` when there is none of such a name.
fn named(text: &str) -> Option<FactIs> {
    let beginning = [VERSION, APP]
        .into_iter()
        .find(|kind| text.starts_with(kind));
    let Some(beginning) = beginning else {
        let (name, value) = text.split_once(':')?;
        let is_known = FIXED.contains(&name) && !value.is_empty();
        return is_known.then(|| FactIs::Any(vec![(name.to_owned(), value.to_owned())]));
    };
    let rest = &text[beginning.len()..];
    if let Some(name) = rest.strip_suffix(":none").filter(|name| !name.is_empty()) {
        debug_assert_eq!(NONE, "none");
        return Some(FactIs::Absent(format!("{beginning}{name}")));
    }
    let any: Vec<(String, String)> = splits(rest)
        .map(|(name, value)| (format!("{beginning}{name}"), value.to_owned()))
        .collect();
    (!any.is_empty()).then_some(FactIs::Any(any))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_read_by_its_name() {
        let any = |pairs: &[(&str, &str)]| {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            Some(FactIs::Any(pairs.iter().map(own).collect()))
        };
        assert_eq!(named("model:wpos-3"), any(&[("model", "wpos-3")]));
        assert_eq!(named("error:a:b"), any(&[("error", "a:b")]));
        let both = any(&[("version:a", "b:c"), ("version:a:b", "c")]);
        assert_eq!(named("version:a:b:c"), both);
        let absent = Some(FactIs::Absent("app:com.x".to_owned()));
        assert_eq!(named("app:com.x:none"), absent);
        for odd in ["", "model", "model:", "colour:red", "version:", "version:x"] {
            assert_eq!(named(odd), None, "{odd}");
        }
    }
}
