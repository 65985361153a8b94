//! Which nodes of an opacity set serve the balance and the spectra.

use crate::atmosphere::column::balance_nodes;
use crate::opacity::set::BandNodes;

/// Bands, and the nodes of the set in them.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::forward) struct NodeChoice {
    pub edges_per_cm: Vec<f64>,
    /// Node of the set, band and weight of each point.
    pub node: Vec<usize>,
    pub band: Vec<usize>,
    pub weight: Vec<f64>,
}

impl NodeChoice {
    /// Every node.
    pub fn all(nodes: &BandNodes) -> Self {
        let all = (0..nodes.wavenumber_per_cm.len()).collect();
        Self::of(nodes, all, &nodes.weight)
    }

    /// Those with a weight for the balance.
    pub fn of_balance(nodes: &BandNodes) -> Self {
        Self::of(nodes, balance_nodes(nodes), &nodes.balance_weight)
    }

    fn of(nodes: &BandNodes, node: Vec<usize>, weight: &[f64]) -> Self {
        let band_of: Vec<usize> = (0..nodes.bands())
            .flat_map(|band| nodes.nodes(band).map(move |_| band))
            .collect();
        Self {
            edges_per_cm: nodes.edges_per_cm.clone(),
            band: node.iter().map(|node| band_of[*node]).collect(),
            weight: node.iter().map(|node| weight[*node]).collect(),
            node,
        }
    }

    /// All nodes of the bands that reach into one of the ranges \[µm\]. What lies between is one band
    /// with one node, which stands for nothing: the bands must be without gap, and the outermost hold
    /// the ends of the Planck function.
    pub fn within(nodes: &BandNodes, ranges_um: &[[f64; 2]]) -> Self {
        let edges = &nodes.edges_per_cm;
        let wanted = |band: usize| {
            (ranges_um.iter())
                .any(|[low, high]| edges[band] < 1e4 / low && edges[band + 1] > 1e4 / high)
        };
        let mut choice = Self {
            edges_per_cm: vec![edges[0]],
            node: Vec::new(),
            band: Vec::new(),
            weight: Vec::new(),
        };
        let mut gap = None;
        for band in 0..nodes.bands() {
            if wanted(band) {
                choice.close(gap.take(), edges[band]);
                let weights = nodes.nodes(band).map(|node| (node, nodes.weight[node]));
                choice.push(weights.collect(), edges[band + 1]);
            } else {
                gap = gap.or(nodes.nodes(band).next());
            }
        }
        choice.close(gap, edges[nodes.bands()]);
        choice
    }

    fn close(&mut self, gap: Option<usize>, edge_per_cm: f64) {
        if let Some(node) = gap {
            self.push(vec![(node, 1.0)], edge_per_cm);
        }
    }

    fn push(&mut self, weights: Vec<(usize, f64)>, edge_per_cm: f64) {
        let band = self.edges_per_cm.len() - 1;
        for (node, weight) in weights {
            self.node.push(node);
            self.band.push(band);
            self.weight.push(weight);
        }
        self.edges_per_cm.push(edge_per_cm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes() -> BandNodes {
        crate::opacity::OpacitySet::embedded()
            .unwrap()
            .band_nodes()
            .unwrap()
            .unwrap()
    }

    /// The bands of a range are those of the set, with their nodes and weights; the rest is three
    /// points.
    #[test]
    fn a_part_has_the_bands_of_the_whole() {
        let nodes = nodes();
        let (all, part) = (
            NodeChoice::all(&nodes),
            NodeChoice::within(&nodes, &[[5.0, 12.0], [0.5, 0.9]]),
        );
        let mut gaps = 0;
        for (band, edges) in part.edges_per_cm.windows(2).enumerate() {
            let own = |choice: &NodeChoice, band: usize| -> Vec<(usize, f64)> {
                (0..choice.node.len())
                    .filter(|i| choice.band[*i] == band)
                    .map(|i| (choice.node[i], choice.weight[i]))
                    .collect()
            };
            match all.edges_per_cm.windows(2).position(|pair| pair == edges) {
                Some(same) => assert_eq!(own(&part, band), own(&all, same)),
                None => {
                    assert_eq!(own(&part, band).len(), 1);
                    gaps += 1;
                }
            }
        }
        assert_eq!(gaps, 3);
        assert_eq!(part.edges_per_cm.first(), all.edges_per_cm.first());
        assert_eq!(part.edges_per_cm.last(), all.edges_per_cm.last());
    }
}
