//! The table of lines.

/// One row: header of `data/atoms.csv`.
pub(super) struct Record<'a> {
    pub species: &'a str,
    /// In air above 2000 Å.
    pub wavelength_angstrom: f64,
    pub lower_energy_ev: f64,
    pub log10_gf: f64,
    pub log10_gamma6: f64,
}

const LINES: &str = include_str!("../data/atoms.csv");

/// All rows of the table; a test makes sure that none is lost.
pub(super) fn records() -> impl Iterator<Item = Record<'static>> {
    rows().filter_map(parse)
}

/// Rows of text after the comments and the header.
pub(super) fn rows() -> impl Iterator<Item = &'static str> {
    LINES.lines().filter(|line| !line.starts_with('#')).skip(1)
}

fn parse(row: &str) -> Option<Record<'_>> {
    let mut cells = row.split(',');
    let species = cells.next()?;
    let mut number = || cells.next()?.parse::<f64>().ok();
    Some(Record {
        species,
        wavelength_angstrom: number()?,
        lower_energy_ev: number()?,
        log10_gf: number()?,
        log10_gamma6: number()?,
    })
}
