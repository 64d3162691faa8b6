//! The words that people write in front of a value, in small letters and without what stands between them.
use std::collections::HashMap;
use std::sync::LazyLock;

use super::label::Label;
use super::names::{self, Secret};

/// Words behind a name that do not change what it is.
const FILLERS: &str = "\
    no nr num number numbers nummer numero numéro n nº o id ids is was ist est the value val data \
    номер номера равен quot amp apos nbsp hex str string text format fmt iso len length x b u \
    clear full raw kod bcd ascii";

/// Names of card numbers as people write them.
const PANS: &str = "\
    5a 5a08 5a8 5a0a de2 de02 de002 field2 field02 field002 f002 f2 f02 bit2 bit02 bit002 df2 bmp22 пан номеркарты \
    номеркарт номербанковскойкарты номерплатежнойкарты номерплатёжнойкарты картаномер nomerkarti \
    numérocarte numérodecarte numérodelacarte";

/// The same of tracks.
const TRACKS: &str = "\
    9f6b de35 de035 field35 field035 f035 f35 bit35 bit035 de45 de045 field45 field045 f045 de36 de036 field36 \
    field036 bmp23 bmp24 bmp2d дорожка дорожка1 дорожка2 дорожка3 трек трек1 трек2 трек3 2дорожка \
    1дорожка magnetspur";

/// The same of PIN blocks.
const PINS: &str = "\
    de52 de052 field52 field052 f052 f52 bit52 bit052 пинблок пинблока pinблок pinблока пин блокпин blocpin bloquepin пинкод \
    pincode codepin";

/// The same of verification values.
const CVVS: &str = "\
    кодбезопасности проверочныйкод кодпроверки секретныйкод кодкарты защитныйкод кодподлинности \
    codesécurité codedesécurité codevérification codedevérification cryptogramme kartenprüfnummer \
    prüfnummer prüfziffer kartenprüfziffer kartenprüfcode kpn цвв свв";

/// Words for a card, and the schemes.
const CARDS: &str = "\
    card cards cc karte kreditkarte kreditkarten debitkarte bankkarte eckarte girocard zahlkarte \
    carte cartes cb tarjeta carta карта карты карте карту картой карт karta karty visa mastercard \
    maestro amex mir мир unionpay jcb diners discover electron vpay";

/// Names of numbers that are no card's. A card number behind one of them stays, as numbers of orders and devices
/// have the same shape one time in ten.
const OTHERS: &str = "\
    ref refno refnum trx txn txid trxid ta tano auth stan rrn sn imei imeisv imsi iccid sim iban \
    bic ean gtin upc isbn plu sku tid mid tel fax mobile gsm msisdn time timestamp date datetime \
    amount total uuid guid sha md5 sha1 sha256 crc mac blz ustid inn инн кпп огрн ккт ккм фн фд \
    фп фпд рн зн тел meid esn eid vin lot uid atc arn nonce номертелефона siret siren tva cardid \
    panid cardref cardtoken cardhash panhash pantoken panref";

/// What such names begin with.
const OTHER_STEMS: &str = "\
    order auftrag bestell commande заказ invoice rechnung facture receipt beleg ticket чек \
    quittung счет счёт referen référen referenz transa транзакц операци approval authori autori \
    авториз serial seriennummer serien série серийн barcode strichcode codebarre article artikel \
    артикул штрих merchant händler phone telefon téléphone телефон session сесси hash batch \
    tracking parcel paket colis посылк betrag montant сумма ссылк voucher coupon купон sequence \
    correlation retrieval trace checksum";

static MEANINGS: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let lists = [
        (PANS, Label::Of(Secret::Pan)),
        (TRACKS, Label::Of(Secret::Track)),
        (PINS, Label::Of(Secret::Pin)),
        (CVVS, Label::Of(Secret::Cvv)),
        (CARDS, Label::Card),
        (OTHERS, Label::Other),
        (FILLERS, Label::Nothing),
    ];
    lists
        .iter()
        .flat_map(|(words, label)| words.split_whitespace().map(|one| (one, *label)))
        .collect()
});

/// The stems by their first letters.
static STEMS: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut stems: HashMap<char, Vec<&str>> = HashMap::new();
    for stem in OTHER_STEMS.split_whitespace() {
        stems
            .entry(stem.chars().next().unwrap_or_default())
            .or_default()
            .push(stem);
    }
    stems
});

/// What a value is in front of which this stands, the last word of which begins at `last`.
pub(super) fn meaning(name: &str, last: usize) -> Label {
    if let Some(secret) = names::folded(name) {
        return Label::Of(secret);
    }
    match MEANINGS.get(name) {
        Some(label) => *label,
        None if has_other_stem(name, last) => Label::Other,
        None => Label::Nothing,
    }
}

/// A stem reaches into the last word: of "transaction with" the first alone says nothing of what follows.
fn has_other_stem(name: &str, last: usize) -> bool {
    let stems = name.chars().next().and_then(|first| STEMS.get(&first));
    stems.is_some_and(|stems| {
        stems
            .iter()
            .any(|stem| stem.len() > last && name.starts_with(stem))
    })
}

/// Whether the word behind a name does not change what it is.
pub(super) fn is_filler(word: &str) -> bool {
    MEANINGS.get(word) == Some(&Label::Nothing)
}
