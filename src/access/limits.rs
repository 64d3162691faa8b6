//! Which establishments somebody sees: how that is said, who may give it, how it is told.
//! Establishments themselves stand in a room above this one, so the composition root hands over what
//! has to be known of them.
use super::error::Error;
use super::model::Scope;
use crate::db::{self, Conn};
use crate::ids::EstablishmentId;
use crate::sheets::Cell;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Establishments that a page names one by one.
const NAMED: usize = 100;
/// Codes that stand in one cell of a list.
const IN_A_CELL: usize = 5;
/// Codes that a refusal repeats, and how much of each.
const TOLD: usize = 10;
const TOLD_CHARS: usize = 40;

/// An establishment, as far as this room has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Establishment {
    pub id: EstablishmentId,
    pub code: String,
    pub name: String,
}

type Found<T> = Result<T, db::Error>;
/// The first of those that were found, and whether there are more.
type First = (Vec<Establishment>, bool);

/// What the room that owns establishments tells of them.
#[derive(Clone, Copy)]
pub struct Establishments {
    /// Those in the scope that have one of these codes.
    pub by_code: fn(&mut Conn, &Scope, &[String]) -> Found<Vec<Establishment>>,
    pub by_id: fn(&mut Conn, &[EstablishmentId]) -> Found<Vec<Establishment>>,
    /// All in the scope, by name; `None` when they are too many to be ticked one by one.
    pub few: fn(&mut Conn, &Scope) -> Found<Option<Vec<Establishment>>>,
    /// Those in the scope that a text finds.
    pub find: fn(&mut Conn, &Scope, &str) -> Found<First>,
}

/// What somebody is to see, in the words of who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limits {
    /// Nothing is said of it: it stays as it is, and who is new sees what his maker sees.
    Unsaid,
    /// Every establishment, also those that are added later.
    All,
    /// Those with these codes.
    Only(Vec<String>),
}

impl Limits {
    /// What that means when somebody says it who sees `scope` himself. `unsaid` is what stands where
    /// nothing is said.
    pub(super) fn resolve(
        &self,
        conn: &mut Conn,
        establishments: &Establishments,
        scope: &Scope,
        unsaid: &Scope,
    ) -> Result<Reach, Error> {
        let codes: BTreeSet<&str> = match self {
            Self::Unsaid => return Ok(Reach::of(conn, establishments, unsaid)?),
            Self::All => return Ok(Reach::all()),
            Self::Only(codes) => codes.iter().map(|code| code.trim()).collect(),
        };
        let codes: Vec<String> = codes
            .into_iter()
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect();
        // Who sees no establishment at all would see an empty server and not know why.
        if codes.is_empty() {
            return Err(Error::NoLimits);
        }
        let found = (establishments.by_code)(conn, scope, &codes)?;
        let there: BTreeSet<&str> = found.iter().map(|it| it.code.as_str()).collect();
        let missing: Vec<&String> = codes
            .iter()
            .filter(|it| !there.contains(it.as_str()))
            .collect();
        if missing.is_empty() {
            return Ok(Reach::only(found));
        }
        Err(Error::EstablishmentUnknown(repeated(&missing)))
    }
}

/// Some codes of what was sent, short enough for a message.
fn repeated(codes: &[&String]) -> String {
    let some = codes.iter().take(TOLD);
    let mut told: Vec<String> = some
        .map(|code| code.chars().take(TOLD_CHARS).collect())
        .collect();
    if codes.len() > TOLD {
        told.push("…".to_owned());
    }
    told.join(", ")
}

/// What somebody sees, together with the codes by which people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    pub scope: Scope,
    /// In their order; nothing when he sees all.
    pub codes: Vec<String>,
}

impl Reach {
    pub(super) fn all() -> Self {
        Self {
            scope: Scope::All,
            codes: Vec::new(),
        }
    }

    fn only(these: Vec<Establishment>) -> Self {
        let mut ids: Vec<EstablishmentId> = these.iter().map(|it| it.id).collect();
        ids.sort_unstable();
        let mut codes: Vec<String> = these.into_iter().map(|it| it.code).collect();
        codes.sort_unstable();
        Self {
            scope: Scope::Only(ids),
            codes,
        }
    }

