//! The ready-made roles, and how they follow the program without forgetting what was edited.
use super::store;
use crate::access::model::{Permission, Permissions};
use crate::clock::Millis;
use crate::db::{self, Db, Tx};

/// May do everything, also what a later program adds; cannot be edited.
pub const ADMINISTRATOR: &str = "administrator";
/// Runs the fleet from day to day: terminals, network, licences. Two of them decide about each other's
/// requests.
pub const OPERATOR: &str = "operator";
/// Answers shops' calls: sees the fleet, lets a replaced device in.
pub const SUPPORT: &str = "support";
/// Answers for cryptographic keys. Two of them decide about each other's requests.
pub const KEY_OFFICER: &str = "key-officer";
/// Only looks.
pub const VIEWER: &str = "viewer";

/// A role's code, its name for a database that is read without this program, and what it may do.
type Ready = (&'static str, &'static str, &'static [Permission]);

const READY: &[Ready] = {
    use Permission::{
        ApprovalsDecide, ApprovalsView, DashboardView, LicencesManage, LicencesView, ListsShare,
        LogsDownload, MonitoringView, NetworkManage, NetworkView, TerminalsActivate,
        TerminalsManage, TerminalsView,
    };
    &[
        (ADMINISTRATOR, "Administrator", Permission::ALL),
        (
            OPERATOR,
            "Operator",
            &[
                DashboardView,
                MonitoringView,
                LogsDownload,
                TerminalsView,
                TerminalsManage,
                TerminalsActivate,
                NetworkView,
                NetworkManage,
                LicencesView,
                LicencesManage,
                ListsShare,
                ApprovalsView,
                ApprovalsDecide,
            ],
        ),
        (
            SUPPORT,
            "Support",
            &[
                DashboardView,
                MonitoringView,
                LogsDownload,
                TerminalsView,
                TerminalsActivate,
                NetworkView,
                LicencesView,
            ],
        ),
        (
            KEY_OFFICER,
            "Key officer",
            &[
                DashboardView,
                MonitoringView,
                TerminalsView,
                NetworkView,
                ApprovalsView,
                ApprovalsDecide,
            ],
        ),
        (
            VIEWER,
            "Viewer",
            &[
                DashboardView,
                MonitoringView,
                TerminalsView,
                NetworkView,
                LicencesView,
            ],
        ),
    ]
};

/// What a ready-made role may do as long as nobody edits it.
#[cfg(test)]
fn offered(code: &str) -> Permissions {
    let found = READY.iter().find(|(ready, ..)| *ready == code);
    Permissions(
        found
            .map(|(_, _, may)| may.iter().copied().collect())
            .unwrap_or_default(),
    )
}

/// Makes the ready-made roles, and gives them what a newer program offers for the first time. Done at
/// every start.
///
/// # Errors
/// When the database fails.
pub fn seed(db: &Db, now: Millis) -> Result<(), db::Error> {
    db.write_blocking(move |tx| {
        READY
            .iter()
            .try_for_each(|(code, name, may)| offer(tx, (code, name), may, now))
    })
}

fn offer(
    tx: &mut Tx,
    (code, name): (&str, &str),
    may: &[Permission],
    now: Millis,
) -> Result<(), db::Error> {
    let offer = Permissions(may.iter().copied().collect());
    if store::insert_ready(tx, (code, name), &offer, now)? {
        return Ok(());
    }
    let Some((role, before)) = store::offered(tx, code)? else {
        return Ok(());
    };
    let new = offer.0.difference(&before.0).copied();
    let mut permissions = role.permissions.clone();
    permissions.0.extend(new);
    if code == ADMINISTRATOR {
        permissions = offer.clone();
    }
    if permissions == role.permissions && offer == before {
        return Ok(());
    }
    // Somebody who edits the role in this very moment is right; the next start offers again.
    store::set_offered(tx, (role.id, role.version), &permissions, &offer)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_made_role_holds_no_more_than_the_administrator() {
        let all = offered(ADMINISTRATOR);
        assert_eq!(all, Permissions::all());
        for (code, _, may) in READY {
            assert!(!may.is_empty(), "{code}");
            assert!(offered(code).0.is_subset(&all.0), "{code}");
        }
        assert_eq!(offered(VIEWER), Permissions::viewer());
    }
}
