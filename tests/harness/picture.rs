//! Pictures as files.
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;

/// A PNG of one grey; `mark` makes it another picture.
pub(crate) fn png(width: u32, height: u32, mark: u8) -> Vec<u8> {
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..height {
        // No filter, then a byte for each pixel.
        rows.write_all(&[0]).unwrap();
        rows.write_all(&vec![mark; width as usize]).unwrap();
    }
    let mut head = Vec::new();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [
        (b"IHDR", head),
        (b"IDAT", rows.finish().unwrap()),
        (b"IEND", Vec::new()),
    ] {
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(&data);
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        file.extend(kind);
        file.extend(&data);
        file.extend(sum.sum().to_be_bytes());
    }
    file
}
