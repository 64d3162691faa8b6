//! What is read of tokens beside their use: all that a client ever had, and by whom they were made.
use crate::access::schema::access_client_token as token;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{ClientId, OperatorId};
use diesel::prelude::*;

/// Revoked tokens that are shown: the latest.
const REVOKED: i64 = 20;

/// One token of a client, be it revoked.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Known {
    pub id: i64,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
    /// The operator who made it.
    pub made_by: Option<OperatorId>,
}

impl Known {
    pub(super) fn state(&self, now: Millis) -> &'static str {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(at)) if at <= now => "expired",
            _ => "active",
        }
    }
}

/// The tokens of a client: all that were not revoked, oldest first, then the last of the others.
pub(super) fn known_of(conn: &mut Conn, whose: ClientId) -> Result<Vec<Known>, Error> {
    let columns = (
        token::id,
        token::created_at,
        token::expires_at,
        token::last_used_at,
        token::revoked_at,
        token::made_by_id,
    );
    let mut all: Vec<Known> = token::table
        .filter(token::client_id.eq(whose))
        .filter(token::revoked_at.is_null())
        .order(token::id.asc())
        .select(columns)
        .load(conn)?;
    let revoked: Vec<Known> = token::table
        .filter(token::client_id.eq(whose))
        .filter(token::revoked_at.is_not_null())
        .order(token::id.desc())
        .select(columns)
        .limit(REVOKED)
        .load(conn)?;
    all.extend(revoked);
    Ok(all)
}

/// The clients of whose tokens an operator made one, be it revoked by now.
pub(in crate::access) fn with_tokens_of(
    conn: &mut Conn,
    maker: OperatorId,
) -> Result<Vec<ClientId>, Error> {
    Ok(token::table
        .filter(token::made_by_id.eq(maker))
        .select(token::client_id)
        .distinct()
        .load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revoked_token_is_revoked_even_when_it_expired_too() {
        let known = |expires_at, revoked_at| Known {
            id: 1,
            created_at: Millis(0),
            expires_at,
            last_used_at: None,
            revoked_at,
            made_by: None,
        };
        let state = |expires_at, revoked_at| known(expires_at, revoked_at).state(Millis(10));
        assert_eq!(state(None, None), "active");
        assert_eq!(state(Some(Millis(11)), None), "active");
        assert_eq!(state(Some(Millis(10)), None), "expired");
        assert_eq!(state(Some(Millis(5)), Some(Millis(7))), "revoked");
    }
}
