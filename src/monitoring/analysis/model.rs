//! What the fleet is shared out by, and shares that add up. Pure.
use serde::Serialize;

/// A property that every terminal has one value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    Model,
    Platform,
    Version,
    Connectivity,
    Update,
    Licence,
    Point,
    Action,
    Error,
    Clock,
}

impl By {
    pub(super) const ALL: [Self; 10] = [
        Self::Connectivity,
        Self::Model,
        Self::Platform,
        Self::Version,
        Self::Update,
        Self::Licence,
        Self::Point,
        Self::Action,
        Self::Error,
        Self::Clock,
    ];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Platform => "platform",
            Self::Version => "version",
            Self::Connectivity => "connectivity",
            Self::Update => "update",
            Self::Licence => "licence",
            Self::Point => "point",
            Self::Action => "action",
            Self::Error => "error",
            Self::Clock => "clock",
        }
    }

    pub(super) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.code() == code)
    }

    /// Values that always have the same colour, in the order of the colours.
    pub(super) fn coloured(self) -> &'static [&'static str] {
        match self {
            Self::Connectivity => &["online", "late", "disconnected", "never"],
            Self::Update => &["done", "waiting", "failed", "under-way", "none"],
            Self::Licence => &["confirmed", "waiting", "failed", "fetched", "none"],
            Self::Clock => &["right", "off"],
            _ => &[],
        }
    }
}

/// Thousandths of the whole that each part has: rounded so that they add up to 1,000 (the parts with
/// the largest remainders get what rounding down leaves). Nothing of nothing.
pub(super) fn shares(parts: &[i64]) -> Vec<i64> {
    const WHOLE: i128 = 1_000;
    let total: i128 = parts.iter().map(|n| i128::from(*n)).sum();
    if total <= 0 {
        return vec![0; parts.len()];
    }
    let exact = |n: &i64| i128::from(*n) * WHOLE;
    let mut shares: Vec<i128> = parts.iter().map(|n| exact(n) / total).collect();
    let left = WHOLE - shares.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(exact(&parts[*at]) % total), *at));
    for at in order
        .into_iter()
        .take(usize::try_from(left).unwrap_or_default())
    {
        shares[at] += 1;
    }
    shares
        .into_iter()
        .map(|share| i64::try_from(share).unwrap_or_default())
        .collect()
}

/// Tenths of a percent as programs read them.
pub(super) fn percent(share: i64) -> String {
    format!("{}.{}", share / 10, share % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_add_up_and_stay_in_order() {
        assert_eq!(shares(&[1, 1, 1]), [334, 333, 333]);
        assert_eq!(shares(&[5]), [1_000]);
        assert_eq!(shares(&[0, 0]), [0, 0]);
        assert!(shares(&[]).is_empty());
        assert_eq!(percent(333), "33.3");
    }

    #[test]
    fn every_property_has_a_code() {
        for by in By::ALL {
            assert_eq!(By::parse(by.code()), Some(by));
            assert!(by.coloured().len() < 7);
        }
        assert_eq!(By::parse("colour"), None);
    }

    proptest! {
        #[test]
        fn shares_are_of_the_whole(parts in prop::collection::vec(0_i64..1_000_000, 1..300)) {
            let made = shares(&parts);
            let total: i64 = parts.iter().sum();
            prop_assert_eq!(made.iter().sum::<i64>(), if total == 0 { 0 } else { 1_000 });
            for (n, share) in parts.iter().zip(&made).filter(|_| total > 0) {
                // Rounded to one side or the other, and never further.
                prop_assert!((share * total - n * 1_000).abs() <= total);
            }
        }
    }
}
