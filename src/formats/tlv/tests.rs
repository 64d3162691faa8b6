//! Tags with test cards in them.
use super::super::Counts;
use super::{hex, mask, mask_hex, read};

fn bytes(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter_map(hex::digit).collect();
    digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

#[test]
fn card_data_goes_and_the_rest_stays() {
    let mut tags = bytes(
        "9f02060000000025005a0840000566556655569f2608400005665566555657114000056655665556d25122010000000001005f20074a414e452f442e",
    );
    tags[2] = 6;
    let counts = mask(&mut tags);
    assert_eq!((counts.pans, counts.tracks), (1, 1));
    let shown = hex::written(&tags);
    assert!(shown.contains("5a08400005eeeeee5556"), "{shown}");
    assert!(shown.contains("9f26084000056655665556"), "{shown}");
    assert!(
        shown.contains("5711400005eeeeee5556deeeeeeeeeeeeeeeee"),
        "{shown}"
    );
    assert_eq!(mask(&mut tags), Counts::default());
    let fields = read(&tags);
    let value = |key: &str| {
        fields
            .iter()
            .find(|field| field.key == key)
            .map(|field| field.value.clone())
    };
    assert_eq!(value("emv-9f02").as_deref(), Some("2500"));
    assert_eq!(value("emv-5a").as_deref(), Some("400005******5556"));
    assert_eq!(value("emv-5f20").as_deref(), Some("****/*."));
}

#[test]
fn the_same_as_digits_in_either_case() {
    let mut upper = *b"5A084000056655665556";
    assert_eq!(mask_hex(&mut upper).pans, 1);
    assert_eq!(&upper, b"5A08400005EEEEEE5556");
    let mut lower = *b"5a0a63040000000000000002f";
    mask_hex(&mut lower);
    assert!(lower.starts_with(b"5a0a630400eeeeee"));
}

#[test]
fn what_is_cut_or_broken_is_searched() {
    for end in 7..10 {
        let mut cut = bytes("5a084000056655665556")[..end].to_vec();
        mask(&mut cut);
        assert!(!hex::written(&cut).contains("40000566"), "{end}");
    }
    let mut deep = bytes(&"7f7f".repeat(200));
    mask(&mut deep);
    assert!(read(&vec![0x5f; 4000]).len() <= 500);
}
