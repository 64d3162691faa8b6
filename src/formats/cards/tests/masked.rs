//! What must be masked: each name, each thing between it and the value, each encoding.
use encoding_rs::{Encoding, IBM866, UTF_8, WINDOWS_1251, WINDOWS_1252};

use super::{clean, scrubbed};

/// A test number with a right check digit, and one with a wrong one.
const RIGHT: &str = "4111111111111111";
const WRONG: &str = "4111111111111112";

const NAMES: &[&str] = &[
    "PAN",
    "pan",
    "Pan",
    "card no",
    "Card No.",
    "cardNo",
    "card_no",
    "card-number",
    "Card Number",
    "cardnumber",
    "cardNumber",
    "CARDNUMBER",
    "accountNumber",
    "primaryAccountNumber",
    "Kartennummer",
    "Karten-Nr.",
    "KartenNr",
    "card",
    "Karte",
    "carte",
    "n° carte",
    "N° de carte",
    "numéro de carte",
    "номер карты",
    "Номер карты",
    "карта",
    "Карта №",
    "№ карты",
    "по карте",
    "customerPan",
    "PAN number",
    "Card No",
    "cc",
    "VISA",
    "credit card",
    "tag 5A",
    "DE002",
    "field 2",
    "Kreditkarte",
    "НОМЕР КАРТЫ",
    "girocard",
    "ccNumber",
    "acctNo",
    "BMP 22",
];
const JOINTS: &[&str] = &[
    ": ",
    ":",
    "=",
    " = ",
    " ",
    "\t",
    "\": \"",
    "\":\"",
    ">",
    "='",
    "=\"",
    " is ",
    ", ",
    "[",
    " (",
    " #",
    "|",
    ";",
    "%3D",
    "\\\":\\\"",
    " -> ",
];
const CODERS: &[&Encoding] = &[UTF_8, WINDOWS_1251, IBM866, WINDOWS_1252];

/// The text in an encoding, where it can be written in it.
fn encoded(text: &str) -> Vec<Vec<u8>> {
    let each = CODERS.iter().map(|coder| coder.encode(text));
    each.filter(|(_, _, lost)| !lost)
        .map(|(bytes, _, _)| bytes.into_owned())
        .collect()
}

