//! `.broad` files: pressure widths by rotational quantum number.

use std::path::{Path, PathBuf};

use super::definition::Definition;
use crate::error::InputError;
use crate::opacity::read::text::{Lines, number};
use crate::opacity::read::{Options, file_name};

/// Highest J'' that a file may list.
const HIGHEST_J: f64 = 1000.0;

/// Widths of a list.
pub(super) struct Broadening {
    /// What the widths come from.
    name: String,
    /// Width \[cm⁻¹ bar⁻¹\] and exponent by whole J'' (or |m|), beyond the last held.
    by_j: Vec<(f32, f32)>,
    /// Whether the index is |m| (J''+1 in R branches, J'' otherwise).
    by_m: bool,
}

impl Broadening {
    /// The file of the broadener asked for, the only one there is, or the default width.
    pub(super) fn choose(
        files: &[PathBuf],
        options: &Options,
        definition: &Definition,
    ) -> Result<Self, InputError> {
        let default = (
            definition.width_per_cm_bar as f32,
            definition.width_exponent as f32,
        );
        let broadener = |path: &Path| -> String {
            let name = file_name(path);
            let stem = name.trim_end_matches(".bz2").trim_end_matches(".broad");
            stem.rsplit("__").next().unwrap_or("").to_owned()
        };
        let known: Vec<String> = files.iter().map(|file| broadener(file)).collect();
        match (&options.broadener, files) {
            (Some(wanted), _) => match known.iter().position(|name| name == wanted) {
                Some(index) => Self::read(&files[index], wanted, default),
                None => Err(InputError::value(
                    "broadener",
                    format!("`{wanted}`"),
                    format!("one with a .broad file: {}", known.join(", ")),
                )),
            },
            (None, []) => Ok(Self {
                name: format!("width {} cm-1/bar, exponent {}", default.0, default.1),
                by_j: vec![default],
                by_m: false,
            }),
            (None, [file]) => Self::read(file, &known[0], default),
            (None, _) => Err(InputError::value(
                "broadener",
                "none named",
                format!("one of those with a .broad file: {}", known.join(", ")),
            )),
        }
    }

    fn read(path: &Path, name: &str, default: (f32, f32)) -> Result<Self, InputError> {
        let mut lines = Lines::open(path)?;
        let mut rows: Vec<(String, usize, (f32, f32))> = Vec::new();
        let mut ignored = 0_usize;
        while let Some(text) = lines.next_line()? {
            if text.trim().is_empty() {
                continue;
            }
            let mut fields = text.split_ascii_whitespace();
            let code = fields.next().unwrap_or("").to_owned();
            let width: Option<f32> = number(fields.next());
            let exponent: Option<f32> = number(fields.next());
            let j: Option<f64> = number(fields.next());
            let (Some(width), Some(exponent), Some(j)) = (width, exponent, j) else {
                let found = format!("`{text}`");
                return Err(lines.refuse(&found, "code, width, exponent, J''"));
            };
            if !(width > 0.0 && width < 10.0 && exponent.abs() < 3.0 && j.abs() <= HIGHEST_J) {
                let found = format!("`{text}`");
                return Err(lines.refuse(
                    &found,
                    "a width of 0 to 10 cm-1/bar, an exponent of -3 to 3, J'' up to 1000",
                ));
            }
            if code == "a0" || code == "m0" {
                rows.push((code, j.abs().floor() as usize, (width, exponent)));
            } else {
                ignored += 1;
            }
        }
        let by_m = rows.iter().any(|row| row.0 == "m0");
        if rows.is_empty() || (by_m && rows.iter().any(|row| row.0 == "a0")) {
            return Err(InputError::value(
                format!("`{}`", path.display()),
                format!("{} rows of a0 or m0, {ignored} of other codes", rows.len()),
                "rows of a0 (by J'') or of m0 (by |m|)",
            ));
        }
        let highest = rows.iter().map(|row| row.1).max().unwrap_or(0);
        let mut by_j: Vec<Option<(f32, f32)>> = vec![None; highest + 1];
        for (_, j, width) in &rows {
            by_j[*j].get_or_insert(*width);
        }
        // A J'' that the file leaves out has the width of the one below.
        let mut last = by_j.iter().flatten().next().copied().unwrap_or(default);
        let by_j = by_j
            .into_iter()
            .map(|entry| {
                last = entry.unwrap_or(last);
                last
            })
            .collect();
        Ok(Self {
            name: format!("widths in {name} by J'' up to {highest}, held beyond"),
            by_j,
            by_m,
        })
    }

    /// Width \[cm⁻¹ bar⁻¹\] and exponent of a line.
    pub(super) fn at(&self, lower_j: f32, upper_j: f32) -> (f32, f32) {
        let index = if self.by_m && upper_j > lower_j {
            lower_j + 1.0
        } else {
            lower_j
        };
        let index = (index.max(0.0) as usize).min(self.by_j.len() - 1);
        self.by_j[index]
    }

    pub(super) fn in_words(&self) -> &str {
        &self.name
    }
}
