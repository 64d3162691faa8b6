//! Amounts of ISO 8583 as people write them: minor units and a currency by its number, or by its letters. Pure.
use crate::sheets::Cell;
use crate::views::{Lang, formats};

/// Number and letters of currencies (ISO 4217), by number.
const CURRENCIES: &str = "008ALL 012DZD 032ARS 036AUD 044BSD 048BHD 050BDT 051AMD 052BBD 060BMD 064BTN 068BOB 072BWP \
    084BZD 090SBD 096BND 104MMK 108BIF 116KHR 124CAD 132CVE 136KYD 144LKR 152CLP 156CNY 170COP 174KMF 188CRC 192CUP \
    203CZK 208DKK 214DOP 222SVC 230ETB 232ERN 238FKP 242FJD 262DJF 270GMD 292GIP 320GTQ 324GNF 328GYD 332HTG 340HNL \
    344HKD 348HUF 352ISK 356INR 360IDR 364IRR 368IQD 376ILS 388JMD 392JPY 398KZT 400JOD 404KES 408KPW 410KRW 414KWD \
    417KGS 418LAK 422LBP 426LSL 430LRD 434LYD 446MOP 454MWK 458MYR 462MVR 480MUR 484MXN 496MNT 498MDL 504MAD 512OMR \
    516NAD 524NPR 532XCG 533AWG 548VUV 554NZD 558NIO 566NGN 578NOK 586PKR 590PAB 598PGK 600PYG 604PEN 608PHP 634QAR 643RUB \
    646RWF 654SHP 682SAR 690SCR 702SGD 704VND 706SOS 710ZAR 728SSP 748SZL 752SEK 756CHF 760SYP 764THB 776TOP 780TTD \
    784AED 788TND 800UGX 807MKD 818EGP 826GBP 834TZS 840USD 858UYU 860UZS 882WST 886YER 901TWD 924ZWG 925SLE \
    928VES 929MRU 930STN 933BYN 934TMT 936GHS 938SDG 941RSD 943MZN 944AZN 946RON 949TRY 950XAF 951XCD 952XOF 953XPF \
    967ZMW 968SRD 969MGA 971AFN 972TJS 973AOA 976CDF 977BAM 978EUR 980UAH 981GEL 985PLN 986BRL";
/// Currencies without minor units, and those with a thousand of them.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THOUSANDS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Letters of a currency that is stated by number or by letters; `None` for one that is not known.
pub(super) fn letters(stated: &str) -> Option<&'static str> {
    let mut all = CURRENCIES
        .split_ascii_whitespace()
        .filter_map(|one| one.split_at_checked(3));
    let (_, letters) =
        all.find(|(number, letters)| *number == stated || letters.eq_ignore_ascii_case(stated))?;
    Some(letters)
}

/// Digits of an amount that stand for parts of a whole, and the letters of its currency, where that is known.
fn known(currency: Option<&str>) -> Option<(u8, &'static str)> {
    let letters = letters(currency?)?;
    let among = |list: &str| list.split_ascii_whitespace().any(|one| one == letters);
    let places = match (among(WHOLE), among(THOUSANDS)) {
        (true, _) => 0,
        (_, true) => 3,
        _ => 2,
    };
    Some((places, letters))
}

/// Minor units as they are: nobody says how many make a whole.
fn bare(minor: i64, currency: Option<&str>) -> String {
    let rest = currency.map(|stated| format!(" ({stated})"));
    format!("{minor}{}", rest.unwrap_or_default())
}

/// An amount with its currency, as a language writes it.
pub(super) fn told(lang: Lang, minor: i64, currency: Option<&str>) -> String {
    match known(currency) {
        Some((places, letters)) => formats::amount(lang, (minor, places), letters),
        None => bare(minor, currency),
    }
}

/// The same in a list.
pub(super) fn cell(minor: i64, currency: Option<&str>) -> Cell {
    match known(currency) {
        Some((places, unit)) => Cell::Amount {
            minor,
            places,
            unit,
        },
        None => Cell::text(bare(minor, currency)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Currency;

    #[test]
    fn an_amount_is_told_in_its_currency_and_the_readers_language() {
        let plain = |lang, minor, currency| {
            told(lang, minor, currency).replace(['\u{a0}', '\u{202f}'], " ")
        };
        let en = |minor, currency| plain(Lang::En, minor, currency);
        assert_eq!(en(123_405, Some("978")), "1,234.05 EUR");
        assert_eq!(en(5, Some("usd")), "0.05 USD");
        assert_eq!(en(500, Some("392")), "500 JPY");
        assert_eq!(en(1_500, Some("414")), "1.500 KWD");
        assert_eq!(en(-250, Some("398")), "-2.50 KZT");
        assert_eq!(en(i64::MIN, Some("978")), "-92,233,720,368,547,758.08 EUR");
        assert_eq!(plain(Lang::Fr, 123_405, Some("978")), "1 234,05 EUR");
        assert_eq!(plain(Lang::Ru, 1_234_500, Some("643")), "12 345,00 RUB");
        for lang in Lang::ALL {
            assert_eq!(plain(lang, 10_001, None), "10001");
            assert_eq!(plain(lang, 10_001, Some("999")), "10001 (999)");
        }
    }

    #[test]
    fn every_currency_that_people_pay_with_has_its_number() {
        let missing: Vec<_> = Currency::CODES
            .iter()
            .filter(|code| letters(code).is_none())
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(letters(""), None);
        assert_eq!(letters("XXX"), None);
    }
}
