//! A terminal's life: round after round, listening in between, backing off when something fails.
use super::fault::Fault;
use super::terminal::{Note, Terminal, Wake};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A long poll that ends sooner than this without work was cut short by the server.
const CUT_SHORT: Duration = Duration::from_secs(1);

impl Terminal {
    /// Activates if need be, then serves until `stop`.
    ///
    /// # Errors
    /// When going on is pointless: the activation was refused, or the folder fails.
    pub async fn run(&mut self, confirm: bool, stop: &CancellationToken) -> Result<(), Fault> {
        let life = async {
            self.activate_patiently(confirm).await?;
            loop {
                self.turn().await?;
            }
        };
        tokio::select! {
            () = stop.cancelled() => Ok(()),
            end = life => end,
        }
    }

    /// Tries until the server has answered. A refusal is final: every try with a wrong code counts.
    pub async fn activate_patiently(&mut self, confirm: bool) -> Result<(), Fault> {
        while !self.is_activated() {
            match self.activate(confirm).await {
                Ok(_) => self.backoff.reset(),
                Err(fault) if fault.passes() => self.back_off(&fault).await,
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// One round and the time until the next.
    ///
    /// # Errors
    /// Only when the terminal's own folder fails; all else is waited out.
    pub async fn turn(&mut self) -> Result<(), Fault> {
        match self.round().await {
            Ok(next) => {
                self.backoff.reset();
                self.idle(next).await;
                Ok(())
            }
            Err(fault @ Fault::Folder(_)) => Err(fault),
            Err(fault) => {
                self.back_off(&fault).await;
                Ok(())
            }
        }
    }

    /// Waits as the fault deserves: what may pass is tried soon, a refusal as seldom as possible.
    async fn back_off(&mut self, fault: &Fault) {
        self.note(&Note::Fault(fault));
        let dice = &mut self.link.dice;
        let wait = if fault.passes() {
            self.backoff.next(dice, fault.retry_after())
        } else {
            self.backoff.rest(dice)
        };
        self.note(&Note::Waits(wait));
        tokio::time::sleep(wait).await;
    }

    /// Until the next check-in is due, or work waits.
    async fn idle(&mut self, next: Duration) {
        let due = Instant::now() + next;
        if self.wake == Wake::InVain {
            self.pause().await;
        }
        loop {
            let left = due.saturating_duration_since(Instant::now());
            if left < CUT_SHORT || !self.listens {
                tokio::time::sleep(left).await;
                return;
            }
            let began = Instant::now();
            match self.wait(left).await {
                Ok(true) => {
                    self.wake = Wake::Woken;
                    return;
                }
                Ok(false) if began.elapsed() < CUT_SHORT => self.pause().await,
                Ok(false) => self.backoff.reset(),
                Err(fault) if fault.passes() => self.back_off(&fault).await,
                Err(fault) => {
                    // The check-in tells what is wrong; without a long poll, it is all there is.
                    self.note(&Note::Fault(&fault));
                    self.listens &= fault.is_about_credential();
                    return;
                }
            }
        }
    }

    /// Keeps a server that answers long polls at once from being asked without end.
    async fn pause(&mut self) {
        let pause = self.link.dice.time(CUT_SHORT, CUT_SHORT * 4);
        tokio::time::sleep(pause).await;
    }
}
