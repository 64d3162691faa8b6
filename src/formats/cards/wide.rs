//! Text in UTF-16: every other byte is NUL where it is ASCII.
use super::Counts;

/// Fewer characters in a row are no text.
const SHORTEST: usize = 8;

/// Overwrites secrets in such text; `text` finds them in the same without the NULs.
pub(super) fn mask(line: &mut [u8], text: fn(&mut [u8]) -> Counts) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(first) = line
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte != 0))
    {
        let start = at + first;
        let pairs = line.get(start..).unwrap_or_default().chunks(2);
        let length = pairs
            .take_while(|pair| matches!(pair, [one, 0] | [one] if *one != 0))
            .count();
        let row = || (start..).step_by(2).take(length);
        at = start + (2 * length).max(1);
        if length < SHORTEST {
            continue;
        }
        let narrow: Vec<u8> = row().filter_map(|place| line.get(place)).copied().collect();
        let mut clean = narrow.clone();
        counts.add(text(&mut clean));
        for (place, (_, new)) in row()
            .zip(narrow.iter().zip(&clean))
            .filter(|(_, (old, new))| old != new)
        {
            if let Some(byte) = line.get_mut(place) {
                *byte = *new;
            }
        }
    }
    counts
}
