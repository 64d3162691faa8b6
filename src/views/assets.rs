//! Style sheet, scripts and favicon, embedded. An address carries the hash of the content, so a
//! browser may keep what it has for ever.
use ring::digest::{SHA256, digest};
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// One embedded file.
pub struct Asset {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
    /// The first 16 hex digits of the content's SHA-256.
    pub hash: String,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let bytes = Files::get(&name)?.data.into_owned();
            let mut first = [0; 8];
            first.copy_from_slice(&digest(&SHA256, &bytes).as_ref()[..8]);
            let hash = format!("{:016x}", u64::from_be_bytes(first));
            let content_type = content_type(&name)?;
            Some((
                name.into_owned(),
                Asset {
                    bytes,
                    content_type,
                    hash,
                },
            ))
        })
        .collect()
});

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => return None,
    })
}

/// The path of a file below `assets/`, as pages link it.
#[must_use]
pub fn url(name: &str) -> Option<String> {
    let asset = ASSETS.get(name)?;
    Some(format!("/assets/{}/{name}", asset.hash))
}

/// A file by name, whatever hash was asked for: a page from before an upgrade still finds its
/// style, only not for ever.
#[must_use]
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.get(name)
}
