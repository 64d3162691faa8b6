//! What a picture is, by its bytes: a whole PNG or JPEG of a size that can be shown, and nothing
//! behind it.
use crate::settings::error::Error;

/// Pixels of either side.
const SIDE: std::ops::RangeInclusive<u32> = 16..=2000;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) content_type: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// # Errors
/// When it is no such picture, or one that is too large or too small.
pub(super) fn look(file: &[u8]) -> Result<Picture, Error> {
    let (content_type, size) = if file.starts_with(PNG) {
        ("image/png", size_of_png(file))
    } else {
        ("image/jpeg", size_of_jpeg(file))
    };
    let (width, height) = size.ok_or_else(|| Error::logo("settings.logo-form", 0))?;
    if !SIDE.contains(&width) || !SIDE.contains(&height) {
        return Err(Error::logo_size(&SIDE));
    }
    Ok(Picture {
        content_type,
        width,
        height,
    })
}

fn number(file: &[u8], at: usize) -> Option<u32> {
    let bytes = file.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn short(file: &[u8], at: usize) -> Option<u16> {
    let bytes = file.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Goes from chunk to chunk: the size stands in the first, and the last ends the file.
fn size_of_png(file: &[u8]) -> Option<(u32, u32)> {
    let (mut at, mut size, mut has_data) = (PNG.len(), None, false);
    loop {
        let length = usize::try_from(number(file, at)?).ok()?;
        let kind = file.get(at + 4..at + 8)?;
        let end = at.checked_add(12)?.checked_add(length)?;
        file.get(..end)?;
        match (kind, size) {
            (b"IHDR", None) if length == 13 => {
                size = Some((number(file, at + 8)?, number(file, at + 12)?));
            }
            (b"IHDR", _) | (_, None) => return None,
            (b"IEND", _) => return size.filter(|_| has_data && end == file.len()),
            (b"IDAT", _) => has_data = true,
            _ => {}
        }
        at = end;
    }
}

/// Goes from segment to segment to the frame, in which the size stands; what follows the scan must
/// end as a picture does.
fn size_of_jpeg(file: &[u8]) -> Option<(u32, u32)> {
    if !file.starts_with(b"\xff\xd8\xff") || !file.ends_with(b"\xff\xd9") {
        return None;
    }
    let (mut at, mut size) = (2, None);
    loop {
        let [0xff, marker] = *file.get(at..at + 2)? else {
            return None;
        };
        match marker {
            // A byte of filling before the marker.
            0xff => {
                at += 1;
                continue;
            }
            // Baseline, extended and progressive, which browsers show.
            0xc0..=0xc2 if size.is_none() => {
                size = Some((
                    u32::from(short(file, at + 7)?),
                    u32::from(short(file, at + 5)?),
                ));
            }
            0xda => return size,
            0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe => {}
            _ => return None,
        }
        let length = usize::from(short(file, at + 2)?);
        if length < 2 {
            return None;
        }
        at += 2 + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, chunks: &[&[u8; 4]]) -> Vec<u8> {
        let mut file = PNG.to_vec();
        file.extend(13_u32.to_be_bytes());
        file.extend(b"IHDR");
        file.extend(width.to_be_bytes());
        file.extend(height.to_be_bytes());
        file.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        for kind in chunks {
            file.extend(0_u32.to_be_bytes());
            file.extend(*kind);
            file.extend([0; 4]);
        }
        file
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let mut file = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x08\x08".to_vec();
        file.extend(height.to_be_bytes());
        file.extend(width.to_be_bytes());
        file.extend(b"\x03\xff\xda\x00\x02data\xff\xd9");
        file
    }

    #[test]
    fn a_picture_is_told_by_its_bytes() {
        let found = look(&png(320, 64, &[b"tEXt", b"IDAT", b"IEND"])).unwrap();
        assert_eq!(
            (found.content_type, found.width, found.height),
            ("image/png", 320, 64)
        );
        let found = look(&jpeg(200, 90)).unwrap();
        assert_eq!(
            (found.content_type, found.width, found.height),
            ("image/jpeg", 200, 90)
        );
    }

    #[test]
    fn what_is_none_or_broken_or_has_something_behind_it_is_refused() {
        let whole = png(320, 64, &[b"IDAT", b"IEND"]);
        for cut in 0..whole.len() {
            assert!(look(&whole[..cut]).is_err(), "{cut}");
        }
        let trailed = [whole.as_slice(), b"<script>"].concat();
        let twice = png(320, 64, &[b"IHDR", b"IDAT", b"IEND"]);
        let bare = png(320, 64, &[b"IEND"]);
        let picture = jpeg(200, 90);
        let cut = &picture[..picture.len() - 2];
        let svg: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        let gif: &[u8] = b"GIF89a\x10\x00\x10\x00";
        for bad in [&trailed, &twice, &bare, cut, svg, gif] {
            assert!(look(bad).is_err(), "{bad:?}");
        }
        for (width, height) in [(15, 64), (64, 2001), (0, 0), (u32::MAX, 64)] {
            assert!(look(&png(width, height, &[b"IDAT", b"IEND"])).is_err());
        }
    }
}
