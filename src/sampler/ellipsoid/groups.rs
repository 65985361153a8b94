//! Groups of points by friends of friends.

use crate::sampler::linear::covariance;

/// Links are this many times this quantile of the distances to a nearest neighbour.
const LINK_FACTOR: f64 = 1.5;
const LINK_QUANTILE: f64 = 0.97;

/// Points in groups that are far from each other.
pub(super) struct Groups {
    pub members: Vec<Vec<usize>>,
    /// Standard deviation of each coordinate, the unit of distance.
    pub sigma: Vec<f64>,
    /// Longest step within a group.
    pub link: f64,
}

impl Groups {
    /// Links points by steps a little longer than nearly all distances to a nearest neighbour.
    ///
    /// Separate modes are separate groups. The largest distances do not count: the last point of
    /// a dying mode would join everything.
    pub fn new(unit: &[f64], dim: usize, members: &[usize]) -> Self {
        let (_, matrix) = covariance(unit, dim, members);
        let sigma: Vec<f64> = (0..dim).map(|k| matrix[k * dim + k].sqrt()).collect();
        let mut rows = Vec::with_capacity(members.len() * dim);
        for &member in members {
            rows.extend((0..dim).map(|k| unit[member * dim + k] / sigma[k]));
        }
        let squared = |a: usize, b: usize| -> f64 {
            (rows[a * dim..(a + 1) * dim].iter())
                .zip(&rows[b * dim..(b + 1) * dim])
                .map(|(x, y)| (x - y) * (x - y))
                .sum()
        };
        let count = members.len();
        let mut nearest = vec![f64::INFINITY; count];
        for a in 0..count {
            for b in 0..a {
                let distance = squared(a, b);
                nearest[a] = nearest[a].min(distance);
                nearest[b] = nearest[b].min(distance);
            }
        }
        nearest.sort_unstable_by(f64::total_cmp);
        let at = (LINK_QUANTILE * (count - 1) as f64) as usize;
        let link = nearest[at] * LINK_FACTOR * LINK_FACTOR;
        let mut unseen: Vec<usize> = (0..count).collect();
        let mut groups = Vec::new();
        while let Some(first) = unseen.pop() {
            let mut group = vec![first];
            let mut next = 0;
            while next < group.len() {
                let at = group[next];
                unseen.retain(|&other| {
                    let near = squared(at, other) <= link;
                    if near {
                        group.push(other);
                    }
                    !near
                });
                next += 1;
            }
            groups.push(group.into_iter().map(|index| members[index]).collect());
        }
        Self {
            members: groups,
            sigma,
            link: link.sqrt(),
        }
    }
}
