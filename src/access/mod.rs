//! Who may do what: operators and their sessions, API clients and their scopes, roles as sets of
//! permissions, and the audit chain.
//!
//! Every route is mounted through [`Mount`] with what it [`Needs`]; the [`gate`] finds the caller,
//! checks the need, and hands a [`Caller`] to the handler. Ops take the [`Actor`]. Operators come
//! with a session cookie and are served pages; API clients come with a bearer token and are served
//! JSON; neither proof counts on the other's surface.
//!
//! ```text
//! request ─► gate ─► Mount: what does the route need?
//!              │       Web: cookie ─► sessions ─► operators ─► roles
//!              │       Api: bearer token ─► clients (scopes)
//!              │       Terminal: left to the op, inside its own statement
//!              └─► Caller (actor, permissions, scope, look) ─► handler ─► op ─► audit
//! ```
mod audit;
mod authority;
mod caller;
mod choice;
mod clients;
mod console;
mod cookies;
mod csrf;
mod error;
mod factors;
mod failures;
mod federation;
mod gate;
mod hearing;
mod limits;
mod limits_api;
mod limits_form;
mod look;
mod model;
mod mount;
mod operators;
mod password;
mod question;
mod roles;
mod schema;
mod sessions;
mod standing;
mod throttle;

pub use audit::{
    AUDIT, AUDIT_COLUMNS, BadCheckpoint, Broken, Checkpoint, Sound, append_audit, audit_key,
    change, read_audit, read_checkpoints, verify_audit,
};
pub use authority::{Authority, Setup, Shell, Waiting};
pub use caller::Caller;
pub use clients::{CLIENT_COLUMNS, CLIENTS, read_clients};
pub use console::{
    Listed, add_client, add_limited_operator, add_operator, first_link, give_roles, limit_client,
    limit_operator, list_operators, reset_operator, reset_second_factor,
};
pub use csrf::{Empty, Form, check_csrf, values};
pub use error::Error;
pub use failures::{FAILURE_COLUMNS, FAILURES, Failures, purge as purge_failures, read_failures};
pub use federation::{Error as ProviderError, Provider};
pub use gate::gate;
pub use limits::{Establishment, Establishments, Limits};
pub use look::local as local_address;
pub use model::{Actor, Needs, Permission, Permissions, Scope, Surface, Who};
pub use mount::{Declared, Mount};
pub use operators::{OPERATOR_COLUMNS, OPERATORS, read_operators};
pub use question::Question;
pub use roles::{ADMINISTRATOR, KEY_OFFICER, OPERATOR, SUPPORT, VIEWER, seed};
pub use sessions::{Lasting, end_what_is_over};
pub use standing::{clients_with_tokens_of, made_a_token, names_of, standing};

/// This room's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut whole = clients::openapi();
    whole.merge(operators::openapi());
    whole.merge(roles::openapi());
    whole.merge(audit::openapi());
    whole.merge(failures::openapi());
    whole
}

/// The pages of this room, and its part of the Management API.
pub fn routes(mount: &mut Mount) {
    sessions::routes(mount);
    federation::routes(mount);
    look::routes(mount);
    audit::routes(mount);
    clients::routes(mount);
    operators::routes(mount);
    roles::routes(mount);
    factors::routes(mount);
    failures::routes(mount);
}
