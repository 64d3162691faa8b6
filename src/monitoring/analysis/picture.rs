//! The donut with its title and legend as a picture that stands alone: its own colours, no style sheet.
use super::model::percent;
use super::ops::Part;
use crate::views::chart::{self, Slice};
use std::fmt::Write as _;

/// The light hues of the pages, by the number of the colour.
const HUES: [&str; 7] = [
    "#33549c", "#da6c2c", "#115233", "#c770af", "#7d5f1e", "#249cd4", "#73777d",
];
const LINE: usize = 28;
const TOP: usize = 60;
const SIDE: usize = 260;
const WIDTH: usize = 760;

/// The picture; `rest` is what the parts are called that were drawn together.
pub(super) fn svg(title: &str, slices: &[Slice<&Part>], rest: &str, total: &str) -> String {
    let height = TOP + SIDE.max(slices.len() * LINE) + 20;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"#1a2029\">\
         <title>{title}</title><rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"20\" y=\"36\" font-size=\"20\" font-weight=\"600\">{title}</text>",
        title = escaped(title),
    );
    let scale = format!("translate(20 {TOP}) scale(0.13)");
    let mut add = |piece: std::fmt::Arguments<'_>| {
        let written = out.write_fmt(piece);
        debug_assert!(written.is_ok(), "a string takes all");
    };
    add(format_args!(
        "<g transform=\"{scale}\" stroke=\"#ffffff\" stroke-width=\"20\">"
    ));
    for (outline, hue) in chart::outlines(slices) {
        add(format_args!(
            "<polygon points=\"{outline}\" fill=\"{}\"/>",
            colour(hue)
        ));
    }
    let middle = 20 + SIDE / 2;
    add(format_args!(
        "</g><text x=\"{middle}\" y=\"{}\" font-size=\"24\" font-weight=\"600\" \
         text-anchor=\"middle\">{}</text>",
        TOP + SIDE / 2 + 8,
        escaped(total)
    ));
    let all: Vec<i64> = slices.iter().map(|slice| slice.size).collect();
    let shares = super::model::shares(&all);
    for (at, (slice, share)) in slices.iter().zip(shares).enumerate() {
        let y = TOP + 24 + at * LINE;
        let label = slice.what.map_or(rest, |part| part.label.as_str());
        let label: String = label.chars().take(46).collect();
        add(format_args!(
            "<rect x=\"320\" y=\"{}\" width=\"12\" height=\"12\" rx=\"3\" fill=\"{}\"/>\
             <text x=\"340\" y=\"{y}\">{}</text>\
             <text x=\"740\" y=\"{y}\" text-anchor=\"end\">{} · {} %</text>",
            y - 11,
            colour(slice.hue),
            escaped(&label),
            slice.size,
            percent(share)
        ));
    }
    add(format_args!("</svg>"));
    out
}

fn colour(hue: u8) -> &'static str {
    let at = usize::from(hue.clamp(1, 7)) - 1;
    HUES.get(at).copied().unwrap_or("#73777d")
}

/// What terminals told stays text.
fn escaped(text: &str) -> String {
    handlebars::html_escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_stands_alone_and_keeps_text_as_text() {
        let part = Part {
            value: "x".into(),
            label: "<b>4.2</b>".into(),
            n: 3,
            share: 1_000,
            href: None,
        };
        let made = svg("By \"version\"", &chart::slices([(&part, 3)]), "Other", "3");
        assert!(made.starts_with("<svg xmlns=") && made.ends_with("</svg>"));
        assert!(
            made.contains("&lt;b&gt;4.2") && !made.contains("<b>"),
            "{made}"
        );
        assert!(made.contains("<polygon") && made.contains("100.0 %"));
        let none: [Slice<&Part>; 0] = [];
        assert!(!svg("t", &none, "Other", "0").contains("<polygon"));
    }
}
