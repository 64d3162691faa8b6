//! Zip archives that nobody vouches for, read where they lie: no entry is unpacked beyond the size of a
//! licence, no archive beyond its caps, and nothing is written anywhere.
use super::error::Error;
use super::model::{MAX_BYTES, file_name};
use crate::storage::{Blob, Storage};
use bytes::Bytes;
use futures_util::TryStreamExt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use zip::ZipArchive;
use zip::result::ZipError;

/// The most files of one archive.
const FILES_MAX: usize = 10_000;
/// The same with its folders and what operating systems add.
const ENTRIES_MAX: u64 = 2 * FILES_MAX as u64;
/// The most that an archive may unpack to, by its own account.
const TOTAL_MAX: u64 = 2 << 30;
/// What is read to learn what an archive holds: so much for each entry that it says it has, and to find
/// the list. The parser may find another list than we did, but none that is much longer.
const ENTRY: u64 = 512;
const SEARCH: u64 = 2 << 20;
/// The record at the end of an archive, and how far from the end it may begin.
const END: usize = 22;
const TAIL: u64 = END as u64 + 0xFFFF + 20;
/// More than this many times its packed size is nothing that licences come to, beyond a small size.
const RATIO_MAX: u64 = 200;
const SMALL: u64 = 64 << 10;
/// Read from the store at a time.
const PIECE: u64 = 64 << 10;

/// A part of a blob as a file that can be read and sought in, for blocking code.
pub(super) struct Span {
    storage: Storage,
    blob: Blob,
    runtime: Handle,
    from: u64,
    len: u64,
    at: u64,
    piece: Bytes,
    piece_at: u64,
    /// What may still be read.
    left: Arc<AtomicU64>,
}

impl Span {
    pub(super) fn new(storage: &Storage, blob: &Blob, (from, to): (u64, u64)) -> Self {
        Self {
            storage: storage.clone(),
            blob: blob.clone(),
            runtime: Handle::current(),
            from,
            len: to.saturating_sub(from),
            at: 0,
            piece: Bytes::new(),
            piece_at: 0,
            left: Arc::new(AtomicU64::new(SEARCH)),
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let end = (self.at + PIECE).min(self.len);
        let want = end - self.at;
        let left = self.left.load(Ordering::Relaxed);
        let less = left.checked_sub(want).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::QuotaExceeded,
                "the archive's list is too long",
            )
        })?;
        self.left.store(less, Ordering::Relaxed);
        let range = self.from + self.at..self.from + end;
        let bytes = async {
            let mut pieces = self.storage.read(&self.blob, range).await?;
            let mut all = Vec::new();
            while let Some(piece) = pieces.try_next().await? {
                all.extend_from_slice(&piece);
            }
            Ok::<_, crate::storage::Error>(all)
        };
        let read = self.runtime.block_on(bytes).map_err(io::Error::other)?;
        self.piece = read.into();
        self.piece_at = self.at;
        Ok(())
    }
}

