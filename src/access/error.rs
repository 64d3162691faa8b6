//! What access refuses.
use super::{clients, federation, password};
use crate::db;
use crate::http::{Args, BadCsr, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("sign in, or send a valid token")]
    Unauthenticated,
    #[error("your role does not allow this")]
    Forbidden,
    #[error("there is nothing at this address")]
    NoSuchRoute,
    #[error("this address does not answer that method")]
    MethodNotAllowed,
    #[error("the form is too old or was not made for you: go back, reload, send it again")]
    Csrf,
    #[error("another site sent this request")]
    ForeignOrigin,
    #[error("send the form as application/x-www-form-urlencoded")]
    NotAForm,
    #[error("the form is too large")]
    FormTooLarge,
    #[error("the form cannot be read")]
    FormUnreadable,
    #[error("wrong login or password")]
    WrongCredentials,
    #[error("too many tries; try again in {0} s")]
    TooManyTries(u32),
    #[error("this link was used, replaced or is too old")]
    LinkDead,
    #[error("a password has at least {} characters", password::SHORTEST)]
    PasswordTooShort,
    #[error("a password has at most {} characters", password::LONGEST)]
    PasswordTooLong,
    #[error("this password is among the first that would be guessed")]
    PasswordCommon,
    #[error("the two passwords differ")]
    PasswordsDiffer,
    #[error("the current password is wrong")]
    PasswordWrong,
    #[error("the code of the second factor is wrong")]
    CodeWrong,
    #[error("this code of the second factor was used before")]
    CodeUsed,
    #[error("this recovery code was used before")]
    RecoveryCodeUsed,
    #[error("the step after the password is over: sign in again")]
    ChallengeDead,
    #[error("the key offered to an authenticator program is too old")]
    OfferDead,
    #[error("a role demands a second factor")]
    SecondFactorDemanded,
    #[error("there is no second factor")]
    NoSecondFactor,
    #[error("a login has 1 to 64 letters a-z, digits, dots, @, +, underscores or hyphens")]
    LoginForm,
    #[error("another operator has this login")]
    LoginTaken,
    #[error("a name is missing or longer than {NAME_MAX} characters")]
    NameForm,
    #[error("there is no such role")]
    RoleUnknown,
    #[error("there is no such role")]
    NoSuchRole,
    #[error(
        "a role's code has 1 to {ROLE_CODE_MAX} letters a-z, digits or hyphens, a letter first"
    )]
    RoleCodeForm,
    #[error("another role has this code")]
    RoleCodeTaken,
    #[error("this ready-made role cannot be changed that way")]
    RoleFixed,
    #[error("operators hold this role: give them another one first")]
    RoleHeld,
    #[error("choose at least one permission")]
    NoPermissions,
    #[error("there is no such permission")]
    PermissionUnknown,
    #[error("choose at least one role")]
    NoRoles,
    #[error("one of these roles does not exist")]
    RolesUnknown,
    #[error("an active administrator who sees every establishment has to be left")]
    LastAdministrator,
    #[error("there is no such operator")]
    OperatorUnknown,
    #[error("you cannot do this to your own account")]
    OwnAccount,
    #[error("the account is disabled: enable it first")]
    OperatorDisabled,
    #[error("you cannot give or govern more than you may do yourself")]
    BeyondOwn,
    #[error("only someone who sees every establishment may take a checkpoint of the audit log")]
    ScopeTooNarrow,
    #[error("there is no such session")]
    SessionUnknown,
    #[error("another API client has this name")]
    ClientNameTaken,
    #[error("there is no such API client")]
    ClientUnknown,
    #[error("choose at least one permission")]
    NoScopes,
    #[error("there is no such permission")]
    ScopeUnknown,
    #[error("this client's tokens count only over a connection made with its certificate")]
    CertificateRequired,
    #[error("no listener here asks for certificates")]
    NoCertificates,
    #[error("the certificate signing request cannot be used")]
    BadCsr(BadCsr),
    #[error("there is no such token")]
    TokenUnknown,
    #[error("a state is `active` or `disabled`")]
    StateUnknown,
    #[error("a token is valid for 30, 90 or 365 days or always")]
    LastsUnknown,
    #[error("a client may ask 1 to {} times a minute", clients::PACE_MAX)]
    PaceForm,
    #[error("this client asks too often; ask again in {0} s")]
    TooOften(u32),
    #[error("choose at least one establishment, or all of them")]
    NoLimits,
    #[error("single establishments were chosen, and all of them too")]
    LimitsUnclear,
    #[error("there is no such establishment: {0}")]
    EstablishmentUnknown(String),
    #[error("someone changed it first: read it again")]
    Stale,
    #[error("a day is written like 2027-01-31")]
    DayForm(&'static str),
    #[error("choose a language, a theme and a time zone that exist")]
    LookUnknown,
    #[error(transparent)]
    Provider(#[from] federation::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// The longest name of an operator or an API client, in characters.
pub(super) const NAME_MAX: usize = 100;
/// The longest code of a role: short enough for an address.
pub(super) const ROLE_CODE_MAX: usize = 40;

impl Problem for Error {
    #[expect(
        clippy::too_many_lines,
        reason = "a table, with a line for each refusal"
    )]
    fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated | Self::CertificateRequired => Kind::Unauthenticated,
            Self::Forbidden
            | Self::Csrf
            | Self::ForeignOrigin
            | Self::BeyondOwn
            | Self::ScopeTooNarrow => Kind::Forbidden,
            Self::NoSuchRoute
            | Self::NoSuchRole
            | Self::OperatorUnknown
            | Self::SessionUnknown
            | Self::ClientUnknown
            | Self::TokenUnknown => Kind::Missing,
            Self::MethodNotAllowed => Kind::MethodNotAllowed,
            Self::NotAForm => Kind::UnsupportedType,
            Self::FormTooLarge => Kind::TooLarge,
            Self::FormUnreadable => Kind::Malformed,
            Self::TooManyTries(_) | Self::TooOften(_) => Kind::TooMany,
            Self::LinkDead => Kind::Gone,
            Self::LoginTaken
            | Self::ClientNameTaken
            | Self::RoleCodeTaken
            | Self::RoleFixed
            | Self::RoleHeld
            | Self::LastAdministrator
            | Self::OwnAccount
            | Self::Stale
            | Self::OperatorDisabled
            | Self::ChallengeDead
            | Self::OfferDead
            | Self::SecondFactorDemanded
            | Self::NoSecondFactor
            | Self::NoCertificates => Kind::Conflict,
            Self::WrongCredentials
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordCommon
            | Self::PasswordsDiffer
            | Self::PasswordWrong
            | Self::CodeWrong
            | Self::CodeUsed
            | Self::RecoveryCodeUsed
            | Self::LoginForm
            | Self::NameForm
            | Self::RoleUnknown
            | Self::RoleCodeForm
            | Self::NoPermissions
            | Self::PermissionUnknown
            | Self::NoRoles
            | Self::RolesUnknown
            | Self::NoScopes
            | Self::ScopeUnknown
            | Self::StateUnknown
            | Self::LastsUnknown
            | Self::PaceForm
            | Self::NoLimits
            | Self::LimitsUnclear
            | Self::EstablishmentUnknown(_)
            | Self::DayForm(_)
            | Self::LookUnknown
            | Self::BadCsr(_) => Kind::Invalid,
            Self::Provider(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table, with a line for each refusal"
    )]
    fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "access.unauthenticated",
            Self::Forbidden => "access.forbidden",
            Self::NoSuchRoute => "http.not-found",
            Self::MethodNotAllowed => "http.method-not-allowed",
            Self::Csrf => "access.csrf",
            Self::ForeignOrigin => "access.foreign-origin",
            Self::NotAForm => "access.not-a-form",
            Self::FormTooLarge => "access.form-too-large",
            Self::FormUnreadable => "access.form-unreadable",
            Self::WrongCredentials => "access.wrong-credentials",
            Self::TooManyTries(_) => "access.too-many-tries",
            Self::LinkDead => "access.link-dead",
            Self::PasswordTooShort => "access.password-too-short",
            Self::PasswordTooLong => "access.password-too-long",
            Self::PasswordCommon => "access.password-common",
            Self::PasswordsDiffer => "access.passwords-differ",
            Self::PasswordWrong => "access.password-wrong",
            Self::CodeWrong => "access.code-wrong",
            Self::CodeUsed => "access.code-used",
            Self::RecoveryCodeUsed => "access.recovery-code-used",
            Self::ChallengeDead => "access.challenge-dead",
            Self::OfferDead => "access.offer-dead",
            Self::SecondFactorDemanded => "access.second-factor-demanded",
            Self::NoSecondFactor => "access.no-second-factor",
            Self::LoginForm => "access.login-form",
            Self::LoginTaken => "access.login-taken",
            Self::NameForm => "access.name-form",
            Self::RoleUnknown | Self::RolesUnknown => "access.role-unknown",
            Self::NoSuchRole => "access.no-such-role",
            Self::RoleCodeForm => "access.role-code-form",
            Self::RoleCodeTaken => "access.role-code-taken",
            Self::RoleFixed => "access.role-fixed",
            Self::RoleHeld => "access.role-held",
            Self::NoPermissions => "access.no-permissions",
            Self::PermissionUnknown => "access.permission-unknown",
            Self::NoRoles => "access.no-roles",
            Self::LastAdministrator => "access.last-administrator",
            Self::OperatorUnknown => "access.operator-unknown",
            Self::OwnAccount => "access.own-account",
            Self::OperatorDisabled => "access.operator-disabled",
            Self::BeyondOwn => "access.beyond-own",
            Self::ScopeTooNarrow => "access.scope-too-narrow",
            Self::SessionUnknown => "access.session-unknown",
            Self::ClientNameTaken => "access.client-name-taken",
            Self::ClientUnknown => "access.client-unknown",
            Self::NoScopes => "access.no-scopes",
            Self::ScopeUnknown => "access.scope-unknown",
            Self::TokenUnknown => "access.token-unknown",
            Self::CertificateRequired => "access.certificate-required",
            Self::NoCertificates => "access.no-certificates",
            Self::BadCsr(BadCsr::TooLarge | BadCsr::Unreadable) => "access.csr-unreadable",
            Self::BadCsr(BadCsr::WeakKey | BadCsr::UnknownKey) => "access.csr-key",
            Self::BadCsr(BadCsr::WrongSignature) => "access.csr-signature",
            Self::StateUnknown => "access.state-unknown",
            Self::LastsUnknown => "access.lasts-unknown",
            Self::PaceForm => "access.pace-form",
            Self::TooOften(_) => "access.too-often",
            Self::NoLimits => "access.no-limits",
            Self::LimitsUnclear => "access.limits-unclear",
            Self::EstablishmentUnknown(_) => "access.establishment-unknown",
            Self::Stale => "access.stale",
            Self::DayForm(_) => "access.day-form",
            Self::LookUnknown => "access.look-unknown",
            Self::Provider(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::TooManyTries(seconds) | Self::TooOften(seconds) => {
                vec![("seconds", seconds.to_string())]
            }
            Self::PaceForm => vec![("max", clients::PACE_MAX.to_string())],
            Self::PasswordTooShort => vec![("n", password::SHORTEST.to_string())],
            Self::PasswordTooLong => vec![("n", password::LONGEST.to_string())],
            Self::NameForm => vec![("n", NAME_MAX.to_string())],
            Self::EstablishmentUnknown(codes) => vec![("codes", codes.clone())],
            Self::RoleCodeForm => vec![("n", ROLE_CODE_MAX.to_string())],
            _ => Vec::new(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        let field = match self {
            Self::WrongCredentials | Self::LoginForm | Self::LoginTaken => "login",
            Self::PasswordTooShort | Self::PasswordTooLong | Self::PasswordCommon => "password",
            Self::PasswordsDiffer => "password_again",
            Self::PasswordWrong => "password_now",
            Self::CodeWrong
            | Self::CodeUsed
            | Self::RecoveryCodeUsed
            | Self::RoleCodeForm
            | Self::RoleCodeTaken => "code",
            Self::NameForm | Self::ClientNameTaken => "name",
            Self::RoleUnknown => "role",
            Self::NoPermissions | Self::PermissionUnknown => "permissions",
            Self::NoRoles | Self::RolesUnknown => "roles",
            Self::DayForm(field) => field,
            Self::NoScopes | Self::ScopeUnknown => "scopes",
            Self::StateUnknown => "state",
            Self::BadCsr(_) => "csr",
            Self::LastsUnknown => "lasts",
            Self::PaceForm => "per_minute",
            Self::NoLimits | Self::LimitsUnclear | Self::EstablishmentUnknown(_) => "limits",
            _ => return Vec::new(),
        };
        vec![FieldFault::of(field, self)]
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooManyTries(seconds) | Self::TooOften(seconds) => Some(*seconds),
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}

impl From<super::throttle::TooMany> for Error {
    fn from(after: super::throttle::TooMany) -> Self {
        Self::TooManyTries(after.0)
    }
}
