//! `GET /live`: one stream of server-sent events per visible page.
//!
//! A page names the kinds it shows (`want=terminal.*,work.*`) and, if it is about one thing, the
//! subject. It hears that something of the sort happened, at once and then at most once a second,
//! never what: it fetches itself again, and so sees what its reader may see. Before a stream tells
//! anything it asks whether its reader is still who he was: if his rights or what he sees have changed,
//! it ends. Every stream ends after a few minutes; the browser comes back by itself, past the gate, so
//! that whoever lost his session also loses the stream.
use crate::access::{Caller, standing};
use crate::context::Ctx;
use crate::events::Happened;
use crate::http::{Failure, Shutdown};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, interval, sleep_until};

const PING_EVERY: Duration = Duration::from_secs(15);
/// Between two frames of news.
const PACE: Duration = Duration::from_secs(1);
const LIFE: Duration = Duration::from_mins(5);
/// Kinds that one page may name.
const MOST_WANTS: usize = 16;

#[derive(serde::Deserialize)]
pub(super) struct Wants {
    #[serde(default)]
    want: String,
    subject: Option<String>,
}

pub(super) async fn live(
    ctx: web::Data<Ctx>,
    shutdown: web::Data<Shutdown>,
    caller: Caller,
    req: HttpRequest,
    web::Query(wants): web::Query<Wants>,
) -> Result<HttpResponse, Failure> {
    let feed = Feed {
        wants: wants
            .want
            .split(',')
            .take(MOST_WANTS)
            .map(ToOwned::to_owned)
            .collect(),
        subject: wants.subject.filter(|subject| !subject.is_empty()),
        caller,
        news: ctx.hub.listen(),
        ctx,
        shutdown: shutdown.as_ref().clone(),
        ping: interval(PING_EVERY),
        ends: Instant::now() + LIFE,
        // Whoever comes back has missed what happened in between.
        pending: req
            .headers()
            .contains_key("last-event-id")
            .then_some(News::Missed),
        free_at: Instant::now(),
    };
    let frames = stream::unfold(feed, |mut feed| async move {
        let frame = feed.next().await?;
        Some((Ok::<_, Infallible>(frame), feed))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A compressor would hold frames back until its block is full.
        .insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(frames))
}

/// What is to be told next.
enum News {
    /// The stream fell behind, or was away.
    Missed,
    /// Up to this event, this many.
    Happened { id: i64, n: u32 },
}

struct Feed {
    ctx: web::Data<Ctx>,
    caller: Caller,
    wants: Vec<String>,
    subject: Option<String>,
    news: Receiver<Arc<Happened>>,
    shutdown: Shutdown,
    ping: Interval,
    ends: Instant,
    pending: Option<News>,
    free_at: Instant,
}

impl Feed {
    /// The next frame; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            tokio::select! {
                () = self.shutdown.wait() => return None,
                () = sleep_until(self.ends) => return None,
                () = sleep_until(self.free_at), if self.pending.is_some() => {
                    if !self.is_as_before().await {
                        return None;
                    }
                    let news = self.pending.take()?;
                    self.free_at = Instant::now() + PACE;
                    return Some(frame(&news));
                }
                _ = self.ping.tick() => {
                    // The comment keeps proxies awake; the event tells the page that we live.
                    return Some(Bytes::from_static(b": ping\nevent: tick\ndata:\n\n"));
                }
                heard = self.news.recv() => match heard {
                    Ok(event) => self.take_in(&event),
                    Err(RecvError::Lagged(_)) => self.pending = Some(News::Missed),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// Whether the reader may do and see what he could when the stream began.
    async fn is_as_before(&self) -> bool {
        let Some(actor) = &self.caller.actor else {
            return false;
        };
        let who = actor.who.clone();
        let now = self.ctx.db.read(move |conn| standing(conn, &who)).await;
        matches!(now, Ok(Some((permissions, scope)))
            if permissions == self.caller.permissions && scope == actor.scope)
    }

    fn take_in(&mut self, event: &Happened) {
        if !self.concerns(event) {
            return;
        }
        self.pending = match self.pending.take() {
            Some(News::Missed) => Some(News::Missed),
            Some(News::Happened { id, n }) => Some(News::Happened {
                // What is not kept has no id to come back with.
                id: id.max(event.id.0),
                n: n + 1,
            }),
            None => Some(News::Happened {
                id: event.id.0,
                n: 1,
            }),
        };
    }

    fn concerns(&self, event: &Happened) -> bool {
        self.caller.may_hear(event)
            && self.wants.iter().any(|want| fits(want, &event.kind))
            && self
                .subject
                .as_ref()
                .is_none_or(|subject| *subject == event.subject)
    }
}

/// `terminal.*` fits every kind that begins so.
fn fits(want: &str, kind: &str) -> bool {
    match want.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == want,
    }
}

fn frame(news: &News) -> Bytes {
    let mut text = String::new();
    let written = match news {
        News::Missed => text.write_str("event: missed\ndata:\n\n"),
        News::Happened { id, n } => write!(text, "id: {id}\nevent: happened\ndata: {n}\n\n"),
    };
    debug_assert!(written.is_ok(), "a string takes all");
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_hears_what_it_named() {
        assert!(fits("terminal.*", "terminal.online"));
        assert!(fits("work.done", "work.done"));
        assert!(!fits("work.done", "work.done-late"));
        assert!(!fits("", "work.done"));
    }

    #[test]
    fn frames_carry_an_id_to_come_back_with() {
        let frame = frame(&News::Happened { id: 7, n: 3 });
        assert_eq!(frame, "id: 7\nevent: happened\ndata: 3\n\n");
    }
}
