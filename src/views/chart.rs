//! Charts as SVG by plotters, made fit for a page: colours become CSS classes (both themes, gaps
//! in the colour of the surface), text goes away (the table beside a chart is its legend and its
//! data), and outlines are thinned from a hundred kilobytes to a few.
use plotters::prelude::{IntoDrawingArea, Pie, RGBColor, SVGBackend};

/// Parts that stand alone; what is smaller is drawn together as one more.
const MOST: usize = 6;
/// plotters rounds every point to whole units, so the canvas is ten times as large as the picture.
const SIDE: i32 = 2000;
const RADIUS: f64 = 960.0;
const HOLE: f64 = 620.0;
/// A point goes when the outline moves by less than this many units.
const TOLERANCE: f64 = 0.8;

/// One part of a whole, with its colour: class `s1` to `s7`, in the order of size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    /// `None` for the rest, which was drawn together.
    pub what: Option<T>,
    pub size: i64,
    pub hue: u8,
}

/// Orders parts by size, largest first, and puts together what is beyond six. Sizes below zero
/// count as zero.
#[must_use]
pub fn slices<T>(parts: impl IntoIterator<Item = (T, i64)>) -> Vec<Slice<T>> {
    let mut parts: Vec<(T, i64)> = parts
        .into_iter()
        .map(|(what, n)| (what, n.max(0)))
        .collect();
    parts.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let rest: Vec<(T, i64)> = parts.split_off(parts.len().min(MOST));
    let mut all: Vec<Slice<T>> = (1..)
        .zip(parts)
        .map(|(hue, (what, size))| Slice {
            what: Some(what),
            size,
            hue,
        })
        .collect();
    if !rest.is_empty() {
        let size = rest.iter().map(|(_, size)| size).sum();
        all.push(Slice {
            what: None,
            size,
            hue: 7,
        });
    }
    all
}

/// A donut of `slices`, clockwise from twelve o'clock; nothing when there is nothing to share.
#[must_use]
pub fn donut<T>(slices: &[Slice<T>]) -> Option<String> {
    donut_to(slices, &[])
}

/// A donut whose slices lead to the places that belong to their colours. For the pointer only: the table
/// beside it has the same links for everybody.
#[must_use]
pub fn donut_to<T>(slices: &[Slice<T>], places: &[(u8, Option<&str>)]) -> Option<String> {
    let shapes: Vec<String> = outlines(slices)
        .iter()
        .map(|(outline, hue)| {
            let shape = format!("<polygon class=\"slice s{hue}\" points=\"{outline}\"/>");
            let place = places.iter().find(|(of, _)| of == hue);
            match place.and_then(|(_, href)| *href) {
                Some(href) => {
                    let href = handlebars::html_escape(href);
                    format!("<a href=\"{href}\" tabindex=\"-1\">{shape}</a>")
                }
                None => shape,
            }
        })
        .collect();
    if shapes.is_empty() {
        return None;
    }
    let shapes = shapes.concat();
    Some(format!(
        "<svg class=\"donut\" viewBox=\"0 0 {SIDE} {SIDE}\" width=\"180\" height=\"180\" \
         aria-hidden=\"true\" focusable=\"false\">{shapes}</svg>"
    ))
}

