//! What somebody may do and see at this moment, for work that goes on after he left.
use super::model::{Permissions, Scope, Who};
use super::{clients, operators, roles};
use crate::db::{Conn, Error};
use crate::ids::{ClientId, OperatorId};
use std::collections::HashMap;

/// `None` when he may not come in any more, or is a terminal.
pub fn standing(conn: &mut Conn, who: &Who) -> Result<Option<(Permissions, Scope)>, Error> {
    match who {
        Who::Operator(id, _) => {
            let Some(all) = operators::sees_all(conn, *id)? else {
                return Ok(None);
            };
            let scope = if all {
                Scope::All
            } else {
                Scope::Only(operators::establishments_of(conn, *id)?)
            };
            Ok(Some((roles::permissions_of(conn, *id)?, scope)))
        }
        Who::Client(id, _) => clients::reach(conn, *id),
        Who::Job(_) | Who::Console => Ok(Some((Permissions::all(), Scope::All))),
        Who::Terminal(..) => Ok(None),
    }
}

/// Whether an operator made one of the tokens that an API client comes with: then what it asks for may
/// be what he asks for.
pub fn made_a_token(conn: &mut Conn, person: OperatorId, of: ClientId) -> Result<bool, Error> {
    clients::has_token_of(conn, of, person)
}

/// The clients of whose tokens an operator made one.
pub fn clients_with_tokens_of(conn: &mut Conn, person: OperatorId) -> Result<Vec<ClientId>, Error> {
    clients::with_tokens_of(conn, person)
}

/// What operators are called.
pub fn names_of(
    conn: &mut Conn,
    these: Vec<OperatorId>,
) -> Result<HashMap<OperatorId, String>, Error> {
    let names = operators::names_of(conn, these)?.into_iter();
    Ok(names.map(|(id, _, name)| (id, name)).collect())
}
