//! What is wrong with a configuration, told all at once.
use std::fmt;

/// One fault: where it is, what it is, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Dotted path of the setting, or the file that could not be read.
    pub path: String,
    /// Where the value came from: a file, an environment variable, a flag.
    pub origin: String,
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin.is_empty() {
            write!(f, "{}: {}", self.path, self.what)
        } else {
            write!(f, "{} ({}): {}", self.path, self.origin, self.what)
        }
    }
}

/// Every fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0.len();
        let noun = if n == 1 { "fault" } else { "faults" };
        write!(f, "the configuration has {n} {noun}:")?;
        for fault in &self.0 {
            write!(f, "\n  - {fault}")?;
        }
        Ok(())
    }
}
