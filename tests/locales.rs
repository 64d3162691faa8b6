//! English, French and Russian say the same things: the same messages with the same variables,
//! and every message that a page, an error or the navigation asks for.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod scan;

use scan::{Source, files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 3] = ["en", "fr", "ru"];

/// Message ids of one language, each with the variables it uses.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn below(folder: impl AsRef<Path>, ending: &str) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    files(folder.as_ref(), ending, &mut paths);
    paths
}

fn messages(language: &str) -> Messages {
    let mut all = Messages::new();
    for path in below(Path::new("locales").join(language), "ftl") {
        let text = fs::read_to_string(&path).unwrap();
        let mut current = None;
        for line in text.lines() {
            let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
            if let Some((id, _)) = line.split_once('=').filter(|_| begins) {
                let id = id.trim().to_owned();
                let taken = all.insert(id.clone(), BTreeSet::new()).is_some();
                assert!(!taken, "{}: `{id}` is there twice", path.display());
                current = Some(id);
            }
            if let Some(variables) = current.as_ref().and_then(|id| all.get_mut(id)) {
                variables.extend(variables_of(line));
            }
        }
    }
    all
}

fn variables_of(line: &str) -> Vec<String> {
    line.split('$')
        .skip(1)
        .map(|rest| word(rest, |c| c.is_ascii_alphanumeric() || "_-".contains(c)))
        .collect()
}

fn word(text: &str, belongs: impl Fn(char) -> bool) -> String {
    text.chars().take_while(|c| belongs(*c)).collect()
}

fn is_key(text: &str) -> bool {
    let first = text.starts_with(|c: char| c.is_ascii_lowercase());
    let form = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    first && !text.ends_with('-') && text.chars().all(form)
}

#[test]
fn the_three_languages_say_the_same() {
    let english = messages("en");
    for language in LANGUAGES {
        let other = messages(language);
        let missing: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let extra: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
        assert!(extra.is_empty(), "{language} alone has {extra:?}");
        for (id, variables) in &english {
            assert_eq!(&other[id], variables, "{language}: variables of `{id}`");
        }
    }
}