/// The outline of each slice in a square of 2,000 units, with its colour; none of nothing.
#[must_use]
pub fn outlines<T>(slices: &[Slice<T>]) -> Vec<(String, u8)> {
    let drawn: Vec<&Slice<T>> = slices.iter().filter(|slice| slice.size > 0).collect();
    if drawn.is_empty() {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a picture is not exact to 2^53")]
    let sizes: Vec<f64> = drawn.iter().map(|slice| slice.size as f64).collect();
    // Each colour is a mark that says which class to put in its place.
    let marks: Vec<RGBColor> = drawn
        .iter()
        .map(|slice| RGBColor(0, 0, slice.hue))
        .collect();
    let labels = vec![""; drawn.len()];
    let svg = draw(&sizes, &marks, &labels).unwrap_or_default();
    polygons(&svg)
        .iter()
        .map(|(points, hue)| (written(&thin(points)), *hue))
        .collect()
}

/// A square of a slice's colour, for the row of the table that tells of it.
#[must_use]
pub fn swatch(hue: u8) -> String {
    format!(
        "<svg class=\"swatch\" viewBox=\"0 0 12 12\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"s{hue}\" width=\"12\" height=\"12\" rx=\"3\"/></svg>"
    )
}

fn draw(sizes: &[f64], marks: &[RGBColor], labels: &[&str]) -> Option<String> {
    let mut svg = String::new();
    {
        let side = SIDE.unsigned_abs();
        let area = SVGBackend::with_string(&mut svg, (side, side)).into_drawing_area();
        let (centre, radius) = ((SIDE / 2, SIDE / 2), RADIUS);
        let mut pie = Pie::new(&centre, &radius, sizes, marks, labels);
        pie.start_angle(-90.0);
        pie.donut_hole(HOLE);
        area.draw(&pie).ok()?;
        area.present().ok()?;
    }
    Some(svg)
}

type Point = (f64, f64);

/// The outline and the mark of every polygon in what plotters wrote.
fn polygons(svg: &str) -> Vec<(Vec<Point>, u8)> {
    svg.split("<polygon ")
        .skip(1)
        .filter_map(|shape| {
            let attribute = |name: &str| {
                let (_, rest) = shape.split_once(&format!("{name}=\""))?;
                Some(rest.split_once('"')?.0)
            };
            let hue = attribute("fill")?.strip_prefix("#0000")?;
            let points = attribute("points")?
                .split_whitespace()
                .filter_map(|point| {
                    let (x, y) = point.split_once(',')?;
                    Some((x.parse().ok()?, y.parse().ok()?))
                })
                .collect();
            Some((points, u8::from_str_radix(hue, 16).ok()?))
        })
        .collect()
}

/// Ramer, Douglas and Peucker: keeps the points without which the outline would look different.
fn thin(points: &[Point]) -> Vec<Point> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let far = points
        .iter()
        .enumerate()
        .skip(1)
        .take(points.len().saturating_sub(2))
        .map(|(at, point)| (at, distance(*point, first, last)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    match far {
        Some((at, off)) if off > TOLERANCE => {
            let mut kept = thin(&points[..=at]);
            kept.pop();
            kept.extend(thin(&points[at..]));
            kept
        }
        _ => vec![first, last],
    }
}

/// From a point to the line through `a` and `b`; to `a` where they are one.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy);
    if length < 1e-9 {
        return (p.0 - a.0).hypot(p.1 - a.1);
    }
    ((p.0 - a.0) * dy - (p.1 - a.1) * dx).abs() / length
}

fn written(points: &[Point]) -> String {
    let each: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_comes_first_and_the_small_ones_together() {
        let made = slices((1..=9).map(|n| (n, n)));
        let sizes: Vec<_> = made.iter().map(|s| (s.what, s.size, s.hue)).collect();
        assert_eq!(sizes[0], (Some(9), 9, 1));
        assert_eq!(sizes[5], (Some(4), 4, 6));
        assert_eq!(sizes[6..], [(None, 6, 7)]);
    }

    #[test]
    fn a_donut_is_small_bare_and_never_of_nothing() {
        let svg = donut(&slices([("a", 6120), ("b", 1840), ("c", 0), ("d", 1)])).unwrap();
        assert_eq!(svg.matches("<polygon").count(), 3, "{svg}");
        assert!(svg.len() < 12_000, "{} bytes", svg.len());
        assert!(!svg.contains("<text") && !svg.contains("style") && !svg.contains("fill="));
        assert!(donut(&slices([("whole", 5)])).unwrap().contains("s1"));
        assert_eq!(donut(&slices([("a", 0), ("b", -3)])), None);
        assert_eq!(donut::<()>(&[]), None);
        let places = [(1, Some("/x?a=1&b=\"")), (2, None)];
        let to = donut_to(&slices([("a", 2), ("b", 1)]), &places).unwrap();
        assert_eq!(to.matches("<a href=\"/x?a").count(), 1, "{to}");
        assert!(!to.contains("b=\"\""), "{to}");
    }
}
