//! Solutions computed before a run, from which every likelihood call starts.
//!
//! A call starts from the anchor nearest to it, never from the call before: what it gives depends on
//! its own point alone, whatever thread it runs on and in whatever order.

/// Layers \[K\] and surface \[K\] of a ring; none where it is bare.
pub(super) type RingStart = Option<(Vec<f64>, f64)>;

/// Coordinates in which likeness is measured, each in units of a change that matters.
pub(super) type Features = [f64; FEATURES];

/// Number of features.
pub(super) const FEATURES: usize = 26;

/// One solved point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Anchor {
    pub features: Features,
    /// Per ring: temperature of a bare surface \[K\] and solution.
    pub rings: Vec<(f64, RingStart)>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Anchors(pub Vec<Anchor>);

impl Anchors {
    /// Temperatures of layers and surface to start ring `ring` from: those of the nearest anchor with
    /// gas there, times the ratio of the temperatures `bare_k` of a bare surface \[K\].
    pub fn start(
        &self,
        features: &Features,
        ring: usize,
        bare_k: f64,
        layers_k: &mut Vec<f64>,
    ) -> Option<f64> {
        let distance = |anchor: &Anchor| -> f64 {
            (anchor.features.iter().zip(features))
                .map(|(a, b)| (a - b).powi(2))
                .sum()
        };
        let with_gas = self
            .0
            .iter()
            .filter_map(|anchor| match anchor.rings.get(ring) {
                Some((bare_k, Some(solution))) => Some((distance(anchor), *bare_k, solution)),
                _ => None,
            });
        // The first of equals, whatever their number.
        let nearest = with_gas.reduce(|a, b| if b.0 < a.0 { b } else { a });
        let (_, anchor_bare_k, (anchor_k, surface_k)) = nearest?;
        let ratio = bare_k / anchor_bare_k;
        layers_k.clear();
        layers_k.extend(anchor_k.iter().map(|t| t * ratio));
        Some(surface_k * ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_anchor_with_gas_is_taken_and_scaled() {
        let anchor = |place: f64, ring: RingStart| Anchor {
            features: [place; FEATURES],
            rings: vec![(2000.0, ring)],
        };
        let anchors = Anchors(vec![
            anchor(0.0, Some((vec![1000.0, 2000.0], 2100.0))),
            anchor(1.0, None),
            anchor(3.0, Some((vec![1500.0, 2500.0], 2600.0))),
        ]);
        let mut layers_k = Vec::new();
        let mut start = |place, ring| {
            let surface = anchors.start(&[place; FEATURES], ring, 2200.0, &mut layers_k);
            (surface, layers_k.clone())
        };
        let (surface, layers) = start(1.1, 0);
        assert_eq!(
            (surface, layers),
            (Some(2100.0 * 1.1), vec![1100.0, 2200.0])
        );
        let (surface, _) = start(2.9, 0);
        assert_eq!(surface, Some(2600.0 * 1.1));
        assert_eq!(start(0.0, 1).0, None);
    }
}
