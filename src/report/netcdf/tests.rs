use super::*;

fn small() -> Vec<Group> {
    let variable = |name: &str, dimensions: &[&str], values: Vec<f64>| {
        Variable::new(name, "ppm", dimensions, values)
    };
    let bin = Dimension {
        name: "bin".to_owned(),
        coordinates: vec![5.5, 6.5],
        unit: "µm".to_owned(),
    };
    vec![
        Group {
            name: "posterior".to_owned(),
            draws: Some(3),
            dimensions: vec![],
            variables: vec![variable("x", &[], vec![1.0, 2.0, 3.0])],
        },
        Group {
            name: "posterior_predictive".to_owned(),
            draws: Some(3),
            dimensions: vec![bin.clone()],
            variables: vec![variable(
                "depth",
                &["bin"],
                vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            )],
        },
        Group {
            name: "observed_data".to_owned(),
            draws: None,
            dimensions: vec![bin],
            variables: vec![variable("depth", &["bin"], vec![1.5, f64::NAN])],
        },
    ]
}

/// The library that wrote the file must still accept it after the references were put in: it
/// checks every checksum.
#[test]
fn the_linked_file_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posterior.nc");
    write_inference_data(&small(), "2026-01-01T00:00:00Z", &path).unwrap();
    let file = hdf5_pure::File::open(&path).unwrap();
    let depth = file.dataset("posterior_predictive/depth").unwrap();
    assert_eq!(depth.shape().unwrap(), vec![1, 3, 2]);
    assert_eq!(
        depth.read_f64().unwrap(),
        vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    );
    assert!(file.dataset("posterior/draw").is_ok());
}

#[test]
fn a_length_that_does_not_fit_is_refused() {
    let path = std::path::Path::new("never_written.nc");
    let mut groups = small();
    groups[1].variables[0].values.pop();
    assert!(write_inference_data(&groups, "", path).is_err());
    let mut groups = small();
    groups[1].variables[0].dimensions[0] = "nowhere".to_owned();
    assert!(write_inference_data(&groups, "", path).is_err());
    let mut groups = small();
    groups[0].variables[0].name = "draw".to_owned();
    assert!(write_inference_data(&groups, "", path).is_err());
}
