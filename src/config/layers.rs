//! The sources of settings, laid over each other: file, environment, flags.
use super::fault::Fault;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Value;

const PREFIX: &str = "POSFLEET__";

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    /// Environment variables; those without our prefix are passed over.
    pub environment: Vec<(String, String)>,
    /// Dotted path and text, as flags gave them.
    pub flags: Vec<(String, String)>,
}

impl Sources {
    /// With the process's environment; its `POSFLEET_CONFIG` names the file when no flag does.
    #[must_use]
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        let environment: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        let named = environment
            .iter()
            .find(|(name, value)| name == "POSFLEET_CONFIG" && !value.is_empty())
            .map(|(_, value)| PathBuf::from(value));
        Self {
            file: file.or(named),
            environment,
            flags,
        }
    }
}

/// A value and where it was found.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) origin: String,
}

pub(super) type Settings = BTreeMap<String, Given>;

/// All settings by dotted path, and the faults of the sources themselves.
pub(super) fn gather(sources: &Sources) -> (Settings, Vec<Fault>) {
    let mut settings = Settings::new();
    let mut faults = Vec::new();
    if let Some(path) = &sources.file {
        match read(path) {
            Ok(table) => flatten("", table, &path.display().to_string(), &mut settings),
            Err(fault) => faults.push(fault),
        }
    }
    for (name, value) in &sources.environment {
        if let Some(rest) = name.strip_prefix(PREFIX) {
            let path = rest.to_ascii_lowercase().replace("__", ".");
            put(&mut settings, path, value, name.clone());
        }
    }
    for (path, value) in &sources.flags {
        put(&mut settings, path.clone(), value, "flag".to_owned());
    }
    (settings, faults)
}

/// As if `--data` alone had been given.
pub(super) fn only_data(data: &Path) -> Settings {
    let mut settings = Settings::new();
    let text = data.to_string_lossy();
    put(&mut settings, "data".to_owned(), &text, "flag".to_owned());
    settings
}

fn put(settings: &mut Settings, path: String, value: &str, origin: String) {
    let value = Value::String(value.to_owned());
    // A secret given outright outweighs its file in a lower layer, and the other way round.
    let twin = path
        .strip_suffix("_file")
        .map_or_else(|| format!("{path}_file"), ToOwned::to_owned);
    settings.remove(&twin);
    settings.insert(path, Given { value, origin });
}

fn read(path: &Path) -> Result<toml::Table, Fault> {
    let fault = |what: String| Fault {
        path: path.display().to_string(),
        origin: String::new(),
        what,
    };
    let text = std::fs::read_to_string(path).map_err(|e| {
        fault(format!(
            "cannot be read: {e}; check the path and its rights"
        ))
    })?;
    text.parse::<toml::Table>()
        .map_err(|e| fault(format!("is not TOML: {}", e.to_string().trim_end())))
}

fn flatten(above: &str, table: toml::Table, origin: &str, to: &mut Settings) {
    for (key, value) in table {
        let path = if above.is_empty() {
            key
        } else {
            format!("{above}.{key}")
        };
        match value {
            Value::Table(inner) => flatten(&path, inner, origin, to),
            value => {
                let origin = origin.to_owned();
                to.insert(path, Given { value, origin });
            }
        }
    }
}
