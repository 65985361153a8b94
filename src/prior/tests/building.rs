//! From entries and files to a prior, and what is refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use approx::assert_relative_eq;

use super::{DIRICHLET, back, build, map, names, one, refused};
use crate::config::{ParameterConfig, PriorKind};
use crate::prior::JointPrior;

#[test]
fn samples_of_one_column_interpolate_between_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posterior.csv");
    // Equal values merge: 1 (weight 2), 3 (weight 1), 7 (weight 1); masses 1.5 and 1 of 2.5.
    std::fs::write(
        &path,
        "# run 1\nweight,x,y\n1,1,5\n1,3,5\n1,7,4\n1,1,6\n0,99,1\n",
    )
    .unwrap();
    let prior = one(&format!("prior = 'samples'\nfile = '{}'", path.display()));
    assert_eq!(prior.support(0), (1.0, 7.0));
    assert_relative_eq!(map(&prior, &[0.3])[0], 2.0, max_relative = 1e-14);
    assert_relative_eq!(map(&prior, &[0.8])[0], 5.0, max_relative = 1e-14);
    assert_relative_eq!(prior.ln_density(&[2.0]).exp(), 0.3, max_relative = 1e-14);
    assert_relative_eq!(prior.ln_density(&[5.0]).exp(), 0.1, max_relative = 1e-14);
    assert_eq!(prior.ln_density(&[99.0]), f64::NEG_INFINITY);
    for unit in [0.0, 0.123, 0.6, 0.77, 1.0] {
        let found = back(&prior, &map(&prior, &[unit]))[0];
        assert!((found - unit).abs() < 1e-14);
    }
}

#[test]
fn rows_of_samples_are_drawn_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posterior.csv");
    std::fs::write(&path, "weight,x,y\n1,1,5\n1,3,5\n1,7,4\n1,1,6\n0,99,1\n").unwrap();
    // Rows: (1, 5), (1, 6), (3, 5), (7, 4), a quarter each, by the first column.
    let text = format!(
        "[block]\nprior = 'samples'\nnames = ['x', 'y']\nfile = '{}'",
        path.display()
    );
    let prior = build(&["y", "x"], &text);
    assert_eq!(prior.unit_dim(), 1);
    assert_eq!(map(&prior, &[0.0]), [5.0, 1.0]);
    assert_eq!(map(&prior, &[0.3]), [6.0, 1.0]);
    assert_eq!(map(&prior, &[1.0]), [4.0, 7.0]);
    assert_relative_eq!(prior.ln_density(&[5.0, 3.0]).exp(), 0.25);
    assert_eq!(prior.ln_density(&[4.0, 3.0]), f64::NEG_INFINITY);
    assert_eq!(prior.support(0), (4.0, 6.0));
    assert_relative_eq!(back(&prior, &[5.0, 3.0])[0], 0.625);
}

