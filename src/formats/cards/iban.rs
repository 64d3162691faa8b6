//! Account numbers of ISO 13616, in one word or in groups of four.

/// How long they are in each country.
const LENGTHS: &str = "\
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 \
    DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 \
    IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 \
    MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 \
    SE24 SI19 SK24 SM27 SO23 SV28 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// Where the account number ends of which the check digits begin at `start`, if one does.
pub(super) fn end(line: &[u8], start: usize) -> Option<usize> {
    let from = start.checked_sub(2)?;
    let country = line.get(from..start)?;
    let before = from.checked_sub(1).and_then(|at| line.get(at));
    if before.is_some_and(u8::is_ascii_alphanumeric) || !country.iter().all(u8::is_ascii_uppercase)
    {
        return None;
    }
    let length = LENGTHS.as_bytes().chunks(5).find_map(|entry| {
        let digits = entry.strip_prefix(country)?.get(..2)?;
        std::str::from_utf8(digits).ok()?.parse::<usize>().ok()
    })?;
    let mut plain = Vec::with_capacity(length);
    let mut at = from;
    while plain.len() < length {
        match *line.get(at)? {
            one if one.is_ascii_alphanumeric() => plain.push(one),
            b' ' if plain.len() % 4 == 0 => {}
            _ => return None,
        }
        at += 1;
    }
    let goes_on = line.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (!goes_on && is_account(&plain)).then_some(at)
}

/// Whether the remainder by 97 is 1, as ISO 13616 has it.
fn is_account(plain: &[u8]) -> bool {
    let (head, tail) = plain.split_at(plain.len().min(4));
    let sum = tail.iter().chain(head).fold(0_u32, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    });
    sum == 1
}
