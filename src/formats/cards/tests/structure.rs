//! Secrets in hexadecimal digits and in UTF-16, and values known by their structure.
use super::super::{Secret, looks_like_pan, mask_all, mask_pan, mask_track, named};
use super::{clean, scrubbed};

/// A test number with a right check digit, and one with a wrong one.
const RIGHT: &str = "4111111111111111";
const WRONG: &str = "4111111111111112";

#[test]
fn hexadecimal_stays_hexadecimal() {
    let table = [
        ("5A084111111111111111", "5A08411111EEEEEE1111"),
        (
            "9F26085A085A084111111111111112",
            "9F26085A085A08411111EEEEEE1112",
        ),
        (
            "5a 08 41 11 11 11 11 11 11 11",
            "5a 08 41 11 11 EE EE EE 11 11",
        ),
        ("5A0A6304000000000000000F", "5A0A630400EEEEEEEEE0000F"),
        (
            "57134111111111111111D25121010000000123F",
            "5713411111EEEEEE1111DEEEEEEEEEEEEEEEEEF",
        ),
        (
            "57 13 41 11 11 11 11 11 11 11 D2 51 21 01 00 00 0F",
            "57 13 41 11 11 EE EE EE 11 11 DE EE EE EE EE EE EF",
        ),
        (
            "34313131313131313131313131313131",
            "3431313131312A2A2A2A2A2A31313131",
        ),
        (
            "34 31 31 31 31 31 31 31  31 31 31 31 31 31 31 31",
            "34 31 31 31 31 31 2A 2A  2A 2A 2A 2A 31 31 31 31",
        ),
        (
            "0x34, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31",
            "0x34, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31, 0x31",
        ),
        (
            "3431 3131 3131 3131 3131 3131 3131 3131",
            "3431 3131 3131 2A2A 2A2A 2A2A 3131 3131",
        ),
        (
            "50414E3D34313131313131313131313131313132",
            "50414E3D3431313131312A2A2A2A2A2A31313132",
        ),
    ];
    for (text, masked) in table {
        assert_eq!(clean(text), masked);
    }
}

#[test]
fn text_in_utf_16_is_masked_too() {
    for number in [RIGHT, "4111 1111 1111 1111"] {
        let text = format!("Card: {number}!");
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            let (out, counts) = scrubbed(&bytes);
            assert_eq!(counts.pans, 1);
            assert_eq!(String::from_utf8_lossy(&out).matches('*').count(), 6);
        }
    }
}

#[test]
fn names_of_fields_are_known() {
    let table: [(&str, Option<Secret>); 34] = [
        ("pan", Some(Secret::Pan)),
        ("cardNumber", Some(Secret::Pan)),
        ("primaryAccountNumber", Some(Secret::Pan)),
        ("accountNumber", Some(Secret::Pan)),
        ("card_no", Some(Secret::Pan)),
        ("CARD-NO", Some(Secret::Pan)),
        ("ns:Pan", Some(Secret::Pan)),
        ("track1Data", Some(Secret::Track)),
        ("track2EquivalentData", Some(Secret::Track)),
        ("trackTwo", Some(Secret::Track)),
        ("TRACK_2", Some(Secret::Track)),
        ("pinBlock", Some(Secret::Pin)),
        ("pinData", Some(Secret::Pin)),
        ("encryptedPinBlock", Some(Secret::Pin)),
        ("cvv", Some(Secret::Cvv)),
        ("cvv2", Some(Secret::Cvv)),
        ("CVC", Some(Secret::Cvv)),
        ("cvc2", Some(Secret::Cvv)),
        ("securityCode", Some(Secret::Cvv)),
        ("cardVerificationValue", Some(Secret::Cvv)),
        ("card.cvv", Some(Secret::Cvv)),
        ("iccData", None),
        ("company", None),
        ("rrn", None),
        ("stan", None),
        ("cardHolder", None),
        ("cardType", None),
        ("span", None),
        ("tracking", None),
        ("pinEntryMode", None),
        ("pinTries", None),
        ("", None),
        ("id", None),
        ("cardSequenceNumber", None),
    ];
    for (name, secret) in table {
        assert_eq!(named(name.as_bytes()), secret, "{name}");
    }
}

