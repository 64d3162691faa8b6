//! Raw messages: whatever comes, nothing is lost of it, and it does not take long.
use super::super::trial::{endures, holds_of, pans};
use super::packing::{four_digits, message, two_bytes};
use super::tests::ALL;
use crate::formats::{Format, Packager};
use proptest::prelude::*;

#[test]
fn hostile_logs_do_not_take_long() {
    for packager in ALL {
        for unit in [
            "0200",
            "0200FFFFFFFFFFFFFFFF",
            "\0\x0c0200",
            "9999",
            "0012",
            "\u{2}\0",
            "\u{60}",
            "4111111111111111",
            "\u{2}\0 \0\0\0\0\0\0\0",
            "{{{{",
        ] {
            endures(Format::Iso8583(packager), unit);
        }
    }
}

fn parts(packager: Packager) -> impl Strategy<Value = Vec<u8>> {
    let pan = pans()[0].clone();
    let good = message(
        packager,
        "0200",
        &[(2, pan.as_bytes()), (3, b"000000"), (11, b"000042")],
    );
    let cut = good[..good.len() / 2].to_vec();
    let words = vec![
        two_bytes(&good),
        four_digits(&good),
        good,
        cut,
        pan.into_bytes(),
        b"\n".to_vec(),
        b"0200".to_vec(),
        vec![2, 0, 0x20],
    ];
    let word = prop_oneof![
        4 => prop::sample::select(words),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(word, 0..8).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn anything_is_kept_whole((packager, log) in (0..4_usize).prop_flat_map(|n| (Just(ALL[n]), parts(ALL[n]))), lengths in prop::collection::vec(1_usize..60, 1..4)) {
        holds_of(Format::Iso8583(packager), &log, &lengths);
    }
}
