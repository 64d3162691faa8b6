//! A request's body on its way in: unpacked piece by piece, so that no compressed bomb fills the
//! memory before a limit is checked, and not waited for without end.
use super::error::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures_util::Stream;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::Write;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use zstd::stream::raw::{DParameter, Decoder as Zstd, InBuffer, Operation, OutBuffer};

/// Compressed bytes that are unpacked at a time: gzip makes at most a megabyte of them.
const GZIP_BITE: usize = 1024;
/// Unpacked bytes that are handed on at a time.
const PIECE: usize = 32 * 1024;
/// The largest window that a zstd frame may ask us to hold: 8 MiB, what its level 19 uses.
const WINDOW_LOG: u32 = 23;

/// The longest unread rest of a body that is worth waiting for before the answer.
pub(super) const DRAINED: usize = 64 * 1024;
const DRAIN_PATIENCE: Duration = Duration::from_secs(1);

/// How slow a body may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) grace: Duration,
    pub(super) bytes_per_s: u32,
}

/// How a body is packed, by its `Content-Encoding`.
pub(super) fn unpacker(encoding: &str) -> Result<Option<Unpacker>, Error> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(None),
        "gzip" | "x-gzip" => Ok(Some(Unpacker::Gzip(Box::new(MultiGzDecoder::new(
            Vec::new(),
        ))))),
        "zstd" => {
            let mut zstd = Zstd::new().map_err(|_| Error::BrokenEncoding)?;
            zstd.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))
                .map_err(|_| Error::BrokenEncoding)?;
            Ok(Some(Unpacker::Zstd {
                zstd,
                inside_frame: true,
                more: false,
            }))
        }
        _ => Err(Error::UnsupportedEncoding),
    }
}

pub(super) enum Unpacker {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zstd {
        zstd: Zstd<'static>,
        inside_frame: bool,
        /// The last piece was full, so there may be more without more input.
        more: bool,
    },
}

impl Unpacker {
    /// Takes some of `packed`, gives what came of it.
    fn unpack(&mut self, packed: &mut Bytes) -> Result<Bytes, Error> {
        match self {
            Self::Gzip(gzip) => {
                let bite = &packed[..packed.len().min(GZIP_BITE)];
                let taken = gzip.write(bite).map_err(|_| Error::BrokenEncoding)?;
                if taken == 0 {
                    return Err(Error::BrokenEncoding);
                }
                drop(packed.split_to(taken));
                Ok(std::mem::take(gzip.get_mut()).into())
            }
            Self::Zstd {
                zstd,
                inside_frame,
                more,
            } => {
                let mut piece = vec![0; PIECE];
                let (rest, taken, made) = {
                    let mut input = InBuffer::around(&packed[..]);
                    let mut output = OutBuffer::around(&mut piece[..]);
                    let rest = zstd
                        .run(&mut input, &mut output)
                        .map_err(|_| Error::BrokenEncoding)?;
                    (rest, input.pos(), output.pos())
                };
                *more = made == PIECE;
                if taken > 0 || made > 0 {
                    *inside_frame = rest != 0;
                }
                drop(packed.split_to(taken));
                piece.truncate(made);
                Ok(piece.into())
            }
        }
    }

    fn has_more(&self) -> bool {
        matches!(self, Self::Zstd { more: true, .. })
    }

    /// What is left when the packed bytes end; an error when they ended too early.
    fn end(&mut self) -> Result<Bytes, Error> {
        match self {
            Self::Gzip(gzip) => {
                gzip.try_finish().map_err(|_| Error::Truncated)?;
                Ok(std::mem::take(gzip.get_mut()).into())
            }
            Self::Zstd {
                inside_frame: true, ..
            } => Err(Error::Truncated),
            Self::Zstd { .. } => Ok(Bytes::new()),
        }
    }
}

/// A body as the connection brings it, held by its reader and by the answer.
///
/// actix reads on without end when a chunked body was let go before its end. As long as somebody
/// holds it, it closes the connection after the answer instead; so the answer holds what nobody
/// read to the end.
#[derive(Clone)]
pub(super) struct Wire(Rc<RefCell<State>>);

