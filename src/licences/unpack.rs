//! The next files of a bundle, unpacked where they are packed.
use super::archive::{self, Span};
use super::bundle::{self, Index, Part, What};
use super::error::Error;
use super::model::file_name;
use crate::context::Ctx;
use crate::http::Failure;
use crate::storage::Blob;
use serde::{Deserialize, Serialize};

/// Files of one chunk at most, and the bytes of theirs behind which no more are taken.
const CHUNK: usize = 160;
const CHUNK_BYTES: u64 = 4 << 20;
/// The most that the archives of one bundle may unpack to.
const UNPACKED_MAX: u64 = 2 << 30;

/// How far it is: a file of the bundle, and one of the archive that it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    pub(super) part: usize,
    entry: usize,
    /// Files behind it.
    pub(super) row: i64,
    /// Bytes that archives gave so far.
    unpacked: u64,
    /// What was told of the archives behind it, beyond one each.
    more: i64,
    /// What was told of the archive that it is in.
    of_archive: i64,
}

/// A file that was looked at: its name, and its bytes or why it is none; and the place behind it.
pub(super) struct Looked {
    pub(super) told: String,
    pub(super) file: Result<(String, Vec<u8>), Error>,
    pub(super) next: Cursor,
}

/// Some files that were looked at.
pub(super) struct Chunk {
    pub(super) looked: Vec<Looked>,
    /// Bytes of theirs.
    bytes: u64,
    pub(super) next: Cursor,
    /// Files of the form; an archive is one.
    known: i64,
    /// What the archive that it ends in still holds.
    ahead: i64,
}

/// The next files of the bundle, unpacked where they are packed.
pub(super) async fn look(
    ctx: &Ctx,
    blob: &Blob,
    index: &Index,
    at: Cursor,
) -> Result<Chunk, Failure> {
    let files = index.parts.iter().filter(|part| part.what != What::Csv);
    let mut chunk = Chunk {
        looked: Vec::new(),
        bytes: 0,
        known: i64::try_from(files.count()).unwrap_or(i64::MAX),
        ahead: 0,
        next: at,
    };
    while !chunk.is_full()
        && let Some(part) = index.parts.get(chunk.next.part)
    {
        let file = match part.what {
            What::Csv => {
                chunk.next.part += 1;
                continue;
            }
            What::Zip => {
                unpack(ctx, blob, part, &mut chunk).await?;
                continue;
            }
            What::TooLarge => Err(Error::TooLarge),
            What::Licence => {
                let bytes = bundle::bytes_of(ctx, blob, part.span).await?;
                let name = file_name(&part.name).ok_or(Error::FileName);
                name.and_then(|name| archive::check(&bytes).map(|()| (name, bytes)))
            }
        };
        chunk.next.part += 1;
        chunk.push(part.name.clone(), file);
    }
    Ok(chunk)
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.looked.len() >= CHUNK || self.bytes >= CHUNK_BYTES
    }

    /// Files in all, as far as the archives were opened.
    pub(super) fn total(&self) -> i64 {
        let under_way = match self.ahead {
            0 => 0,
            ahead => self.next.of_archive + ahead - 1,
        };
        self.known + self.next.more + under_way
    }

    /// The archive is over: what was told of it counts in place of the one that it was.
    fn end_archive(&mut self) {
        self.next.more += self.next.of_archive - 1;
        self.next.of_archive = 0;
        self.next.part += 1;
        self.next.entry = 0;
        self.ahead = 0;
    }

    fn push(&mut self, told: String, file: Result<(String, Vec<u8>), Error>) {
        self.next.row += 1;
        self.bytes += archive::held(&file);
        self.looked.push(Looked {
            told,
            file,
            next: self.next.clone(),
        });
    }
}

/// The next files of an archive. One that cannot be read is refused as a whole.
async fn unpack(ctx: &Ctx, blob: &Blob, part: &Part, chunk: &mut Chunk) -> Result<(), Failure> {
    let from = chunk.next.entry;
    let room = (CHUNK - chunk.looked.len(), CHUNK_BYTES - chunk.bytes);
    let span = Span::new(&ctx.storage, blob, part.span);
    let read = tokio::task::spawn_blocking(move || archive::read(span, from, room));
    // What the reader does not survive is no archive; whatever else ends it is the server's own end.
    let read = match read.await {
        Err(e) if e.is_panic() => Err(Error::BadArchive),
        Err(e) => Err(Error::Db(crate::db::Error::Busy(e.into()))),
        Ok(read) => read,
    };
    let refused = match read {
        Err(Error::Db(cause)) => return Err(cause.into()),
        Err(Error::Storage(cause)) => return Err(Error::Storage(cause).into()),
        Err(refused) => Some(refused),
        Ok(found) if found.files == 0 => Some(Error::ArchiveEmpty),
        Ok(_) if chunk.next.unpacked > UNPACKED_MAX => Some(Error::ArchiveTooLarge),
        Ok(found) => {
            for entry in found.entries {
                chunk.next.unpacked += archive::held(&entry.file);
                chunk.next.entry = entry.at + 1;
                chunk.next.of_archive += 1;
                chunk.push(format!("{}/{}", part.name, entry.told), entry.file);
            }
            let files = i64::try_from(found.files).unwrap_or(i64::MAX);
            chunk.ahead = files - chunk.next.of_archive;
            if found.next.is_some() {
                return Ok(());
            }
            found.has_twice.then_some(Error::NameTwice)
        }
    };
    // The place behind what is told of the whole archive is behind it, so that it is told once.
    chunk.next.of_archive += i64::from(refused.is_some());
    chunk.end_archive();
    if let Some(refused) = refused {
        chunk.push(part.name.clone(), Err(refused));
    }
    Ok(())
}
