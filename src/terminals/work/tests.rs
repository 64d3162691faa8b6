//! Every transition of the work machine, and what no sequence of inputs may lead to.
use super::model::{Input, MAX_ATTEMPTS, State, Step, Track, Wrong, back_off};
use crate::clock::Millis;
use proptest::prelude::*;
use std::time::Duration;

const NOW: Millis = Millis(1_000_000);

fn say(step: Step) -> Input {
    Input::Say {
        step,
        progress: None,
        retry_after_s: None,
    }
}

fn at(state: State) -> Track {
    Track {
        state,
        was_offered: true,
        attempts: 1,
        deadline_at: (!state.is_final()).then(|| NOW + Duration::from_mins(1)),
        ..Track::new(None)
    }
}

fn leads(from: State, input: Input) -> Result<State, Wrong> {
    let track = at(from);
    Ok(track.step(input, NOW)?.unwrap_or(track).state)
}

#[test]
fn every_report_leads_where_it_should() {
    use State::{Cancelled, Cancelling, Done, Downloading, Failed, Installing, Offered, Refused};
    use State::{Expired, Waiting};
    let said = [
        Step::Downloading,
        Step::Installing,
        Step::Done,
        Step::Failed,
        Step::Refused,
        Step::TryLater,
    ];
    let forward = [Downloading, Installing, Done, Failed, Refused, Waiting].map(Ok);
    let (bad, shut) = (Err(Wrong::BadTransition), Err(Wrong::NotOpen));
    let table = [
        (Waiting, forward),
        (Offered, forward),
        (Downloading, forward),
        (
            Installing,
            [
                bad,
                Ok(Installing),
                Ok(Done),
                Ok(Failed),
                Ok(Refused),
                Ok(Waiting),
            ],
        ),
        (
            Cancelling,
            [
                Ok(Cancelling),
                Ok(Cancelling),
                Ok(Done),
                Ok(Cancelled),
                Ok(Cancelled),
                Ok(Cancelled),
            ],
        ),
        (Done, [shut, shut, Ok(Done), shut, shut, shut]),
        (Failed, [shut, shut, shut, Ok(Failed), shut, shut]),
        (Refused, [shut, shut, shut, shut, Ok(Refused), shut]),
        (Expired, [shut; 6]),
        (Cancelled, [shut; 6]),
    ];
    for (from, expected) in table {
        for (step, expected) in said.into_iter().zip(expected) {
            assert_eq!(leads(from, say(step)), expected, "{from:?} {step:?}");
        }
    }
}

#[test]
fn every_other_input_leads_where_it_should() {
    for from in State::ALL {
        let cancelled = match from {
            State::Waiting => State::Cancelled,
            state if state.is_under_way() => State::Cancelling,
            state => state,
        };
        assert_eq!(leads(from, Input::Cancel), Ok(cancelled), "{from:?}");
        let offered = match from {
            State::Waiting => State::Offered,
            state => state,
        };
        assert_eq!(leads(from, Input::Offer), Ok(offered), "{from:?}");
        let let_go = match from {
            State::Cancelling => State::Cancelled,
            state => state,
        };
        assert_eq!(leads(from, Input::Let), Ok(let_go), "{from:?}");
        assert_eq!(leads(from, Input::Tick), Ok(from), "{from:?} in good time");
    }
}

#[test]
fn what_was_never_offered_cannot_be_reported() {
    let fresh = Track::new(None);
    assert_eq!(fresh.step(say(Step::Done), NOW), Err(Wrong::BadTransition));
}

#[test]
fn a_held_item_is_not_offered() {
    let held = Track {
        is_held: true,
        ..Track::new(None)
    };
    assert_eq!(held.step(Input::Offer, NOW), Ok(None));
}