#[test]
fn unusable_sample_files_are_refused_by_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posterior.csv");
    std::fs::write(&path, "weight,x,y\n1,1,5\n").unwrap();
    let message = refused(
        &["z"],
        &format!("[z]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("found columns weight, x, y; expected a column `z`"),
        "{message}"
    );
    std::fs::write(&path, "weight,x\n1,2\n-1,3\n").unwrap();
    let message = refused(
        &["x"],
        &format!("[x]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("line 3, column `weight`: found `-1`"),
        "{message}"
    );
    std::fs::write(&path, "x\n2\n2\n").unwrap();
    let message = refused(
        &["x"],
        &format!("[x]\nprior='samples'\nfile='{}'", path.display()),
    );
    assert!(
        message.contains("at least two different values"),
        "{message}"
    );
}

#[test]
fn fixed_and_tied_parameters_follow() {
    let prior = build(
        &["a", "b", "c", "d"],
        "c = 3\n[a]\nequal_to = 'd'\n[b]\nequal_to = 'c'\n[d]\nprior = 'uniform'\nlow = 0\nhigh = 2\n\
         source = 'a thesis'\nassumed = true",
    );
    assert_eq!(map(&prior, &[0.25]), [0.5, 3.0, 3.0, 0.5]);
    assert_eq!(prior.names(), ["a", "b", "c", "d"]);
    assert_eq!(prior.free_names(), ["d"]);
    assert_eq!(prior.unit_dim(), 1);
    assert_eq!(
        [0, 1, 2, 3].map(|index| prior.support(index)),
        [(0.0, 2.0), (3.0, 3.0), (3.0, 3.0), (0.0, 2.0)]
    );
    assert_relative_eq!(prior.ln_density(&[9.0, 9.0, 9.0, 1.0]), -(2.0_f64.ln()));
    assert_eq!(
        prior.describe(),
        [
            "a: equal to d",
            "b: equal to c",
            "c: fixed at 3",
            "d: uniform, 0 .. 2 [assumed] (a thesis)",
        ]
    );
    // A chain of ties ends at the free parameter.
    let prior = build(
        &["a", "b", "c"],
        "[a]\nequal_to = 'b'\n[b]\nequal_to = 'c'\n[c]\nprior = 'normal'\nmean = 1\nstd = 1",
    );
    assert_eq!(map(&prior, &[0.5]), [1.0, 1.0, 1.0]);
}

/// Tables of `[x]` and what the message says.
const BAD: [(&str, &str); 22] = [
    (
        "prior='truncated_normal'\nmean=0\nstd=1e-5\nlow=1",
        "parameters.x.std: found 0.00001; expected limits that come within 10000",
    ),
    (
        "prior='beta'\nalpha=1\nbeta=1e7",
        "parameters.x.beta: found 10000000; expected a number from 1e-6",
    ),
    (
        "prior='uniform'\nlow=0",
        "parameters.x.high: found nothing; expected the keys of `uniform`: `low`, `high`",
    ),
    (
        "prior='uniform'\nlow=0\nhigh=1\nstd=2",
        "parameters.x.std: found 2.0; expected the keys of `uniform`",
    ),
    (
        "prior='uniform'\nlow=1\nhigh=1",
        "parameters.x.high: found 1; expected a number above `low` (1)",
    ),
    (
        "prior='uniform'\nlow=nan\nhigh=1",
        "parameters.x.low: found NaN; expected a finite number",
    ),
    (
        "prior='log_uniform'\nlow=0\nhigh=1",
        "parameters.x.low: found 0; expected a number above 0",
    ),
    (
        "prior='normal'\nmean=0\nstd=-1",
        "parameters.x.std: found -1; expected a number above 0",
    ),
    (
        "prior='truncated_normal'\nmean=0\nstd=1",
        "parameters.x.low: found nothing; expected `low`, `high` or both",
    ),
    (
        "prior='beta'\nalpha=0\nbeta=1",
        "parameters.x.alpha: found 0",
    ),
    (
        "prior='discrete'\nvalues=[]",
        "parameters.x.values: found an empty list",
    ),
    (
        "prior='discrete'\nvalues=[1.0,1.0]",
        "parameters.x.values: found 1 twice",
    ),
    (
        "prior='discrete'\nvalues=[1.0,2.0]\nweights=[1.0]",
        "parameters.x.weights: found 1 numbers; expected 2 numbers",
    ),
    (
        "prior='discrete'\nvalues=[1.0,2.0]\nweights=[1.0,0.0]",
        "found 0 (member 2); expected finite numbers above 0",
    ),
    (
        "prior='dirichlet'\nnames=['x']\nconcentration=[1.0]",
        "parameters.x.names: found 1 names; expected at least 2",
    ),
    (
        "fixed=1\nlow=0",
        "parameters.x.low: found 0.0; expected no other key beside `fixed`",
    ),
    (
        "fixed=inf",
        "parameters.x.fixed: found inf; expected a finite number",
    ),
    (
        "low=0",
        "parameters.x.prior: found nothing; expected a distribution, or one of",
    ),
    ("equal_to='y'", "parameters.x.equal_to: found `y`"),
    (
        "equal_to='x'",
        "parameters.x.equal_to: found a chain of ties that returns to itself",
    ),
    ("file='no/such.toml'", "cannot read `no/such.toml`"),
    ("prior='samples'", "parameters.x.file: found nothing"),
];

#[test]
fn bad_input_is_refused_by_key() {
    for (table, wanted) in BAD {
        let message = refused(&["x"], &format!("[x]\n{table}"));
        assert!(message.contains(wanted), "{table}: {message}");
    }
}

#[test]
fn names_that_do_not_fit_are_refused() {
    let message = refused(&["bond_albedo"], "bond_albdo = 0.3");
    assert!(
        message.contains("(did you mean `bond_albedo`?)"),
        "{message}"
    );
    assert!(
        message.starts_with("parameters.bond_albdo: found"),
        "{message}"
    );
    let message = refused(&["x", "y"], "x = 1");
    assert!(
        message.starts_with("parameters.y: found nothing; expected a prior"),
        "{message}"
    );
    let message = refused(&["x", "y"], "[x]\nequal_to = 'y'\n[y]\nequal_to = 'x'");
    assert!(message.contains("returns to itself"), "{message}");
    let message = refused(&["a", "b", "c"], &format!("a = 1\n{DIRICHLET}"));
    assert!(message.contains("a second prior for `a`"), "{message}");
    let message = refused(&["a", "b"], DIRICHLET);
    assert!(
        message.starts_with("parameters.melt.names: found `c`"),
        "{message}"
    );
    for (matrix, wanted) in [
        (
            "[[1.0, 0.0]]",
            "found 1 rows of lengths [2]; expected 2 rows of 2",
        ),
        (
            "[[1.0, 0.5], [0.4, 1.0]]",
            "found 0.5 in row 1, column 2; expected a symmetric matrix",
        ),
        (
            "[[1.0, 2.0], [2.0, 1.0]]",
            "found a matrix that fails at row 2; expected a positive",
        ),
    ] {
        let text = format!(
            "[k]\nprior='correlated_normal'\nnames=['a','b']\nmeans=[0.0,0.0]\ncovariance={matrix}"
        );
        let message = refused(&["a", "b"], &text);
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn a_prior_file_holds_one_table_and_names_itself_in_messages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    let text = format!("[x]\nfile = '{}'", path.display());
    std::fs::write(
        &path,
        "prior = 'uniform'\nlow = 0.0\nhigh = 0.4\nsource = 's'\n",
    )
    .unwrap();
    let prior = build(&["x"], &text);
    assert_eq!(prior.support(0), (0.0, 0.4));
    assert!(prior.describe()[0].contains("p.toml"));
    // A relative path inside is relative to the prior file.
    std::fs::write(folder.path().join("s.csv"), "x\n1\n2\n").unwrap();
    std::fs::write(&path, "prior = 'samples'\nfile = 's.csv'\n").unwrap();
    assert_eq!(build(&["x"], &text).support(0), (1.0, 2.0));

    std::fs::write(&path, "prior = 'uniform'\nlow = 0.0\nhigh = -1.0\n").unwrap();
    let message = refused(&["x"], &text);
    assert!(message.starts_with("parameters.x.high (`"), "{message}");
    assert!(message.contains("p.toml`): found -1"), "{message}");
    std::fs::write(&path, "file = 'other.toml'\n").unwrap();
    assert!(refused(&["x"], &text).contains("does not point to another"));
    std::fs::write(&path, "prior = 'unifrom'\n").unwrap();
    assert!(refused(&["x"], &text).contains("cannot parse"));
    let message = refused(&["x"], &format!("{text}\nlow = 1.0"));
    assert!(message.contains("no other key beside `file`"), "{message}");
}

/// Every file in `priors/` builds, and says where it comes from.
#[test]
fn shipped_priors_build_and_have_a_source() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("priors");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let config: ParameterConfig =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(config.source.is_some(), "{}", path.display());
        let wanted = config.names.clone().unwrap_or_else(|| names(&["x"]));
        let entry = ParameterConfig {
            file: Some(path.clone()),
            ..ParameterConfig::default()
        };
        let entries = BTreeMap::from([("x".to_owned(), entry)]);
        let prior = JointPrior::build(&wanted, &entries).unwrap();
        assert!(prior.unit_dim() > 0, "{}", path.display());
        count += 1;
    }
    assert!(count >= 4, "{count} files");
}