struct State {
    payload: Payload,
    is_done: bool,
}

impl Wire {
    pub(super) fn new(payload: Payload) -> Self {
        Self(Rc::new(RefCell::new(State {
            payload,
            is_done: false,
        })))
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        let mut state = self.0.borrow_mut();
        let next = ready!(Pin::new(&mut state.payload).poll_next(cx));
        state.is_done = next.is_none();
        Poll::Ready(next)
    }

    /// Takes what nobody read off the wire, if it is little and comes soon.
    ///
    /// RFC 9113, 8.1 lets a server answer before the body came, and says that the client must not
    /// lose the answer; curl up to 7.88, which terminals are built with, loses it ("stream error").
    pub(super) async fn drain(&self) {
        let mut taken = 0;
        let all = async {
            while taken <= DRAINED && !self.0.borrow().is_done {
                match poll_fn(|cx| self.poll(cx)).await {
                    Some(Ok(bytes)) => taken += bytes.len(),
                    Some(Err(_)) | None => break,
                }
            }
        };
        // Who is slower than this gets the answer early, as before.
        let _ = tokio::time::timeout(DRAIN_PATIENCE, all).await;
    }

    /// `body`, which keeps what is unread of this one from being let go.
    pub(super) fn hold(self, body: BoxBody) -> BoxBody {
        if self.0.borrow().is_done {
            return body;
        }
        BoxBody::new(Holding { body, _wire: self })
    }
}

struct Holding {
    body: BoxBody,
    _wire: Wire,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// The body as the extractors see it.
pub(super) struct Inbound {
    wire: Wire,
    unpacker: Option<Unpacker>,
    packed: Bytes,
    pace: Pace,
    received: usize,
    /// How long the sender kept us waiting so far, and since when he does again.
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    ended: bool,
}

impl Inbound {
    pub(super) fn new(wire: Wire, unpacker: Option<Unpacker>, pace: Pace) -> Self {
        Self {
            wire,
            unpacker,
            packed: Bytes::new(),
            pace,
            received: 0,
            waited: Duration::ZERO,
            waiting: None,
            ended: false,
        }
    }

    /// The next bytes off the wire; an error when they take longer than the slowest link explains.
    fn poll_wire(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if let Poll::Ready(next) = self.wire.poll(cx) {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            if let Some(Ok(bytes)) = &next {
                self.received += bytes.len();
            }
            return Poll::Ready(next);
        }
        let explained = self.received as u64 / u64::from(self.pace.bytes_per_s.max(1));
        let patience = self.pace.grace + Duration::from_secs(explained);
        let left = patience.saturating_sub(self.waited);
        let (_, alarm) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        ready!(Future::poll(alarm.as_mut(), cx));
        Poll::Ready(Some(Err(Error::TooSlow.into_payload())))
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        loop {
            let Some(unpacker) = &mut self.unpacker else {
                return self.poll_wire(cx);
            };
            if !self.packed.is_empty() || unpacker.has_more() {
                match unpacker.unpack(&mut self.packed) {
                    Ok(piece) if piece.is_empty() => continue,
                    piece => return Poll::Ready(Some(piece.map_err(Error::into_payload))),
                }
            }
            match ready!(self.poll_wire(cx)) {
                Some(Ok(bytes)) => self.packed = bytes,
                Some(Err(e)) => return Poll::Ready(Some(Err(e))),
                None => {
                    let rest = self
                        .unpacker
                        .take()
                        .map_or(Ok(Bytes::new()), |mut u| u.end());
                    return match rest {
                        Ok(rest) if rest.is_empty() => Poll::Ready(None),
                        rest => Poll::Ready(Some(rest.map_err(Error::into_payload))),
                    };
                }
            }
        }
    }
}

impl Stream for Inbound {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_piece(cx));
        self.ended = !matches!(piece, Some(Ok(_)));
        Poll::Ready(piece)
    }
}
