//! A terminal model, the models that are known from the start, and what a draft must be.
use crate::clock::Millis;
use crate::ids::ModelId;
use serde::{Deserialize, Serialize};

const CODE_MAX: usize = 32;
const TEXT_MAX: usize = 100;
const ALIASES_MAX: usize = 20;

/// One kind of terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub id: ModelId,
    pub code: String,
    pub draft: ModelDraft,
    pub version: i64,
    pub created_at: Millis,
}

/// What may be changed of a model.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about a model"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModelDraft {
    pub name: String,
    pub manufacturer: String,
    /// The operating system that packages must be made for, such as `android`.
    pub platform: String,
    /// False while the platform is only believed.
    #[serde(default)]
    pub platform_is_confirmed: bool,
    /// Other names under which a terminal of this model may report itself.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Its system components can be updated.
    #[serde(default)]
    pub component_updates: bool,
    /// Third parties' applications can be installed.
    #[serde(default)]
    pub third_party_apps: bool,
    /// Keys can be loaded from here.
    #[serde(default)]
    pub key_loading: bool,
}

impl Model {
    /// Manufacturer and name, as people say it.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.draft.manufacturer, self.draft.name)
    }

    /// The names that a terminal of this model may report.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let own = [self.code.clone(), self.draft.name.clone(), self.title()];
        let aliases = self.draft.aliases.clone();
        own.into_iter().chain(aliases).map(|name| squeeze(&name))
    }

    /// Does a terminal that calls itself so belong to this model?
    #[must_use]
    pub fn is_called(&self, reported: &str) -> bool {
        let reported = squeeze(reported);
        self.names().any(|name| name == reported)
    }
}

/// Letters and digits only: `WPOS-3`, `wpos3` and `WPOS 3` are one name.
fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The code as it will be kept; `None` when it cannot be one.
#[must_use]
pub(super) fn code(text: &str) -> Option<String> {
    let text = text.trim();
    let safe = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let fits = (1..=CODE_MAX).contains(&text.len())
        && text != "new"
        && !text.starts_with('.')
        && text.bytes().all(safe);
    fits.then(|| text.to_owned())
}

impl ModelDraft {
    /// The values as they will be stored, or field and code of all that is wrong.
    pub fn check(&self) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let clean = Self {
            name: tidy(&self.name),
            manufacturer: tidy(&self.manufacturer),
            platform: tidy(&self.platform).to_lowercase(),
            aliases: self
                .aliases
                .iter()
                .map(|alias| tidy(alias))
                .filter(|alias| !alias.is_empty())
                .collect(),
            ..*self
        };
        let mut wrong = Vec::new();
        for (field, text) in [
            ("name", &clean.name),
            ("manufacturer", &clean.manufacturer),
            ("platform", &clean.platform),
        ] {
            if text.is_empty() {
                wrong.push((field, "model.missing"));
            } else if text.chars().count() > TEXT_MAX {
                wrong.push((field, "model.too-long"));
            }
        }
        let long = |alias: &String| alias.chars().count() > TEXT_MAX;
        if clean.aliases.len() > ALIASES_MAX || clean.aliases.iter().any(long) {
            wrong.push(("aliases", "model.too-many-aliases"));
        }
        if wrong.is_empty() {
            Ok(clean)
        } else {
            Err(wrong)
        }
    }
}

/// The models that every database begins with. That the T3 runs Telium is inferred, not published.
pub(super) fn known() -> [(&'static str, ModelDraft); 3] {
    let draft = |manufacturer: &str, name: &str, platform: &str, aliases: &[&str]| ModelDraft {
        name: name.to_owned(),
        manufacturer: manufacturer.to_owned(),
        platform: platform.to_owned(),
        platform_is_confirmed: true,
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        component_updates: true,
        third_party_apps: false,
        key_loading: true,
    };
    let f20 = draft(
        "Feitian",
        "F20",
        "android",
        &["Feitain F20", "FT F20", "Nova 55F"],
    );
    let t3 = draft("Ingenico", "T3", "telium", &["Telium 3", "Tetra T3"]);
    [
        (
            "wiseasy-wpos-3",
            draft("Wiseasy", "WPOS-3", "android", &["WangPOS 3", "WPOS3"]),
        ),
        (
            "ingenico-t3",
            ModelDraft {
                platform_is_confirmed: false,
                ..t3
            },
        ),
        (
            "feitian-f20",
            ModelDraft {
                third_party_apps: true,
                ..f20
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(at: usize) -> Model {
        let (code, draft) = known()[at].clone();
        Model {
            id: ModelId(1),
            code: code.to_owned(),
            draft,
            version: 1,
            created_at: Millis(0),
        }
    }

    #[test]
    fn what_is_known_from_the_start_is_acceptable() {
        for (name, draft) in known() {
            assert_eq!(code(name).as_deref(), Some(name));
            assert_eq!(draft.check(), Ok(draft.clone()));
        }
        let apps: Vec<_> = known().map(|(_, d)| d.third_party_apps).into();
        assert_eq!(apps, [false, false, true]);
    }

    #[test]
    fn a_terminal_may_spell_its_model_its_own_way() {
        for name in ["WPOS-3", "wpos3", "Wiseasy WPOS 3", "WISEASY-WPOS-3"] {
            assert!(model(0).is_called(name), "{name}");
        }
        assert!(model(2).is_called("Feitain F20"));
        assert!(!model(0).is_called("F20") && !model(0).is_called(""));
    }

    #[test]
    fn every_fault_is_told_together() {
        let faults = ModelDraft {
            aliases: vec!["x".repeat(101)],
            ..Default::default()
        };
        assert_eq!(faults.check().unwrap_err().len(), 4);
        assert_eq!(code("WPOS"), None);
        assert_eq!(code("new"), None);
    }
}
