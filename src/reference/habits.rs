//! What a terminal lives through: opening hours, sales, a battery that empties, paper that runs
//! out, a line that fails, a clock that nobody set.
//!
//! Each member of a fleet draws its habits once, from the fleet's seed and its own number, and keeps
//! them over restarts. Time here is the fleet's: with a pace of 12 a day passes in two hours.
use super::dice::Dice;
use super::link::Weather;
use super::wire::{Battery, Package, Paper, PendingOffline, Session, Sim, Status, Storage};
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY_MINUTES: f64 = 24.0 * 60.0;
const GIB: u64 = 1 << 30;
/// A roll gives this many slips.
const ROLL: f64 = 220.0;

/// Where terminals of these fleets stand: country, hours ahead of UTC, mobile operators.
const COUNTRIES: [(&str, f64, [&str; 2]); 6] = [
    ("FR", 1.0, ["Orange F", "Bouygues"]),
    ("RU", 3.0, ["MTS", "Beeline"]),
    ("TG", 0.0, ["Togocom", "Moov Africa TG"]),
    ("SN", 0.0, ["Orange SN", "Expresso"]),
    ("CI", 0.0, ["MTN CI", "Moov Africa CI"]),
    ("BJ", 1.0, ["MTN BJ", "Celtiis"]),
];

/// What does not change from day to day.
#[derive(Debug, Clone)]
pub struct Habits {
    pub model: String,
    pub country: &'static str,
    pub operator: &'static str,
    utc_offset_hours: f64,
    /// Minutes of the local day; `None` is open day and night.
    pub opening: Option<(f64, f64)>,
    /// Switched off outside its hours, instead of staying on its charger.
    pub off_when_closed: bool,
    pub sales_per_hour: f64,
    /// The mean time between failures of the line.
    pub outage_every: Duration,
    pub weather: Weather,
    pub listens: bool,
    pub clock_ahead_ms: i64,
}

impl Habits {
    /// Drawn once per terminal. `country` and `model` come from the roster where it has them.
    #[must_use]
    pub fn draw(dice: &mut Dice, model: Option<&str>, country: Option<&str>) -> Self {
        let models = ["WPOS-3", "T3", "F20"];
        let drawn = dice.pick(&models).copied().unwrap_or("F20");
        let index = dice.between(0, 5) as usize;
        let place = COUNTRIES
            .iter()
            .find(|(code, ..)| Some(*code) == country)
            .unwrap_or(&COUNTRIES[index % COUNTRIES.len()]);
        let always_open = dice.chance(0.55);
        let opens = f64::from(dice.between(5 * 4, 9 * 4)) * 15.0;
        let hours = f64::from(dice.between(9 * 4, 14 * 4)) * 15.0;
        let slow = dice.chance(0.2);
        Self {
            model: model.unwrap_or(drawn).to_owned(),
            country: place.0,
            operator: place.2[dice.between(0, 1) as usize],
            utc_offset_hours: place.1,
            opening: (!always_open).then_some((opens, opens + hours)),
            off_when_closed: dice.chance(0.3),
            sales_per_hour: f64::from(dice.between(2, 30)),
            outage_every: dice.time(HOUR, HOUR * 12),
            weather: Weather {
                loss: if slow { 0.01 } else { 0.001 },
                doubled: 0.001,
                latency: Duration::from_millis(u64::from(if slow {
                    dice.between(300, 1200)
                } else {
                    dice.between(20, 120)
                })),
                bytes_per_second: slow.then(|| dice.between(4_000, 16_000)),
            },
            listens: dice.chance(0.8),
            clock_ahead_ms: drift(dice),
        }
    }

    /// How long until the shop opens; `None` when it is open.
    #[must_use]
    pub fn closed_for(&self, utc_minutes: f64) -> Option<Duration> {
        let (from, until) = self.opening?;
        let local = (utc_minutes + self.utc_offset_hours * 60.0).rem_euclid(DAY_MINUTES);
        if (from..until).contains(&local) || local + DAY_MINUTES < until {
            return None;
        }
        let wait = (from - local).rem_euclid(DAY_MINUTES);
        Some(Duration::from_secs_f64(wait * 60.0))
    }

