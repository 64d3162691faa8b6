//! Takes settings one by one, remembers what was known, what was wrong and what it came to.
use super::fault::Fault;
use super::layers::{Given, Settings};
use super::setting::Setting;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use toml::Value;

/// How a value may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Open,
    /// Nothing of it.
    Masked,
    /// All but the password in a URL.
    Url,
}

pub(super) struct Reader {
    given: Settings,
    known: BTreeSet<String>,
    faults: Vec<Fault>,
    /// Path, value and origin, in the order in which they were taken.
    shown: Vec<(String, Option<Value>, String)>,
}

impl Reader {
    pub(super) fn new(given: Settings) -> Self {
        Self {
            given,
            known: BTreeSet::new(),
            faults: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// The setting at `path`, or `default`.
    pub(super) fn take<T: Setting>(&mut self, path: &str, default: T) -> T {
        let (value, origin) = self
            .find::<T>(path)
            .unwrap_or_else(|| (default, "default".to_owned()));
        self.shown
            .push((path.to_owned(), Some(value.show()), origin));
        value
    }

    /// The setting at `path`, if anybody gave it.
    pub(super) fn maybe<T: Setting>(&mut self, path: &str) -> Option<T> {
        let found = self.find::<T>(path);
        self.shown.push(match &found {
            Some((value, origin)) => (path.to_owned(), Some(value.show()), origin.clone()),
            None => (path.to_owned(), None, "not set".to_owned()),
        });
        found.map(|(value, _)| value)
    }

    /// A secret at `path`, or in the file that `path` with `_file` names.
    pub(super) fn secret(&mut self, path: &str, show: Show) -> Option<String> {
        let in_file = format!("{path}_file");
        let direct = self.find::<String>(path);
        let file = self.find::<String>(&in_file);
        let found = match (direct, file) {
            (Some(_), Some(_)) => {
                self.fault(
                    path,
                    format!("is given twice; keep one of it and {in_file}"),
                );
                None
            }
            (Some(found), None) => Some(found),
            (None, Some((name, origin))) => match std::fs::read_to_string(&name) {
                Ok(text) => Some((text.trim().to_owned(), format!("{origin}: {name}"))),
                Err(e) => {
                    self.fault(&in_file, format!("{name} cannot be read: {e}"));
                    None
                }
            },
            (None, None) => None,
        };
        let shown = found.as_ref().map(|(value, _)| {
            Value::String(match show {
                Show::Open => value.clone(),
                Show::Masked => "***".to_owned(),
                Show::Url => super::setting::without_password(value),
            })
        });
        let origin = found.as_ref().map_or("not set", |(_, origin)| origin);
        self.shown.push((path.to_owned(), shown, origin.to_owned()));
        found.map(|(value, _)| value)
    }

    /// Whether anybody gave the secret at `path`, be it readable or not.
    pub(super) fn is_given(&self, path: &str) -> bool {
        self.given.contains_key(path) || self.given.contains_key(&format!("{path}_file"))
    }

    /// Whether anybody gave something below `section`.
    pub(super) fn has_section(&self, section: &str) -> bool {
        let prefix = format!("{section}.");
        self.given.keys().any(|path| path.starts_with(&prefix))
    }

    /// Adds a fault of the setting at `path`.
    pub(super) fn fault(&mut self, path: &str, what: impl Into<String>) {
        let origin = self.given.get(path).map(|g| g.origin.clone());
        self.faults.push(Fault {
            path: path.to_owned(),
            origin: origin.unwrap_or_default(),
            what: what.into(),
        });
    }

    fn find<T: Setting>(&mut self, path: &str) -> Option<(T, String)> {
        self.known.insert(path.to_owned());
        let Given { value, origin } = self.given.get(path)?.clone();
        let read = T::read(&value);
        if read.is_none() {
            let is = match &value {
                Value::Array(items) if items.is_empty() => "the empty list".to_owned(),
                other => other.to_string(),
            };
            self.fault(path, format!("{is} will not do; write {}", T::WANTED));
        }
        read.map(|value| (value, origin))
    }

    /// The effective settings as TOML, and every fault.
    pub(super) fn finish(mut self) -> (String, Vec<Fault>) {
        let unknown: Vec<String> = self
            .given
            .keys()
            .filter(|path| !self.known.contains(*path))
            .cloned()
            .collect();
        for path in unknown {
            let what = match nearest(&path, &self.known) {
                Some(name) => format!("there is no such setting; did you mean {name}?"),
                None => "there is no such setting; remove it".to_owned(),
            };
            self.fault(&path, what);
        }
        self.faults.sort_by(|a, b| a.path.cmp(&b.path));
        (listing(&self.shown), self.faults)
    }
}

fn listing(shown: &[(String, Option<Value>, String)]) -> String {
    let mut out = String::new();
    let mut section = "";
    for (path, value, origin) in shown {
        let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
        if above != section {
            write!(out, "\n[{above}]\n").ok();
            section = above;
        }
        match value {
            Some(value) => writeln!(out, "{key} = {value}  # {origin}"),
            None => writeln!(out, "# {key} is not set"),
        }
        .ok();
    }
    out
}

/// The known name most like `wrong`, when it is like enough to be meant.
fn nearest<'a>(wrong: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    known
        .iter()
        .map(|name| (distance(wrong, name), name))
        .min()
        .filter(|(far, _)| *far <= 3 || *far * 4 <= wrong.len())
        .map(|(_, name)| name)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
