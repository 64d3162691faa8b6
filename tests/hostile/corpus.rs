//! Logs with test cards in every place that a format has for one, in free text, and logs of what only looks like a
//! card. No number here is anybody's.

/// Numbers that issuers give away for tests, of 15, 16 and 19 digits, and one with a wrong check digit.
pub(crate) fn pans() -> Vec<String> {
    [
        ["4111", "1111", "1111", "1111"],
        ["5500", "0000", "0000", "0004"],
        ["3782", "8224", "6310", "005"],
        ["6011", "0009", "9013", "9424"],
        ["4000", "0566", "5566", "5556"],
        ["6304", "0000", "0000", "0000000"],
        ["4111", "1111", "1111", "1112"],
    ]
    .map(|parts| parts.concat())
    .to_vec()
}

/// What stands behind the number on a track, and a PIN block.
const DISCRETIONARY: &str = "1237986540";
const PIN: &str = "A1B2C3D4E5F60718";
/// Short, so no other value may hold it.
const CVV: &str = "737";

/// With this begins every line of free text.
pub(crate) const FREE: &str = "noted by hand:";

pub(crate) struct Log {
    pub(crate) place: String,
    pub(crate) body: Vec<u8>,
    /// What of it must not be found, beside what all have in common.
    pub(crate) cvv: bool,
}

impl Log {
    fn new(kind: &str, format: &str, body: Vec<u8>) -> Self {
        Self {
            place: format!("{kind}/{format}?format={format}"),
            body,
            cvv: false,
        }
    }

    pub(crate) fn holds_cvv(&self) -> bool {
        self.cvv && find(&self.body, CVV.as_bytes())
    }
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|part| part == what)
}

pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len() / 2 * 2).step_by(2).map(pair).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02X}"));
    digits.collect::<Vec<_>>().concat()
}

/// Two digits a byte, filled up with F.
fn bcd(digits: &str) -> Vec<u8> {
    let fill = if digits.len() % 2 == 1 { "F" } else { "" };
    unhex(&format!("{digits}{fill}"))
}

fn track_2(pan: &str, separator: char) -> String {
    format!("{pan}{separator}2912201{DISCRETIONARY}")
}

fn track_1(pan: &str) -> String {
    format!("B{pan}^DOE/JOHN^2912201{DISCRETIONARY}")
}

/// Every way in which a secret can be written so that a search finds it.
pub(crate) fn needles() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let digits = pans().into_iter().chain([DISCRETIONARY.to_owned()]);
    for digits in digits {
        let utf_16 = |order: fn(u16) -> [u8; 2]| digits.encode_utf16().flat_map(order).collect();
        let odd = digits.len() % 2;
        all.extend([
            digits.clone().into_bytes(),
            hex(digits.as_bytes()).into_bytes(),
            hex(digits.as_bytes()).to_lowercase().into_bytes(),
            unhex(&digits),
            unhex(&digits[odd..]),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
            spaced(&digits, 2, " "),
            spaced(&digits, 4, " "),
            spaced(&digits, 4, "-"),
        ]);
    }
    for pin in [PIN.to_owned(), PIN.to_lowercase()] {
        all.extend([pin.clone().into_bytes(), unhex(&pin), spaced(&pin, 2, " ")]);
    }
    all
}

fn spaced(digits: &str, by: usize, with: &str) -> Vec<u8> {
    let parts: Vec<String> = digits
        .as_bytes()
        .chunks(by)
        .map(|part| String::from_utf8_lossy(part).into())
        .collect();
    parts.join(with).into_bytes()
}

