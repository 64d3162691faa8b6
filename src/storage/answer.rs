//! A blob as an HTTP answer: whole or a range, conditional, resumable.
use super::{Blob, Bytestream, Error, Storage};
use actix_web::body::SizedStream;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::future::LocalBoxFuture;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::ops::Range;

/// Done just before the file's last byte leaves, or when the reader proves that he has the file
/// already. While it fails, the last byte does not leave: what it notes is never less than the truth.
pub type Sent = LocalBoxFuture<'static, Result<(), Error>>;

/// What to answer with.
pub struct Download {
    pub blob: Blob,
    /// The name under which a browser saves it.
    pub file_name: String,
    pub sent: Option<Sent>,
}

impl Storage {
    /// Answers GET and HEAD, with `ETag` (the SHA-256), `If-None-Match`, `Range` and `If-Range`.
    /// Several ranges in one request are answered with the whole file, as the standard allows.
    pub async fn answer(&self, req: &HttpRequest, what: Download) -> Result<HttpResponse, Error> {
        let Download {
            blob,
            file_name,
            sent,
        } = what;
        let tag = header::EntityTag::new_strong(blob.sha256.to_string());
        let is_get = req.method() == Method::GET;
        if let Some(proof) = has_already(req, &tag) {
            if let (true, Had::ThisFile, Some(sent)) = (is_get, proof, sent) {
                sent.await?;
            }
            let mut answer = HttpResponse::NotModified();
            describe(&mut answer, &blob, tag, &file_name);
            return Ok(answer.finish());
        }
        let size = blob.size_bytes;
        let wanted = wanted(req, &tag, size);
        let range = match &wanted {
            Wanted::Whole => 0..size,
            Wanted::Part(range) => range.clone(),
            Wanted::Nothing => {
                return Ok(HttpResponse::RangeNotSatisfiable()
                    .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                    .finish());
            }
        };
        let mut answer = HttpResponse::build(wanted.status());
        describe(&mut answer, &blob, tag, &file_name);
        // What compresses answers would change the bytes under a strong tag.
        answer
            .insert_header((header::CONTENT_ENCODING, "identity"))
            .content_type(blob.content_type.as_str());
        if let Wanted::Part(range) = &wanted {
            let (from, to) = (range.start, range.end - 1);
            let value = format!("bytes {from}-{to}/{size}");
            answer.insert_header((header::CONTENT_RANGE, value));
        }
        let length = range.end - range.start;
        if !is_get {
            return Ok(answer.body(SizedStream::new(
                length,
                stream::empty::<Result<_, Error>>(),
            )));
        }
        let reaches_end = range.end == size;
        let bytes = self.read(&blob, range).await?;
        let body = match sent.filter(|_| reaches_end) {
            Some(sent) => hold_back_last(bytes, length, sent).boxed_local(),
            None => bytes.boxed_local(),
        };
        Ok(answer.body(SizedStream::new(length, body)))
    }
}

/// Passes everything on, but the last piece only once `sent` is done.
fn hold_back_last(
    bytes: Bytestream,
    length: u64,
    sent: Sent,
) -> impl futures_util::Stream<Item = Result<bytes::Bytes, Error>> {
    stream::try_unfold(
        (bytes, length, Some(sent)),
        |(mut bytes, left, mut sent)| async move {
            let Some(piece) = bytes.try_next().await? else {
                return Ok(None);
            };
            let left = left.saturating_sub(piece.len() as u64);
            if left == 0
                && let Some(sent) = sent.take()
            {
                sent.await?;
            }
            Ok(Some((piece, (bytes, left, sent))))
        },
    )
}

fn describe(answer: &mut HttpResponseBuilder, blob: &Blob, tag: header::EntityTag, name: &str) {
    answer
        .insert_header(header::ETag(tag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_DISPOSITION, disposition(name)));
    tracing::trace!(blob.id = %blob.id, "answering with a stored file");
}

/// What a reader who wants nothing sent has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Had {
    /// He named its tag, which only its bytes give.
    ThisFile,
    /// `*` asks whether there is any file, and proves nothing.
    Whatever,
}

fn has_already(req: &HttpRequest, tag: &header::EntityTag) -> Option<Had> {
    match req.get_header::<header::IfNoneMatch>()? {
        header::IfNoneMatch::Any => Some(Had::Whatever),
        header::IfNoneMatch::Items(tags) => {
            tags.iter().any(|t| t.weak_eq(tag)).then_some(Had::ThisFile)
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// A range beyond the end.
    Nothing,
}

impl Wanted {
    fn status(&self) -> StatusCode {
        match self {
            Self::Part(_) => StatusCode::PARTIAL_CONTENT,
            Self::Whole | Self::Nothing => StatusCode::OK,
        }
    }
}

fn wanted(req: &HttpRequest, tag: &header::EntityTag, size: u64) -> Wanted {
    // If-Range with a date never matches: a content-addressed file has no date.
    let still_the_same = match req.headers().get(header::IF_RANGE) {
        None => true,
        Some(text) => text
            .to_str()
            .ok()
            .and_then(|text| text.parse::<header::EntityTag>().ok())
            .is_some_and(|seen| seen.strong_eq(tag)),
    };
    let range = req
        .headers()
        .get(header::RANGE)
        .and_then(|text| text.to_str().ok())
        .filter(|_| still_the_same && req.method() == Method::GET);
    range.map_or(Wanted::Whole, |text| parse_range(text, size))
}

/// One range of bytes; what is not understood asks for the whole.
fn parse_range(text: &str, size: u64) -> Wanted {
    let Some((from, to)) = text
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(from), number(to)) {
        (None, Some(0)) if from.is_empty() => Wanted::Nothing,
        (None, Some(last)) if from.is_empty() => Wanted::Part(size.saturating_sub(last)..size),
        (Some(from), _) if from >= size && (to.is_empty() || number(to).is_some()) => {
            Wanted::Nothing
        }
        (Some(from), None) if to.is_empty() => Wanted::Part(from..size),
        (Some(from), Some(to)) if from <= to => Wanted::Part(from..to.saturating_add(1).min(size)),
        _ => Wanted::Whole,
    }
}

/// `attachment` with a plain name for old readers and the true one for the rest (RFC 6266).
#[must_use]
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c == ' ' || c.is_ascii_graphic() => c,
            _ => '_',
        })
        .collect();
    let mut text = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push('%');
                text.push_str(&super::hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        for (text, wanted) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=5-", Wanted::Part(5..10)),
            ("bytes=2-100", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-300", Wanted::Part(0..10)),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=99999999999999999999-", Wanted::Nothing),
            ("bytes=3-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=10-x", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(parse_range(text, 10), wanted, "{text}");
        }
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("licence 1.bin"),
            "attachment; filename=\"licence 1.bin\""
        );
        assert_eq!(
            disposition("a\"; x=\r\nb"),
            "attachment; filename=\"a_; x=__b\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0Ab"
        );
        assert_eq!(
            disposition("лиц.bin"),
            "attachment; filename=\"___.bin\"; filename*=UTF-8''%D0%BB%D0%B8%D1%86.bin"
        );
    }
}