#[test]
fn a_phase_that_takes_too_long_is_tried_again_then_given_up() {
    let mut now = NOW;
    let mut track = Track::new(None);
    let mut tries = 0;
    while !track.state.is_final() {
        if let Some(next) = track.step(Input::Offer, now).unwrap() {
            track = next;
            tries += 1;
        }
        now = track.deadline_at.unwrap_or(now);
        track = track.step(Input::Tick, now).unwrap().unwrap_or(track);
    }
    assert_eq!((track.state, tries), (State::Failed, MAX_ATTEMPTS));
    assert_eq!(back_off(1), Duration::from_mins(1));
    assert_eq!(back_off(3), Duration::from_mins(4));
    assert_eq!(back_off(40), Duration::from_hours(6));
}

#[test]
fn try_later_waits_as_asked_and_costs_no_attempt() {
    let later = Input::Say {
        step: Step::TryLater,
        progress: None,
        retry_after_s: Some(120),
    };
    let put_off = at(State::Installing).step(later, NOW).unwrap().unwrap();
    assert_eq!(put_off.not_before_at, Some(Millis(NOW.0 + 120_000)));
    assert_eq!(put_off.attempts, 0);
    assert_eq!(put_off.step(later, NOW), Ok(None), "said twice");
    assert_eq!(put_off.step(Input::Offer, NOW), Ok(None), "too early");
    let then = Millis(NOW.0 + 120_000);
    let offered = put_off.step(Input::Offer, then).unwrap().unwrap();
    assert_eq!((offered.state, offered.attempts), (State::Offered, 1));
}

#[test]
fn work_expires_while_nobody_is_at_it() {
    for (from, to) in [
        (State::Waiting, State::Expired),
        (State::Offered, State::Expired),
        (State::Downloading, State::Downloading),
        (State::Installing, State::Installing),
    ] {
        let track = Track {
            expires_at: Some(NOW),
            ..at(from)
        };
        let next = track.step(Input::Tick, NOW).unwrap().unwrap_or(track);
        assert_eq!(next.state, to, "{from:?}");
    }
}

fn inputs() -> impl Strategy<Value = (Input, i64)> {
    let steps = prop::sample::select(vec![
        Step::Downloading,
        Step::Installing,
        Step::Done,
        Step::Failed,
        Step::Refused,
        Step::TryLater,
    ]);
    let said = (
        steps,
        prop::option::of(0..=100_i32),
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(step, progress, retry_after_s)| Input::Say {
            step,
            progress,
            retry_after_s,
        });
    let other = prop::sample::select(vec![
        Input::Offer,
        Input::Offer,
        Input::Cancel,
        Input::Let,
        Input::Tick,
    ]);
    (prop_oneof![said, other], 0_i64..40_000_000)
}

proptest! {
    #[test]
    fn no_sequence_of_inputs_makes_the_state_lie(
        all in prop::collection::vec(inputs(), 0..60), life in prop::option::of(1_i64..200_000_000),
    ) {
        let mut now = NOW;
        let mut track = Track::new(life.map(|ms| Millis(NOW.0 + ms)));
        for (input, passes) in all {
            now = Millis(now.0 + passes);
            let before = track;
            let result = track.step(input, now);
            if let Ok(Some(next)) = result {
                track = next;
                prop_assert_eq!(next.step(input, now).ok().flatten().filter(|_| {
                    matches!(input, Input::Say { .. } | Input::Cancel | Input::Let)
                }), None, "the same said twice changes nothing");
            }
            if before.state.is_final() {
                prop_assert_eq!(before, track, "an end is an end");
            }
            if track.state == State::Done && before.state != State::Done {
                let told = matches!(input, Input::Say { step: Step::Done, .. });
                prop_assert!(told && before.was_offered, "done without proof");
            }
            if track.state.is_under_way() || track.state == State::Cancelling {
                prop_assert!(track.deadline_at.is_some(), "a phase without end");
            }
            if track.state.is_final() {
                prop_assert_eq!(track.deadline_at, None);
            }
            prop_assert!((0..=MAX_ATTEMPTS).contains(&track.attempts));
        }
    }
}
