//! What a role's own words may be.
use crate::access::error::{Error, ROLE_CODE_MAX};
use crate::access::model::Permissions;

/// The code of a role: it stands in addresses and in the audit, and never changes.
///
/// # Errors
/// When it is empty, too long, or has other characters than small letters, digits and hyphens.
pub(super) fn code(typed: &str) -> Result<String, Error> {
    let code = typed.trim().to_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_fit = !code.is_empty()
        && code.len() <= ROLE_CODE_MAX
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.chars().all(allowed);
    is_fit.then_some(code).ok_or(Error::RoleCodeForm)
}

/// What an editor makes of a role.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// `None` for a ready-made role, whose name is translated.
    pub name: Option<String>,
    pub permissions: Permissions,
    /// The version that the editor saw.
    pub seen: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(code(" Night-Shift2 ").unwrap(), "night-shift2");
        for bad in ["", "-a", "2nd", "a b", "a/b", "é", &"a".repeat(41)] {
            assert!(matches!(code(bad), Err(Error::RoleCodeForm)), "{bad}");
        }
    }
}
