//! What codes of ISO 8583 say of a message: its type, and whether a result grants what was asked for. Pure.

/// A message type indicator, digit by digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mti {
    version: u8,
    class: u8,
    function: u8,
    pub(super) origin: u8,
}

impl Mti {
    pub(super) fn read(text: &str) -> Option<Self> {
        let digit =
            |at: usize| Some(text.as_bytes().get(at)?.wrapping_sub(b'0')).filter(|d| *d < 10);
        let mti = Self {
            version: digit(0)?,
            class: digit(1)?,
            function: digit(2)?,
            origin: digit(3)?,
        };
        (text.len() == 4).then_some(mti)
    }

    /// A reversal, or a chargeback: it takes another one back.
    pub(super) const fn is_reversal(self) -> bool {
        self.class == 4
    }

    /// The indicator of the first request of the exchange that it belongs to: 0200 for 0200, 0201, 0210, 0211.
    pub(super) fn kind(self) -> String {
        let even = |digit: u8| digit - digit % 2;
        let (function, origin) = (even(self.function), even(self.origin));
        format!("{}{}{function}{origin}", self.version, self.class)
    }
}

/// Whether a result (field 39) grants what was asked for. Two characters are ISO 8583:1987: 00, and what grants it
/// with a condition (identify, in part, VIP, update track 3), and what a chip decided offline. Three are action codes of
/// 1993: below 100, and the accepted of each later hundred.
pub(super) fn is_approval(result: &str) -> bool {
    match result.as_bytes() {
        [_, _] => matches!(
            result,
            "00" | "08" | "10" | "11" | "16" | "Y1" | "Y2" | "Y3"
        ),
        [b'0', _, _] | [b'3'..=b'9', b'0', b'0'] => true,
        _ => result == "501",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_grants_or_not() {
        for code in ["00", "000", "08", "10", "Y1", "400", "800", "501", "085"] {
            assert!(is_approval(code), "{code}");
        }
        for code in ["", "05", "51", "91", "100", "116", "904", "Z3", "é", "0000"] {
            assert!(!is_approval(code), "{code}");
        }
    }
}
