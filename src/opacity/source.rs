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
    /// Distance from the line centre beyond which a line adds nothing \[cm⁻¹\].
    pub wing_cutoff_per_cm: f64,
    /// Source and quality.
    pub provenance: Provenance,
}
