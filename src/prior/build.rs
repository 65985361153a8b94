//! From the entries of `[parameters]` to a [`JointPrior`].

use std::collections::BTreeMap;

use super::beta::Beta;
use super::correlated_normal::CorrelatedNormal;
use super::dirichlet::Dirichlet;
use super::joint::Law;
use super::keys::Entry;
use super::log_ratio::CentredLogRatio;
use super::retained;
use super::sample_file;
use super::samples::{Quantiles, Rows};
use super::truncated_normal::TruncatedNormal;
use super::univariate::{Discrete, Univariate};
use super::{Block, JointPrior};
use crate::config::{ParameterConfig, PriorKind};
use crate::error::{InputError, nearest};

/// What became of one wanted parameter.
enum Role {
    Free,
    Fixed(f64),
    Tied(String),
}

/// See [`JointPrior::build`].
pub fn joint_prior(
    wanted: &[String],
    entries: &BTreeMap<String, ParameterConfig>,
) -> Result<JointPrior, InputError> {
    let mut roles: Vec<Option<Role>> = wanted.iter().map(|_| None).collect();
    let mut blocks = Vec::new();
    let mut description = Vec::new();
    for (key, config) in entries {
        let entry = resolve(key, config)?;
        entry.check_keys()?;
        let members = members(&entry, wanted)?;
        for index in &members {
            if roles[*index].is_some() {
                return Err(entry.refuse(
                    "",
                    format!("a second prior for `{}`", wanted[*index]),
                    "one entry for each parameter, directly or in the `names` of one block",
                ));
            }
            roles[*index] = Some(Role::Free);
        }
        let words = if let Some(value) = entry.config.fixed {
            let value = entry.number("fixed", Some(value))?;
            roles[members[0]] = Some(Role::Fixed(value));
            format!("fixed at {value}")
        } else if let Some(source) = &entry.config.equal_to {
            roles[members[0]] = Some(Role::Tied(source.clone()));
            format!("equal to {source}")
        } else {
            let law = law(&entry, &wanted[members[0]])?;
            let words = law.describe();
            blocks.push(Block {
                first_unit: 0,
                indices: members.clone(),
                law,
            });
            words
        };
        description.push((members[0], line(&entry, &members, wanted, &words)));
    }
    let roles = complete(wanted, roles)?;
    assemble(wanted, &roles, blocks, description)
}

/// See [`JointPrior::entries_with_defaults`].
pub fn entries_with_defaults(
    wanted: &[String],
    others: &[String],
    entries: &BTreeMap<String, ParameterConfig>,
    defaults: &[(String, ParameterConfig)],
) -> Result<BTreeMap<String, ParameterConfig>, InputError> {
    let mut kept = BTreeMap::new();
    let mut ruled = Vec::new();
    for (key, config) in entries {
        let names = match resolve(key, config)?.config.names {
            Some(names) => names,
            None => vec![key.clone()],
        };
        let foreign = |name| others.contains(name) && !wanted.contains(name);
        if !names.iter().all(foreign) {
            kept.insert(key.clone(), config.clone());
            ruled.extend(names);
        }
    }
    for (name, config) in defaults {
        if wanted.contains(name) && !ruled.contains(name) {
            kept.insert(name.clone(), config.clone());
        }
    }
    Ok(kept)
}

/// Reads the prior file of an entry that has nothing but `file`.
fn resolve<'a>(key: &'a str, config: &ParameterConfig) -> Result<Entry<'a>, InputError> {
    let written = Entry {
        key,
        file: None,
        config: config.clone(),
    };
    let Some(path) = config.file.as_ref().filter(|_| config.prior.is_none()) else {
        return Ok(written);
    };
    written.check_keys()?;
    let text = std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
    let mut config: ParameterConfig =
        toml::from_str(&text).map_err(|error| InputError::parse(path, error))?;
    if let Some(file) = &mut config.file
        && file.is_relative()
        && let Some(folder) = path.parent()
    {
        *file = folder.join(&*file);
    }
    let entry = Entry {
        key,
        file: Some(path.clone()),
        config,
    };
    if let (Some(file), None) = (&entry.config.file, entry.config.prior) {
        return Err(entry.refuse(
            "file",
            format!("`{}`", file.display()),
            "the prior itself: a prior file does not point to another",
        ));
    }
    Ok(entry)
}

