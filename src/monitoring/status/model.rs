//! Where a terminal drifts from what is wished of it. Pure.

/// One thing in which a terminal is not as wished; `monitoring-drift-` and the code is its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drift {
    Model,
    Serial,
    Parameters,
    Licence,
    Clock,
}

impl Drift {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Model => "monitoring-drift-model",
            Self::Serial => "monitoring-drift-serial",
            Self::Parameters => "monitoring-drift-parameters",
            Self::Licence => "monitoring-drift-licence",
            Self::Clock => "monitoring-drift-clock",
        }
    }

    /// As programs know it.
    pub(super) fn code(self) -> &'static str {
        self.key().trim_start_matches("monitoring-drift-")
    }
}

/// What is compared. What a terminal does not tell is no drift.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a terminal"
)]
pub(super) struct Compared {
    pub(super) other_model: bool,
    pub(super) other_serial: bool,
    pub(super) other_parameters: bool,
    pub(super) licence_is_due: bool,
    pub(super) clock_is_off: bool,
}

impl Compared {
    pub(super) fn drifts(self) -> Vec<Drift> {
        [
            (self.other_model, Drift::Model),
            (self.other_serial, Drift::Serial),
            (self.other_parameters, Drift::Parameters),
            (self.licence_is_due, Drift::Licence),
            (self.clock_is_off, Drift::Clock),
        ]
        .into_iter()
        .filter_map(|(is_so, drift)| is_so.then_some(drift))
        .collect()
    }
}

/// Versions on one line, as far as they fit: components by name, then so many more.
pub(super) fn versions(mut told: Vec<(String, String)>) -> String {
    const MOST: usize = 4;
    told.sort();
    let more = told.len().saturating_sub(MOST);
    let shown = told.iter().take(MOST);
    let mut words: Vec<String> = shown
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    if more > 0 {
        words.push(format!("+{more}"));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        assert!(Compared::default().drifts().is_empty());
        let both = Compared {
            other_serial: true,
            clock_is_off: true,
            ..Compared::default()
        };
        assert_eq!(both.drifts(), [Drift::Serial, Drift::Clock]);
    }

    #[test]
    fn versions_are_by_name_and_few() {
        let told = |all: &[(&str, &str)]| {
            versions(
                all.iter()
                    .map(|(n, v)| ((*n).into(), (*v).into()))
                    .collect(),
            )
        };
        assert_eq!(told(&[("pos", "4.2"), ("emv", "2")]), "emv 2, pos 4.2");
        assert_eq!(told(&[]), "");
        let many = [
            ("a", "1"),
            ("b", "1"),
            ("c", "1"),
            ("d", "1"),
            ("e", "1"),
            ("f", "1"),
        ];
        assert_eq!(told(&many), "a 1, b 1, c 1, d 1, +2");
    }
}
