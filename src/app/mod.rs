//! Composition root: the only place where every slice is named. Builds what handlers hold, mounts
//! the slices' routes, starts the server and what runs beside it.
mod background;
mod context;
mod jobs;
mod operations;
mod serve;

pub use context::open;
pub use serve::{Running, start};

use crate::access::{self, Mount, Permission};
use crate::context::Nav;
use crate::db::Seal;
use crate::events;

/// Every route of every slice.
#[must_use]
pub fn routes() -> Mount {
    let mut mount = Mount::default();
    access::routes(&mut mount);
    mount
}

/// The navigation: groups after the task they serve.
fn nav() -> Vec<Nav> {
    use Permission as P;
    let entry = |group, key, href, icon, permission| Nav {
        group,
        key,
        href,
        icon,
        permission,
    };
    vec![
        entry(
            "nav-admin",
            "nav-operators",
            "/admin/operators",
            "users",
            P::AccessView,
        ),
        entry(
            "nav-admin",
            "nav-clients",
            "/admin/clients",
            "key",
            P::AccessView,
        ),
        entry(
            "nav-admin",
            "nav-audit",
            "/admin/audit",
            "log",
            P::AuditView,
        ),
    ]
}

/// What every transaction writes last.
fn seal() -> Seal {
    Seal::new(|conn, tail| {
        events::append(conn, tail.events)?;
        access::append_audit(conn, tail.changes)
    })
}