/// Where each format has a place for it.
pub(crate) fn structured() -> Vec<Log> {
    let telegrams: Vec<Vec<u8>> = pans().iter().flat_map(|pan| telegrams(pan)).collect();
    let line = |(n, telegram): (usize, &Vec<u8>)| {
        let digits = hex(telegram);
        let shown = if n % 2 == 0 {
            spaced(&digits, 2, " ")
        } else {
            digits.into_bytes()
        };
        [&b"2026-11-25 10:00:00.123 PT>ECR "[..], &shown, b"\r\n"].concat()
    };
    let lines = telegrams.iter().enumerate().flat_map(line).collect();
    let mut all = vec![
        Log::new("ecr", "zvt", telegrams.concat()),
        Log::new("ecr", "zvt-lines", lines),
        Log {
            cvv: true,
            ..Log::new(
                "pos",
                "jpos",
                pans().iter().flat_map(|pan| jpos(pan)).collect(),
            )
        },
        Log {
            cvv: true,
            ..Log::new(
                "pos",
                "ndjson",
                pans().iter().flat_map(|pan| ndjson(pan)).collect(),
            )
        },
    ];
    for (name, packed, version) in [
        ("iso8583-87-ascii", false, '0'),
        ("iso8583-87-binary", true, '0'),
        ("iso8583-93-ascii", false, '1'),
        ("iso8583-93-binary", true, '1'),
    ] {
        let body = pans()
            .iter()
            .flat_map(|pan| iso(pan, packed, version))
            .collect();
        all.push(Log::new("pos", name, body));
    }
    all
}

fn llvar(value: &[u8]) -> Vec<u8> {
    let n = u8::try_from(value.len()).unwrap();
    [&[0xf0 | (n / 10), 0xf0 | (n % 10)][..], value].concat()
}

fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    [tag, &[u8::try_from(value.len()).unwrap()], value].concat()
}

fn chip(pan: &str) -> Vec<u8> {
    let track = bcd(&track_2(pan, 'D'));
    [
        tlv(&[0x5a], &bcd(pan)),
        tlv(&[0x57], &track),
        tlv(&[0x9f, 0x6b], &track),
        tlv(&[0x9f, 0x26], &unhex("0123456789ABCDEF")),
    ]
    .concat()
}

/// Status informations: with each place for a card by itself, and with all of them.
fn telegrams(pan: &str) -> Vec<Vec<u8>> {
    let track_3 = bcd(&format!("01{pan}D{DISCRETIONARY}"));
    let n = u8::try_from(track_3.len()).unwrap();
    let parts = [
        [&[0x22][..], &llvar(&bcd(pan))].concat(),
        [&[0x23][..], &llvar(&bcd(&track_2(pan, 'D')))].concat(),
        [
            &[0x24, 0xf0, 0xf0 | (n / 10), 0xf0 | (n % 10)][..],
            &track_3,
        ]
        .concat(),
        [&[0x2d][..], &llvar(track_1(pan).as_bytes())].concat(),
        tlv(&[0x06], &chip(pan)),
    ];
    let head = unhex("270004000000001250490978870001");
    let telegram = |body: Vec<u8>| {
        let body = [head.clone(), body].concat();
        let n = u8::try_from(body.len()).unwrap();
        let length = if n == 0xff {
            vec![0xff, 0xff, 0]
        } else {
            vec![n]
        };
        [&[0x04, 0x0f][..], &length, &body].concat()
    };
    let mut all: Vec<Vec<u8>> = parts.iter().cloned().map(telegram).collect();
    all.push(telegram(parts[..3].concat()));
    all
}

fn jpos(pan: &str) -> Vec<u8> {
    let (two, one) = (track_2(pan, '='), track_1(pan));
    let chip = hex(&chip(pan));
    format!(
        "<log realm=\"channel/127.0.0.1:8000\" at=\"2026-11-25T10:00:00.123\" lifespan=\"5ms\">\n  <send>\n    \
         <isomsg direction=\"outgoing\">\n      <field id=\"0\" value=\"0200\"/>\n      \
         <field id=\"2\" value=\"{pan}\"/>\n      <field id=\"4\" value=\"000000001250\"/>\n      \
         <field id=\"11\" value=\"000042\"/>\n      <field id=\"35\" value=\"{two}\"/>\n      \
         <field id=\"36\" value=\"01{two}\"/>\n      <field id=\"41\" value=\"T0000001\"/>\n      \
         <field id=\"45\" value=\"{one}\"/>\n      <field id=\"52\" value=\"{PIN}\" type=\"binary\"/>\n      \
         <field id=\"55\" value=\"{chip}\" type=\"binary\"/>\n    </isomsg>\n  </send>\n  \
         <info pan=\"{pan}\" track2=\"{two}\" cvv=\"{CVV}\" pin-block=\"{PIN}\"/>\n</log>\n"
    )
    .into_bytes()
}

