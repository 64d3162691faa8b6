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
