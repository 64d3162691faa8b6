//! Who is shown a view that somebody shared: those who see as much as he did.
use super::model::View;
use crate::access::Scope;
use crate::ids::{EstablishmentId, OperatorId};

const ALL: &str = "all";

/// A scope as it is stored beside a view.
pub(super) fn written(scope: &Scope) -> String {
    match scope {
        Scope::All => ALL.to_owned(),
        Scope::Only(these) => {
            let ids: Vec<String> = these.iter().map(ToString::to_string).collect();
            ids.join(" ")
        }
    }
}

pub(super) fn read(text: &str) -> Scope {
    if text == ALL {
        return Scope::All;
    }
    let ids = text.split(' ').filter_map(|id| id.parse().ok());
    Scope::Only(ids.map(EstablishmentId).collect())
}

/// Whether a view tells an operator who sees `scope` nothing that is out of his sight.
pub(super) fn is_for(view: &View, (who, scope): (OperatorId, &Scope)) -> bool {
    view.owner == who || is_open(view, scope)
}

/// Whether a view is shared and tells whoever sees `scope` nothing that is out of his sight.
pub(super) fn is_open(view: &View, scope: &Scope) -> bool {
    view.saved.is_shared() && scope.covers(&read(&view.reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_is_read_as_it_was_written() {
        let only = |ids: &[i64]| Scope::Only(ids.iter().copied().map(EstablishmentId).collect());
        for scope in [Scope::All, only(&[]), only(&[7]), only(&[7, 12])] {
            assert_eq!(read(&written(&scope)), scope);
        }
    }
}