    pub(super) fn of(
        conn: &mut Conn,
        establishments: &Establishments,
        scope: &Scope,
    ) -> Result<Self, db::Error> {
        let Scope::Only(these) = scope else {
            return Ok(Self::all());
        };
        let reach = Self::only((establishments.by_id)(conn, these)?);
        Ok(Self {
            scope: scope.clone(),
            ..reach
        })
    }

    /// As the audit keeps it.
    pub(super) fn told(&self) -> Value {
        match self.scope {
            Scope::All => json!("all"),
            Scope::Only(_) => json!(self.codes),
        }
    }
}

/// What somebody sees, as the part `access/limits_shown` reads it.
pub(super) fn shown(
    conn: &mut Conn,
    establishments: &Establishments,
    scope: &Scope,
) -> Result<Value, db::Error> {
    let Scope::Only(these) = scope else {
        return Ok(json!({ "all": true }));
    };
    let mut named = (establishments.by_id)(conn, these)?;
    named.sort_unstable_by(|a, b| (&a.name, &a.code).cmp(&(&b.name, &b.code)));
    let more = named.len().saturating_sub(NAMED);
    let these: Vec<Value> = named
        .iter()
        .take(NAMED)
        .map(|it| json!({ "code": it.code, "name": it.name }))
        .collect();
    Ok(json!({ "all": false, "these": these, "more": (more > 0).then_some(more) }))
}

/// The codes of the establishments that the scopes of a list's rows name.
pub(super) fn codes(
    conn: &mut Conn,
    establishments: &Establishments,
    scopes: &[Scope],
) -> Result<HashMap<EstablishmentId, String>, db::Error> {
    let ids: BTreeSet<EstablishmentId> = scopes
        .iter()
        .filter_map(|scope| match scope {
            Scope::All => None,
            Scope::Only(these) => Some(these),
        })
        .flatten()
        .copied()
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<EstablishmentId> = ids.into_iter().collect();
    let named = (establishments.by_id)(conn, &ids)?;
    Ok(named.into_iter().map(|it| (it.id, it.code)).collect())
}

/// What somebody sees, in one cell: some of the codes, and how many there are.
pub(super) fn cell(scope: &Scope, codes: &HashMap<EstablishmentId, String>) -> Cell {
    let Scope::Only(these) = scope else {
        return Cell::Word("access-limits-every".to_owned());
    };
    let mut told: Vec<&str> = these
        .iter()
        .filter_map(|id| codes.get(id).map(String::as_str))
        .collect();
    if told.is_empty() {
        return Cell::Word("access-limits-none".to_owned());
    }
    told.sort_unstable();
    let n = told.len();
    let some = told[..n.min(IN_A_CELL)].join(", ");
    Cell::text(if n > IN_A_CELL {
        format!("{some}, … ({n})")
    } else {
        some
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_some_codes_and_their_number() {
        let codes: HashMap<EstablishmentId, String> = (1..=7)
            .map(|n| (EstablishmentId(n), format!("E{n}")))
            .collect();
        let of = |ids: &[i64]| {
            let ids = ids.iter().copied().map(EstablishmentId).collect();
            cell(&Scope::Only(ids), &codes)
        };
        assert_eq!(of(&[2, 1]), Cell::text("E1, E2"));
        assert_eq!(
            of(&[1, 2, 3, 4, 5, 6, 7]),
            Cell::text("E1, E2, E3, E4, E5, … (7)")
        );
        assert_eq!(of(&[]), Cell::Word("access-limits-none".to_owned()));
        let all = cell(&Scope::All, &codes);
        assert_eq!(all, Cell::Word("access-limits-every".to_owned()));
    }

    #[test]
    fn a_refusal_repeats_no_more_than_fits_a_message() {
        let long = "x".repeat(100);
        let many: Vec<&String> = std::iter::repeat_n(&long, 11).collect();
        assert_eq!(repeated(&many).chars().count(), 10 * 40 + 10 * 2 + 1);
    }
}