    /// A new session: the terminal was switched on, or the shop opened.
    #[must_use]
    pub fn session(&self, dice: &mut Dice) -> Session {
        let version = software(&self.model).0.into_values().next();
        Session {
            id: format!("{:016x}", dice.roll()),
            title: Some("shift".into()),
            terminal_version: version,
            country_code: Some(self.country.to_owned()),
            ..Session::default()
        }
    }
}

/// Most clocks are nearly right; one in forty was never set.
fn drift(dice: &mut Dice) -> i64 {
    if dice.chance(0.025) {
        return i64::from(dice.between(600, 2_400)) * 1000;
    }
    i64::from(dice.between(0, 6_000)) - 3_000
}

/// What changes as time goes by.
#[derive(Debug, Clone)]
pub struct Day {
    battery: f64,
    charging: bool,
    paper: f64,
    pending: u32,
    pending_since: Option<String>,
    sales: u64,
    signal: f64,
    last: (&'static str, &'static str),
}

impl Day {
    #[must_use]
    pub fn draw(dice: &mut Dice) -> Self {
        Self {
            battery: f64::from(dice.between(35, 100)),
            charging: dice.chance(0.5),
            paper: f64::from(dice.between(20, 220)),
            pending: 0,
            pending_since: None,
            sales: u64::from(dice.between(0, 40_000)),
            signal: f64::from(dice.between(35, 95)),
            last: ("terminal_refresh", "ok"),
        }
    }

    /// Lives through `passed`. `online` is false while the line is down: sales then wait in the
    /// terminal.
    pub fn live(
        &mut self,
        habits: &Habits,
        passed: Duration,
        online: bool,
        now: &str,
        dice: &mut Dice,
    ) {
        let hours = passed.as_secs_f64() / 3600.0;
        let expected = habits.sales_per_hour * hours;
        let mut sales = expected.floor();
        if dice.chance(expected - sales) {
            sales += 1.0;
        }
        self.use_up(sales, hours, dice);
        self.signal = (self.signal + f64::from(dice.between(0, 10)) - 5.0).clamp(15.0, 100.0);
        let sold = whole(sales);
        self.sales += u64::from(sold);
        if online && self.pending > 0 {
            self.last = ("offline_card_upload", "ok");
        } else if online && sold > 0 {
            let declined = dice.chance(0.06);
            let result = if declined { "declined" } else { "approved" };
            self.last = ("online_card_transaction", result);
        }
        if online {
            self.pending = 0;
            self.pending_since = None;
        } else if sold > 0 {
            self.pending += sold;
            self.pending_since.get_or_insert_with(|| now.to_owned());
        }
    }

    fn use_up(&mut self, sales: f64, hours: f64, dice: &mut Dice) {
        if self.charging {
            self.battery = (self.battery + 45.0 * hours).min(100.0);
            self.charging = self.battery < 100.0 || dice.chance(0.7);
        } else {
            self.battery = (self.battery - 4.0 * hours - 0.15 * sales).max(1.0);
            self.charging = self.battery < 20.0 && dice.chance(0.8);
        }
        self.paper -= sales;
        // Somebody finds a new roll sooner or later.
        if self.paper <= 0.0 {
            self.paper = if dice.chance(0.6) { ROLL } else { 0.0 };
        }
    }

    /// Everything that was ever sold.
    #[must_use]
    pub fn sales(&self) -> u64 {
        self.sales
    }

    /// What is still in the terminal when the line returns.
    #[must_use]
    pub fn pending(&self) -> u32 {
        self.pending
    }