fn ndjson(pan: &str) -> Vec<u8> {
    let (two, one) = (track_2(pan, '='), track_1(pan));
    let chip = hex(&chip(pan));
    let raw = hex(&iso(pan, true, '0')[2..]);
    format!(
        "{{\"at\":\"2026-11-25T10:00:00Z\",\"dir\":\"request\",\"mti\":\"0200\",\"stan\":\"000042\",\"card\":\"{pan}\",\
         \"fields\":{{\"2\":\"{pan}\",\"35\":\"{two}\",\"36\":\"01{two}\",\"45\":\"{one}\",\"52\":\"{PIN}\",\
         \"55\":\"{chip}\"}}}}\n\
         {{\"pan\":{pan},\"cardNumber\":\"{pan}\",\"track2\":\"{two}\",\"pinBlock\":\"{PIN}\",\"cvv\":\"{CVV}\",\
         \"emv\":{{\"5A\":\"{pan}\",\"57\":\"{two}\"}},\"raw\":\"{raw}\"}}\n"
    )
    .into_bytes()
}

/// A message with every field that holds something of a card, with its length in two bytes before it.
fn iso(pan: &str, packed: bool, version: char) -> Vec<u8> {
    let separator = if packed { 'D' } else { '=' };
    let two = track_2(pan, separator);
    let three = format!("01{two}");
    let number = |digits: &str| {
        if packed {
            bcd(digits)
        } else {
            digits.as_bytes().to_vec()
        }
    };
    let length = |n: usize, width: usize| {
        let digits = format!("{n:0width$}");
        let even = if digits.len() % 2 == 1 {
            format!("0{digits}")
        } else {
            digits.clone()
        };
        if packed {
            bcd(&even)
        } else {
            digits.into_bytes()
        }
    };
    let variable = |digits: &str, width| [length(digits.len(), width), number(digits)].concat();
    let (one, chip) = (track_1(pan), chip(pan));
    let fields = [
        (2_u32, variable(pan, 2)),
        (3, number("000000")),
        (4, number("000000001250")),
        (11, number("000042")),
        (35, variable(&two, 2)),
        (36, variable(&three, 3)),
        (41, b"T0000001".to_vec()),
        (45, [length(one.len(), 2), one.into_bytes()].concat()),
        (
            52,
            if packed {
                unhex(PIN)
            } else {
                PIN.as_bytes().to_vec()
            },
        ),
        (55, [length(chip.len(), 3), chip].concat()),
    ];
    let bits = fields
        .iter()
        .fold(0_u64, |bits, (n, _)| bits | (1 << (64 - n)));
    let map = bits.to_be_bytes();
    let map = if packed {
        map.to_vec()
    } else {
        hex(&map).into_bytes()
    };
    let body: Vec<u8> = fields.into_iter().flat_map(|(_, value)| value).collect();
    let message = [number(&format!("{version}200")), map, body].concat();
    [
        &u16::try_from(message.len()).unwrap().to_be_bytes()[..],
        &message,
    ]
    .concat()
}

/// How numbers stand in free text, each with a word for the style.
pub(crate) fn styles() -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for pan in pans() {
        let (two, one) = (track_2(&pan, '='), track_1(&pan));
        let groups = String::from_utf8(spaced(&pan, 4, " ")).unwrap();
        all.extend([
            ("alone", pan.clone()),
            (
                "in a sentence",
                format!("the card {pan} was read at 10:00:01"),
            ),
            ("labelled", format!("PAN={pan} STAN=000042")),
            ("labelled in Russian", format!("Карта: {pan}, оплата")),
            ("in groups", format!("card {groups} ok")),
            (
                "with hyphens",
                format!("card {} ok", groups.replace(' ', "-")),
            ),
            ("track 2", format!("read ;{two}? from the stripe")),
            ("track 1", format!("read %{one}? from the stripe")),
            (
                "as JSON",
                format!("sent {{\"pan\":\"{pan}\",\"amount\":1250}}"),
            ),
            ("as XML", format!("sent <CardPAN>{pan}</CardPAN>")),
            (
                "as bytes of BCD",
                format!(
                    "dump 22 F0 F8 {}",
                    String::from_utf8(spaced(&hex(&bcd(&pan)), 2, " ")).unwrap()
                ),
            ),
            ("as bytes of ASCII", format!("dump {}", hex(pan.as_bytes()))),
            ("glued to letters", format!("x{pan}y")),
        ]);
    }
    all
}
