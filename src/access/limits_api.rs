//! How the Management API says which establishments somebody sees.
use super::limits::Limits;
use super::model::Scope;
use crate::ids::EstablishmentId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Every {
    All,
}

/// `"all"`, also those that are added later, or the codes of some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Establishments)]
pub(super) enum Seen {
    Every(Every),
    Only(Vec<String>),
}

impl Seen {
    pub(super) fn of(scope: &Scope, codes: &HashMap<EstablishmentId, String>) -> Self {
        let Scope::Only(these) = scope else {
            return Self::Every(Every::All);
        };
        let told = these.iter().filter_map(|id| codes.get(id).cloned());
        let mut told: Vec<String> = told.collect();
        told.sort_unstable();
        Self::Only(told)
    }

    /// What is meant; nothing is said when it is absent.
    pub(super) fn wish(said: Option<Self>) -> Limits {
        match said {
            None => Limits::Unsaid,
            Some(Self::Every(Every::All)) => Limits::All,
            Some(Self::Only(codes)) => Limits::Only(codes),
        }
    }
}
