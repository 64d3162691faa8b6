//! Where the bytes lie: a folder, or a bucket of an S3-compatible store.
use super::Error;
use anyhow::Context as _;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A part of a multipart upload. S3 takes no smaller ones than 5 MiB, and 10,000 at most: 80 GB.
const BUCKET_PART: usize = 8 << 20;
const FOLDER_PART: usize = 1 << 20;
/// Parts of one upload on their way at once: bounds the memory of an upload.
const PARTS_AT_ONCE: usize = 2;

/// Where blobs live.
#[derive(Debug, Clone)]
pub enum Options {
    Folder(PathBuf),
    Bucket(Box<Bucket>),
}

/// A bucket of Amazon S3 or of anything that speaks its protocol.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    pub bucket: String,
    pub region: Option<String>,
    /// `https://s3.example.org`; `None` is Amazon's own for the region.
    pub endpoint: Option<String>,
    /// Put before every key, so that a bucket can be shared.
    pub prefix: String,
    /// `https://host/bucket/key` instead of `https://bucket.host/key`.
    pub path_style: bool,
    /// `None` asks the environment as Amazon's own tools do (`AWS_*`, instance roles).
    pub credentials: Option<Credentials>,
}

#[derive(Clone)]
pub struct Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(not shown)")
    }
}

#[derive(Debug)]
pub(super) struct Place {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
}

impl Place {
    pub(super) fn open(options: &Options) -> anyhow::Result<Self> {
        match options {
            Options::Folder(folder) => Self::folder(folder),
            Options::Bucket(bucket) => Self::bucket(bucket),
        }
    }

    fn folder(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let folder = folder
            .canonicalize()
            .with_context(|| format!("cannot open the folder {}", folder.display()))?;
        let probe = folder.join(".posfleet-write-test");
        std::fs::write(&probe, b"")
            .and_then(|()| std::fs::remove_file(&probe))
            .with_context(|| format!("cannot write into the folder {}", folder.display()))?;
        Ok(Self {
            store: Arc::new(LocalFileSystem::new_with_prefix(&folder)?),
            prefix: String::new(),
            folder: Some(folder),
        })
    }

    fn bucket(options: &Bucket) -> anyhow::Result<Self> {
        let plain = options
            .endpoint
            .as_deref()
            .is_some_and(|at| at.starts_with("http://"));
        let mut builder = match &options.credentials {
            Some(own) => AmazonS3Builder::new()
                .with_access_key_id(&own.access_key_id)
                .with_secret_access_key(&own.secret_access_key),
            None => AmazonS3Builder::from_env(),
        }
        .with_bucket_name(&options.bucket)
        .with_virtual_hosted_style_request(!options.path_style)
        .with_client_options(ClientOptions::new().with_allow_http(plain));
        if let Some(region) = &options.region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = &options.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        Ok(Self {
            store: Arc::new(
                builder
                    .build()
                    .context("the bucket's settings do not fit")?,
            ),
            prefix: options.prefix.trim_matches('/').to_owned(),
            folder: None,
        })
    }

    pub(super) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The full key of a row's `store_key`, which does not know the prefix.
    pub(super) fn key(&self, store_key: &str) -> Key {
        Key::from(format!("{}/{store_key}", self.prefix))
    }

    /// The file of a key, where the place is a folder.
    pub(super) fn file(&self, store_key: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(store_key))
    }

    /// A writer that never holds more than a few parts.
    pub(super) fn writer(&self, store_key: &str) -> BufWriter {
        let part = if self.folder.is_some() {
            FOLDER_PART
        } else {
            BUCKET_PART
        };
        BufWriter::with_capacity(Arc::clone(&self.store), self.key(store_key), part)
            .with_max_concurrency(PARTS_AT_ONCE)
    }

    /// Makes finished files survive a power cut: the files, then the names that lead to them. A
    /// bucket promises that by its answer.
    pub(super) async fn make_durable(&self, store_keys: &[String]) -> Result<(), Error> {
        let Some(root) = self.folder.clone() else {
            return Ok(());
        };
        let files: Vec<PathBuf> = store_keys.iter().map(|key| root.join(key)).collect();
        off_thread(move || {
            let mut folders = BTreeSet::new();
            for file in &files {
                std::fs::File::open(file)?.sync_all()?;
                let above = file.ancestors().skip(1);
                folders.extend(above.take_while(|folder| folder.starts_with(&root)));
            }
            // The innermost first: a name leads to what is there already.
            for folder in folders.into_iter().rev() {
                std::fs::File::open(folder)?.sync_all()?;
            }
            Ok(())
        })
        .await
    }

    /// Deletes what lies under a key, half-written parts of a folder included. Nothing there is
    /// fine: it may be the second try.
    pub(super) async fn discard(&self, store_key: &str) -> Result<(), Error> {
        match self.store.delete(&self.key(store_key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        match self.file(store_key) {
            Some(file) => off_thread(move || remove_staged(&file)).await,
            None => Ok(()),
        }
    }

    /// Whether the place answers at all, for readiness.
    pub(super) async fn probe(&self) -> Result<(), Error> {
        match self.store.head(&self.key("blobs/probe")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}

/// `object_store` writes a file beside its final name, with `#` and a number: a killed process
/// leaves such a one.
fn remove_staged(file: &Path) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name().and_then(|n| n.to_str()))
    else {
        return Ok(());
    };
    let staged = format!("{name}#");
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&staged) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) async fn off_thread<T: Send + 'static>(
    f: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(f).await {
        Ok(result) => Ok(result?),
        Err(gone) => Err(Error::Unreachable(gone.into())),
    }
}
