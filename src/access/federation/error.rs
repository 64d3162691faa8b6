//! What signing in by a provider refuses.
use crate::http::{Args, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the provider cannot be reached")]
    Unreachable,
    #[error("the provider let nobody in")]
    Refused,
    #[error("what the provider sent cannot be trusted")]
    Unproved,
    #[error("this was begun too long ago, or in another browser")]
    FlowDead,
    #[error("none of the groups at the provider has a role here")]
    NoRole,
    #[error("the provider named no establishment that exists here")]
    NoEstablishment,
    #[error("the account is disabled here")]
    Disabled,
    #[error("the provider sent no login that can be used here")]
    NoLogin,
    #[error("another operator has this login; he may link his account himself")]
    LoginTaken,
    #[error("this account of the provider belongs to another operator")]
    IdentityTaken,
    #[error("the provider governs this account")]
    Governed,
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoRole | Self::NoEstablishment | Self::Disabled => Kind::Forbidden,
            // The form stays there with the password to fall back on.
            Self::Unreachable | Self::LoginTaken | Self::IdentityTaken | Self::Governed => {
                Kind::Conflict
            }
            Self::Refused | Self::Unproved | Self::FlowDead | Self::NoLogin => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "access.provider-unreachable",
            Self::Refused => "access.provider-refused",
            Self::Unproved => "access.provider-unproved",
            Self::FlowDead => "access.provider-flow-dead",
            Self::NoRole => "access.provider-no-role",
            Self::NoEstablishment => "access.provider-no-establishment",
            Self::Disabled => "access.provider-disabled",
            Self::NoLogin => "access.provider-no-login",
            Self::LoginTaken => "access.provider-login-taken",
            Self::IdentityTaken => "access.provider-identity-taken",
            Self::Governed => "access.provider-governed",
        }
    }

    fn args(&self) -> Args {
        Vec::new()
    }

    fn fields(&self) -> Vec<FieldFault> {
        Vec::new()
    }

    fn retry_after(&self) -> Option<u32> {
        None
    }
}
