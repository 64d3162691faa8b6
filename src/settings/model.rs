//! What a setting may be, and what is wrong with a wish for one.
use super::text_model::{is_email, tidy};
use crate::clock::Millis;
use crate::ids::Currency;
use serde_json::{Map, Value};

/// Settings that are changed together, in one form and under one version.
#[derive(Debug)]
pub struct Group {
    /// Its place in addresses; its title is the message `settings-` and this.
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// One setting.
#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    /// Fluent keys.
    pub label_key: &'static str,
    pub hint_key: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A whole number.
    Number { min: i64, max: i64, default: i64 },
    /// One of some codes; the word of each is the message `words` and the code.
    Choice {
        of: &'static [&'static str],
        default: &'static str,
        words: &'static str,
    },
    /// One line of this many characters at most; empty is the default.
    Text { max: usize },
    /// An e-mail address; empty, the default, is none.
    Email,
    /// A time zone by its IANA name.
    Zone { default: &'static str },
    /// A currency by its ISO 4217 code; empty, the default, is none.
    Currency,
}

/// Field and code of everything that is wrong, with the bounds that a message names.
pub(super) type Faults = Vec<(&'static str, &'static str, Vec<(&'static str, String)>)>;

impl Field {
    fn default(&self) -> Value {
        match self.kind {
            Kind::Number { default, .. } => default.into(),
            Kind::Choice { default, .. } | Kind::Zone { default } => default.into(),
            Kind::Text { .. } | Kind::Email | Kind::Currency => "".into(),
        }
    }

    /// The value as it will be stored; numbers come as numbers or, from forms, as text.
    fn accept(&self, wish: &Value) -> Option<Value> {
        match self.kind {
            Kind::Number { min, max, .. } => {
                let number = match wish {
                    Value::String(text) => text.trim().parse().ok(),
                    other => other.as_i64(),
                };
                number.filter(|n| (min..=max).contains(n)).map(Value::from)
            }
            Kind::Choice { of, .. } => {
                let code = wish.as_str()?.trim();
                of.contains(&code).then(|| code.into())
            }
            Kind::Text { max } => {
                let text = tidy(wish.as_str()?);
                (text.chars().count() <= max).then(|| text.into())
            }
            Kind::Email => {
                let text = wish.as_str()?.trim();
                (text.is_empty() || is_email(text)).then(|| text.into())
            }
            Kind::Zone { .. } => {
                let zone: chrono_tz::Tz = wish.as_str()?.trim().parse().ok()?;
                Some(zone.name().into())
            }
            Kind::Currency => match wish.as_str()?.trim() {
                "" => Some("".into()),
                code => Currency::parse(code).map(|found| found.code().into()),
            },
        }
    }

    fn fault(&self) -> (&'static str, &'static str, Vec<(&'static str, String)>) {
        match self.kind {
            Kind::Number { min, max, .. } => (
                self.key,
                "settings.number-range",
                vec![("min", min.to_string()), ("max", max.to_string())],
            ),
            Kind::Text { max } => (
                self.key,
                "settings.too-long",
                vec![("max", max.to_string())],
            ),
            Kind::Email => (self.key, "settings.email-form", Vec::new()),
            Kind::Choice { .. } | Kind::Zone { .. } | Kind::Currency => {
                (self.key, "settings.no-such-choice", Vec::new())
            }
        }
    }
}

/// The values of a group: one for each of its fields, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Map<String, Value>);

impl Values {
    /// What is stored, completed by defaults; what the program no longer knows or accepts is as good
    /// as absent.
    #[must_use]
    pub fn of(group: &Group, stored: &Map<String, Value>) -> Self {
        let value = |field: &Field| {
            let kept = stored.get(field.key).and_then(|kept| field.accept(kept));
            (
                field.key.to_owned(),
                kept.unwrap_or_else(|| field.default()),
            )
        };
        Self(group.fields.iter().map(value).collect())
    }

    /// These with what `wish` names in place of what was there; `null` is the default.
    pub(super) fn amended(&self, group: &Group, wish: &Map<String, Value>) -> Result<Self, Faults> {
        let mut wrong = Faults::new();
        let mut after = self.0.clone();
        for field in group.fields {
            let value = match wish.get(field.key) {
                None => continue,
                Some(Value::Null) => field.default(),
                Some(other) => {
                    let Some(value) = field.accept(other) else {
                        wrong.push(field.fault());
                        continue;
                    };
                    value
                }
            };
            after.insert(field.key.to_owned(), value);
        }
        if wrong.is_empty() {
            Ok(Self(after))
        } else {
            Err(wrong)
        }
    }

    /// A number; 0 when the group has no such field.
    #[must_use]
    pub fn number(&self, key: &str) -> i64 {
        self.0.get(key).and_then(Value::as_i64).unwrap_or_default()
    }

    /// A code or a text; empty when the group has no such field.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn object(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// A group as it stands; version 0 was never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub values: Values,
    pub version: i64,
    pub changed_at: Option<Millis>,
    pub changed_by: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GROUP: Group = Group {
        name: "tea",
        fields: &[
            Field {
                key: "cups",
                label_key: "cups",
                hint_key: "cups",
                kind: Kind::Number {
                    min: 1,
                    max: 9,
                    default: 2,
                },
            },
            Field {
                key: "sort",
                label_key: "sort",
                hint_key: "sort",
                kind: Kind::Choice {
                    of: &["green", "black"],
                    default: "green",
                    words: "tea-",
                },
            },
        ],
    };

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_is_absent_or_unknown_has_its_default() {
        let values = Values::of(&GROUP, &map(&json!({ "cups": 99, "sugar": true })));
        assert_eq!((values.number("cups"), values.text("sort")), (2, "green"));
    }

    #[test]
    fn a_wish_changes_what_it_names() {
        let values = Values::of(&GROUP, &Map::new());
        let after = values
            .amended(&GROUP, &map(&json!({ "cups": "7", "sort": "black" })))
            .unwrap();
        assert_eq!((after.number("cups"), after.text("sort")), (7, "black"));
        let back = after
            .amended(&GROUP, &map(&json!({ "cups": null })))
            .unwrap();
        assert_eq!((back.number("cups"), back.text("sort")), (2, "black"));
    }

    #[test]
    fn texts_are_tidied_and_checked() {
        const fn field(key: &'static str, kind: Kind) -> Field {
            Field {
                key,
                label_key: key,
                hint_key: key,
                kind,
            }
        }
        const TEXTS: Group = Group {
            name: "texts",
            fields: &[
                field("name", Kind::Text { max: 5 }),
                field("mail", Kind::Email),
                field("zone", Kind::Zone { default: "UTC" }),
                field("money", Kind::Currency),
            ],
        };
        let values = Values::of(&TEXTS, &Map::new());
        assert_eq!((values.text("name"), values.text("zone")), ("", "UTC"));
        let wish = json!({
            "name": " a\r\nb ", "mail": " a@b.example ", "zone": "Asia/Almaty", "money": "kzt",
        });
        let after = values.amended(&TEXTS, &map(&wish)).unwrap();
        let kept = ["name", "mail", "zone", "money"].map(|key| after.text(key));
        assert_eq!(kept, ["a b", "a@b.example", "Asia/Almaty", "KZT"]);
        let wish = json!({ "name": "abcdef", "mail": "a b@c", "zone": "Mars", "money": "QQQ" });
        let wrong = after.amended(&TEXTS, &map(&wish)).unwrap_err();
        assert_eq!(wrong.len(), 4);
        let empty = json!({ "name": "", "mail": "", "money": "" });
        assert!(after.amended(&TEXTS, &map(&empty)).is_ok());
    }

    #[test]
    fn every_fault_is_told_together() {
        let values = Values::of(&GROUP, &Map::new());
        let wish = map(&json!({ "cups": 0, "sort": "mint" }));
        let wrong = values.amended(&GROUP, &wish).unwrap_err();
        let told: Vec<_> = wrong.iter().map(|fault| (fault.0, fault.1)).collect();
        assert_eq!(
            told,
            [
                ("cups", "settings.number-range"),
                ("sort", "settings.no-such-choice")
            ]
        );
    }
}
