//! Ten thousand mutated fixtures give an answer or an error, never a panic, and no allocation that
//! the file could not fill.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use magmaret::opacity::read::{self, Options};

use super::fixture;
use super::mutate::mutate;

const CASES: u64 = 10_000;
/// Largest single allocation: a file of 60 kB can decode to 62 MB (deflate, factor 1032).
const LARGEST_ALLOCATION: usize = 256 << 20;

struct Watching;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// What is opened, and the file in it that is mutated.
fn seeds() -> Vec<(PathBuf, PathBuf)> {
    let mut seeds = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            let mut files: Vec<PathBuf> = fs::read_dir(&path)
                .unwrap()
                .map(|e| e.unwrap().path())
                .collect();
            files.sort();
            seeds.extend(files.into_iter().take(6).map(|file| (path.clone(), file)));
        } else {
            seeds.push((path.clone(), path));
        }
    }
    seeds
}

/// Overwrites a few bytes of the first pages, where HDF5 keeps its tables of contents.
fn disturb_head(seed: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    let head = bytes.len().min(8192);
    for _ in 0..rng.random_range(1..=6) {
        let at = rng.random_range(0..head);
        bytes[at] = match rng.random_range(0..4) {
            0 => 0,
            1 => 0xff,
            2 => bytes[at].wrapping_add(1),
            _ => rng.random(),
        };
    }
    bytes
}

fn try_one(case: u64, opened: &Path, file: &Path, folder: &Path) {
    let mut rng = ChaCha8Rng::seed_from_u64(case);
    let seed = fs::read(file).unwrap();
    let mutated = if rng.random::<bool>() {
        mutate(&seed, &mut rng)
    } else {
        disturb_head(&seed, &mut rng)
    };
    let target = if opened.is_dir() {
        for entry in fs::read_dir(opened).unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, folder.join(from.file_name().unwrap())).unwrap();
        }
        folder.to_owned()
    } else {
        folder.join(opened.file_name().unwrap())
    };
    fs::write(folder.join(file.file_name().unwrap()), &mutated).unwrap();
    let name = opened.file_name().unwrap().to_str().unwrap();
    let options = if name.ends_with(".par") {
        Options {
            partition_function: Some(fixture("SO2_like.q.txt")),
            ..Options::new("SO2")
        }
    } else {
        Options {
            molar_mass_g_mol: Some(44.084),
            ..Options::new("SiO")
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| drop(read::open(&target, &options))));
    assert!(
        outcome.is_ok(),
        "case {case} of {} panicked",
        file.display()
    );
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn mutated_files_never_panic() {
    let seeds = seeds();
    assert!(seeds.len() >= 20);
    let root = tempfile::tempdir().unwrap();
    (0..CASES).into_par_iter().for_each(|case| {
        let (opened, file) = &seeds[case as usize % seeds.len()];
        let folder = root.path().join(case.to_string());
        fs::create_dir(&folder).unwrap();
        try_one(case, opened, file, &folder);
    });
    let largest = LARGEST.load(Ordering::Relaxed);
    assert!(largest < LARGEST_ALLOCATION, "{largest} bytes at once");
}
