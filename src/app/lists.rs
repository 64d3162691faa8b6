//! Every list of every slice. Those of `access` are put together here, because it stands below
//! what a list is.
use super::ESTABLISHMENTS;
use crate::access::{self, Permission};
use crate::clock::Clock;
use crate::licences;
use crate::list_places;
use crate::lists::{Filter, Lists, Source};
use crate::monitoring;
use crate::network;
use crate::terminals;
use std::sync::Arc;

/// What the network is told of the terminals that stand in it.
pub(super) const NEIGHBOURS: network::Neighbours = network::Neighbours {
    terminals_of_establishments: terminals::terminals_of_establishments,
    terminals_at_points: terminals::terminals_at_points,
};

/// By the order of the navigation.
#[must_use]
pub fn all(clock: &Clock) -> Lists {
    let mut all = vec![terminals::source()];
    all.extend(network::sources(NEIGHBOURS));
    all.extend(licences::sources(clock));
    all.push(monitoring::status_source());
    all.extend(monitoring::log_sources());
    all.push(monitoring::exchanges_source(clock));
    all.extend([
        terminals::models_source(),
        operators(),
        clients(clock),
        audit(),
        failures(),
    ]);
    Lists::new(all)
}

fn operators() -> Source {
    Source {
        name: access::OPERATORS,
        title_key: "access-operators",
        places: list_places!("/admin/operators", "operators"),
        permission: Permission::AccessView,
        columns: access::OPERATOR_COLUMNS,
        filters: &[],
        order: "login",
        read: Arc::new(|conn, scope, _, turn| {
            access::read_operators(conn, &ESTABLISHMENTS, scope, turn)
        }),
    }
}

fn clients(clock: &Clock) -> Source {
    let clock = clock.clone();
    Source {
        name: access::CLIENTS,
        title_key: "access-clients",
        places: list_places!("/admin/clients", "clients"),
        permission: Permission::AccessView,
        columns: access::CLIENT_COLUMNS,
        filters: &[],
        order: "name",
        read: Arc::new(move |conn, scope, _, turn| {
            access::read_clients(conn, &ESTABLISHMENTS, scope, turn, clock.now())
        }),
    }
}

fn audit() -> Source {
    Source {
        name: access::AUDIT,
        title_key: "access-audit",
        places: list_places!("/admin/audit", "audit"),
        permission: Permission::AuditView,
        columns: access::AUDIT_COLUMNS,
        filters: OF_AUDIT,
        order: "-number",
        read: Arc::new(access::read_audit),
    }
}

fn failures() -> Source {
    Source {
        name: access::FAILURES,
        title_key: "access-failed",
        places: list_places!("/admin/failed-sign-ins", "failed-sign-ins"),
        permission: Permission::AuditView,
        columns: access::FAILURE_COLUMNS,
        filters: OF_FAILURES,
        order: "-number",
        read: Arc::new(access::read_failures),
    }
}

const OF_FAILURES: &[Filter] = &[
    Filter::new("login", "access-login"),
    Filter::new("reason", "access-failed-reason").keyed("access-failed-reason-"),
    Filter::new("address", "access-audit-from"),
];

const OF_AUDIT: &[Filter] = &[
    Filter::new("object", "access-audit-object"),
    Filter::new("actor", "access-audit-actor"),
    Filter::new("action", "access-audit-action"),
    Filter::new("since", "access-audit-since"),
    Filter::new("until", "access-audit-until"),
];
