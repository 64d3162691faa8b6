//! What the server's own console may do to operators: the first one, and those who lost their way
//! in. The links are printed on the console; a person opens one to choose a password.
use super::clients;
use super::error::Error;
use super::limits::{Establishments, Limits, Reach};
use super::model::{Permissions, Scope};
use super::operators::{self, Grantor, NewOperator, Setter};
use super::{password, roles};
use crate::clock::Millis;
use crate::db::{Db, Tx};
use crate::sealing;

/// The login of the operator that a server makes for itself at its first start.
const FIRST: &str = "admin";

/// The address of a one-time link. Its token stands in the query, which the request log never
/// writes; the page behind it is not stored and tells no other site its address.
pub(super) fn address(base_url: &str, token: &str) -> String {
    format!("{base_url}/welcome?token={token}")
}

/// At the first start: a link by which the first administrator (`admin`, made here) chooses a
/// password; and again at every start until he has, since the link may have been lost. `None` once
/// anybody has a password or another operator was added. A link of an earlier start dies.
///
/// # Errors
/// When the database fails.
pub fn first_link(db: &Db, base_url: &str, now: Millis) -> Result<Option<String>, Error> {
    let token = db.write_blocking(move |tx| {
        let by = Grantor::console();
        match operators::list(tx)?.as_slice() {
            [] => {
                let new = NewOperator {
                    login: FIRST.to_owned(),
                    name: "Administrator".to_owned(),
                    role: roles::ADMINISTRATOR.to_owned(),
                };
                let (_, token) = operators::create(tx, &by, &new, &Reach::all(), now)?;
                Ok::<_, Error>(Some(token))
            }
            [only] if only.login == FIRST && !only.has_password => {
                operators::issue_link(tx, &by, FIRST, now).map(Some)
            }
            _ => Ok(None),
        }
    })?;
    Ok(token.map(|token| address(base_url, &token)))
}

/// `posfleet user add`: makes an operator who sees every establishment. With a password he can sign
/// in at once, otherwise the one-time link is returned.
///
/// # Errors
/// When the login, name, role or password cannot be accepted, or the database fails.
pub fn add_operator(
    db: &Db,
    base_url: &str,
    who: (&str, &str, &str),
    password: Option<&str>,
    now: Millis,
) -> Result<Option<String>, Error> {
    add(db, base_url, who, password, |_| Ok(Reach::all()), now)
}

/// [`add_operator`], who sees only these establishments from the beginning.
///
/// # Errors
/// As there, and when there is no such establishment.
pub fn add_limited_operator(
    db: &Db,
    base_url: &str,
    who: (&str, &str, &str),
    password: Option<&str>,
    (establishments, limits): (Establishments, Limits),
    now: Millis,
) -> Result<Option<String>, Error> {
    let reach = move |tx: &mut Tx| limits.resolve(tx, &establishments, &Scope::All, &Scope::All);
    add(db, base_url, who, password, reach, now)
}

fn add(
    db: &Db,
    base_url: &str,
    (login, name, role): (&str, &str, &str),
    password: Option<&str>,
    reach: impl FnOnce(&mut Tx) -> Result<Reach, Error> + Send + 'static,
    now: Millis,
) -> Result<Option<String>, Error> {
    let hash = match password {
        Some(password) => {
            password::check_blocking(password, &[login, name])?;
            Some(password::hash_blocking(password)?)
        }
        None => None,
    };
    let new = NewOperator {
        login: login.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
    };
    let token = db.write_blocking(move |tx| {
        let reach = reach(tx)?;
        let (_, token) = operators::create(tx, &Grantor::console(), &new, &reach, now)?;
        let Some(hash) = hash else {
            return Ok::<_, Error>(Some(token));
        };
        let link = sealing::hash_token(&token);
        operators::set_password(tx, &link, &hash, Setter::Console, now)?;
        Ok(None)
    })?;
    Ok(token.map(|token| address(base_url, &token)))
}

/// `posfleet user reset`: a one-time link to choose a new password. The old one works until then.
///
/// # Errors
/// When there is no such operator, he is disabled, or the database fails.
pub fn reset_operator(db: &Db, base_url: &str, login: &str, now: Millis) -> Result<String, Error> {
    let login = login.to_owned();
    let token =
        db.write_blocking(move |tx| operators::issue_link(tx, &Grantor::console(), &login, now))?;
    Ok(address(base_url, &token))
}