impl Read for Span {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.len || into.is_empty() {
            return Ok(0);
        }
        let held = self.piece_at..self.piece_at + self.piece.len() as u64;
        if !held.contains(&self.at) {
            self.fill()?;
        }
        let from = usize::try_from(self.at - self.piece_at).unwrap_or(usize::MAX);
        let part = self.piece.get(from..).unwrap_or_default();
        let n = part.len().min(into.len());
        into[..n].copy_from_slice(&part[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Span {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// What one entry gave.
pub(super) struct Entry {
    /// Its number.
    pub(super) at: usize,
    /// As it stands in the archive, for people.
    pub(super) told: String,
    /// The file under its last name, or why it is none.
    pub(super) file: Result<(String, Vec<u8>), Error>,
}

/// Bytes that are held of a file; none of one that is refused.
pub(super) fn held(file: &Result<(String, Vec<u8>), Error>) -> u64 {
    file.as_ref().map_or(0, |(_, bytes)| bytes.len() as u64)
}

/// Some files of an archive.
pub(super) struct Part {
    pub(super) entries: Vec<Entry>,
    /// Where to go on; `None` at the end.
    pub(super) next: Option<usize>,
    /// How many files there are, beside folders and what operating systems add by themselves.
    pub(super) files: usize,
    /// Some name stands more than once: then only the last of them is there.
    pub(super) has_twice: bool,
}

/// Reads up to `n` files from the entry numbered `from` on, and no more of them once they come to
/// `bytes`. Blocks.
///
/// # Errors
/// When it is no archive that can be read, or one that no honest person makes.
pub(super) fn read(mut span: Span, from: usize, (n, bytes): (usize, u64)) -> Result<Part, Error> {
    let said = entries_said(&mut span).map_err(|e| refusal(ZipError::Io(e)))?;
    let said = said.ok_or(Error::BadArchive)?;
    if said > ENTRIES_MAX {
        return Err(Error::ArchiveTooMany);
    }
    // Only what names the entries is to be read for now; then as much as so many files may have.
    let left = Arc::clone(&span.left);
    left.store(SEARCH + said * ENTRY, Ordering::Relaxed);
    let mut archive = ZipArchive::new(&mut span).map_err(refusal)?;
    left.store(2 * (MAX_BYTES + PIECE) * n as u64, Ordering::Relaxed);
    let files: Vec<usize> = (0..archive.len())
        .filter(|at| is_file(&told(&archive, *at)))
        .collect();
    if files.len() > FILES_MAX || archive.len() as u64 > ENTRIES_MAX {
        return Err(Error::ArchiveTooMany);
    }
    if archive
        .decompressed_size()
        .is_some_and(|all| all > u128::from(TOTAL_MAX))
    {
        return Err(Error::ArchiveTooLarge);
    }
    let mut ahead = files.iter().copied().filter(|at| *at >= from);
    let mut entries: Vec<Entry> = Vec::new();
    let mut so_far = 0;
    while entries.len() < n
        && so_far < bytes
        && let Some(at) = ahead.next()
    {
        let one = entry(&mut archive, at)?;
        so_far += held(&one.file);
        entries.push(one);
    }
    Ok(Part {
        entries,
        next: ahead.next(),
        files: files.len(),
        has_twice: archive.has_duplicate_names(),
    })
}

/// How many entries an archive says at its end that it has, asked before its list is read: the most of
/// whatever may be that end, and `None` where nothing may.
fn entries_said(span: &mut Span) -> io::Result<Option<u64>> {
    span.seek(SeekFrom::Start(span.len.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    span.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let mut most = None;
    for (at, end) in tail.windows(END).enumerate() {
        if !end.starts_with(b"PK\x05\x06") {
            continue;
        }
        most = most.max(Some(number(&end[10..12])));
        // Where the numbers of an old end do not suffice, a longer one stands before it.
        let locator = at.checked_sub(20).map(|from| &tail[from..at]);
        if let Some(locator) = locator.filter(|it| it.starts_with(b"PK\x06\x07")) {
            most = most.max(entries_said_at(span, number(&locator[8..16]))?);
        }
    }
    Ok(most)
}

fn entries_said_at(span: &mut Span, place: u64) -> io::Result<Option<u64>> {
    let mut end = Vec::new();
    if place < span.len {
        span.seek(SeekFrom::Start(place))?;
        span.by_ref().take(40).read_to_end(&mut end)?;
    }
    let is_end = end.len() == 40 && end.starts_with(b"PK\x06\x06");
    Ok(is_end.then(|| number(&end[32..40])))
}

fn number(bytes: &[u8]) -> u64 {
    let digits = bytes.iter().rev();
    digits.fold(0, |all, byte| (all << 8) | u64::from(*byte))
}

fn refusal(cause: ZipError) -> Error {
    match cause {
        ZipError::Io(e) if e.kind() == io::ErrorKind::QuotaExceeded => Error::ArchiveTooMany,
        // What the storage said, such as that the file is gone.
        ZipError::Io(e) if e.kind() == io::ErrorKind::Other => {
            match e.downcast::<crate::storage::Error>() {
                Ok(cause) => Error::from(cause),
                Err(e) => Error::Db(crate::db::Error::Busy(e.into())),
            }
        }
        _ => Error::BadArchive,
    }
}

/// An entry's name, for people.
fn told(archive: &ZipArchive<&mut Span>, at: usize) -> String {
    let name = archive.name_for_index(at).and_then(Result::ok);
    name.map_or_else(|| format!("#{}", at + 1), std::borrow::Cow::into_owned)
}

/// Whether a name is not that of a folder, nor of what operating systems add by themselves.
fn is_file(name: &str) -> bool {
    !name.ends_with(['/', '\\']) && !is_clutter(name)
}

fn entry(archive: &mut ZipArchive<&mut Span>, at: usize) -> Result<Entry, Error> {
    let told = told(archive, at);
    let mut file = match archive.by_index(at) {
        Ok(file) => file,
        Err(cause) => {
            let why = match cause {
                ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)
                | ZipError::InvalidPassword => Error::Encrypted,
                ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                    Error::Compression
                }
                other => match refusal(other) {
                    Error::Db(cause) => return Err(Error::Db(cause)),
                    other => other,
                },
            };
            let file = Err(why);
            return Ok(Entry { at, told, file });
        }
    };
    let (packed, unpacked) = (file.compressed_size(), file.size());
    let judged = if file.encrypted() {
        Err(Error::Encrypted)
    } else if !is_safe(&told) {
        Err(Error::UnsafeName)
    } else if unpacked > SMALL && unpacked / packed.max(1) > RATIO_MAX {
        Err(Error::Bomb)
    } else if unpacked > MAX_BYTES {
        Err(Error::TooLarge)
    } else {
        file_name(&told).ok_or(Error::FileName)
    };
    let file = match judged {
        Err(why) => Err(why),
        Ok(name) => {
            let mut bytes = Vec::new();
            // What an entry says of its size is no promise.
            match (&mut file).take(MAX_BYTES + 1).read_to_end(&mut bytes) {
                Ok(_) => check(&bytes).map(|()| (name, bytes)),
                Err(e) if e.kind() == io::ErrorKind::Other => {
                    return Err(Error::Db(crate::db::Error::Busy(e.into())));
                }
                Err(_) => Err(Error::BadArchive),
            }
        }
    };
    Ok(Entry { at, told, file })
}

/// Whether bytes may be a licence.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge);
    }
    if is_archive(bytes) {
        return Err(Error::IsArchive);
    }
    Ok(())
}

/// By its first bytes: zip, gzip, 7z, rar, xz, zstd.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 7] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b\x08",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xfd7zXZ\x00",
        b"\x28\xb5\x2f\xfd",
    ];
    MARKS.iter().any(|mark| bytes.starts_with(mark))
}

/// The same of the first four bytes of what is taken for an archive of licences.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK") && is_archive(head)
}

/// A name that stays inside its archive.
fn is_safe(name: &str) -> bool {
    let mut parts = name.split(['/', '\\']);
    !name.starts_with(['/', '\\'])
        && !name.contains(':')
        && !name.contains('\0')
        && parts.all(|part| part != "..")
}

fn is_clutter(name: &str) -> bool {
    let mut parts = name.split('/');
    parts.any(|part| part == "__MACOSX" || part == ".DS_Store" || part == "Thumbs.db")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_is_not_safe() {
        for bad in [
            "../a",
            "a/../b",
            "/etc/passwd",
            "C:\\a",
            "a\\..\\b",
            "\\\\host\\a",
            "a\0",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
        assert!(is_safe("2026/лицензии/a..b.lic"));
    }

    #[test]
    fn an_archive_is_no_licence() {
        assert!(check(b"PK\x03\x04rest").is_err() && check(b"").is_err());
        assert!(check(b"licence").is_ok());
        assert!(check(&vec![7; (1 << 20) + 1]).is_err());
    }
}
