//! QR codes as SVG, without a style of their own: presentation attributes only, so that the content
//! policy lets them be.
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// At least so wide in CSS pixels that a phone reads it from a screen.
const SIDE: u32 = 200;

/// The text as a QR code: dark on light in every theme, as readers expect, with the quiet zone around
/// it. `None` when the text is longer than a code can hold.
#[must_use]
pub fn qr(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let image = code
        .render::<svg::Color>()
        .min_dimensions(SIDE, SIDE)
        .build();
    // Inside a page it is no document of its own.
    let (_, svg) = image.split_once("?>")?;
    Some(svg.to_owned())
}

#[cfg(test)]
mod tests {
    use super::qr;

    #[test]
    fn a_code_is_bare_and_never_of_too_much() {
        let svg = qr("otpauth://totp/posfleet:ann?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("<?"), "{svg}");
        assert_eq!(qr(&"x".repeat(3000)), None);
    }
}
