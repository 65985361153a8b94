//! Isotopes: masses and natural shares.
//!
//! Masses: AME2020, Wang et al. (2021), Chinese Phys. C 45, 030003. Shares: IUPAC, Meija et al.
//! (2016), Pure Appl. Chem. 88, 293. Checked: periodictable has the same masses, and shares within 4e-4
//! of the element (IUPAC gives ranges for C, O, Mg, Si); the table of NIST (Atomic Weights and Isotopic
//! Compositions, as molmass carries it) has the same shares.

/// One isotope of an element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Isotope {
    /// Symbol with mass number, e.g. `28Si`.
    pub symbol: &'static str,
    /// Mass \[u\].
    pub mass_u: f64,
    /// Share of the atoms of the element, 0 to 1.
    pub share: f64,
}

const fn isotope(symbol: &'static str, mass_u: f64, share: f64) -> Isotope {
    Isotope {
        symbol,
        mass_u,
        share,
    }
}

/// ¹²C and ¹³C.
pub const CARBON: [Isotope; 2] = [
    isotope("12C", 12.0, 0.9893),
    isotope("13C", 13.003_354_835, 0.0107),
];
/// ¹⁶O and ¹⁸O; ¹⁷O (0.00038) is left out.
pub const OXYGEN: [Isotope; 2] = [
    isotope("16O", 15.994_914_619, 0.997_57),
    isotope("18O", 17.999_159_612, 0.002_05),
];
/// ²⁴Mg, ²⁵Mg, ²⁶Mg.
pub const MAGNESIUM: [Isotope; 3] = [
    isotope("24Mg", 23.985_041_689, 0.7899),
    isotope("25Mg", 24.985_836_970, 0.1000),
    isotope("26Mg", 25.982_592_970, 0.1101),
];
/// ²⁸Si, ²⁹Si, ³⁰Si.
pub const SILICON: [Isotope; 3] = [
    isotope("28Si", 27.976_926_535, 0.922_23),
    isotope("29Si", 28.976_494_664, 0.046_85),
    isotope("30Si", 29.973_770_137, 0.030_92),
];

/// A pair of isotopes with its share of the gas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Isotopologue {
    /// First atom.
    pub first: Isotope,
    /// Second atom.
    pub second: Isotope,
    /// Share of the gas, 0 to 1.
    pub abundance: f64,
}

impl Isotopologue {
    /// Every isotope of `elements` with ¹⁶O; shares summing to one, or the first alone standing for
    /// the whole gas.
    pub fn oxides(elements: &[Isotope], all: bool) -> Vec<Self> {
        let kept = if all { elements } else { &elements[..1] };
        let total: f64 = kept.iter().map(|isotope| isotope.share).sum();
        kept.iter()
            .map(|first| Self {
                first: *first,
                second: OXYGEN[0],
                abundance: first.share / total,
            })
            .collect()
    }

    /// Reduced mass \[u\].
    pub fn reduced_mass_u(&self) -> f64 {
        super::reduced_mass_u(self.first.mass_u, self.second.mass_u)
    }

    /// Molar mass \[g mol⁻¹\].
    pub fn molar_mass_g_mol(&self) -> f64 {
        self.first.mass_u + self.second.mass_u
    }

    /// E.g. `28Si16O`.
    pub fn label(&self) -> String {
        format!("{}{}", self.first.symbol, self.second.symbol)
    }
}

/// Mean molar mass of isotopologues \[g mol⁻¹\].
pub fn mean_molar_mass_g_mol(isotopologues: &[Isotopologue]) -> f64 {
    let (mass, share) = isotopologues.iter().fold((0.0, 0.0), |(mass, share), i| {
        (
            mass + i.abundance * i.molar_mass_g_mol(),
            share + i.abundance,
        )
    });
    mass / share
}