/// Blocks keep their order in the cube whatever the order of the entries.
#[test]
fn unit_coordinates_follow_the_order_of_the_wanted_names() {
    let mut text = String::new();
    for name in ["c", "a", "b"] {
        write!(text, "[{name}]\nprior = 'uniform'\nlow = 0\nhigh = 1\n").unwrap();
    }
    let prior = build(&["b", "c", "a"], &text);
    assert_eq!(map(&prior, &[0.1, 0.2, 0.3]), [0.1, 0.2, 0.3]);
    assert_eq!(
        ParameterConfig::uniform(0.0, 1.0).prior,
        Some(PriorKind::Uniform)
    );
}

/// The user's entries come first, blocks in files included; those of another model are left out.
#[test]
fn defaults_fill_what_no_entry_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("block.toml");
    std::fs::write(
        &path,
        "prior = 'dirichlet'\nnames = ['a', 'b']\nconcentration = [1.0, 1.0]\n",
    )
    .unwrap();
    let entries = super::entries(&format!(
        "c = 2\nother = 5\nmisspelt = 1\n[melt]\nfile = '{}'",
        path.display()
    ));
    let defaults =
        ["a", "b", "c", "d", "other"].map(|name| (name.to_owned(), ParameterConfig::fixed(9.0)));
    let wanted = names(&["a", "b", "c", "d"]);
    let mut filled =
        JointPrior::entries_with_defaults(&wanted, &names(&["other"]), &entries, &defaults)
            .unwrap();
    let keys: Vec<&str> = filled.keys().map(String::as_str).collect();
    assert_eq!(keys, ["c", "d", "melt", "misspelt"]);
    // What belongs to no model stays, to be refused.
    let message = JointPrior::build(&wanted, &filled).unwrap_err().to_string();
    assert!(
        message.starts_with("parameters.misspelt: found"),
        "{message}"
    );
    filled.remove("misspelt");
    let prior = JointPrior::build(&wanted, &filled).unwrap();
    let theta = map(&prior, &[0.25]);
    assert_eq!(theta[2..], [2.0, 9.0]);
    assert_relative_eq!(theta[0], 0.25, max_relative = 1e-15);
}
