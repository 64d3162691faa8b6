//! Where answers are handed out: one counter per worker thread.
//!
//! Waking a task of another thread costs a system call. So a group's answers go to each worker as
//! one message, and the worker's own task hands them to the requests of its thread.
use crate::db::Error;
use crate::terminals::contact::Answer;
use std::cell::RefCell;
use tokio::sync::{mpsc, oneshot};

/// What comes of one contact.
pub(super) type Result = std::result::Result<Answer, Error>;

struct Delivery {
    to: oneshot::Sender<Result>,
    what: Result,
}

type Counter = mpsc::UnboundedSender<Vec<Delivery>>;

thread_local! {
    static HERE: RefCell<Option<Counter>> = const { RefCell::new(None) };
}

/// Where one answer is to go.
pub(super) struct ReplyTo {
    counter: Counter,
    request: oneshot::Sender<Result>,
}

/// A place at this thread's counter, and the end to wait at.
pub(super) fn reply_here() -> (ReplyTo, oneshot::Receiver<Result>) {
    let (request, waiting) = oneshot::channel();
    let counter = HERE.with_borrow_mut(|here| match here {
        Some(counter) if !counter.is_closed() => counter.clone(),
        _ => here.insert(open()).clone(),
    });
    (ReplyTo { counter, request }, waiting)
}

fn open() -> Counter {
    let (counter, mut groups) = mpsc::unbounded_channel::<Vec<Delivery>>();
    tokio::spawn(async move {
        while let Some(group) = groups.recv().await {
            hand_out(group);
        }
    });
    counter
}

fn hand_out(group: Vec<Delivery>) {
    for delivery in group {
        // Whoever hung up meanwhile gets nothing.
        drop(delivery.to.send(delivery.what));
    }
}

/// Sends a group's answers out, one message per counter.
pub(super) fn deliver(answers: impl Iterator<Item = (ReplyTo, Result)>) {
    let mut by_counter: Vec<(Counter, Vec<Delivery>)> = Vec::new();
    for (reply, what) in answers {
        let delivery = Delivery {
            to: reply.request,
            what,
        };
        match by_counter
            .iter_mut()
            .find(|(counter, _)| counter.same_channel(&reply.counter))
        {
            Some((_, group)) => group.push(delivery),
            None => by_counter.push((reply.counter, vec![delivery])),
        }
    }
    for (counter, group) in by_counter {
        if let Err(closed) = counter.send(group) {
            hand_out(closed.0);
        }
    }
}