/// The wanted parameters that an entry rules, as indices.
fn members(entry: &Entry<'_>, wanted: &[String]) -> Result<Vec<usize>, InputError> {
    let index_of = |name: &str| wanted.iter().position(|known| known == name);
    let unknown = |key: &str, name: &str| {
        let mut expected = "a parameter of this model and likelihood".to_owned();
        match nearest(name, wanted.iter().map(String::as_str)) {
            Some(known) => expected.push_str(&format!(" (did you mean `{known}`?)")),
            None => expected.push_str(&format!(": {}", wanted.join(", "))),
        }
        entry.refuse(key, format!("`{name}`"), expected)
    };
    let Some(names) = &entry.config.names else {
        let index = index_of(entry.key).ok_or_else(|| unknown("", entry.key))?;
        return Ok(vec![index]);
    };
    let least = if entry.config.prior == Some(PriorKind::Samples) {
        1
    } else {
        2
    };
    if names.len() < least {
        return Err(entry.refuse(
            "names",
            format!("{} names", names.len()),
            format!("at least {least}"),
        ));
    }
    let mut indices = Vec::with_capacity(names.len());
    for name in names {
        let index = index_of(name).ok_or_else(|| unknown("names", name))?;
        if indices.contains(&index) {
            return Err(entry.refuse("names", format!("`{name}` twice"), "each name once"));
        }
        indices.push(index);
    }
    Ok(indices)
}

fn line(entry: &Entry<'_>, members: &[usize], wanted: &[String], words: &str) -> String {
    let names: Vec<&str> = members
        .iter()
        .map(|index| wanted[*index].as_str())
        .collect();
    let mut line = format!("{}: {words}", names.join(", "));
    if entry.config.assumed {
        line.push_str(" [assumed]");
    }
    if let Some(file) = &entry.file {
        line.push_str(&format!(" [{}]", file.display()));
    }
    if let Some(source) = &entry.config.source {
        line.push_str(&format!(" ({source})"));
    }
    line
}

/// Every wanted parameter has its role.
fn complete(wanted: &[String], roles: Vec<Option<Role>>) -> Result<Vec<Role>, InputError> {
    roles
        .into_iter()
        .zip(wanted)
        .map(|(role, name)| {
            role.ok_or_else(|| {
                InputError::value(
                    format!("parameters.{name}"),
                    "nothing",
                    "a prior, a fixed value, or a tie to another parameter",
                )
            })
        })
        .collect()
}

fn assemble(
    wanted: &[String],
    roles: &[Role],
    mut blocks: Vec<Block>,
    mut description: Vec<(usize, String)>,
) -> Result<JointPrior, InputError> {
    blocks.sort_by_key(|block| block.indices[0]);
    let mut unit_dim = 0;
    for block in &mut blocks {
        block.first_unit = unit_dim;
        unit_dim += block.law.unit_dim();
    }
    description.sort();
    let (mut fixed, mut ties, mut free_names) = (Vec::new(), Vec::new(), Vec::new());
    for (index, (role, name)) in roles.iter().zip(wanted).enumerate() {
        match role {
            Role::Free => free_names.push(name.clone()),
            Role::Fixed(value) => fixed.push((index, *value)),
            Role::Tied(_) => ties.push((index, end_of_tie(index, wanted, roles)?)),
        }
    }
    Ok(JointPrior {
        names: wanted.to_vec(),
        blocks,
        fixed,
        ties,
        unit_dim,
        free_names,
        description: description.into_iter().map(|(_, line)| line).collect(),
    })
}

/// The free or fixed parameter at the end of a chain of ties.
fn end_of_tie(start: usize, wanted: &[String], roles: &[Role]) -> Result<usize, InputError> {
    let mut index = start;
    for _ in 0..=wanted.len() {
        let Role::Tied(source) = &roles[index] else {
            return Ok(index);
        };
        let Some(next) = wanted.iter().position(|name| name == source) else {
            let mut expected = "the name of another parameter".to_owned();
            if let Some(known) = nearest(source, wanted.iter().map(String::as_str)) {
                expected.push_str(&format!(" (did you mean `{known}`?)"));
            }
            return Err(InputError::value(
                format!("parameters.{}.equal_to", wanted[index]),
                format!("`{source}`"),
                expected,
            ));
        };
        index = next;
    }
    Err(InputError::value(
        format!("parameters.{}.equal_to", wanted[start]),
        "a chain of ties that returns to itself",
        "a chain that ends at a parameter with a prior or a fixed value",
    ))
}

