//! What a field, an attribute or a key of a given name holds.
use std::collections::HashMap;
use std::sync::LazyLock;

/// What must not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Secret {
    Pan,
    Track,
    Pin,
    Cvv,
}

/// Card numbers.
const PANS: &str = "\
    pan pans panno pannr pannumber pandata panvalue fpan dpan primaryaccountnumber primaryaccountno \
    primaryaccount accountnumber accountno accountnum acctnumber acctno acctnum acctid cardnumber \
    cardno cardnum cardnr cardn cardpan cardaccountnumber creditcardnumber creditcard \
    creditcardno ccnumber ccnum ccno debitcard debitcardnumber cardholdernumber applicationpan \
    kartennummer kartennr kartennum kartenno numerocarte numcarte numerodecarte nocarte ncarte \
    nomerkarty tag5a emv5a";

/// Tracks.
const TRACKS: &str = "\
    track track1 track2 track3 trackone tracktwo trackthree trackdata track1data track2data \
    track3data trackonedata tracktwodata trackthreedata track2equivalent track2equivalentdata \
    tracktwoequivalentdata trackequivalentdata trackequivalent track2equiv track2eq trk1 trk2 \
    trk3 tk1 tk2 t2ed magstripe magstripedata magneticstripe magneticstripedata magdata msrdata \
    spur1 spur2 spur3 spurdaten piste1 piste2 piste3 tracks swipedata tag57 tag9f6b emv57";

/// PIN blocks.
const PINS: &str = "\
    pin pinblock pinblk pinblok pindata pinvalue pinbl epb newpinblock newpin pinblockdata \
    encryptedpin encryptedpinblock encpin encpinblock epinblock onlinepin offlinepin clearpin \
    personalidentificationnumber personalidentificationnumberdata pinblockhex";

/// Verification values.
const CVVS: &str = "\
    cvv cvc cvv1 cvc1 cvv2 cvc2 cid cvn cvn2 csc cav2 cvvcode cvccode cvvvalue cvv2value \
    cvvnumber cvvdata cvcvalue securitycode cardsecuritycode cardcode cardverificationvalue \
    cardverificationcode cardverificationnumber cardverificationvalue2 cardverificationcode2 \
    verificationvalue cardcvv cardcvc cardcvv2 cardcvc2 cardidentificationnumber kartenprfnummer \
    kartenpruefnummer kartenprufnummer prfnummer pruefnummer prufnummer sicherheitscode \
    codesecurite codedesecurite codesecret cryptogramme cryptogrammevisuel";

static NAMES: LazyLock<HashMap<&str, Secret>> = LazyLock::new(|| {
    let lists = [
        (PANS, Secret::Pan),
        (TRACKS, Secret::Track),
        (PINS, Secret::Pin),
        (CVVS, Secret::Cvv),
    ];
    lists
        .iter()
        .flat_map(|(names, secret)| names.split_whitespace().map(|one| (one, *secret)))
        .collect()
});

/// Longer names are not looked at.
const LONGEST: usize = 64;

/// Words in front of a name that say nothing of what it holds.
const PREFIXES: &[&str] = &[
    "clear",
    "full",
    "raw",
    "emv",
    "card",
    "customer",
    "icc",
    "encrypted",
    "de",
    "masked",
    "in",
    "iso",
];

/// What a field, an attribute or a key of that name holds. Case, `_`, `-`, `.`, blanks and a name space before
/// a colon make no difference.
pub(in crate::formats) fn named(label: &[u8]) -> Option<Secret> {
    let label = label.rsplit(|byte| *byte == b':').next().unwrap_or(label);
    if label.len() > LONGEST {
        return None;
    }
    let plain: String = label
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    folded(&plain).or_else(|| {
        PREFIXES
            .iter()
            .filter_map(|prefix| plain.strip_prefix(prefix))
            .find_map(folded)
    })
}

/// The same of a name in small letters and digits only.
pub(super) fn folded(name: &str) -> Option<Secret> {
    NAMES.get(name).copied()
}
