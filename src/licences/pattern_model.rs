//! How a distributor names his files, such as `{serial}_{platform}_{software}_{lic_id}.lic`, and what
//! a name says by it.
//!
//! Each field takes as little as lets the rest fit. Letters between fields are compared whatever
//! their case. A serial number is never empty; the other fields may be.
use super::facts_model::Said;
use std::collections::HashSet;

const LENGTH_MAX: usize = 200;
const FIELDS: [&str; 6] = [
    "serial",
    "platform",
    "software",
    "lic_id",
    "valid_from",
    "valid_until",
];

/// A pattern taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Vec<char>),
    Field(usize),
}

impl Pattern {
    /// # Errors
    /// With a code, when it is none: a field that nobody knows or that stands twice, two fields with
    /// nothing between them, or no serial number.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LENGTH_MAX {
            return Err("licence.pattern-form");
        }
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("licence.pattern-form")?;
            let field = FIELDS.iter().position(|field| *field == name);
            let field = Piece::Field(field.ok_or("licence.pattern-field")?);
            if pieces.contains(&field) {
                return Err("licence.pattern-twice");
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(lower(before)));
            } else if matches!(pieces.last(), Some(Piece::Field(_))) {
                return Err("licence.pattern-between");
            }
            pieces.push(field);
            rest = after;
        }
        if rest.contains('}') {
            return Err("licence.pattern-form");
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(lower(rest)));
        }
        if !pieces.contains(&Piece::Field(0)) {
            return Err("licence.pattern-serial");
        }
        Ok(Self(pieces))
    }

    /// What a file's name says; `None` when it does not fit.
    pub(super) fn read(&self, name: &str) -> Option<Said> {
        // No file system has longer names, and what a name costs rises with the square of its length.
        if name.chars().nth(NAME_MAX).is_some() {
            return None;
        }
        let name: Vec<char> = name.chars().collect();
        let mut found: [Option<(usize, usize)>; 6] = [None; 6];
        let mut dead = HashSet::new();
        fit(&self.0, &name, 0, (&mut found, &mut dead)).then_some(())?;
        let of = |field: usize| {
            found[field].map_or_else(String::new, |(from, to)| name[from..to].iter().collect())
        };
        Some(Said {
            serial_number: of(0),
            platform: of(1),
            software: of(2),
            lic_id: of(3),
            valid_from: of(4),
            valid_until: of(5),
        })
    }
}

/// Characters of the longest file name that is looked at.
const NAME_MAX: usize = 255;

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Where the fields lie in a name: from, to.
type Places = [Option<(usize, usize)>; 6];

/// Whether the pieces fit what is left of the name, and where the fields then lie. Where they were
/// found not to fit is in `dead` (how many pieces were left, and from where), so no place is tried twice.
fn fit(
    pieces: &[Piece],
    name: &[char],
    at: usize,
    (found, dead): (&mut Places, &mut HashSet<(usize, usize)>),
) -> bool {
    if dead.contains(&(pieces.len(), at)) {
        return false;
    }
    let fits = match pieces {
        [] => at == name.len(),
        [Piece::Text(text), rest @ ..] => {
            let end = at + text.len();
            let same = name.get(at..end).is_some_and(|part| {
                let part: String = part.iter().collect();
                lower(&part) == *text
            });
            same && fit(rest, name, end, (found, dead))
        }
        [Piece::Field(field)] => {
            found[*field] = Some((at, name.len()));
            *field != 0 || at < name.len()
        }
        [Piece::Field(field), rest @ ..] => {
            let least = at + usize::from(*field == 0);
            (least..=name.len()).any(|end| {
                found[*field] = Some((at, end));
                fit(rest, name, end, (found, dead))
            })
        }
    };
    if !fits {
        dead.insert((pieces.len(), at));
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_looked_at_that_no_file_can_have() {
        let greedy = Pattern::parse("{serial}_{platform}_{software}_{lic_id}x").unwrap();
        assert!(greedy.read(&format!("{}x", "_".repeat(254))).is_some());
        assert!(greedy.read(&"_".repeat(30_000)).is_none());
    }

    #[test]
    fn a_name_says_what_its_pattern_tells() {
        let usual = Pattern::parse("{serial}_{platform}_{software}_{lic_id}.lic").unwrap();
        let said = usual.read("SN-1_android_kiosk_L_7.LIC").unwrap();
        let words = [
            &said.serial_number,
            &said.platform,
            &said.software,
            &said.lic_id,
        ];
        assert_eq!(words, ["SN-1", "android", "kiosk", "L_7"]);
        let said = usual.read("SN-1_android__.lic").unwrap();
        assert_eq!((said.software.as_str(), said.lic_id.as_str()), ("", ""));
        for other in [
            "SN-1.lic",
            "_android_kiosk_7.lic",
            "SN-1_android_kiosk_7.txt",
            "",
        ] {
            assert_eq!(usual.read(other), None, "{other}");
        }
        let dated = Pattern::parse("лиц-{serial}({valid_until})").unwrap();
        let said = dated.read("ЛИЦ-Ж9(2027-03-31)").unwrap();
        assert_eq!(
            (said.serial_number.as_str(), said.valid_until.as_str()),
            ("Ж9", "2027-03-31")
        );
    }

    #[test]
    fn what_is_no_pattern_is_told_why() {
        for (bad, why) in [
            ("", "licence.pattern-form"),
            ("{serial", "licence.pattern-form"),
            ("{serial}}", "licence.pattern-form"),
            ("{serial}-{tid}", "licence.pattern-field"),
            ("{serial}-{serial}", "licence.pattern-twice"),
            ("{serial}{lic_id}", "licence.pattern-between"),
            ("{lic_id}.lic", "licence.pattern-serial"),
        ] {
            assert_eq!(Pattern::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_hostile_name_costs_little() {
        let many = Pattern::parse("{serial}a{platform}a{software}a{lic_id}a{valid_from}b").unwrap();
        assert_eq!(many.read(&"a".repeat(200)), None);
        let fields =
            Pattern::parse("{serial}_{platform}_{software}_{lic_id}_{valid_from}.lic").unwrap();
        assert_eq!(fields.read(&format!("{}.txt", "_".repeat(196))), None);
    }
}
