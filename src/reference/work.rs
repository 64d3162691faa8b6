//! The work list: each item is done once, by its number, and its outcome is reported until the
//! server has confirmed it.
use super::fault::Fault;
use super::journal::Journal;
use super::link::Call;
use super::terminal::{JOURNAL, Note, Terminal};
use super::wire::{self, Report, State, Taken, Work};

/// How an attempt at an item ended.
pub(super) enum Outcome {
    /// Nothing more to do but to report.
    Finished(Report),
    /// Not now: reported, but not kept, so that the next offer is a new attempt.
    Later(Report),
    /// The server has closed the item meanwhile.
    Closed,
}

impl Terminal {
    /// Does one item, or reports again what became of it.
    ///
    /// # Errors
    /// When the outcome could not be reported: it is kept, and the next round reports it.
    pub async fn perform(&mut self, work: &Work) -> Result<(), Fault> {
        if self.journal.get(work.id).is_some() {
            return self.deliver(work.id).await;
        }
        let outcome = match work.kind.as_str() {
            "licence" => self.fetch_licence(work).await?,
            "certificate" => self.renew(work).await?,
            "log" => self.send_wanted(work).await?,
            other => Outcome::Finished(Report::because(
                State::Refused,
                "unsupported-kind",
                format!("this terminal does not know the work `{other}`"),
            )),
        };
        match outcome {
            Outcome::Finished(report) => {
                self.journal.finish(work.id, &work.kind, report);
                self.save_journal().await?;
                self.deliver(work.id).await
            }
            Outcome::Later(report) => self.report(work.id, &report).await.map(|_| ()),
            Outcome::Closed => Ok(()),
        }
    }

    /// Reports a finished item until the server has it.
    pub(super) async fn deliver(&mut self, id: i32) -> Result<(), Fault> {
        let Some(report) = self.journal.get(id).map(|entry| entry.report.clone()) else {
            return Ok(());
        };
        self.report(id, &report).await?;
        self.journal.delivered(id);
        self.save_journal().await
    }

    /// Sends one report. False when the server no longer wants the item: it was cancelled, has
    /// expired or was replaced, and there is nothing to insist on.
    pub(super) async fn report(&mut self, id: i32, report: &Report) -> Result<bool, Fault> {
        let url = self.link.line.resolve(&wire::report_path(id))?;
        let token = self.token()?;
        let call = Call::post(url, token.as_deref(), report)?;
        match self.link.ask::<Taken>(call).await {
            Ok(answer) => {
                let state = report.state;
                self.note(&Note::Reported { id, state });
                Ok(!matches!(answer.state.as_str(), "cancelling" | "cancelled"))
            }
            Err(fault) if matches!(&fault, Fault::Refused(r) if matches!(r.status, 404 | 409)) => {
                self.note(&Note::Fault(&fault));
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Tells how far it got. A lost progress report is no reason to stop; a closed item is.
    pub(super) async fn progress(&mut self, id: i32, report: &Report) -> Result<bool, Fault> {
        match self.report(id, report).await {
            Err(fault) if fault.passes() => {
                self.note(&Note::Fault(&fault));
                Ok(true)
            }
            other => other,
        }
    }

    async fn save_journal(&self) -> Result<(), Fault> {
        let journal: Journal = self.journal.clone();
        self.keep
            .off(move |keep| keep.write_json(JOURNAL, &journal))
            .await
    }
}
