//! Composition root: the only place where every slice is named. Builds what handlers hold, mounts
//! the slices' routes, starts the server and what runs beside it.
mod background;
mod context;
mod docs;
mod establishments;
mod jobs;
mod lists;
mod operations;
mod serve;
mod shell;

pub use context::open;
pub use docs::openapi;
pub use establishments::ESTABLISHMENTS;
pub use lists::all as lists;
pub use serve::{Running, start, start_with};

use crate::access::{self, Mount, Permission};
use crate::approvals;
use crate::clock::Clock;
use crate::context::Nav;
use crate::dashboard;
use crate::db::Seal;
use crate::events;
use crate::imports;
use crate::licences;
use crate::monitoring;
use crate::network;
use crate::settings;
use crate::tasks;
use crate::terminals;
use actix_web::web;

/// Every route of every slice.
#[must_use]
pub fn routes() -> Mount {
    let mut mount = Mount::default();
    docs::mount(&mut mount);
    access::routes(&mut mount);
    tasks::routes(&mut mount);
    approvals::routes(&mut mount);
    imports::routes(&mut mount);
    // Which routes there are is no matter of time.
    crate::lists::routes(&mut mount, &lists::all(&Clock::system()));
    settings::routes(&mut mount);
    network::routes(&mut mount);
    terminals::device_routes(&mut mount);
    terminals::routes(&mut mount);
    licences::routes(&mut mount);
    monitoring::routes(&mut mount);
    dashboard::routes(&mut mount);
    mount
}

/// What slices do when a terminal's work ends, when it comes or goes, or gets another place or
/// device.
#[must_use]
pub fn handlers() -> terminals::Handlers {
    terminals::Handlers::default()
        .on_outcome(licences::KIND, licences::finished)
        .on_status(monitoring::status_changed)
        .on_registration(licences::registered)
        .on_move(licences::moved)
        .on_replacement(licences::replaced)
        .on_retirement(licences::retired)
        .ask_on_replacement(licences::ON_REPLACEMENT)
}

/// What may be asked for that takes longer than a request.
fn kinds(clock: &Clock) -> tasks::Kinds {
    let mut all = crate::lists::kinds(&lists::all(clock));
    all.push(licences::kind());
    all.push(imports::kind(
        &network::ESTABLISHMENTS_IMPORT,
        network::importing_establishments(),
    ));
    all.push(imports::kind(
        &network::POINTS_IMPORT,
        network::importing_points(),
    ));
    all.push(imports::kind(
        &terminals::IMPORT,
        terminals::importing(handlers()),
    ));
    all.push(imports::kind(&licences::IMPORT, licences::importing()));
    all.push(terminals::bulk_kind(handlers()));
    tasks::Kinds::new(all)
}

/// What may be asked for that a second person has to allow.
fn approvables() -> approvals::Approvables {
    approvals::Approvables::new(vec![terminals::bulk_approvable()])
}

/// The navigation: groups after the task they serve.
const NAV: &[Nav] = &[
    Nav {
        group: "nav-fleet",
        key: "nav-dashboard",
        href: "/dashboard",
        icon: "dashboard",
        permission: Permission::DashboardView,
    },
    Nav {
        group: "nav-fleet",
        key: "nav-terminals",
        href: "/terminals",
        icon: "terminal",
        permission: Permission::TerminalsView,
    },
    Nav {
        group: "nav-fleet",
        key: "nav-network",
        href: "/network",
        icon: "network",
        permission: Permission::NetworkView,
    },
    Nav {
        group: "nav-fleet",
        key: "nav-licences",
        href: "/licences",
        icon: "licence",
        permission: Permission::LicencesView,
    },
    Nav {
        group: "nav-fleet",
        key: "nav-tasks",
        href: "/tasks",
        icon: "task",
        permission: Permission::DashboardView,
    },
    Nav {
        group: "nav-fleet",
        key: "nav-approvals",
        href: "/approvals",
        icon: "shield",
        permission: Permission::ApprovalsView,
    },
    Nav {
        group: "nav-watch",
        key: "nav-monitoring",
        href: "/monitoring",
        icon: "activity",
        permission: Permission::MonitoringView,
    },
    Nav {
        group: "nav-admin",
        key: "nav-models",
        href: "/admin/models",
        icon: "model",
        permission: Permission::ModelsManage,
    },
    Nav {
        group: "nav-admin",
        key: "nav-operators",
        href: "/admin/operators",
        icon: "users",
        permission: Permission::AccessView,
    },
    Nav {
        group: "nav-admin",
        key: "nav-roles",
        href: "/admin/roles",
        icon: "shield",
        permission: Permission::AccessView,
    },
    Nav {
        group: "nav-admin",
        key: "nav-clients",
        href: "/admin/clients",
        icon: "key",
        permission: Permission::AccessView,
    },
    Nav {
        group: "nav-admin",
        key: "nav-audit",
        href: "/admin/audit",
        icon: "log",
        permission: Permission::AuditView,
    },
    Nav {
        group: "nav-admin",
        key: "nav-settings",
        href: "/admin/settings",
        icon: "settings",
        permission: Permission::SettingsManage,
    },
];

/// What slices need of each other against the order of their dependence, as their handlers' data.
fn acquaint(at: &mut web::ServiceConfig, clock: &Clock) {
    at.app_data(web::Data::new(kinds(clock)));
    at.app_data(web::Data::new(approvables()));
    at.app_data(web::Data::new(lists::all(clock)));
    at.app_data(web::Data::new(lists::NEIGHBOURS));
    at.app_data(web::Data::new(terminals::Panels(vec![
        terminals::Panel {
            key: "licence",
            permission: Permission::LicencesView,
            template: "licences/panel",
            live: "terminal.* work.* licence.*",
            load: |conn, it, _, _| licences::panel(conn, it),
        },
        terminals::Panel {
            key: "history",
            permission: Permission::MonitoringView,
            template: "monitoring/history",
            live: "terminal.*",
            load: monitoring::panel,
        },
        terminals::Panel {
            key: "logs",
            permission: Permission::MonitoringView,
            template: "monitoring/logs_panel",
            live: "terminal.* work.* log.*",
            load: monitoring::logs_panel,
        },
    ])));
}

/// What every transaction writes last.
fn seal() -> Seal {
    Seal::new(|conn, tail| {
        events::append(conn, tail.events)?;
        access::append_audit(conn, tail.changes)
    })
}