/// The distribution of an entry whose keys were checked.
fn law(entry: &Entry<'_>, name: &str) -> Result<Law, InputError> {
    let config = &entry.config;
    let count = config.names.as_ref().map_or(1, Vec::len);
    match config.prior {
        Some(PriorKind::Dirichlet) => {
            let concentration =
                entry.list("concentration", config.concentration.as_ref(), count, true)?;
            for alpha in &concentration {
                entry.shape("concentration", Some(*alpha))?;
            }
            Ok(Law::Dirichlet(Dirichlet::new(concentration)))
        }
        Some(PriorKind::CentredLogRatio) => {
            let means = entry.list("means", config.means.as_ref(), count, false)?;
            let stds = entry.list("stds", config.stds.as_ref(), count, true)?;
            CentredLogRatio::new(means, stds)
                .map(Law::CentredLogRatio)
                .ok_or_else(|| {
                    entry.refuse(
                        "stds",
                        format!("{:?}", config.stds),
                        "standard deviations whose squares neither overflow nor vanish",
                    )
                })
        }
        Some(PriorKind::CorrelatedNormal) => correlated_normal(entry, count),
        Some(PriorKind::Samples) => samples(entry, name),
        _ => Ok(Law::One(univariate(entry)?)),
    }
}

fn univariate(entry: &Entry<'_>) -> Result<Univariate, InputError> {
    let config = &entry.config;
    let mean_and_std = || -> Result<(f64, f64), InputError> {
        Ok((
            entry.number("mean", config.mean)?,
            entry.positive("std", config.std)?,
        ))
    };
    Ok(match config.prior {
        Some(PriorKind::Uniform) => {
            let (low, high) = entry.limits(config.low, config.high)?;
            Univariate::Uniform { low, high }
        }
        Some(PriorKind::LogUniform) => {
            entry.positive("low", config.low)?;
            let (low, high) = entry.limits(config.low, config.high)?;
            if !(high / low).is_finite() {
                return Err(entry.refuse("low", low, "a limit within 300 decades of `high`"));
            }
            Univariate::LogUniform { low, high }
        }
        Some(PriorKind::Normal) => {
            let (mean, std) = mean_and_std()?;
            Univariate::Normal { mean, std }
        }
        Some(PriorKind::LogNormal) => {
            let (mean, std) = mean_and_std()?;
            Univariate::LogNormal { mean, std }
        }
        Some(PriorKind::HalfNormal) => Univariate::HalfNormal {
            std: entry.positive("std", config.std)?,
            low: entry.number("low", config.low.or(Some(0.0)))?,
        },
        Some(PriorKind::TruncatedNormal) => {
            let (mean, std) = mean_and_std()?;
            truncated_normal(entry, mean, std)?
        }
        Some(PriorKind::Beta) => {
            let (a, b) = (
                entry.shape("alpha", config.alpha)?,
                entry.shape("beta", config.beta)?,
            );
            let (low, high) = entry.limits(config.low.or(Some(0.0)), config.high.or(Some(1.0)))?;
            Univariate::Beta {
                beta: Beta::new(a, b),
                low,
                high,
                shapes: (a, b),
            }
        }
        Some(PriorKind::Discrete) => discrete(entry)?,
        _ => return Err(entry.refuse("prior", "nothing", "a distribution of one parameter")),
    })
}

fn truncated_normal(entry: &Entry<'_>, mean: f64, std: f64) -> Result<Univariate, InputError> {
    let (low, high) = match (entry.config.low, entry.config.high) {
        (None, None) => {
            return Err(entry.refuse("low", "nothing", "`low`, `high` or both"));
        }
        (Some(low), None) => (entry.number("low", Some(low))?, f64::INFINITY),
        (None, Some(high)) => (f64::NEG_INFINITY, entry.number("high", Some(high))?),
        (low, high) => entry.limits(low, high)?,
    };
    // Farther out ln Φ has no digits left to tell the quantiles apart.
    const FARTHEST: f64 = 1.0e4;
    if (low - mean) / std > FARTHEST || (mean - high) / std > FARTHEST {
        return Err(entry.refuse(
            "std",
            std,
            "limits that come within 10000 standard deviations of the mean",
        ));
    }
    Ok(Univariate::Truncated(TruncatedNormal::new(
        mean, std, low, high,
    )))
}

