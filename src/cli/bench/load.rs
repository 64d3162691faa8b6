//! Many connections at once, each asking as soon as it was answered, or at a set pace.
use super::server::Target;
use super::wire::{Connection, Shot};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Open connections, each with the requests that it sends in turn.
pub(super) struct Load {
    connections: Vec<Connection>,
}

/// How fast a connection asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    Closed,
    /// So many requests per second on all connections together.
    PerSecond(f64),
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Microseconds of each request that was answered as wished; sorted by [`Outcome::settle`].
    pub(super) micros: Vec<u32>,
    pub(super) failed: u64,
    pub(super) first_failure: Option<String>,
    pub(super) took: Duration,
}

impl Outcome {
    pub(super) fn add(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.failed += other.failed;
        self.took += other.took;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }

    pub(super) fn settle(mut self) -> Self {
        self.micros.sort_unstable();
        self
    }

    pub(super) fn count(&self) -> f64 {
        f64::from(u32::try_from(self.micros.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// Milliseconds that so many percent of the requests stayed under.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let last = self.micros.len().saturating_sub(1);
        let at = (self.micros.len() * percent / 100).min(last);
        self.micros
            .get(at)
            .map_or(0.0, |us| f64::from(*us) / 1000.0)
    }
}

impl Load {
    pub(super) async fn open(to: &Target, count: usize) -> anyhow::Result<Self> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Connection::open(to).await?);
        }
        Ok(Self { connections })
    }

    /// Sends for so long; connection `n` has the shots `n`, `n + connections`, … for its own, so
    /// that no two ask as the same terminal.
    pub(super) async fn fire(
        &mut self,
        shots: &Arc<[Shot]>,
        pace: Pace,
        lasts: Duration,
    ) -> Outcome {
        let never = CancellationToken::new();
        self.fire_until(shots, pace, lasts, &never).await
    }

    /// [`Load::fire`], which may be told to end early.
    pub(super) async fn fire_until(
        &mut self,
        shots: &Arc<[Shot]>,
        pace: Pace,
        lasts: Duration,
        over: &CancellationToken,
    ) -> Outcome {
        let many = self.connections.len();
        let begun = Instant::now();
        let until = begun + lasts;
        let mut running = JoinSet::new();
        for (number, connection) in self.connections.drain(..).enumerate() {
            let gun = Gun {
                connection,
                shots: Arc::clone(shots),
                next: number % shots.len(),
                step: many,
                many,
                number,
                over: over.clone(),
            };
            running.spawn(gun.fire(pace, until));
        }
        let mut outcome = Outcome::default();
        while let Some(ended) = running.join_next().await {
            // A task of ours does not panic, and nobody aborts it.
            if let Ok((connection, part)) = ended {
                self.connections.push(connection);
                outcome.add(part);
            }
        }
        outcome.took = begun.elapsed();
        outcome
    }
}

struct Gun {
    connection: Connection,
    shots: Arc<[Shot]>,
    next: usize,
    step: usize,
    many: usize,
    number: usize,
    over: CancellationToken,
}

impl Gun {
    async fn fire(mut self, pace: Pace, until: Instant) -> (Connection, Outcome) {
        let mut outcome = Outcome::default();
        let between = match pace {
            Pace::Closed => Duration::ZERO,
            Pace::PerSecond(all) => Duration::from_secs_f64(as_float(self.many) / all),
        };
        // Spread over the first interval, so that they do not come all at once.
        let offset = between.mul_f64(as_float(self.number) / as_float(self.many));
        let mut due = Instant::now() + offset;
        loop {
            if !between.is_zero() {
                tokio::time::sleep_until(due.into()).await;
                due += between;
            }
            let begun = Instant::now();
            if begun >= until || self.over.is_cancelled() {
                break;
            }
            let heard = self.connection.exchange(&self.shots[self.next]).await;
            match heard {
                Ok(heard) if heard.status == 200 => {
                    let took = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
                    outcome.micros.push(took);
                }
                Ok(heard) => {
                    outcome.failed += 1;
                    let told = format!("{}: {}", heard.status, heard.text());
                    outcome.first_failure.get_or_insert(told);
                }
                Err(cause) => {
                    outcome.failed += 1;
                    outcome.first_failure.get_or_insert(cause.to_string());
                    break;
                }
            }
            self.next = next(self.next, self.step, self.shots.len());
        }
        (self.connection, outcome)
    }
}

/// The next shot of the same connection.
fn next(at: usize, step: usize, all: usize) -> usize {
    let further = at + step;
    if further < all {
        further
    } else {
        at % step % all
    }
}

fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_connections_share_a_terminal() {
        let of = |first: usize| {
            let mut seen = vec![first];
            let mut at = next(first, 3, 8);
            while at != first {
                seen.push(at);
                at = next(at, 3, 8);
            }
            seen
        };
        assert_eq!(
            (of(0), of(1), of(2)),
            (vec![0, 3, 6], vec![1, 4, 7], vec![2, 5])
        );
        assert_eq!(next(0, 64, 1), 0);
    }

    #[test]
    fn percentiles_of_few_and_of_none() {
        let outcome = Outcome {
            micros: (1..=100).map(|n| n * 1000).collect(),
            ..Outcome::default()
        };
        assert!((outcome.percentile(50) - 51.0).abs() < 0.1);
        assert!((outcome.percentile(99) - 100.0).abs() < 0.1);
        assert!(Outcome::default().percentile(99).abs() < 0.1);
    }
}
