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

/// What an editor makes of a role; what is absent stays.
#[derive(Debug, Clone, Default)]
pub(super) struct Edit {
    /// A ready-made role keeps its own, which is translated.
    pub name: Option<String>,
    pub permissions: Option<Permissions>,
    /// Whether it demands a second factor of those who hold it.
    pub needs_second_factor: Option<bool>,
    /// The version that the editor saw; when absent he takes it as it is.
    pub seen: Option<i64>,
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
