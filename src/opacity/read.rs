//! Reads the opacity files that the field uses: tables become [`CrossSectionTable`], line lists
//! [`LineGas`].
//!
//! # Nothing is taken on trust
//! Units come from the attributes of a file, or from the definition of its format; a file that
//! has neither is refused unless [`Options`] names the unit. In both cases the numbers must be
//! possible in that unit: pressures of 1e-9 to 1e4 bar (which tells Pa from bar), an axis that
//! ends between 100 and 1e6 cm⁻¹ (which tells a wavenumber from a wavelength), a largest cross
//! section of 1e-30 to 1e-8 cm² (which tells a molecule from a gram). Axes are told by their
//! lengths; where those are equal, an integrated cross section that depends on pressure more than
//! on temperature shows that the two are swapped. Axes that descend are turned round. A value that
//! is NaN, infinite or negative ends the reading; nothing is clamped. Single precision holds
//! cross sections down to 1e-38 cm² with full and to 1e-45 cm² with falling accuracy; smaller
//! values become zero.
//!
//! | format | recognised by | reader |
//! | --- | --- | --- |
//! | ExoMol line list | `.states`, `.trans` (`.bz2`) | [`exomol`] |
//! | ExoMolOP, TauREx cross sections | HDF5 dataset `xsecarr` | [`exomolop`] |
//! | ExoMolOP, petitRADTRANS, Exo_k k-table | HDF5 dataset `kcoeff` | [`ktable`] |
//! | HELIOS-K, DACE | `Out_*.bin`, `Out_*.dat` | [`helios_k`] |
//! | HELIOS k-table or samples | HDF5 dataset `kpoints` or `opacities` | [`helios`] |
//! | HITRAN lines | `.par`, 160 characters a line | [`hitran`] |
//! | photochem, clima k-table | HDF5 dataset `log10k` | [`clima`] |
//! | Exo_k collision-induced absorption | HDF5 dataset `abs_coeff` | [`exo_k_cia`] |

pub mod clima;
pub mod exo_k_cia;
pub mod exomol;
pub mod exomolop;
mod hdf5;
pub mod helios;
pub mod helios_k;
pub mod hitran;
pub mod ktable;
mod label;
mod raw;
pub mod import;
pub mod reduce;
pub mod regrid;
mod text;
pub mod units;

use std::path::{Path, PathBuf};

pub use units::{CrossSectionUnit, PressureUnit};

use super::collision_induced::CollisionInduced;
use super::{CrossSectionTable, LineGas};
use crate::error::InputError;

/// What the user knows about a file beyond its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Formula of the gas, e.g. `SiO`.
    pub gas: String,
    /// Molar mass \[g mol⁻¹\] of the isotopologue; from the formula where absent.
    pub molar_mass_g_mol: Option<f64>,
    /// Unit of the pressures, in place of the attribute.
    pub pressure_unit: Option<PressureUnit>,
    /// Unit of the cross sections, in place of the attribute.
    pub cross_section_unit: Option<CrossSectionUnit>,
    /// Partition function of a HITRAN list: two columns, T \[K\] and Q. Water and the diatomic
    /// molecules of [`crate::opacity::molecular_partition`] need none.
    pub partition_function: Option<PathBuf>,
    /// Broadener of an ExoMol list (`H2`, `He`, `air`, ...), naming its `.broad` file.
    pub broadener: Option<String>,
    /// A line stays if it reaches this part of the strongest line of its window of R = 200 at one
    /// of the temperatures of [`reduce::TEMPERATURES_K`].
    pub strength_cut: f64,
    /// Lines held in memory at most (32 bytes each); the cut rises where more would stay.
    pub most_lines: usize,
}

impl Options {
    /// Nothing known but the formula of the gas.
    pub fn new(gas: &str) -> Self {
        Self {
            gas: gas.to_owned(),
            molar_mass_g_mol: None,
            pressure_unit: None,
            cross_section_unit: None,
            partition_function: None,
            broadener: None,
            strength_cut: 1.0e-6,
            most_lines: 20_000_000,
        }
    }
}

/// Formats that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// ExoMol `.states`, `.trans`, `.pf`, `.broad`.
    ExoMol,
    /// ExoMolOP or TauREx cross sections.
    ExoMolOp,
    /// ExoMolOP, petitRADTRANS or Exo_k k-table.
    KTable,
    /// HELIOS-K or DACE, one file per temperature and pressure.
    HeliosK,
    /// HELIOS k-table or its sampled variant.
    Helios,
    /// HITRAN 160-character lines.
    Hitran,
    /// photochem or clima k-table.
    Clima,
    /// Exo_k collision-induced absorption.
    ExoKCia,
    /// HITRAN collision-induced absorption.
    HitranCia,
}

