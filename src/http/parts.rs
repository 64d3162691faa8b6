//! Forms that bring files (`multipart/form-data`), read part by part as they arrive: what was typed
//! comes first, then the files, of which nothing is held.
use actix_multipart::{Field, Multipart, MultipartError};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

/// The longest value of a field that is typed.
const TYPED_MAX: usize = 512;
/// How much of a refused upload is still read, so that the browser listens to the answer.
const DRAINED_MAX: usize = 16 << 20;

/// The upload broke off, or is no form. The slice that reads it has its own word for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenForm;

/// The parts of a form, in their order.
pub struct Parts {
    /// A body that ended, or was none of parts, is gone: asked again it would panic.
    body: Option<Multipart>,
}

impl Parts {
    #[must_use]
    pub fn of(body: Multipart) -> Self {
        Self { body: Some(body) }
    }

    /// # Errors
    /// When the form breaks off.
    pub async fn next(&mut self) -> Result<Option<Field>, BrokenForm> {
        let Some(parts) = &mut self.body else {
            return Ok(None);
        };
        match parts.try_next().await {
            Ok(Some(field)) => Ok(Some(field)),
            ended => {
                self.body = None;
                ended.map_err(|_| BrokenForm)
            }
        }
    }

    /// The value that stands first, where it has this name; otherwise nothing.
    ///
    /// # Errors
    /// When the form breaks off.
    pub async fn first(&mut self, name: &str) -> Result<String, BrokenForm> {
        match self.next().await? {
            Some(mut field) if field.name() == Some(name) => typed(&mut field).await,
            _ => Ok(String::new()),
        }
    }

    /// Reads what is left of a form that was refused.
    pub async fn drain(&mut self) {
        while let Ok(Some(mut field)) = self.next().await {
            skip(&mut field).await;
        }
    }
}

/// The name of the file that a part is; empty where it is none, or where none was chosen.
#[must_use]
pub fn name_of(field: &Field) -> String {
    let shape = field.content_disposition();
    let name = shape.and_then(|shape| shape.get_filename());
    name.unwrap_or_default().to_owned()
}

/// A value that was typed, without blanks around it.
///
/// # Errors
/// When it is longer than anybody types, or no text.
pub async fn typed(field: &mut Field) -> Result<String, BrokenForm> {
    let Ok(Ok(bytes)) = field.bytes(TYPED_MAX).await else {
        return Err(BrokenForm);
    };
    let text = String::from_utf8(bytes.into()).map_err(|_| BrokenForm)?;
    Ok(text.trim().to_owned())
}

/// Reads on to the end of a part, or as far as that is worth it.
pub async fn skip(bytes: &mut (impl Stream<Item = Result<Bytes, MultipartError>> + Unpin)) {
    let mut left = DRAINED_MAX;
    while let Some(Ok(piece)) = bytes.next().await {
        match left.checked_sub(piece.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}
