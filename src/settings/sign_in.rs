//! How long people stay signed in: the group `sign-in`. The gate asks with every request, so each node
//! keeps it by it.
use super::follow::follow;
use super::model::{Field, Group, Kept, Kind};
use super::ops;
use crate::access::Lasting;
use crate::db::{self, Conn, Db};
use crate::events::Hub;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const IDLE: &str = "idle_minutes";
const LONGEST: &str = "longest_hours";

/// How long sessions last, those that are open too.
pub static SIGN_IN: Group = Group {
    name: "sign-in",
    fields: &[
        Field {
            key: IDLE,
            label_key: "settings-sign-in-idle",
            hint_key: "settings-sign-in-idle-hint",
            kind: Kind::Number {
                min: 5,
                max: 720,
                default: 120,
            },
        },
        Field {
            key: LONGEST,
            label_key: "settings-sign-in-longest",
            hint_key: "settings-sign-in-longest-hint",
            kind: Kind::Number {
                min: 1,
                max: 168,
                default: 12,
            },
        },
    ],
};

/// How long sessions last, by this node. Clones share it.
#[derive(Clone)]
pub struct SignIn(Arc<watch::Sender<(i64, Lasting)>>);

impl SignIn {
    /// # Errors
    /// When the database fails.
    pub fn load(conn: &mut Conn) -> Result<Self, db::Error> {
        let known = Self(Arc::new(watch::Sender::new((-1, Lasting::default()))));
        known.read(conn)?;
        Ok(known)
    }

    #[must_use]
    pub fn lasting(&self) -> Lasting {
        self.0.borrow().1
    }

    /// Takes in a change of the group [`SIGN_IN`].
    pub fn told(&self, kept: &Kept) {
        self.0.send_if_modified(|known| {
            let is_newer = kept.version > known.0;
            if is_newer {
                *known = (kept.version, lasting(kept));
            }
            is_newer
        });
    }

    fn read(&self, conn: &mut Conn) -> Result<(), db::Error> {
        self.told(&ops::find(conn, &SIGN_IN)?);
        Ok(())
    }

    /// Follows what other nodes change, until the future is dropped.
    pub async fn follow(self, db: Db, hub: Hub) {
        follow(db, hub, move |conn| self.read(conn)).await;
    }
}

fn lasting(kept: &Kept) -> Lasting {
    let whole = |key| u32::try_from(kept.values.number(key)).unwrap_or_default();
    Lasting {
        idle: Duration::from_mins(1) * whole(IDLE),
        longest: Duration::from_hours(1) * whole(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Values;
    use serde_json::json;

    #[test]
    fn what_nobody_changed_is_what_sessions_begin_with() {
        let kept = |version, stored: serde_json::Value| Kept {
            values: Values::of(&SIGN_IN, stored.as_object().unwrap()),
            version,
            changed_at: None,
            changed_by: None,
        };
        assert_eq!(lasting(&kept(0, json!({}))), Lasting::default());
        let known = SignIn(Arc::new(watch::Sender::new((0, Lasting::default()))));
        known.told(&kept(2, json!({ IDLE: 5, LONGEST: 168 })));
        known.told(&kept(1, json!({ IDLE: 6 })));
        let now = known.lasting();
        assert_eq!((now.idle.as_secs(), now.longest.as_secs()), (300, 604_800));
    }
}
