//! What the lineages of a run say of its error.
//!
//! Chains start from live points. Where they cannot leave a region, the region's share of the live
//! points drifts from generation to generation, and ln Z scatters more than its volumes let one
//! expect: on the ten-dimensional Rosenbrock problem several times more. The drift is written in the
//! lineages, because points in a small closed region find common ancestors sooner.

/// Parent of a point that was drawn without a starting point.
pub(super) const FOUNDER: u32 = u32::MAX;

/// Variance of ln Z beyond that of the volumes; around 0 when chains forget their starts.
///
/// `parent` holds, by number of creation, the number of the point whose chain made each point, or
/// [`FOUNDER`]; `alive` the numbers of the points whose lineages are followed back; `live_points`
/// is N.
///
/// Were every chain long enough to forget its start, a birth would join two given lineages with
/// probability 2 / N(N-1), whatever the target. In a region that chains do not leave they meet more
/// often, by the inverse of its share of the live points, and by that much its share drifts. With P
/// the fraction of pairs that have met, -ln(1 - P) is the integrated rate, and its excess over the
/// rate of independent draws is the excess variance (the estimator of Lee & Whiteley 2018 but for
/// the logarithm, which matters once many pairs have met).
pub(super) fn excess_variance(parent: &[u32], live_points: usize, alive: &[u32]) -> f64 {
    let mut carried = vec![0_u32; parent.len()];
    for &number in alive {
        carried[number as usize] = 1;
    }
    let live = live_points as f64;
    let mut followed = alive.len() as u32;
    let start = f64::from(followed);
    let newest = carried.iter().rposition(|&count| count > 0);
    let (Some(newest), true) = (newest, followed >= 2) else {
        return 0.0;
    };
    let (mut met, mut neutral) = (0.0, 0.0);
    for number in (0..=newest).rev() {
        let count = carried[number];
        if parent[number] == FOUNDER {
            followed -= count;
            continue;
        }
        // Pairs of which one is a founder's can no longer meet.
        neutral += (f64::from(followed) / start).powi(2) * 2.0 / (live * (live - 1.0));
        let parent = parent[number] as usize;
        met += f64::from(count) * f64::from(carried[parent]);
        carried[parent] += count;
    }
    // At least one pair in N is left apart, or a single ancestor would give an infinite error.
    let apart = (1.0 - 2.0 * met / (start * (start - 1.0))).max(1.0 / live);
    -apart.ln() - neutral
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::sampler::stream::StreamAddress;

    const LIVE: usize = 200;
    const GENERATIONS: usize = 10;

    /// Births and deaths among `LIVE` points in `regions` that no chain leaves, each replaced point
    /// staying in its region; lineages of region 0 are followed.
    fn simulated(regions: usize, seed: u64) -> f64 {
        let mut generator = StreamAddress {
            seed,
            segment: 0,
            batch: 0,
            chain: 0,
        }
        .generator();
        let mut parent = vec![FOUNDER; LIVE];
        let mut slot: Vec<u32> = (0..LIVE as u32).collect();
        let size = LIVE / regions;
        for _ in 0..GENERATIONS * LIVE {
            let region = generator.random_range(0..regions);
            let dead = region * size + generator.random_range(0..size);
            let start = loop {
                let start = region * size + generator.random_range(0..size);
                if start != dead {
                    break start;
                }
            };
            parent.push(slot[start]);
            slot[dead] = parent.len() as u32 - 1;
        }
        excess_variance(&parent, LIVE, &slot[..size])
    }

    fn mean_of(regions: usize) -> f64 {
        (0..300).map(|seed| simulated(regions, seed)).sum::<f64>() / 300.0
    }

    /// T generations in one region: no excess. In one of R closed regions pairs meet at R times the
    /// rate 2/N, so the excess is 2 (R - 1) T / N.
    #[test]
    fn excess_is_that_of_the_closed_regions() {
        let unit = 2.0 * GENERATIONS as f64 / LIVE as f64;
        // Measured for 4 regions: 0.36 for 0.30 (0.31 with size - 1 in the rate, and the logarithm of a
        // scattered fraction adds the rest).
        assert!(mean_of(1).abs() < 0.01, "{}", mean_of(1));
        for regions in [2, 4] {
            let expected = (regions - 1) as f64 * unit;
            let found = mean_of(regions);
            assert!(
                (found / expected - 1.0).abs() < 0.3,
                "{found} for {expected}"
            );
        }
    }

    #[test]
    fn independent_points_have_no_excess() {
        let parent = vec![FOUNDER; 50];
        let alive: Vec<u32> = (30..50).collect();
        assert_eq!(excess_variance(&parent, 20, &alive), 0.0);
        assert_eq!(excess_variance(&parent, 20, &[]), 0.0);
    }
}