#[test]
fn every_word_of_the_templates_is_there() {
    let known = messages("en");
    let mut missing = Vec::new();
    for path in below("templates", "hbs") {
        let text = fs::read_to_string(&path).unwrap();
        for opening in [
            "{{t \"",
            "{{{t \"",
            "(t \"",
            "{{~t \"",
            "title_key=\"",
            "_key=\"",
        ] {
            for rest in text.split(opening).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                if !known.contains_key(key) {
                    missing.push(format!("{}: `{key}`", path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Codes such as `licence.too-large` in the files that define errors.
#[test]
fn every_error_has_its_words() {
    let known = messages("en");
    let mut missing = Vec::new();
    for source in Source::all("src") {
        if !source.is("error") && !source.is("problem") {
            continue;
        }
        for code in source.strings() {
            let mut parts = code.split('.');
            let is_code = code.contains('.') && parts.all(is_key);
            let key = format!("error-{}", code.replace('.', "-"));
            if is_code && !known.contains_key(&key) {
                missing.push(format!("{}: `{key}`", source.file));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A value at fault is told as its field and a code: `("tid", "terminal.tid-form")`.
#[test]
fn every_fault_of_a_field_has_its_words() {
    let known = messages("en");
    let is_field = |c: char| c.is_ascii_lowercase() || c == '_';
    let (mut seen, mut missing) = (0, Vec::new());
    for source in Source::all("src") {
        for (field, code) in source.neighbours() {
            let is_code = code.split('.').count() == 2 && code.split('.').all(is_key);
            if !is_code || field.is_empty() || !field.chars().all(is_field) {
                continue;
            }
            seen += 1;
            let key = format!("error-{}", code.replace('.', "-"));
            if !known.contains_key(&key) {
                missing.push(format!("{}: `{key}` of {field}", source.file));
            }
        }
    }
    assert!(seen > 20, "only {seen} faults of fields were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_entry_of_the_navigation_has_its_words() {
    let known = messages("en");
    let keys = Source::all("src")
        .iter()
        .filter(|source| source.room() == "app")
        .flat_map(Source::strings)
        .filter(|text| text.starts_with("nav-") && is_key(text))
        .collect::<BTreeSet<_>>();
    let missing: Vec<_> = keys.iter().filter(|k| !known.contains_key(*k)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_success_has_its_words() {
    let known = messages("en");
    let mut missing = BTreeSet::new();
    for source in Source::all("src") {
        for text in source.strings() {
            for rest in text.split("said=").skip(1) {
                let key = format!(
                    "said-{}",
                    word(rest, |c| c.is_ascii_lowercase() || c == '-')
                );
                if is_key(&key) && !known.contains_key(&key) {
                    missing.insert(key);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
/// Beginnings of keys that name what a log holds: a field by its number, a command by its bytes. No source
/// writes each of them down.
const OF_RECORDS: [&str; 5] = ["emv-", "iso-", "jpos-", "json-", "zvt-"];

/// Words that nobody asks for are words that nobody keeps true. A key is asked for by its full
/// name, or by what stands around some code (`error-`, `terminals-{verb}-question`).
#[test]
fn no_word_is_left_over() {
    let mut asked: BTreeSet<String> = BTreeSet::new();
    for source in Source::all("src") {
        asked.extend(source.strings());
    }
    for path in below("templates", "hbs") {
        let text = fs::read_to_string(&path).unwrap();
        asked.extend(text.split('"').map(ToOwned::to_owned));
    }
    let around: BTreeSet<(String, String)> = asked
        .iter()
        .filter_map(|text| match text.split_once('{') {
            Some((start, rest)) => rest.split_once('}').map(|(_, end)| (start, end)),
            None => Some((text.as_str(), "")),
        })
        .filter(|(start, _)| start.len() > 2 && start.ends_with('-'))
        .map(|(start, end)| (start.to_owned(), end.to_owned()))
        .collect();
    let codes: BTreeSet<String> = asked
        .iter()
        .map(|text| {
            text.rsplit_once("said=")
                .map_or(text.as_str(), |(_, said)| said)
        })
        .map(|code| code.replace(['.', '_'], "-"))
        .collect();
    let is_asked = |key: &String| {
        asked.contains(key)
            || key.starts_with("failure-")
            || OF_RECORDS.iter().any(|start| key.starts_with(start))
            || around
                .iter()
                .filter_map(|(start, end)| {
                    key.strip_prefix(start.as_str())?.strip_suffix(end.as_str())
                })
                .any(|middle| codes.contains(middle))
    };
    let over: Vec<_> = messages("en")
        .into_keys()
        .filter(|key| !is_asked(key))
        .collect();
    assert!(over.is_empty(), "nobody asks for {over:?}");
}

/// Kinds of events are the codes that the files which emit events hold in the places of a kind: an
/// arm, a block, the field, the first argument; and what `tell` is given.
#[test]
fn every_event_has_its_words() {
    let mut kinds = BTreeSet::new();
    for source in Source::all("src") {
        let of_tell = source.find("tell (").into_iter().filter_map(|at| {
            let rest = source.tokens[at..].iter();
            rest.take_while(|token| *token != ";")
                .find(|token| token.starts_with('"'))
        });
        kinds.extend(of_tell.cloned());
        if source.says("emit (") {
            let pairs = source.tokens.iter().zip(source.tokens.iter().skip(1));
            let in_place =
                pairs.filter(|(before, _)| [">", "{", ":", "("].contains(&before.as_str()));
            kinds.extend(in_place.map(|(_, token)| token.clone()));
        }
    }
    let kinds: BTreeSet<String> = kinds
        .into_iter()
        .filter_map(|token| Some(token.strip_prefix('"')?.strip_suffix('"')?.to_owned()))
        .filter(|kind| {
            kind.split_once('.')
                .is_some_and(|(room, what)| is_key(room) && is_key(what))
        })
        .filter(|kind| !kind.starts_with("test."))
        .collect();
    assert!(kinds.len() > 20, "only {kinds:?}");
    let known = messages("en");
    let missing: Vec<_> = kinds
        .iter()
        .filter(|kind| !known.contains_key(&format!("event-{}", kind.replace('.', "-"))))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