#[test]
fn numbers_and_tracks_known_by_structure() {
    let pan = |text: &str| {
        let mut raw = text.as_bytes().to_vec();
        let done = mask_pan(&mut raw, b'*');
        (String::from_utf8(raw).unwrap(), done)
    };
    let given = |text: &str, done| (text.to_owned(), done);
    assert_eq!(pan(WRONG), given("411111******1112", true));
    assert_eq!(pan("123456789012"), given("********9012", true));
    assert_eq!(pan("1234567"), given("*******", true));
    assert_eq!(
        pan("12345678901234567890"),
        given("********************", true)
    );
    for masked in [
        "411111******1111",
        "411111xxxxxx1111",
        "411111______1111",
        "411111EEEEEE1111",
        "",
        "****",
    ] {
        assert_eq!(pan(masked), given(masked, false));
    }
    let track = |text: &str| {
        let mut raw = text.as_bytes().to_vec();
        let done = mask_track(&mut raw, b'*');
        (String::from_utf8(raw).unwrap(), done)
    };
    assert_eq!(
        track("4111111111111112=2512101?"),
        given("411111******1112=*******?", true)
    );
    assert_eq!(
        track("4111111111111112D2512101F"),
        given("411111******1112D*******F", true)
    );
    assert_eq!(
        track("B4111111111111112^A B^2512"),
        given("B411111******1112^********", true)
    );
    assert_eq!(
        track("411111______1111=2512101"),
        given("411111______1111=*******", true)
    );
    for masked in ["411111______1111=_______", "411111******1111=*******?", ""] {
        assert_eq!(track(masked), given(masked, false));
    }
    let mut value = b"12 34".to_vec();
    mask_all(&mut value, b'*');
    assert_eq!(value, b"** **");
    assert!(looks_like_pan(RIGHT.as_bytes()) && !looks_like_pan(WRONG.as_bytes()));
}

#[test]
fn a_message_written_out_in_a_line_is_masked() {
    let table = [
        (
            "> 0200723C448108C08002164111111111111111003000000000001000112610223300012310223311265999",
            "> 0200723C448108C0800216411111******1111003000000000001000112610223300012310223311265999",
        ),
        (
            "> 02003020048020C08000003000000000001000000123051374111111111111112=251210100000012312345678",
            "> 02003020048020C0800000300000000000100000012305137411111******1112=********************5678",
        ),
        (
            "...00000000100000012305100374111111111111111D25121010000012300000",
            "...0000000010000001230510037411111EEEEEE1111DEEEEEEEEEEEEEEEEEEEE",
        ),
        (
            "...00000000100000012305100374111111111111111=25121010000012300000",
            "...0000000010000001230510037411111******1111=********************",
        ),
    ];
    for (text, masked) in table {
        assert_eq!(clean(text), masked);
    }
}

#[test]
fn tags_in_hexadecimal_digits_give_away_what_has_no_look_of_its_own() {
    for (row, hidden) in [
        (
            "9F26081122334455667788990812AB34CD56EF7890",
            "12AB34CD56EF7890",
        ),
        ("9F36020001709F200501234567899A03261126", "0123456789"),
        (
            "9F360200019F1F0A39393036373537313236",
            "39393036373537313236",
        ),
    ] {
        for line in [row.to_owned(), format!("emv: {row} ok"), row.to_lowercase()] {
            let (out, _) = scrubbed(line.as_bytes());
            let out = String::from_utf8(out).unwrap().to_uppercase();
            assert_eq!(out.contains(hidden), row.contains("70"), "{line} -> {out}");
        }
    }
}

#[test]
fn the_first_word_of_two_says_nothing_of_what_follows() {
    for line in [
        "transaction with 4111111111111111 was declined",
        "ПИН-блок=12AB34CD56EF7890",
        "PIN-блок=12AB34CD56EF7890",
    ] {
        assert_ne!(scrubbed(line.as_bytes()).0, line.as_bytes(), "{line}");
    }
    for line in [
        "transaction id 4111111111111111",
        "order number: 4111111111111111",
    ] {
        assert_eq!(scrubbed(line.as_bytes()).0, line.as_bytes(), "{line}");
    }
}

#[test]
fn letters_that_are_not_ascii_are_read_in_utf_16_too() {
    for line in [
        "номер карты: 4111111111111112 ok",
        "ПИН-блок 12AB34CD56EF7890",
        "код безопасности = 123, да",
        "5A0841111111111111125F240327123199",
    ] {
        let order: [fn(u16) -> [u8; 2]; 2] = [u16::to_le_bytes, u16::to_be_bytes];
        for order in order {
            let raw: Vec<u8> = "дело\n"
                .encode_utf16()
                .chain(line.encode_utf16())
                .chain("\nда\n".encode_utf16())
                .flat_map(order)
                .collect();
            let (out, counts) = scrubbed(&raw);
            assert_ne!(out, raw, "{line}");
            assert_ne!(counts, crate::formats::Counts::default());
        }
    }
}
