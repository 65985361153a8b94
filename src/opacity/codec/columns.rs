//! Integers of all columns as bytes.
//!
//! A column is a row of coefficients, the largest variance first, most of the later ones zero. Where
//! neighbouring columns resemble each other (g within a bin), what is written of a coefficient is
//! its difference from a share of the one before. An integer is written as: zero or not, sign,
//! length in bits, bits; how likely each is depends on the component and on the sizes of the three
//! coefficients before it in the column, and is learnt on the way ([`super::range`]).

use super::range::{Bit, Decoder, Encoder};

/// Contexts by the size of the coefficients before.
const SIZES: usize = 8;
/// Bits of the longest length.
const LENGTHS: usize = 31;
/// Shares of the coefficient before are kept in units of this.
pub(super) const SHARE: f64 = 64.0;

/// Integers and halvings of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// Times that its step was halved.
    pub halvings: u8,
    /// Coefficients, one per component.
    pub integers: Vec<i32>,
}

/// Probabilities of one component in one context.
#[derive(Clone, Copy)]
struct Cell {
    zero: Bit,
    longer: [Bit; LENGTHS],
    second: Bit,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            zero: Bit::default(),
            longer: [Bit::default(); LENGTHS],
            second: Bit::default(),
        }
    }
}

/// All probabilities.
struct Model {
    halvings: [Bit; 16],
    cells: Vec<[Cell; SIZES]>,
}

impl Model {
    fn new(components: usize) -> Self {
        Self {
            halvings: [Bit::default(); 16],
            cells: vec![[Cell::default(); SIZES]; components],
        }
    }
}

/// Context: what stands before coefficient `k`.
fn size(integers: &[i32], k: usize) -> usize {
    let sum: u64 = integers[k.saturating_sub(3)..k]
        .iter()
        .map(|v| u64::from(v.unsigned_abs()))
        .sum();
    match sum {
        0 => 0,
        1 => 1,
        2 => 2,
        3..5 => 3,
        5..9 => 4,
        9..17 => 5,
        17..40 => 6,
        _ => 7,
    }
}

/// What is expected of a coefficient from the column before.
fn expected(share: i8, before: i32) -> i32 {
    (f64::from(share) / SHARE * f64::from(before)).round() as i32
}

/// Shares of the column before that make the integers of each component smallest; zero where that
/// gains little.
pub(super) fn shares(columns: &[Column], components: usize) -> Vec<i8> {
    let share = |k: usize| {
        let (mut along, mut square) = (0.0, 0.0);
        for pair in columns.windows(2) {
            let (a, b) = (
                f64::from(pair[1].integers[k]),
                f64::from(pair[0].integers[k]),
            );
            along += a * b;
            square += b * b;
        }
        let share = along / f64::max(square, 1.0);
        if share.abs() > 0.2 {
            (share * SHARE).round().clamp(-127.0, 127.0) as i8
        } else {
            0
        }
    };
    (0..components).map(share).collect()
}

/// Writes all columns.
pub(super) fn pack(columns: &[Column], shares: &[i8]) -> Vec<u8> {
    let mut model = Model::new(shares.len());
    let mut encoder = Encoder::new();
    let mut rest = vec![0; shares.len()];
    for (index, column) in columns.iter().enumerate() {
        for i in 0..=usize::from(column.halvings) {
            let more = i < usize::from(column.halvings);
            encoder.bit(more, &mut model.halvings[i]);
        }
        for (k, share) in shares.iter().enumerate() {
            let before = match index {
                0 => 0,
                _ => columns[index - 1].integers[k],
            };
            rest[k] = column.integers[k].wrapping_sub(expected(*share, before));
            let context = size(&rest, k);
            write(&mut encoder, &mut model.cells[k][context], rest[k]);
        }
    }
    encoder.finish()
}

fn write(encoder: &mut Encoder, cell: &mut Cell, value: i32) {
    encoder.bit(value != 0, &mut cell.zero);
    if value == 0 {
        return;
    }
    encoder.plain(u32::from(value < 0), 1);
    let magnitude = value.unsigned_abs();
    let length = magnitude.ilog2();
    for i in 0..=length as usize {
        if i < LENGTHS {
            encoder.bit(i < length as usize, &mut cell.longer[i]);
        }
    }
    if length > 0 {
        let second = magnitude >> (length - 1) & 1 == 1;
        encoder.bit(second, &mut cell.second);
        encoder.plain(magnitude, length - 1);
    }
}

fn read(decoder: &mut Decoder<'_>, cell: &mut Cell) -> i32 {
    if !decoder.bit(&mut cell.zero) {
        return 0;
    }
    let negative = decoder.plain(1) == 1;
    let mut length = 0;
    while length < LENGTHS && decoder.bit(&mut cell.longer[length]) {
        length += 1;
    }
    let mut magnitude = 1_u32;
    if length > 0 {
        magnitude = magnitude << 1 | u32::from(decoder.bit(&mut cell.second));
        let low = decoder.plain(length as u32 - 1);
        magnitude = magnitude << (length - 1) | low;
    }
    let value = magnitude as i32;
    if negative {
        value.wrapping_neg()
    } else {
        value
    }
}

/// Reads [`pack`].
pub(super) fn unpack(bytes: &[u8], count: usize, shares: &[i8]) -> Result<Vec<Column>, String> {
    let mut model = Model::new(shares.len());
    let mut decoder = Decoder::new(bytes);
    let mut columns: Vec<Column> = Vec::with_capacity(count.min(1 << 16));
    let mut rest = vec![0; shares.len()];
    for index in 0..count {
        let mut halvings = 0;
        while halvings < 15 && decoder.bit(&mut model.halvings[halvings]) {
            halvings += 1;
        }
        let mut integers = vec![0_i32; shares.len()];
        for (k, share) in shares.iter().enumerate() {
            let before = columns.last().map_or(0, |column| column.integers[k]);
            let context = size(&rest[..], k);
            rest[k] = read(&mut decoder, &mut model.cells[k][context]);
            integers[k] = rest[k].wrapping_add(expected(*share, before));
        }
        if decoder.is_past_end() {
            return Err(format!("cut off in column {index} of {count}"));
        }
        columns.push(Column {
            halvings: halvings as u8,
            integers,
        });
    }
    if decoder.at_end() {
        Ok(columns)
    } else {
        Err("bytes after the last column".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_size_come_back() {
        let values = [
            0,
            -1,
            1,
            126,
            -128,
            300,
            -70_000,
            i32::MAX,
            i32::MIN,
            i32::MIN + 1,
            5,
            0,
        ];
        let columns: Vec<Column> = (0..7)
            .map(|i| Column {
                halvings: i as u8,
                integers: values.iter().map(|v| v / (i + 1)).collect(),
            })
            .collect();
        for shares in [vec![0; 12], shares(&columns, 12)] {
            let bytes = pack(&columns, &shares);
            assert_eq!(unpack(&bytes, 7, &shares).unwrap(), columns);
            assert!(unpack(&bytes[..bytes.len() - 1], 7, &shares).is_err());
            assert!(unpack(&bytes, 6, &shares).is_err());
        }
    }
}
