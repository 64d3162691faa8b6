//! What the terminals of these tests write down, and what has to come of it.
use chrono::DateTime;
use serde_json::{Value, json};

/// 2025-11-25T10:00:00Z.
const TEN: i64 = 1_764_064_800_000;
const DAY_MS: i64 = 86_400_000;

/// A card number, put together here so that it stands nowhere.
fn pan() -> String {
    format!("4{}", "1".repeat(15))
}

/// How a log of a terminal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Text,
    Ndjson,
    Jpos,
}

/// What a log has to come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) pans: i64,
    pub(super) answered: i64,
    pub(super) unanswered: i64,
    pub(super) failed: i64,
    pub(super) malformed: i64,
}

impl Sum {
    pub(super) fn add(&mut self, other: &Self) {
        self.pans += other.pans;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.failed += other.failed;
        self.malformed += other.malformed;
    }
}

impl Written {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Text => "ecr",
            Self::Ndjson | Self::Jpos => "pos",
        }
    }

    pub(super) fn format(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Ndjson => "ndjson",
            Self::Jpos => "jpos",
        }
    }

    /// The log of that number, of so many steps or sales; each has its own day.
    pub(super) fn log(self, number: i64, n: i64) -> (Vec<u8>, Sum) {
        let mut sum = Sum::default();
        let text = match self {
            Self::Text => (0..n).map(|it| step(number, it)).collect(),
            Self::Ndjson => sales(number, n, &mut sum, ndjson),
            Self::Jpos => sales(number, n, &mut sum, jpos),
        };
        if self == Self::Jpos {
            // What stands between the elements is shown in the log, and is no message.
            sum.malformed = 0;
        }
        (text.into_bytes(), sum)
    }
}

fn step(log: i64, n: i64) -> String {
    let more = ".".repeat(usize::try_from(n % 61).unwrap());
    format!("2025-11-25 10:00:00 step {n:06} of the day's work, part {log}{more}\n")
}

/// One message of a sale.
struct Said {
    ms: i64,
    what: What,
    stan: i64,
    pan: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Request,
    Answer,
    TimeOut,
}

/// Sales that go on while others wait for their answer; some wait in vain, of some the log says so.
fn sales(log: i64, n: i64, sum: &mut Sum, write: impl Fn(&Said) -> String) -> String {
    let (mut text, mut waiting) = (String::new(), Vec::new());
    for sale in 0..n {
        let ms = TEN + log * DAY_MS + sale * 2_000;
        let said = |what, ms| Said {
            ms,
            what,
            stan: sale + 1,
            pan: (what == What::Request && sale % 10 == 3).then(pan),
        };
        let request = said(What::Request, ms);
        sum.pans += i64::from(request.pan.is_some());
        text.push_str(&write(&request));
        match sale % 50 {
            7 => sum.unanswered += 1,
            9 => {
                text.push_str(&write(&said(What::TimeOut, ms + 1_000)));
                sum.failed += 1;
            }
            _ => {
                waiting.push(said(What::Answer, ms + 5_000));
                sum.answered += 1;
            }
        }
        if waiting.len() > 2 {
            text.push_str(&write(&waiting.remove(0)));
        }
        if sale % 100 == 11 {
            text.push_str(&write(&Said {
                stan: 0,
                ..said(What::Answer, ms)
            }));
            sum.malformed += 1;
        }
    }
    for left in &waiting {
        text.push_str(&write(left));
    }
    text
}

fn ndjson(it: &Said) -> String {
    if it.stan == 0 {
        return "this is no JSON\n".to_owned();
    }
    let at = DateTime::from_timestamp_millis(it.ms).unwrap();
    let mut line = json!({ "at": at.to_rfc3339(), "host": "acquirer-a" });
    let more = match it.what {
        What::Request => {
            json!({ "mti": "0200", "stan": format!("{:06}", it.stan), "amount": 1250 + it.stan,
            "currency": "978", "processing_code": "000000", "terminal": "K1" })
        }
        What::Answer => json!({ "mti": "0210", "stan": format!("{:06}", it.stan), "result": "00",
            "rrn": format!("R{:011}", it.stan) }),
        What::TimeOut => json!({ "dir": "failure", "failure": "time-out" }),
    };
    let own = line.as_object_mut().unwrap();
    own.extend(more.as_object().cloned().unwrap_or_default());
    own.extend(
        it.pan
            .clone()
            .map(|pan| ("card".to_owned(), Value::from(pan))),
    );
    format!("{line}\n")
}

fn jpos(it: &Said) -> String {
    if it.stan == 0 {
        return "no message at all\n".to_owned();
    }
    let at = DateTime::from_timestamp_millis(it.ms).unwrap();
    let at = at.format("%a %b %d %H:%M:%S UTC %Y.%3f");
    let field = |id: u32, value: &str| format!("      <field id=\"{id}\" value=\"{value}\"/>\n");
    let stan = field(11, &format!("{:06}", it.stan));
    let (dir, fields) = match it.what {
        What::Request => {
            let pan = it.pan.as_deref().map(|pan| field(2, pan));
            let amount = field(4, &format!("{:012}", 1_250 + it.stan));
            (
                "send",
                field(0, "0200") + &pan.unwrap_or_default() + &amount + &stan,
            )
        }
        What::Answer => ("receive", field(0, "0210") + &stan + &field(39, "00")),
        What::TimeOut => {
            return format!(
                "<log realm=\"some.channel/10.0.0.1:4321\" at=\"{at}\" lifespan=\"1000ms\">\n  \
                 <receive>\n    <io-timeout/>\n  </receive>\n</log>\n"
            );
        }
    };
    format!(
        "<log realm=\"some.channel/10.0.0.1:4321\" at=\"{at}\">\n  <{dir}>\n    <isomsg>\n{fields}    </isomsg>\n  \
         </{dir}>\n</log>\n"
    )
}
