//! Which prior each parameter of each model gets: the user's, else the default.

use std::collections::BTreeMap;

use crate::config::ParameterConfig;
use crate::error::{InputError, nearest};

/// Entries by name, as `JointPrior::build` takes them.
pub type Entries = BTreeMap<String, ParameterConfig>;

/// The entries of one model: for every name in `defaults` the user's prior or the default, and
/// the user's joint priors that rule any of these names.
pub fn entries_for(defaults: &[(String, ParameterConfig)], user: &Entries) -> Entries {
    let wanted = |name: &str| defaults.iter().any(|(own, _)| own == name);
    let mut entries: Entries = (user.iter())
        .filter(|(key, entry)| wanted(key) || members(entry).any(wanted))
        .map(|(key, entry)| (key.clone(), entry.clone()))
        .collect();
    for (name, default) in defaults {
        let in_block = entries
            .values()
            .any(|entry| members(entry).any(|member| member == name));
        if !in_block && !entries.contains_key(name) {
            entries.insert(name.clone(), default.clone());
        }
    }
    entries
}

/// Refuses entries that no model of the run wants.
///
/// # Errors
/// [`InputError::Value`] with the nearest name that one of them does want.
pub fn refuse_unknown(user: &Entries, known: &[String]) -> Result<(), InputError> {
    let is_known = |name: &str| known.iter().any(|own| own == name);
    for (key, entry) in user {
        if is_known(key) || members(entry).any(is_known) {
            continue;
        }
        let hint = nearest(key, known.iter().map(String::as_str))
            .map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        return Err(InputError::value(
            format!("parameters.{key}"),
            "a parameter that no model of this run has",
            format!("one of {}{hint}", known.join(", ")),
        ));
    }
    Ok(())
}

fn members(entry: &ParameterConfig) -> impl Iterator<Item = &str> {
    entry.names.iter().flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Vec<(String, ParameterConfig)> {
        ["a", "b", "c"]
            .map(|name| (name.to_owned(), ParameterConfig::fixed(0.0)))
            .to_vec()
    }

    #[test]
    fn the_users_prior_goes_before_the_default_and_a_block_replaces_its_members() {
        let block = ParameterConfig {
            names: Some(vec!["b".to_owned(), "c".to_owned()]),
            ..ParameterConfig::default()
        };
        let user = Entries::from([
            ("a".to_owned(), ParameterConfig::fixed(5.0)),
            ("bc".to_owned(), block),
            ("of_another_model".to_owned(), ParameterConfig::fixed(1.0)),
        ]);
        let entries = entries_for(&defaults(), &user);
        assert_eq!(entries.keys().collect::<Vec<_>>(), ["a", "bc"]);
        assert_eq!(entries["a"].fixed, Some(5.0));
    }

    #[test]
    fn a_name_that_nothing_wants_is_refused_with_the_nearest() {
        let user = Entries::from([("bond_albdo".to_owned(), ParameterConfig::fixed(1.0))]);
        let message = refuse_unknown(&user, &["bond_albedo".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(message.contains("did you mean `bond_albedo`"), "{message}");
    }
}