fn holds(bytes: &[u8], part: &str) -> bool {
    bytes
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

#[test]
fn a_number_behind_a_name_is_masked_whatever_its_check_digit() {
    let mut tried = 0;
    let mut missed = Vec::new();
    for name in NAMES {
        for joint in JOINTS {
            for number in [RIGHT, WRONG, "4111 1111 1111 1112", "4111-1111-1111-1112"] {
                for bytes in encoded(&format!("10:22:33 {name}{joint}{number} ok")) {
                    tried += 1;
                    let (out, counts) = scrubbed(&bytes);
                    let shown = number.replace([' ', '-'], "");
                    let left: Vec<u8> = out
                        .into_iter()
                        .filter(|byte| !b" -".contains(byte))
                        .collect();
                    if counts.pans != 1 || holds(&left, &shown) || !holds(&left, "411111******111")
                    {
                        missed.push(format!("{name}{joint}{number}"));
                    }
                }
            }
        }
    }
    missed.dedup();
    assert!(
        missed.is_empty(),
        "{} of {tried} missed: {missed:#?}",
        missed.len()
    );
    println!("{tried} numbers behind a name, all masked");
}

#[test]
fn a_number_without_a_name_is_masked_by_its_check_digit() {
    let table = [
        (RIGHT, "411111******1111"),
        ("5500000000000004", "550000******0004"),
        ("378282246310005", "378282*****0005"),
        ("6011000990139424", "601100******9424"),
        ("36148900647913", "361489****7913"),
        ("4222222222222", "422222***2222"),
        ("6304000000000000000", "630400*********0000"),
        ("2200000000000004", "220000******0004"),
        ("2221000000000009", "222100******0009"),
        ("4111 1111 1111 1111", "4111 11** **** 1111"),
        ("4111-1111-1111-1111", "4111-11**-****-1111"),
        ("3782 822463 10005", "3782 82**** *0005"),
        ("6304 0000 0000 0000 000", "6304 00** **** ***0 000"),
        ("9792000000000003", "979200******0003"),
    ];
    for (number, masked) in table {
        for (before, behind) in [
            ("", ""),
            ("x ", " y"),
            ("[", "]"),
            ("\"", "\","),
            ("a=", ";"),
            (" ", "?"),
            (",", ","),
        ] {
            assert_eq!(
                clean(&format!("{before}{number}{behind}")),
                format!("{before}{masked}{behind}")
            );
        }
    }
}

#[test]
fn labelled_numbers_may_be_apart_in_other_ways() {
    let table = [
        ("PAN: 4111\t1111\t1111\t1112", "PAN: 4111\t11**\t****\t1112"),
        ("PAN: 4111.1111.1111.1112", "PAN: 4111.11**.****.1112"),
        ("PAN: 4111  1111  1111  1112", "PAN: 4111  11**  ****  1112"),
        (
            "PAN: 4111\u{a0}1111\u{a0}1111\u{a0}1112",
            "PAN: 4111\u{a0}11**\u{a0}****\u{a0}1112",
        ),
        ("pan 411111111111", "pan ********1111"),
        ("PAN4111111111111112", "PAN411111******1112"),
        (
            "{\"pan\":\"4111111111111112\"}",
            "{\"pan\":\"411111******1112\"}",
        ),
        ("<Pan>4111111111111112</Pan>", "<Pan>411111******1112</Pan>"),
        ("?pan%3D4111111111111112&x", "?pan%3D411111******1112&x"),
        (
            "&quot;pan&quot;:&quot;4111111111111112",
            "&quot;pan&quot;:&quot;411111******1112",
        ),
        ("PAN: 6304000000000000001F", "PAN: 630400EEEEEEEEE0001F"),
    ];
    for (text, masked) in table {
        assert_eq!(clean(text), masked);
    }
}

#[test]
fn tracks_are_masked_behind_the_number() {
    let table = [
        (
            "%B4111111111111111^DOE/JOHN^25121010000000123?",
            "%B411111******1111^**************************?",
        ),
        (
            "B4111111111111112^DOE^2512101?;",
            "B411111******1112^***********?;",
        ),
        (
            ";4111111111111111=25121010000000123?",
            ";411111******1111=*****************?",
        ),
        (
            "4111111111111112=25121010000000123",
            "411111******1112=*****************",
        ),
        ("411111******1112=2512101000", "411111******1112=**********"),
        (
            "411111______1112=2512101000?",
            "411111______1112=**********?",
        ),
        (
            "411111EEEEEE1112D2512101000F",
            "411111EEEEEE1112DEEEEEEEEEEF",
        ),
        ("6009330000000011=2512101", "600933******0011=*******"),
        (
            "track2=4111111111111112=2512",
            "track2=411111******1112=****",
        ),
        ("4111111111111111%3D2512101", "411111******1111%3D*******"),
        (
            "4111111111111111D25121010000000123F",
            "411111EEEEEE1111DEEEEEEEEEEEEEEEEEF",
        ),
        (
            "6304000000000000000D2512101000F",
            "630400EEEEEEEEE0000DEEEEEEEEEEF",
        ),
        (
            ";014111111111111111=7==250000000000?",
            ";014111********1111=***************?",
        ),
        (
            "Track 2: 41111111111111112512101000000",
            "Track 2: 411111***********************",
        ),
    ];
    for (text, masked) in table {
        let (out, counts) = scrubbed(text.as_bytes());
        assert_eq!(String::from_utf8(out).unwrap(), masked);
        assert_eq!((counts.tracks, counts.pans), (1, 0), "{text}");
    }
}

#[test]
fn pin_blocks_are_masked_wholly() {
    let value = "0412AC89ABCDEF67";
    for name in [
        "PIN block",
        "pinblock",
        "PINBLOCK",
        "pinBlock",
        "PIN_BLOCK",
        "pin-block",
        "pinData",
        "DE52",
        "ПИН-блок",
    ] {
        for joint in [": ", "=", " ", "\":\"", ">", "=0x", " = ["] {
            for bytes in encoded(&format!("{name}{joint}{value} end")) {
                let (out, counts) = scrubbed(&bytes);
                assert_eq!(
                    (counts.pins, holds(&out, value)),
                    (1, false),
                    "{name}{joint}"
                );
                assert!(holds(&out, "****************"));
            }
        }
    }
    assert_eq!(
        clean("PINBLOCK0412AC89ABCDEF67"),
        "PINBLOCK****************"
    );
    assert_eq!(
        clean("PIN block: 04 12 AC 89 AB CD EF 67"),
        "PIN block: ** ** ** ** ** ** ** **"
    );
    assert_eq!(
        clean("PIN block: 0412 AC89 ABCD EF67 end"),
        "PIN block: **** **** **** **** end"
    );
    assert_eq!(clean("pin=1234"), "pin=****");
}

#[test]
fn verification_values_are_masked_wholly() {
    let names = [
        "cvv",
        "CVV",
        "cvv2",
        "CVC",
        "CVC2",
        "cvc 2",
        "CID",
        "cvv code",
        "security code",
        "securityCode",
        "Card Verification Value",
        "cvv2Value",
        "Kartenprüfnummer",
        "Prüfziffer",
        "Sicherheitscode",
        "code de sécurité",
        "cryptogramme visuel",
        "cryptogramme",
        "код безопасности",
        "Проверочный код",
        "КОД CVV",
        "csc",
    ];
    for name in names {
        for joint in [": ", "=", " ", "\":\"", ">", "='"] {
            for value in ["123", "1234"] {
                for bytes in encoded(&format!("a {name}{joint}{value} z")) {
                    let (out, counts) = scrubbed(&bytes);
                    assert_eq!(
                        (counts.cvvs, holds(&out, value)),
                        (1, false),
                        "{name}{joint}{value}"
                    );
                }
            }
        }
    }
}
