//! How many card numbers in free text are found, and how many numbers that are none are taken for one. The numbers are
//! made by a simple generator, so that each run says the same.
use super::super::looks_like_pan;
use super::scrubbed;

/// How many of each kind are tried.
const TRIES: u32 = 400;

/// How a text is made of a card number.
type Form = fn(&str) -> String;
/// How a number that is none is made.
type Make<'a> = &'a dyn Fn(&mut Dice) -> String;

struct Dice(u64);

impl Dice {
    fn digit(&mut self) -> char {
        char::from(b'0' + u8::try_from(self.below(10)).unwrap())
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit()).collect()
    }

    /// A number of a scheme with a right check digit.
    fn card(&mut self) -> String {
        const SCHEMES: &[(&str, usize)] = &[
            ("4", 16),
            ("51", 16),
            ("2221", 16),
            ("37", 15),
            ("36", 14),
            ("6011", 16),
            ("62", 19),
            ("67", 19),
            ("2200", 16),
            ("4", 19),
        ];
        let (head, length) = SCHEMES[usize::try_from(self.below(10)).unwrap()];
        let body = format!("{head}{}", self.digits(length - head.len() - 1));
        let check = (0..10)
            .map(|digit| format!("{body}{digit}"))
            .find(|one| looks_like_pan(one.as_bytes()));
        check.unwrap()
    }
}

/// The number in groups, as its scheme prints it.
fn grouped(number: &str, joint: &str) -> String {
    let lengths: &[usize] = match number.len() {
        14 => &[4, 6, 4],
        15 => &[4, 6, 5],
        16 => &[4, 4, 4, 4],
        _ => &[4, 4, 4, 4, 3],
    };
    let mut rest = number;
    let groups = lengths.iter().map(|length| {
        let (group, tail) = rest.split_at(*length);
        rest = tail;
        group
    });
    groups.collect::<Vec<_>>().join(joint)
}

/// Whether the middle of a number is gone from what comes out.
fn is_masked(text: &str, number: &str) -> bool {
    let (out, _) = scrubbed(text.as_bytes());
    let left: String = String::from_utf8_lossy(&out)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    !left.contains(&number[..number.len() - 4])
}

#[test]
fn cards_in_free_text_are_found() {
    let mut dice = Dice(1);
    let forms: [(&str, Form); 14] = [
        ("alone", str::to_owned),
        ("in a sentence", |card| {
            format!("10:22:33.123 the customer gave {card}, declined")
        }),
        ("behind a date", |card| {
            format!("2026-11-26 10:22:33 {card} 1225")
        }),
        ("in blanks", |card| {
            format!("read {} ok", grouped(card, " "))
        }),
        ("in dashes", |card| {
            format!("read {} ok", grouped(card, "-"))
        }),
        ("in groups behind a number", |card| {
            format!("12 {} 1225", grouped(card, " "))
        }),
        ("in CSV", |card| format!("1,17.50,{card},EUR")),
        ("in quotes", |card| format!("{{\"x\":\"{card}\"}}")),
        ("behind another", |card| format!("{card} {card}")),
        ("glued to a word", |card| format!("Nr{card}Exp")),
        ("as track 2", |card| format!(";{card}=25121011234?")),
        ("as track 2 in hex", |card| {
            format!("read {card}D25121011234F")
        }),
        ("behind `PAN:`, typed wrong", |card| {
            format!("PAN: {}", swapped(card))
        }),
        ("bytes spelt in hex", |card| spelt(card, " ")),
    ];
    for (name, form) in forms {
        let mut found = 0;
        for _ in 0..TRIES {
            let card = dice.card();
            let text = form(&card);
            let spelt = spelt(&card, "");
            let wrong = swapped(&card);
            found += u32::from(
                [card, spelt, wrong]
                    .iter()
                    .all(|number| is_masked(&text, number)),
            );
        }
        println!("{found:>4} of {TRIES} {name}");
        // The short Diners number glued to a word is left: too many things look like it.
        assert!(
            found == TRIES || (name == "glued to a word" && found * 100 >= TRIES * 80),
            "{name}"
        );
    }
}

/// The number in hexadecimal, byte by byte.
fn spelt(card: &str, joint: &str) -> String {
    let bytes: Vec<String> = card.bytes().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(joint)
}

/// The number with its last digit wrong.
fn swapped(card: &str) -> String {
    let last = card
        .bytes()
        .last()
        .map_or('0', |byte| char::from(b'0' + (byte - b'0' + 1) % 10));
    format!("{}{last}", &card[..card.len() - 1])
}

#[test]
fn few_other_numbers_are_taken_for_cards() {
    let mut dice = Dice(2);
    let hex = |dice: &mut Dice, count: usize| -> String {
        (0..count)
            .map(|_| char::from_digit(u32::try_from(dice.below(16)).unwrap(), 16).unwrap())
            .collect()
    };
    // What is tried, and how many of a hundred may be taken.
    let kinds: [(&str, u32, Make); 12] = [
        ("amounts", 0, &|dice| {
            format!("{}.{} EUR", dice.digits(5), dice.digits(2))
        }),
        ("amounts of field 4", 0, &|dice| {
            format!("00000000{}", dice.digits(8))
        }),
        ("times", 0, &|dice| {
            format!("202611{}", 10_112_233 + dice.below(9))
        }),
        ("milliseconds", 0, &|dice| format!("17{}", dice.digits(11))),
        ("SHA-1", 0, &|dice| hex(dice, 40)),
        ("MD5", 0, &|dice| hex(dice, 32)),
        ("hexadecimal dumps", 0, &|dice| {
            (0..16).map(|_| hex(dice, 2) + " ").collect()
        }),
        ("IMEI", 0, &|dice| format!("IMEI 35{}", dice.digits(13))),
        ("references", 0, &|dice| format!("RRN {}", dice.digits(12))),
        ("articles without a name", 3, &|dice| {
            format!("4 {}", article(&format!("40{}", dice.digits(10))))
        }),
        ("16 digits without a name", 8, &|dice| {
            format!("x {} y", dice.digits(16))
        }),
        ("four by four digits", 8, &|dice| {
            (0..4).map(|_| dice.digits(4) + " ").collect()
        }),
    ];
    for (name, most, make) in kinds {
        let mut taken = 0;
        for _ in 0..TRIES {
            let text = make(&mut dice);
            taken += u32::from(scrubbed(text.as_bytes()).0 != text.as_bytes());
        }
        println!("{taken:>4} of {TRIES} {name}");
        assert!(taken * 100 <= TRIES * most, "{name}");
    }
}

/// Twelve digits with the check digit of an article.
fn article(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, one)| u32::from(one - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
