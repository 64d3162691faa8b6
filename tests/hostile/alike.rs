//! Logs of what only looks like a card: each has to stay as it is.
use super::corpus::unhex;

/// What only looks like a card.
const ALIKE: &[&str] = &[
    "2026-11-25 10:00:00.123 amount=000000000000125000 currency=978",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 deployed",
    "request 6f9619ff-8b86-d011-b42d-00cf4fc964ff took 1234 ms",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "phone +7 701 123 45 67 called",
    "time 20261125101112345 UTC",
    "EAN 4006381333931 scanned, price 12.50",
    "rrn=632912345678 stan=000042 auth=123456",
    "card 411111******1111 accepted",
    "card 4111 11XX XXXX 1111 accepted",
    "PAN 411111xxxxxx1111 exp XXXX",
    "order 1234567890123456 of the shop",
    "Чек 0000012345 ФД 0000067890 ФП 1234567890",
    "ИНН 7707083893 РН ККТ 0001234567012345",
    "version 4.2.1-20261125 build 1764064800000",
];

/// That in every format that has places for it, by place and bytes.
pub(crate) fn alike() -> Vec<(String, Vec<u8>)> {
    let text = ALIKE.join("\n") + "\n";
    let telegram =
        unhex("040F242700040000004111115922F0F8411111EEEEEE11110B0042420C1000000D1125870001490978");
    let mut telegram = telegram;
    telegram[2] = u8::try_from(telegram.len() - 3).unwrap();
    let jpos = "<log realm=\"c\" at=\"2026-11-25T10:00:00.123\">\n<send>\n<isomsg direction=\"outgoing\">\n\
                <field id=\"0\" value=\"0200\"/>\n<field id=\"2\" value=\"411111______1111\"/>\n\
                <field id=\"4\" value=\"000041111111\"/>\n<field id=\"7\" value=\"1125100000\"/>\n\
                <field id=\"37\" value=\"632912345678\"/>\n<field id=\"41\" value=\"T0000001\"/>\n</isomsg>\n</send>\n</log>\n";
    let ndjson = "{\"at\":\"2026-11-25T10:00:00Z\",\"mti\":\"0200\",\"stan\":\"000042\",\"rrn\":\"632912345678\",\
                  \"amount\":4242424242424242,\"card\":\"411111******1111\",\"sha\":\"9fceb02d0ae598e95dc970b74767f19372d61af8\"}\n";
    vec![
        (
            "ecr/alike-utf8?format=text".to_owned(),
            text.clone().into_bytes(),
        ),
        (
            "ecr/alike-1251?format=text".to_owned(),
            encoding_rs::WINDOWS_1251.encode(&text).0.into_owned(),
        ),
        (
            "ecr/alike-866?format=text".to_owned(),
            encoding_rs::IBM866.encode(&text).0.into_owned(),
        ),
        ("ecr/alike-zvt?format=zvt".to_owned(), telegram),
        (
            "pos/alike-jpos?format=jpos".to_owned(),
            jpos.as_bytes().to_vec(),
        ),
        (
            "pos/alike-json?format=ndjson".to_owned(),
            ndjson.as_bytes().to_vec(),
        ),
    ]
}
