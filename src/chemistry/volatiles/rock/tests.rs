//! Rock vapour and volatiles in one gas: the dry limit, invariance of the metals, oxygen closures.

use super::*;
use crate::chemistry::vaporise::{Preset, Redox as MeltRedox, Settings};
use crate::chemistry::volatiles::inventory::{Amount, Inventory};
use crate::chemistry::volatiles::outgas::{
    Carriers, Memory, OxygenClosure, Redox, Request, outgas_with,
};
use crate::melt::Composition;
use crate::melt::buffer::Buffer;
use crate::melt::composition::MolarMasses;
use crate::melt::ferric::FerricIron;
use crate::melt::iron::{IronOptions, Metal};
use crate::species::{Ions, MgoGas};

struct Case {
    vaporiser: Vaporiser,
    surface: Surface,
    model: VolatileModel,
}

impl Case {
    fn new(settings: Settings, melt: &str, t_k: f64, redox: MeltRedox) -> Self {
        let vaporiser = settings.build().unwrap();
        let melt = Composition::named(melt, vaporiser.molar_masses()).unwrap();
        let mut surface = vaporiser.surface();
        vaporiser.evaluate(melt.mole_fractions(), t_k, redox, &mut surface).unwrap();
        let model = VolatileModel::above(&vaporiser, Mode::Nasa9.laws()).unwrap();
        Self { vaporiser, surface, model }
    }

    fn request(&self, inventory: Inventory) -> Request {
        Request {
            inventory,
            redox: Redox::LnFo2(self.surface.ln_fo2),
            rock: Some(RockPotentials::from_surface(&self.vaporiser, &self.surface)),
            ..Request::earth(Mode::Nasa9, self.surface.t_k, 0.0)
        }
    }
}

fn wet() -> Inventory {
    Inventory {
        hydrogen: Amount::Oceans(1.0),
        carbon: Amount::MassPerHydrogen(1.0),
        nitrogen: Amount::MantlePpmw(2.0),
        sulfur: Amount::MantlePpmw(200.0),
        chlorine: Amount::MantlePpmw(17.0),
    }
}

#[test]
fn without_volatiles_the_gas_is_the_dry_one_bit_for_bit() {
    let zero = Inventory {
        hydrogen: Amount::Oceans(0.0),
        carbon: Amount::MassPerHydrogen(3.0),
        ..Inventory::default()
    };
    for preset in Preset::ALL {
        for (t_k, dex) in [(1700.0, -4.0), (2500.0, 0.0), (3300.0, 3.5)] {
            let redox = MeltRedox::Delta(Buffer::IwHirschmann2008, dex);
            let case = Case::new(preset.settings(), "bse", t_k, redox);
            let result = outgas_with(&case.model, &case.request(zero), &mut Memory::default()).unwrap();
            let gas = case.vaporiser.gas();
            for (name, ln_p) in gas.names().zip(&case.surface.ln_pressure) {
                let found = result.partial_pressure_bar.get(name).copied().unwrap_or(0.0);
                assert_eq!(found.to_bits(), ln_p.exp().to_bits(), "{preset:?} {t_k} K {name}: {found:e}");
            }
            let total = case.surface.total_pressure_bar();
            assert_eq!(result.total_pressure_bar.to_bits(), total.to_bits(), "{preset:?} {t_k} K");
            assert!(result.element_kg.is_empty() && result.dissolved_kg.is_empty());
        }
    }
}

#[test]
fn volatiles_leave_the_metal_gases_where_they_are() {
    let redox = MeltRedox::Delta(Buffer::IwHirschmann2008, -1.0);
    let case = Case::new(Preset::MeltsNasa9.settings(), "bse", 2600.0, redox);
    let result = outgas_with(&case.model, &case.request(wet()), &mut Memory::default()).unwrap();
    for (name, ln_p) in case.vaporiser.gas().names().zip(&case.surface.ln_pressure) {
        let found = result.partial_pressure_bar.get(name).copied().unwrap_or(0.0);
        assert_eq!(found.to_bits(), ln_p.exp().to_bits(), "{name}");
    }
    for cross in ["NaOH", "KOH", "Mg(OH)2", "SiS", "SiH4", "NaCl"] {
        assert!(result.partial_pressure_bar[cross] > 0.0, "{cross}");
    }
    println!("{}", result.table());
    assert!(result.closure < 1e-12);
}

fn reference_settings() -> Settings {
    Settings {
        mgo: MgoGas::Nasa,
        molar_masses: MolarMasses::Magma,
        ions: Ions::Exclude,
        iron: IronOptions { ferric: FerricIron::Off, metal: Metal::Off },
        ..Preset::MeltsNasa9.settings()
    }
}

/// One row of the reference: T, P_H, log10 fO2 and pairs of gas and log10 p.
type ReferenceRow = (f64, f64, f64, Vec<(String, f64)>);

fn reference_rows() -> Option<Vec<ReferenceRow>> {
    let Some(folder) = std::env::var_os("MAGMARET_REFERENCE_DIR") else {
        println!("MAGMARET_REFERENCE_DIR is not set: ref_melts_H.csv skipped");
        return None;
    };
    let path = std::path::Path::new(&folder).join("vaporisation/ref_melts_H.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let values: Vec<f64> = row.unwrap().iter().map(|v| v.parse().unwrap()).collect();
        let gases = names.iter().zip(&values).filter_map(|(name, value)| {
            name.strip_prefix("logp_").map(|gas| (gas.to_owned(), *value))
        });
        (values[0], values[1], values[2], gases.collect())
    });
    Some(rows.collect())
}

#[test]
fn hydrogen_over_melts_with_the_oxygen_balance_closed() {
    let Some(rows) = reference_rows() else { return };
    let mut worst = (0.0, String::new());
    for (t_k, hydrogen_bar, log10_fo2, gases) in rows {
        let case = Case::new(reference_settings(), "bse", t_k, MeltRedox::Log10Fo2Bar(-5.0));
        let inventory = Inventory { hydrogen: Amount::PressureBar(hydrogen_bar), ..Inventory::default() };
        let request = Request {
            closure: OxygenClosure::Congruent(Carriers::REDUCED),
            melt_fraction: 0.0,
            ..case.request(inventory)
        };
        let result = outgas_with(&case.model, &request, &mut Memory::default()).unwrap();
        println!("{t_k} {hydrogen_bar} fO2 {:.6}", result.log10_fo2_bar - log10_fo2);
        for (name, log10_p) in gases {
            let error = (result.partial_pressure_bar[&name].log10() - log10_p).abs();
            if error > worst.0 {
                worst = (error, format!("{name} at {t_k} K, {hydrogen_bar} bar"));
            }
        }
    }
    println!("{worst:?}");
}