fn discrete(entry: &Entry<'_>) -> Result<Univariate, InputError> {
    let config = &entry.config;
    let count = config.values.as_ref().map_or(0, Vec::len);
    if count == 0 {
        return Err(entry.refuse("values", "an empty list", "at least one value"));
    }
    let values = entry.list("values", config.values.as_ref(), count, false)?;
    for (index, value) in values.iter().enumerate() {
        if values[..index].contains(value) {
            return Err(entry.refuse("values", format!("{value} twice"), "each value once"));
        }
    }
    let weights = match &config.weights {
        Some(weights) => entry.list("weights", Some(weights), count, true)?,
        None => vec![1.0; count],
    };
    Ok(Univariate::Discrete(Discrete::new(values, &weights)))
}

fn correlated_normal(entry: &Entry<'_>, count: usize) -> Result<Law, InputError> {
    let means = entry.list("means", entry.config.means.as_ref(), count, false)?;
    let rows = entry.config.covariance.as_deref().unwrap_or_default();
    if rows.len() != count || rows.iter().any(|row| row.len() != count) {
        let lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
        return Err(entry.refuse(
            "covariance",
            format!("{} rows of lengths {lengths:?}", rows.len()),
            format!("{count} rows of {count} numbers"),
        ));
    }
    for (i, row) in rows.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            let scale = (rows[i][i] * rows[j][j]).abs().sqrt();
            if !value.is_finite() || (value - rows[j][i]).abs() > 1.0e-9 * scale {
                return Err(entry.refuse(
                    "covariance",
                    format!("{value} in row {}, column {}", i + 1, j + 1),
                    format!(
                        "a symmetric matrix (row {}, column {} is {})",
                        j + 1,
                        i + 1,
                        rows[j][i]
                    ),
                ));
            }
        }
    }
    let law = CorrelatedNormal::new(means, rows.concat()).map_err(|row| {
        entry.refuse(
            "covariance",
            format!("a matrix that fails at row {}", row + 1),
            "a positive definite matrix",
        )
    })?;
    let Some(shares) = entry.config.retained else {
        return Ok(Law::CorrelatedNormal(law));
    };
    let [low, high] = shares;
    if !(low >= 0.0 && low < high && high.is_finite()) {
        let expected = "two numbers, the first 0 or more and below the second";
        return Err(entry.refuse("retained", format!("{shares:?}"), expected));
    }
    let law = law.with_retained(shares);
    let (least, most) = retained::STD_RANGE_DEX;
    let std_dex = law.last_std_dex();
    if !(least..=most).contains(&std_dex) {
        let found = format!("{std_dex} dex for the last, given the others");
        let expected = format!("{least} to {most} dex with `retained`");
        return Err(entry.refuse("covariance", found, expected));
    }
    Ok(Law::CorrelatedNormal(law))
}

fn samples(entry: &Entry<'_>, name: &str) -> Result<Law, InputError> {
    let Some(path) = &entry.config.file else {
        return Err(entry.refuse("file", "nothing", "a CSV file with a column per parameter"));
    };
    let names = match &entry.config.names {
        Some(names) => names.clone(),
        None => vec![name.to_owned()],
    };
    let table = sample_file::read(path, &names)?;
    let law = if names.len() == 1 {
        Quantiles::new(&table.values, &table.weights)
            .map(|quantiles| Law::One(Univariate::Samples(quantiles)))
    } else {
        Rows::new(names.len(), &table.values, &table.weights).map(Law::Rows)
    };
    law.ok_or_else(|| {
        entry.refuse(
            "file",
            format!("{} rows in `{}`", table.weights.len(), path.display()),
            if names.len() == 1 {
                "at least two different values with a weight above 0"
            } else {
                "at least one row with a weight above 0"
            },
        )
    })
}