    /// What the terminal says of itself. Measurements are rounded, so that a needle that trembles
    /// is not news.
    #[must_use]
    pub fn status(&self, habits: &Habits, serial: &str) -> Status {
        let (versions, packages) = software(&habits.model);
        let used = 2 * GIB + self.sales / 1_000 * (16 << 20);
        Status {
            model: habits.model.clone(),
            serial_number: serial.to_owned(),
            versions,
            battery: Some(Battery {
                percent: whole((self.battery / 10.0).round() * 10.0).min(100),
                charging: self.charging,
            }),
            paper: Some(match self.paper {
                p if p <= 0.0 => Paper::Out,
                p if p < ROLL * 0.12 => Paper::Low,
                _ => Paper::Ok,
            }),
            storage: Some(Storage {
                free_bytes: (8 * GIB).saturating_sub(used),
                total_bytes: 8 * GIB,
            }),
            sim: Some(Sim {
                operator: habits.operator.to_owned(),
                signal_percent: whole((self.signal / 20.0).round() * 20.0),
            }),
            packages,
            pending_offline: Some(PendingOffline {
                count: self.pending,
                oldest_at: self.pending_since.clone(),
            }),
            more: serde_json::Map::new(),
        }
    }

    /// Tells the session what was done last.
    pub fn tell(&self, session: &mut Session) {
        session.reference = Some(format!("{:06}", self.sales % 1_000_000));
        session.last_action = Some(self.last.0.to_owned());
        session.action_result = Some(self.last.1.to_owned());
    }
}

/// Versions of the components, and installed packages.
fn software(model: &str) -> (BTreeMap<String, String>, Vec<Package>) {
    let (versions, packages): (&[_], &[_]) = match model {
        "WPOS-3" => (
            &[
                ("firmware", "3.2.14"),
                ("emv", "4.3.8"),
                ("security", "1.0.27"),
            ],
            &[],
        ),
        "T3" => (
            &[
                ("firmware", "11.28.03"),
                ("emv", "7.14"),
                ("printer", "2.06"),
            ],
            &[],
        ),
        _ => (
            &[
                ("android", "14"),
                ("emv", "5.1.2"),
                ("secure_firmware", "1.4.0"),
            ],
            &[("pos.payments", "4.2.1"), ("pos.loyalty", "1.9.0")],
        ),
    };
    let own = |(name, version): &(&str, &str)| ((*name).to_owned(), (*version).to_owned());
    let packages = packages.iter().map(own);
    (
        versions.iter().map(own).collect(),
        packages
            .map(|(name, version)| Package { name, version })
            .collect(),
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of the type first"
)]
fn whole(value: f64) -> u32 {
    value.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_drawn_alike_from_the_same_seed() {
        let draw = |n| {
            format!(
                "{:?}",
                Habits::draw(&mut Dice::member(5, n), None, Some("TG"))
            )
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        assert!(draw(3).contains("\"TG\""));
    }

    #[test]
    fn a_shop_opens_when_it_says() {
        let mut habits = Habits::draw(&mut Dice::new(1), None, Some("FR"));
        habits.opening = Some((8.0 * 60.0, 20.0 * 60.0));
        assert_eq!(habits.closed_for(7.5 * 60.0), None);
        assert_eq!(habits.closed_for(6.0 * 60.0), Some(HOUR));
        assert_eq!(habits.closed_for(19.0 * 60.0), Some(HOUR * 12));
        habits.opening = Some((18.0 * 60.0, 26.0 * 60.0));
        assert_eq!(habits.closed_for(0.0), None);
        habits.opening = None;
        assert_eq!(habits.closed_for(3.0 * 60.0), None);
    }

    #[test]
    fn sales_wait_in_the_terminal_while_the_line_is_down() {
        let mut dice = Dice::new(9);
        let mut habits = Habits::draw(&mut dice, Some("F20"), None);
        habits.sales_per_hour = 10.0;
        let mut day = Day::draw(&mut dice);
        day.live(&habits, HOUR, false, "2026-11-21T02:00:00Z", &mut dice);
        assert_eq!(day.pending(), 10);
        let pending = day.status(&habits, "S1").pending_offline.unwrap();
        assert_eq!(pending.oldest_at.as_deref(), Some("2026-11-21T02:00:00Z"));
        day.live(&habits, Duration::ZERO, true, "", &mut dice);
        assert_eq!(day.pending(), 0);
    }
}
