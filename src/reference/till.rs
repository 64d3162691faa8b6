//! What a terminal writes down of a sale: of the exchange with its till, as ZVT telegrams in lines of text, and of
//! the exchange with its host, as JSON in lines. The sales are dice and the cards are no cards.
use super::dice::Dice;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::json;
use std::fmt::Write as _;

/// One sale.
#[derive(Debug, Clone)]
pub(super) struct Sale {
    at: DateTime<Utc>,
    number: u32,
    /// In cents.
    amount: u32,
    is_declined: bool,
    /// How long the host took; nothing when it never answered.
    answered_after: Option<Duration>,
}

impl Sale {
    pub(super) fn draw(dice: &mut Dice, number: u32, at: DateTime<Utc>) -> Self {
        let is_answered = !dice.chance(0.01);
        let took = Duration::milliseconds(i64::from(dice.between(180, 2_400)));
        Self {
            at,
            number: number % 1_000_000,
            amount: dice.between(100, 20_000),
            is_declined: dice.chance(0.06),
            answered_after: is_answered.then_some(took),
        }
    }

    /// The exchange with the till.
    pub(super) fn ecr(&self) -> String {
        let approved = self.answered_after.is_some() && !self.is_declined;
        let amount = bcd(self.amount, 6);
        let result = if approved { "00" } else { "6F" };
        let status = format!(
            "27 {result} 04 {amount} 0B {} 0C {} 0D {} 22 F0 F8 41 11 11 EE EE EE 11 11 49 09 78",
            bcd(self.number, 3),
            self.at.format("%H %M %S"),
            self.at.format("%m %d"),
        );
        let end = if approved { "06 0F 00" } else { "06 1E 01 6F" };
        let later = self.at + self.answered_after.unwrap_or(Duration::seconds(30));
        let length = status.split(' ').count();
        let lines = [
            (self.at, "ECR>PT", format!("06 01 0A 04 {amount} 49 09 78")),
            (self.at, "PT>ECR", "80 00 00".to_owned()),
            (later, "PT>ECR", format!("04 0F {length:02X} {status}")),
            (later, "ECR>PT", "80 00 00".to_owned()),
            (later, "PT>ECR", end.to_owned()),
            (later, "ECR>PT", "80 00 00".to_owned()),
        ];
        let mut text = String::new();
        for (at, way, telegram) in lines {
            let at = at.format("%Y-%m-%d %H:%M:%S%.3f");
            writeln!(text, "{at} {way} {telegram}").ok();
        }
        text
    }

    /// The exchange with the host.
    pub(super) fn pos(&self, terminal: &str) -> String {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let stan = format!("{:06}", self.number);
        let request = json!({
            "at": time(self.at), "dir": "request", "host": "acquirer", "mti": "0200",
            "processing_code": "000000", "stan": stan, "terminal": terminal,
            "amount": self.amount, "currency": "EUR", "card": "411111******1111",
        });
        let answer = self.answered_after.map(|took| {
            let result = if self.is_declined { "05" } else { "00" };
            json!({
                "at": time(self.at + took), "dir": "answer", "host": "acquirer", "mti": "0210",
                "processing_code": "000000", "stan": stan, "terminal": terminal, "result": result,
            })
        });
        let failure = || {
            json!({
                "at": time(self.at + Duration::seconds(30)), "dir": "failure", "host": "acquirer",
                "stan": stan, "terminal": terminal, "failure": "time-out",
            })
        };
        format!("{request}\n{}\n", answer.unwrap_or_else(failure))
    }
}

/// A number as so many bytes of two digits each.
fn bcd(number: u32, bytes: usize) -> String {
    let digits = format!("{number:0width$}", width = bytes * 2);
    let pairs: Vec<&str> = (0..bytes)
        .filter_map(|n| digits.get(n * 2..n * 2 + 2))
        .collect();
    pairs.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_reads_as_its_formats_say() {
        assert_eq!(bcd(1250, 6), "00 00 00 00 12 50");
        let at = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        for seed in 0..200 {
            let sale = Sale::draw(&mut Dice::new(seed), 7, at);
            let ecr = sale.ecr();
            assert_eq!(ecr.lines().count(), 6, "{ecr}");
            let status = ecr.lines().nth(2).unwrap();
            let bytes: Vec<&str> = status.split(' ').skip(3).collect();
            let length = usize::from_str_radix(bytes[2], 16).unwrap();
            assert_eq!(bytes.len() - 3, length, "{status}");
            for line in sale.pos("T1").lines() {
                assert!(
                    serde_json::from_str::<serde_json::Value>(line).is_ok(),
                    "{line}"
                );
            }
        }
    }
}
