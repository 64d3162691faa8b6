//! What happened to a terminal, as far as the reader may hear of it.
use super::model::Terminal;
use super::work_words;
use crate::access::Caller;
use crate::db::{self, Conn};
use crate::events::{self, Happened};
use crate::views::{Lang, key_of, text_of};

const EVENTS_SHOWN: usize = 100;

/// The latest first.
pub(super) fn of(
    conn: &mut Conn,
    it: &Terminal,
    reader: &Caller,
) -> Result<Vec<Happened>, db::Error> {
    let may_hear = |event: &Happened| reader.may_hear(event);
    events::of_subject(conn, it.tid.as_str(), EVENTS_SHOWN, may_hear)
}

/// An event in words; its kind where there are none.
pub(super) fn words(lang: Lang, event: &Happened) -> String {
    let mut args = event.body.clone();
    if let Some(kind) = args["work"].as_str() {
        args["work"] = work_words::kind(lang, kind).into();
    }
    text_of(lang, &key_of("event-", &event.kind), &args).unwrap_or_else(|| event.kind.clone())
}
