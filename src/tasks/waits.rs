//! Why tasks wait that are under way and cannot go on for now.
//!
//! It is kept in memory, on the node that does the tasks: a full disk, which it tells of most, takes
//! no note of itself. Whoever asks another node sees the task running, as its row says.
use crate::http::{Kind, Problem};
use crate::ids::TaskId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why a task waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    /// Of the failure that holds it up.
    pub(super) code: &'static str,
    /// Says it in words.
    pub(super) key: &'static str,
}

/// Every task that is held up on this node. Clones share them.
#[derive(Clone, Default)]
pub struct Waits(Arc<Mutex<HashMap<TaskId, Wait>>>);

impl Waits {
    fn all(&self) -> MutexGuard<'_, HashMap<TaskId, Wait>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn find(&self, id: TaskId) -> Option<Wait> {
        self.all().get(&id).copied()
    }

    pub(super) fn note(&self, id: TaskId, why: &dyn Problem) {
        let key = match why.kind() {
            Kind::Full => "task-waits-full",
            Kind::Busy => "task-waits-busy",
            _ => "task-waits-fault",
        };
        let code = why.code();
        self.all().insert(id, Wait { code, key });
    }

    pub(super) fn forget(&self, id: TaskId) {
        self.all().remove(&id);
    }

    /// Forgets all but these.
    pub(super) fn keep(&self, open: &[TaskId]) {
        self.all().retain(|id, _| open.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db;
    use anyhow::anyhow;

    #[test]
    fn what_holds_a_task_up_is_known_until_it_goes_on() {
        let waits = Waits::default();
        let (one, other) = (TaskId(1), TaskId(2));
        waits.note(one, &db::Error::Full(anyhow!("x")));
        waits.clone().note(other, &db::Error::Busy(anyhow!("x")));
        let code = |id| waits.find(id).map(|wait| wait.code);
        assert_eq!(
            (code(one), code(other)),
            (Some("db.disk-full"), Some("db.busy"))
        );
        waits.keep(&[one]);
        assert_eq!((code(one), code(other)), (Some("db.disk-full"), None));
        waits.forget(one);
        assert_eq!(code(one), None);
    }
}
