//! What a terminal keeps while it is switched off. Every file is written aside, synced and renamed
//! into place, so that a terminal killed at any moment finds either the old state or the new one.
//!
//! | File | Holds |
//! |---|---|
//! | `token` | the credential; readable by its owner only |
//! | `identity.pem` | key and certificate, where the terminal has those instead of a token |
//! | `identity.next.pem` | the next ones, until the server has confirmed that they are in force |
//! | `key.pem` | the key of an activation that was begun |
//! | `activation.json` | the activation that was begun: its key makes a repetition harmless |
//! | `status.json` | the last status that the server accepted |
//! | `profile.json` | the parameters in use |
//! | `journal.json` | what became of each work item |
//! | `licence.json`, `installed/` | the licence in use |
//! | `licence.part`, `licence.part.json` | a licence half fetched, and which one it is |
use super::fault::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A terminal's storage: a folder, or memory for the members of a large fleet. Clones share it.
#[derive(Debug, Clone)]
pub struct Keep(Place);

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    Memory(Arc<Mutex<HashMap<String, Vec<u8>>>>),
}

impl Keep {
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        std::fs::create_dir_all(&path)?;
        Ok(Self(Place::Folder(path)))
    }

    /// Forgotten when the last clone is dropped.
    #[must_use]
    pub fn memory() -> Self {
        Self(Place::Memory(Arc::default()))
    }

    /// Runs file work where it does not stall other terminals.
    pub(super) async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Fault> {
        if matches!(self.0, Place::Memory(_)) {
            return Ok(work(self)?);
        }
        let keep = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&keep)).await;
        Ok(done.map_err(io::Error::other)??)
    }

    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match &self.0 {
            Place::Folder(folder) => match std::fs::read(folder.join(name)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(e),
            },
            Place::Memory(files) => Ok(lock(files).get(name).cloned()),
        }
    }

    /// Replaces the file as a whole.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match &self.0 {
            Place::Folder(folder) => replace(&folder.join(name), bytes),
            Place::Memory(files) => {
                lock(files).insert(name.to_owned(), bytes.to_vec());
                Ok(())
            }
        }
    }

    /// Adds to the end. What a kill leaves of it is a prefix.
    pub fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match &self.0 {
            Place::Folder(folder) => OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(folder.join(name))?
                .write_all(bytes),
            Place::Memory(files) => {
                let mut files = lock(files);
                let file = files.entry(name.to_owned()).or_default();
                file.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    pub fn remove(&self, name: &str) -> io::Result<()> {
        match &self.0 {
            Place::Folder(folder) => match std::fs::remove_file(folder.join(name)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
                _ => Ok(()),
            },
            Place::Memory(files) => {
                lock(files).remove(name);
                Ok(())
            }
        }
    }

    /// Moves a complete file to its place, durably.
    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        match &self.0 {
            Place::Folder(folder) => {
                let (from, to) = (folder.join(from), folder.join(to));
                let home = to.parent().unwrap_or(folder);
                std::fs::create_dir_all(home)?;
                File::open(&from)?.sync_all()?;
                std::fs::rename(&from, &to)?;
                File::open(home)?.sync_all()
            }
            Place::Memory(files) => {
                let mut files = lock(files);
                let file = files.remove(from).ok_or(io::ErrorKind::NotFound)?;
                files.insert(to.to_owned(), file);
                Ok(())
            }
        }
    }

    /// A JSON file. One that cannot be read is as good as absent: the server knows the truth, and
    /// a terminal that refuses to start helps nobody.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        let bytes = self.read(name)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> io::Result<()> {
        self.write(name, &serde_json::to_vec_pretty(value)?)
    }
}

fn lock(
    files: &Mutex<HashMap<String, Vec<u8>>>,
) -> std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let aside = PathBuf::from(aside);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&aside, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn both_kinds_of_storage_keep_alike() {
        let dir = tempfile::tempdir().unwrap();
        for keep in [Keep::folder(dir.path().join("t")).unwrap(), Keep::memory()] {
            assert_eq!(keep.read("token").unwrap(), None);
            keep.write("token", b"one").unwrap();
            keep.write("token", b"two").unwrap();
            assert_eq!(keep.read("token").unwrap().unwrap(), b"two");
            keep.append("part", b"ab").unwrap();
            keep.append("part", b"cd").unwrap();
            keep.rename("part", "installed/licence").unwrap();
            assert_eq!(keep.read("part").unwrap(), None);
            assert_eq!(keep.read("installed/licence").unwrap().unwrap(), b"abcd");
            keep.remove("token").unwrap();
            keep.remove("token").unwrap();
            keep.write("journal.json", b"{half").unwrap();
            assert_eq!(keep.read_json::<Vec<u8>>("journal.json").unwrap(), None);
        }
    }

    #[test]
    fn nobody_else_reads_the_token() {
        let dir = tempfile::tempdir().unwrap();
        let keep = Keep::folder(dir.path()).unwrap();
        keep.write("token", b"secret").unwrap();
        let mode = std::fs::metadata(dir.path().join("token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
