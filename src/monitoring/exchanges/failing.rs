//! Which request a failure is about. Pure.
use super::model::{Exchange, Place, Side, Trouble};
use super::pairing::Table;

/// Requests before a failure that are compared with it.
const LOOKED_BACK: usize = 200;
/// A failure so long after the last request has nothing to do with it.
const WAITED_MS: i64 = 3_600_000;

impl Table {
    /// Where the requests stand, in this order.
    pub(super) fn requests(&self) -> Vec<(Place, usize)> {
        let place = |at| Some((self.request(at)?.place?, at));
        let mut all: Vec<_> = (0..self.all.len()).filter_map(place).collect();
        all.sort_unstable();
        all
    }

    /// Marks the request that the failure is about; with none it stands for itself.
    pub(super) fn fail(&mut self, it: Exchange, requests: &[(Place, usize)]) {
        let about = it
            .trouble
            .as_ref()
            .and_then(|trouble| self.waiting(&it, trouble, requests));
        match about.and_then(|at| self.all.get_mut(at)) {
            Some(seat) => seat.it.trouble = it.trouble,
            None => self.push(it, None),
        }
    }

    /// The last request before it in the same log and to the same host of those whose answer was still waited for.
    fn waiting(
        &self,
        failure: &Exchange,
        trouble: &Trouble,
        requests: &[(Place, usize)],
    ) -> Option<usize> {
        let own = failure.sides.request.as_ref()?;
        let place = Place {
            at: trouble.at,
            ..own.place?
        };
        let is_meant = |side: &Side| {
            let is_its =
                |failed: &Option<String>, of: &Option<String>| failed.is_none() || failed == of;
            is_its(&own.host, &side.host) && is_its(&own.stan, &side.stan)
        };
        let is_answered = |at: usize| {
            let answer = self.all.get(at)?.it.sides.answer.as_ref()?;
            Some(match answer.place.filter(|there| there.log == place.log) {
                Some(there) => there.at < place.at,
                None => answer
                    .ms
                    .zip(own.ms)
                    .is_some_and(|(answered, failed)| answered < failed),
            })
        };
        let before = requests.partition_point(|(there, _)| *there < place);
        let mut last_ones = requests.get(..before)?.iter().rev().take(LOOKED_BACK);
        let (_, last) = *last_ones.find(|(there, at)| {
            let is_meant = there.log == place.log && self.request(*at).is_some_and(is_meant);
            is_meant && is_answered(*at) != Some(true)
        })?;
        let it = &self.all.get(last)?.it;
        let side = it.sides.request.as_ref()?;
        let waited = own
            .ms
            .zip(side.ms)
            .map(|(to, from)| to.saturating_sub(from));
        let is_near = waited.is_none_or(|ms| (0..=WAITED_MS).contains(&ms));
        (it.trouble.is_none() && is_near).then_some(last)
    }
}
