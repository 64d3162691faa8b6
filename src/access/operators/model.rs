//! What an operator is.
use crate::access::error::{Error, NAME_MAX};
use crate::access::limits::Limits;
use crate::access::model::{Actor, Scope, State, Who};
use crate::clock::Millis;
use crate::ids::OperatorId;
use std::net::IpAddr;

/// One operator. The hash of his password stays in the store.
#[derive(Debug, Clone)]
pub(in crate::access) struct Operator {
    pub id: OperatorId,
    pub login: String,
    pub name: String,
    pub state: State,
    pub has_password: bool,
    /// Whether he sees every establishment; if not, the store knows which.
    pub sees_all: bool,
    pub version: i64,
    pub created_at: Millis,
    pub last_sign_in_at: Option<Millis>,
}

impl Operator {
    /// As the one who acts on his own account.
    pub(in crate::access) fn acting(&self, from: Option<IpAddr>) -> Actor {
        Actor {
            who: Who::Operator(self.id, self.login.clone()),
            scope: Scope::All,
            from,
        }
    }
}

/// Who has proved that he knows a password: the one with this hash. It may be another by the time that
/// counts, so whoever lets him do something holds his row first, by that hash.
#[derive(Debug, Clone)]
pub(in crate::access) struct Proved {
    pub operator: OperatorId,
    pub hash: String,
}

/// An operator about to be made.
#[derive(Debug, Clone)]
pub(in crate::access) struct NewOperator {
    pub login: String,
    pub name: String,
    /// Code of the role.
    pub role: String,
}

/// What is to be changed about an operator.
#[derive(Debug, Clone)]
pub(in crate::access) struct Edit {
    /// As it is when absent.
    pub name: Option<String>,
    /// Codes of all roles that he is to hold; as they are when absent.
    pub roles: Option<Vec<String>>,
    pub limits: Limits,
    /// The version that whoever changes it has seen; when absent he takes it as it is.
    pub seen: Option<i64>,
}

/// A login in the form in which it is unique: lower case, and plain ASCII, so that no two logins
/// look the same.
pub(in crate::access) fn login(text: &str) -> Result<String, Error> {
    let login = text.trim().to_ascii_lowercase();
    let fits = (1..=64).contains(&login.len())
        && login.starts_with(|c: char| c.is_ascii_alphanumeric())
        && login
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._@+-".contains(&b));
    fits.then_some(login).ok_or(Error::LoginForm)
}

/// A name for people: any script, one line.
pub(in crate::access) fn name(text: &str) -> Result<String, Error> {
    let name = text.trim();
    let length = name.chars().count();
    let fits = (1..=NAME_MAX).contains(&length) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned()).ok_or(Error::NameForm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_folded_and_plain() {
        assert_eq!(login(" Anna.K@shop ").unwrap(), "anna.k@shop");
        for bad in ["", " ", ".a", "a b", "anna\u{0}", "аnna", &"x".repeat(65)] {
            assert!(login(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_one_line_in_any_script() {
        assert_eq!(name(" Анна Каренина ").unwrap(), "Анна Каренина");
        assert!(name("a\nb").is_err());
        assert!(name(" ").is_err());
    }
}
