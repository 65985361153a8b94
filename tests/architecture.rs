//! The source tree is a one-way street and stays readable: a module names only those before it in
//! `ORDER`, files stay under 600 lines and functions under 60.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in the order of the data flow.
const ORDER: &[&str] = &[
    "constants",
    "units",
    "error",
    "file",
    "species",
    "config",
    "prior",
    "melt",
    "chemistry",
    "spectrum",
    "opacity",
    "transfer",
    "atmosphere",
    "instrument",
    "observation",
    "forward",
    "likelihood",
    "sampler",
    "posterior",
    "report",
    "run",
    "cli",
];
const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 60;

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> (PathBuf, Vec<PathBuf>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files.sort();
    (root, files)
}

fn top_module(root: &Path, file: &Path) -> String {
    let first = file
        .strip_prefix(root)
        .unwrap()
        .components()
        .next()
        .unwrap();
    first
        .as_os_str()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|name| *name == module)
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let (root, files) = sources();
    for file in &files {
        let module = top_module(&root, file);
        assert!(
            matches!(module.as_str(), "lib" | "main") || rank(&module).is_some(),
            "`{module}` ({}) is not in ORDER",
            file.display()
        );
    }
}

#[test]
fn modules_point_only_upstream() {
    let (root, files) = sources();
    let mut wrong_way = Vec::new();
    for file in &files {
        let Some(own_rank) = rank(&top_module(&root, file)) else {
            continue;
        };
        let text = fs::read_to_string(file).unwrap();
        for reference in text.split("crate::").skip(1) {
            let target: String = reference
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if rank(&target).is_some_and(|target_rank| target_rank > own_rank) {
                wrong_way.push(format!("{} names crate::{target}", file.display()));
            }
        }
        // Two steps up could leave the own module unseen by the search above.
        if text.contains("super::super::") {
            wrong_way.push(format!("{} climbs with super::super", file.display()));
        }
    }
    assert!(
        wrong_way.is_empty(),
        "against the flow:\n{}",
        wrong_way.join("\n")
    );
}

#[test]
fn there_is_no_mod_rs() {
    let (_, files) = sources();
    assert!(
        files
            .iter()
            .all(|file| file.file_name().unwrap() != "mod.rs")
    );
}

#[test]
fn files_and_functions_stay_short() {
    let (_, files) = sources();
    let mut too_long = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() > MAX_FILE_LINES {
            too_long.push(format!("{}: {} lines", file.display(), lines.len()));
        }
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let signature = code
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ");
            let signature = signature
                .trim_start_matches("pub(super) ")
                .trim_start_matches("const ");
            if !signature.starts_with("fn ") || code.ends_with(';') {
                continue;
            }
            // rustfmt closes a function at the indentation of its signature.
            let indent = line.len() - code.len();
            let closing = format!("{}}}", " ".repeat(indent));
            let length = lines[start..]
                .iter()
                .position(|l| *l == closing)
                .map_or(1, |n| n + 1);
            if length > MAX_FUNCTION_LINES {
                too_long.push(format!(
                    "{}:{}: function of {length} lines",
                    file.display(),
                    start + 1
                ));
            }
        }
    }
    assert!(too_long.is_empty(), "too long:\n{}", too_long.join("\n"));
}
