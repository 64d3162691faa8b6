//! How long to wait after a fault: twice as long each time, never in step with the other
//! terminals, and never shorter than the server asked for.
use super::dice::Dice;
use std::time::Duration;

/// What the server's word is worth at most: a wrong `Retry-After` must not silence a terminal.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The bounds of the waits.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            longest: Duration::from_mins(5),
        }
    }
}

/// Counts the faults in a row.
#[derive(Debug, Clone)]
pub struct Backoff {
    pace: Pace,
    faults: u32,
}

impl Backoff {
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { pace, faults: 0 }
    }

    /// After anything that worked.
    pub fn reset(&mut self) {
        self.faults = 0;
    }

    /// The next wait: half of it fixed, half by chance, so that a fleet that lost its server at one
    /// moment does not return at one moment. `asked` is the server's `Retry-After`.
    pub fn next(&mut self, dice: &mut Dice, asked: Option<Duration>) -> Duration {
        let doubled = self.pace.first.saturating_mul(1 << self.faults.min(16));
        self.faults = self.faults.saturating_add(1);
        let ceiling = doubled.min(self.pace.longest);
        let own = dice.time(ceiling / 2, ceiling);
        match asked {
            Some(asked) => {
                let asked = asked.min(LONGEST_ASKED);
                asked + dice.time(Duration::ZERO, (asked / 4).max(self.pace.first / 2))
            }
            None => own,
        }
    }

    /// For a refusal that will not pass by itself, such as a revoked credential.
    pub fn rest(&mut self, dice: &mut Dice) -> Duration {
        dice.time(self.pace.longest / 2, self.pace.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_start_anew() {
        let mut dice = Dice::new(3);
        let mut backoff = Backoff::new(Pace {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
        });
        for ceiling in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            let wait = backoff.next(&mut dice, None);
            let ceiling = Duration::from_secs(ceiling);
            assert!(wait >= ceiling / 2 && wait <= ceiling, "{wait:?}");
        }
        backoff.reset();
        assert!(backoff.next(&mut dice, None) <= Duration::from_secs(1));
    }

    #[test]
    fn the_server_is_given_the_time_it_asked_for() {
        let mut dice = Dice::new(3);
        let mut backoff = Backoff::new(Pace::default());
        for _ in 0..50 {
            let wait = backoff.next(&mut dice, Some(Duration::from_secs(20)));
            assert!((20..=25).contains(&wait.as_secs()), "{wait:?}");
        }
        let wait = backoff.next(&mut dice, Some(Duration::from_secs(1_000_000)));
        assert!(wait <= LONGEST_ASKED * 5 / 4);
    }
}
