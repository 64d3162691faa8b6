//! What holds for any bytes, and how long they take.

use proptest::prelude::*;

use super::scrubbed;
use crate::formats::growth;

/// Secrets, parts of them, and what stands around them.
const PIECES: &[&str] = &[
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500000000000004",
    "4111",
    "1111",
    "111111",
    "378282246310005",
    "6304000000000000000",
    "=",
    "=2512101",
    "^",
    "^DOE^2512101?",
    ";",
    "%B",
    "%3D",
    "D2512101",
    "D",
    "F",
    "E",
    "*",
    "**",
    "****",
    "********",
    " ",
    "  ",
    "-",
    "\t",
    ".",
    "PAN",
    "02001641111111111111110030000000000010001234567890",
    "003000000000001000",
    "16",
    "37",
    "pan=",
    "card ",
    "cvv",
    "123",
    "1234",
    "12",
    ": ",
    "\"",
    "track2",
    "PIN block ",
    "pin=",
    "0412AC89ABCDEF67",
    "5A08",
    "5713",
    "34 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31",
    "34313131313131313131313131313131",
    "order ",
    "imei ",
    "DE89",
    "3704 0044 0532 0130 00",
    "\n",
    "\r",
    "\0",
    "x",
    "a",
    "\u{a0}",
    "карта ",
    "№",
    "+",
    "2A",
    "EE",
    "B",
    "?",
    "5A",
    "57",
    "9",
    "0",
];

/// Pieces that together come near to what is looked for.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(PIECES);
    prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..6),
        1 => "[0-9]{1,20}".prop_map(String::into_bytes),
    ]
}

pub(in crate::formats) fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_what_is_masked_changes_nothing(bytes in anything()) {
        let (once, _) = scrubbed(&bytes);
        let (twice, _) = scrubbed(&once);
        prop_assert_eq!(String::from_utf8_lossy(&twice), String::from_utf8_lossy(&once));
    }

    #[test]
    fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        scrubbed(&bytes);
    }

    #[test]
    fn no_card_number_stands_alone_in_what_comes_out(
        before in "[a-z ]{0,8}[ :,=\"]", number in "4[0-9]{14}", behind in "[ ,;\"<]?",
    ) {
        let digit = (0..10).map(|last| format!("{number}{last}")).find(|one| super::super::looks_like_pan(one.as_bytes()));
        let number = digit.unwrap();
        let named = super::super::label::before(before.as_bytes(), before.len());
        prop_assume!(named != super::super::label::Label::Other);
        let (out, _) = scrubbed(format!("{before}{number}{behind}").as_bytes());
        prop_assert!(!String::from_utf8_lossy(&out).contains(&number));
    }
}

/// What a text is filled with that ought to be slow.
const UNITS: &[&str] = &[
    "1",
    "4",
    "4111",
    "0123456789",
    ";",
    "%B",
    "=",
    "1 ",
    "4 ",
    "123 ",
    "4111 ",
    "4111-",
    "a1",
    "cvv ",
    "cvv 123 ",
    "pan ",
    "pan 411 ",
    "41 ",
    "5A08",
    "5A",
    "D",
    "4D2512101",
    "^",
    "4111111111111111^",
    "4111111111111111 ",
    "4111111111111111=",
    "карта 4111 ",
    "FF ",
    "*",
    "4*",
    "AB12 ",
    "DE89 ",
    "DE89",
    "\0",
    "4\0",
    " ",
    "E",
    "34",
    "1\n",
    "pin ",
    "PIN 12345678 ",
    "%41",
    "%3D",
    "B4^",
    "d12345678901234567890 ",
];

#[test]
fn eight_times_as_much_takes_no_square_of_that() {
    for unit in UNITS {
        let text = |size| growth::repeated(unit.as_bytes(), size);
        growth::is_even(unit, text, |text| drop(scrubbed(text)));
    }
}
