//! What the audit says of a change to a terminal.
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::Change;
use crate::terminals::model::Terminal;

/// A change of `place` by `actor`; the caller fills in what was and what is.
pub(super) fn change(actor: &Actor, now: Millis, action: &'static str, place: &Terminal) -> Change {
    Change {
        at: now,
        actor_kind: actor.who.kind(),
        actor_id: actor.who.id(),
        actor_name: actor.who.name().to_owned(),
        from_ip: actor.from.map(|ip| ip.to_string()),
        action,
        object_kind: "terminal",
        object: place.tid.to_string(),
        establishment: Some(place.establishment),
        before: None,
        after: None,
    }
}
