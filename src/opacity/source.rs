//! What a generator of lines delivers for one gas.

use super::line::LineList;
use super::provenance::Provenance;

/// All lines of one gas with their source.
#[derive(Clone, Debug)]
pub struct LineGas {
    /// Formula of the gas, as [`crate::species::Formula`] reads it, e.g. `SiO` or `Ca+`.
    pub gas: String,
    /// Mean molar mass of the gas \[g mol⁻¹\].
    pub molar_mass_g_mol: f64,
    /// One list per isotopologue.
    pub lists: Vec<LineList>,
    /// Distance from the line centre beyond which a line adds nothing \[cm⁻¹\], for the lists that
    /// name none of their own ([`LineList::wing_cutoff_per_cm`]).
    pub wing_cutoff_per_cm: f64,
    /// Source and quality.
    pub provenance: Provenance,
}

impl LineGas {
    /// Wing cut-off that holds for one of the lists \[cm⁻¹\].
    pub fn wing_cutoff_of(&self, list: &LineList) -> f64 {
        list.wing_cutoff_per_cm.unwrap_or(self.wing_cutoff_per_cm)
    }
}