/// What a file held.
#[derive(Clone, Debug)]
pub enum Content {
    /// Cross sections.
    Table(CrossSectionTable),
    /// Lines.
    Lines(LineGas),
    /// Collision-induced absorption of a pair.
    Pair(CollisionInduced),
}

/// Reads a file, or a folder of files, of any format.
///
/// # Errors
/// A format that is not recognised; whatever its reader refuses, with file, dataset and index.
pub fn open(path: &Path, options: &Options) -> Result<Content, InputError> {
    Ok(match detect(path)? {
        Format::ExoMol => Content::Lines(exomol::read(path, options)?),
        Format::Hitran => Content::Lines(hitran::read(path, options)?),
        Format::ExoMolOp => Content::Table(exomolop::read(path, options)?),
        Format::KTable => Content::Table(ktable::read(path, options)?),
        Format::HeliosK => Content::Table(helios_k::read(path, options)?),
        Format::Helios => Content::Table(helios::read(path, options)?),
        Format::Clima => Content::Table(clima::read(path, options)?),
        Format::ExoKCia => Content::Pair(exo_k_cia::read(path)?),
        Format::HitranCia => Content::Pair(CollisionInduced::read(path)?),
    })
}

/// First bytes of every HDF5 file.
const HDF5_SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Recognises a file by content and name; a folder by the files in it.
///
/// # Errors
/// A path that cannot be read, or that is none of the formats.
pub fn detect(path: &Path) -> Result<Format, InputError> {
    if path.is_dir() {
        return detect_folder(path);
    }
    let mut head = [0_u8; 8];
    let read = std::fs::File::open(path)
        .and_then(|mut file| read_up_to(&mut file, &mut head))
        .map_err(|source| InputError::read(path, source))?;
    if head[..read] == HDF5_SIGNATURE {
        return detect_hdf5(path);
    }
    let name = file_name(path);
    by_name(&name).ok_or_else(|| {
        InputError::value(
            format!("`{}`", path.display()),
            "neither HDF5 nor a known file name",
            "an ExoMol .states/.trans, HITRAN .par or .cia, HELIOS-K Out_*.bin/.dat or HDF5 table",
        )
    })
}

/// Format that a file name tells.
fn by_name(name: &str) -> Option<Format> {
    let plain = name.strip_suffix(".bz2").unwrap_or(name);
    let extension = plain.rsplit('.').next().unwrap_or("");
    match extension {
        "states" | "trans" => Some(Format::ExoMol),
        "par" => Some(Format::Hitran),
        "cia" => Some(Format::HitranCia),
        "bin" | "dat" if helios_k::Name::parse(plain).is_some() => Some(Format::HeliosK),
        _ => None,
    }
}

fn detect_folder(path: &Path) -> Result<Format, InputError> {
    let mut found: Vec<Format> = files_in(path)?
        .iter()
        .filter_map(|file| by_name(&file_name(file)))
        .collect();
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [one] => Ok(one),
        _ => Err(InputError::value(
            format!("folder `{}`", path.display()),
            format!("{found:?}"),
            "files of one format: an ExoMol list, or HELIOS-K Out_*.bin or .dat",
        )),
    }
}

fn detect_hdf5(path: &Path) -> Result<Format, InputError> {
    let file = hdf5::Hdf5::open(path)?;
    let known = [
        ("xsecarr", Format::ExoMolOp),
        ("kcoeff", Format::KTable),
        ("kpoints", Format::Helios),
        ("opacities", Format::Helios),
        ("log10k", Format::Clima),
        ("abs_coeff", Format::ExoKCia),
    ];
    let found: Vec<Format> = known
        .iter()
        .filter(|(name, _)| file.has(name))
        .map(|(_, format)| *format)
        .collect();
    match found[..] {
        [one] => Ok(one),
        _ => Err(InputError::value(
            format!("`{}`", path.display()),
            format!("datasets {}", file.names().join(", ")),
            "one of xsecarr, kcoeff, kpoints, opacities, log10k, abs_coeff",
        )),
    }
}

/// Files of a folder, sorted by name.
fn files_in(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    let failed = |source| InputError::read(path, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Last part of a path, as text.
fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Fills `buffer` as far as the file goes.
fn read_up_to(source: &mut impl std::io::Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
