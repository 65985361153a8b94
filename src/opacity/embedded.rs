//! The opacity set that the program carries.

use super::set::OpacitySet;
use crate::error::InputError;

/// `default.opk`, made by `magmaret opacity build`.
static DEFAULT: &[u8] = include_bytes!("data/default.opk");

impl OpacitySet {
    /// The set that the program carries. Nothing is decoded yet.
    ///
    /// # Errors
    /// As [`OpacitySet::from_bytes`]; not with the file that is shipped.
    pub fn embedded() -> Result<Self, InputError> {
        Self::from_bytes("the embedded opacity set", DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::opacity::set::Sort;

    #[test]
    fn the_embedded_set_can_be_decoded() {
        let set = OpacitySet::embedded().unwrap();
        let gases: Vec<String> = set.gases().map(str::to_owned).collect();
        for gas in gases {
            let table = set.table(&gas, Sort::Sampled).unwrap();
            assert!(table.sigma_cm2.iter().any(|s| *s > 0.0), "{gas}");
        }
    }
}