/// `posfleet user reset --second-factor`: takes the second factor of somebody who has lost it away, and
/// ends his sessions. False when he had none.
///
/// # Errors
/// When there is no such operator, or the database fails.
pub fn reset_second_factor(db: &Db, login: &str, now: Millis) -> Result<bool, Error> {
    let login = login.to_owned();
    db.write_blocking(move |tx| {
        operators::reset_second_factor(tx, &Grantor::console(), &login, now)
    })
}

/// An API client made on the console; its first token is returned and kept nowhere.
///
/// # Errors
/// When the name is taken or cannot be accepted, or the database fails.
pub fn add_client(db: &Db, name: &str, scopes: Permissions, now: Millis) -> Result<String, Error> {
    let name = name.to_owned();
    db.write_blocking(move |tx| {
        let what = (name.as_str(), &scopes);
        let how = (&Reach::all(), clients::Lasts::Always);
        Ok(clients::create(tx, &Grantor::console(), what, how, now)?.token)
    })
}

/// `posfleet user limit`: which establishments an operator sees, from his next request on.
///
/// # Errors
/// When there is no such operator or establishment, or the database fails.
pub fn limit_operator(
    db: &Db,
    establishments: Establishments,
    login: &str,
    limits: Limits,
    now: Millis,
) -> Result<(), Error> {
    let login = login.to_owned();
    db.write_blocking(move |tx| {
        let edit = operators::Edit {
            name: None,
            roles: None,
            limits,
            seen: None,
        };
        operators::amend(tx, &Grantor::console(), &establishments, &login, &edit, now)
    })
}

/// `posfleet user roles`: what an operator may do, from his next request on.
///
/// # Errors
/// When there is no such operator or role, or the database fails.
pub fn give_roles(
    db: &Db,
    establishments: Establishments,
    login: &str,
    roles: Vec<String>,
    now: Millis,
) -> Result<(), Error> {
    let login = login.to_owned();
    db.write_blocking(move |tx| {
        let edit = operators::Edit {
            name: None,
            roles: Some(roles),
            limits: Limits::Unsaid,
            seen: None,
        };
        operators::amend(tx, &Grantor::console(), &establishments, &login, &edit, now)
    })
}

/// Which establishments an API client sees, from its next request on.
///
/// # Errors
/// When there is no such client or establishment, or the database fails.
pub fn limit_client(
    db: &Db,
    establishments: Establishments,
    name: &str,
    limits: Limits,
    now: Millis,
) -> Result<(), Error> {
    let name = name.to_owned();
    db.write_blocking(move |tx| {
        let edit = clients::Edit {
            name: None,
            scopes: None,
            limits,
            pacing: clients::Pacing::Unsaid,
            seen: None,
        };
        let it = clients::find_by_name(tx, &name)?;
        clients::amend(tx, &Grantor::console(), &establishments, it.id, &edit, now)
    })
}

/// One line of `posfleet user list`.
#[derive(Debug, Clone)]
pub struct Listed {
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub scope: Scope,
    /// `active` or `disabled`.
    pub state: &'static str,
    pub has_password: bool,
    pub last_sign_in_at: Option<Millis>,
}

/// `posfleet user list`.
///
/// # Errors
/// When the database fails.
pub fn list_operators(db: &Db) -> Result<Vec<Listed>, Error> {
    db.read_blocking(|conn| {
        let all = operators::list(conn)?;
        let held = roles::of_operator(conn, all.iter().map(|o| o.id).collect())?;
        let scopes = operators::scopes_of(conn, &all)?;
        let listed = all.into_iter().zip(scopes).map(|(operator, scope)| Listed {
            scope,
            roles: held
                .iter()
                .filter(|(whose, _)| *whose == operator.id)
                .map(|(_, role)| role.code.clone())
                .collect(),
            state: operator.state.code(),
            has_password: operator.has_password,
            last_sign_in_at: operator.last_sign_in_at,
            login: operator.login,
            name: operator.name,
        });
        Ok(listed.collect())
    })
}
