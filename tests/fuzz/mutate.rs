//! Byte and token mutations, repeatable from a seed.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Tokens that parsers trip over.
const TOKENS: &[&str] = &[
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-1e400",
    "1e-400",
    "-0",
    "0",
    "-1",
    "18446744073709551616",
    "1e308",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    ",,",
    "\n",
    "\r\n",
    "\t",
    "#",
    "|",
    "\\",
    "null",
    "true",
    "\u{feff}",
    "µm",
    "\0",
    "[[",
    "''",
    "\"\"\"",
    "9999999999",
    "0x10",
    "1_000",
    "+5",
    ".5",
    "5.",
];

/// One to eight mutations of `seed`.
pub fn mutate(seed: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..rng.random_range(1..=8) {
        mutate_once(&mut bytes, rng);
    }
    bytes
}

fn mutate_once(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    if bytes.is_empty() {
        bytes.push(rng.random());
        return;
    }
    let at = rng.random_range(0..bytes.len());
    let span = rng.random_range(1..=16.min(bytes.len() - at));
    match rng.random_range(0..8) {
        0 => bytes[at] ^= 1 << rng.random_range(0..8),
        1 => bytes[at] = rng.random(),
        2 => drop(bytes.drain(at..at + span)),
        3 => {
            let copy = bytes[at..at + span].to_vec();
            let to = rng.random_range(0..=bytes.len());
            bytes.splice(to..to, copy);
        }
        4 => {
            let token = TOKENS[rng.random_range(0..TOKENS.len())];
            bytes.splice(at..at, token.bytes());
        }
        5 => replace_number(bytes, at, rng),
        6 => bytes.truncate(at),
        _ => swap_lines(bytes, rng),
    }
}

/// Replaces the digits at or after `at` by a token.
fn replace_number(bytes: &mut Vec<u8>, at: usize, rng: &mut ChaCha8Rng) {
    let is_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'e');
    let Some(start) = bytes[at..]
        .iter()
        .position(u8::is_ascii_digit)
        .map(|n| at + n)
    else {
        return;
    };
    let end = bytes[start..]
        .iter()
        .position(|b| !is_number(b))
        .map_or(bytes.len(), |n| start + n);
    let token = TOKENS[rng.random_range(0..TOKENS.len())];
    bytes.splice(start..end, token.bytes());
}

fn swap_lines(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let (a, b) = (
        rng.random_range(0..lines.len()),
        rng.random_range(0..lines.len()),
    );
    lines.swap(a, b);
    *bytes = lines.join(&b'\n');
}
