//! Bars over days as SVG: one for each day, its parts upon one another. Rectangles need no library, and
//! plotters would put text and colours in that a page has of its own (see `chart`).
use handlebars::html_escape;
use std::fmt::Write as _;

const WIDTH: i64 = 3_600;
const HEIGHT: i64 = 800;
/// Of a bar's place what stays free, as one part of so many.
const GAP: i64 = 6;

/// One bar, for the pointer only: a table beside the picture says the same to everybody.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What is told under the pointer.
    pub title: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Colours and sizes, from the ground upwards.
    pub parts: Vec<(u8, i64)>,
}

impl Bar {
    fn total(&self) -> i64 {
        self.parts.iter().map(|(_, n)| (*n).max(0)).sum()
    }
}

/// The picture; nothing where every bar is empty. The highest bar reaches the top.
#[must_use]
pub fn bars(all: &[Bar]) -> Option<String> {
    let highest = all.iter().map(Bar::total).max().filter(|n| *n > 0)?;
    let place = WIDTH / i64::try_from(all.len()).ok()?.max(1);
    let gap = place / GAP;
    let mut out = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {} {HEIGHT}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\" focusable=\"false\">",
        place * i64::try_from(all.len()).ok()?
    );
    let mut left = gap / 2;
    for bar in all {
        if let Some(href) = &bar.href {
            write!(out, "<a href=\"{}\" tabindex=\"-1\">", html_escape(href)).ok()?;
        }
        write!(out, "<g><title>{}</title>", html_escape(&bar.title)).ok()?;
        let mut sum = 0;
        let mut ground = HEIGHT;
        for (hue, n) in &bar.parts {
            sum += (*n).max(0);
            let top = HEIGHT - scaled(sum, highest);
            let (width, height) = (place - gap, ground - top);
            if height > 0 {
                write!(
                    out,
                    "<rect class=\"s{hue}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
                )
                .ok()?;
            }
            ground = top;
        }
        out.push_str("</g>");
        if bar.href.is_some() {
            out.push_str("</a>");
        }
        left += place;
    }
    out.push_str("</svg>");
    Some(out)
}

fn scaled(n: i64, highest: i64) -> i64 {
    let exact = i128::from(n) * i128::from(HEIGHT) / i128::from(highest);
    i64::try_from(exact).unwrap_or(HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(parts: &[(u8, i64)]) -> Bar {
        Bar {
            title: "1 <b> & more".into(),
            href: Some("/x?a=1&b=2".into()),
            parts: parts.to_vec(),
        }
    }

    #[test]
    fn the_highest_bar_reaches_the_top_and_parts_stand_upon_one_another() {
        let made = bars(&[bar(&[(1, 3), (2, 1)]), bar(&[(1, 2)]), bar(&[])]).unwrap();
        assert!(made.contains("class=\"s1\" x=\"100\" y=\"200\" width=\"1000\" height=\"600\""));
        assert!(made.contains("class=\"s2\" x=\"100\" y=\"0\" width=\"1000\" height=\"200\""));
        assert!(made.contains("class=\"s1\" x=\"1300\" y=\"400\""), "{made}");
        assert!(
            made.contains("1 &lt;b&gt; &amp; more") && made.contains("/x?a&#x3D;1&amp;b&#x3D;2")
        );
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_much_stays_in_the_picture() {
        assert_eq!(bars(&[]), None);
        assert_eq!(bars(&[bar(&[(1, 0)])]), None);
        let year: Vec<Bar> = (0..365).map(|n| bar(&[(1, i64::MAX / 2 - n)])).collect();
        assert_eq!(bars(&year).unwrap().matches("<rect").count(), 365);
    }
}
