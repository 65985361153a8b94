//! Adaptive binary range coder.
//!
//! The carry-propagating coder that LZMA uses (Martin 1979; binary adaptive form as published in
//! the public-domain LZMA SDK), with probabilities of 15 bits. Integers only: the same bytes on
//! every machine.

/// Probability of a zero bit, in units of 2⁻¹⁵, that follows what it sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bit(u16);

impl Default for Bit {
    fn default() -> Self {
        Self(1 << (BITS - 1))
    }
}

const BITS: u32 = 15;
/// A probability moves by this power of one half towards what was seen.
const RATE: u32 = 5;
/// Below this the range is widened by a byte.
const LEAST: u32 = 1 << 24;

impl Bit {
    fn bound(self, range: u32) -> u32 {
        (range >> BITS) * u32::from(self.0)
    }

    fn learn(&mut self, bit: bool) {
        if bit {
            self.0 -= self.0 >> RATE;
        } else {
            self.0 += ((1 << BITS) - self.0) >> RATE;
        }
        // Zero would be a range without width.
        self.0 = self.0.clamp(32, (1 << BITS) - 32);
    }
}

/// Writes bits.
pub(super) struct Encoder {
    low: u64,
    range: u32,
    cache: u8,
    pending: u64,
    bytes: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Self {
        Self {
            low: 0,
            range: u32::MAX,
            cache: 0,
            pending: 1,
            bytes: Vec::new(),
        }
    }

    pub(super) fn bit(&mut self, bit: bool, model: &mut Bit) {
        let bound = model.bound(self.range);
        if bit {
            self.low += u64::from(bound);
            self.range -= bound;
        } else {
            self.range = bound;
        }
        model.learn(bit);
        self.normalise();
    }

    /// The lowest `count` bits of a number, each as likely as not.
    pub(super) fn plain(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            self.range >>= 1;
            if value >> shift & 1 == 1 {
                self.low += u64::from(self.range);
            }
            self.normalise();
        }
    }

    fn normalise(&mut self) {
        while self.range < LEAST {
            self.range <<= 8;
            self.shift();
        }
    }

    fn shift(&mut self) {
        if self.low < 0xFF00_0000 || self.low > 0xFFFF_FFFF {
            let carry = (self.low >> 32) as u8;
            self.bytes.push(self.cache.wrapping_add(carry));
            for _ in 1..self.pending {
                self.bytes.push(0xFF_u8.wrapping_add(carry));
            }
            self.pending = 0;
            self.cache = (self.low >> 24) as u8;
        }
        self.pending += 1;
        self.low = (self.low & 0x00FF_FFFF) << 8;
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        for _ in 0..5 {
            self.shift();
        }
        self.bytes
    }
}

/// Reads what an [`Encoder`] wrote; of other bytes it makes other bits, never a panic.
pub(super) struct Decoder<'a> {
    bytes: &'a [u8],
    position: usize,
    code: u32,
    range: u32,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut decoder = Self {
            bytes,
            position: 0,
            code: 0,
            range: u32::MAX,
        };
        for _ in 0..5 {
            decoder.code = decoder.code << 8 | u32::from(decoder.next());
        }
        decoder
    }

    fn next(&mut self) -> u8 {
        let byte = self.bytes.get(self.position).copied().unwrap_or(0);
        self.position += 1;
        byte
    }

    pub(super) fn bit(&mut self, model: &mut Bit) -> bool {
        let bound = model.bound(self.range);
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        model.learn(bit);
        self.normalise();
        bit
    }

    pub(super) fn plain(&mut self, count: u32) -> u32 {
        let mut value = 0;
        for _ in 0..count {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            value = value << 1 | u32::from(bit);
            self.normalise();
        }
        value
    }

    fn normalise(&mut self) {
        while self.range < LEAST {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(self.next());
        }
    }

    /// Whether as many bytes were read as there are.
    pub(super) fn at_end(&self) -> bool {
        self.position == self.bytes.len()
    }

    /// Whether more bytes were asked for than there are.
    pub(super) fn is_past_end(&self) -> bool {
        self.position > self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn bits_come_back_and_rare_ones_are_cheap() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let bits: Vec<bool> = (0..40_000).map(|_| rng.random::<f64>() < 0.03).collect();
        let mut encoder = Encoder::new();
        let mut model = Bit::default();
        for (i, bit) in bits.iter().enumerate() {
            encoder.bit(*bit, &mut model);
            if i % 100 == 0 {
                encoder.plain(i as u32, 17);
            }
        }
        let bytes = encoder.finish();
        // Entropy: 40 000 x 0.194 bit + 400 x 17 bit = 1822 bytes; measured 1889.
        assert!(bytes.len() < 1960, "{}", bytes.len());
        let mut decoder = Decoder::new(&bytes);
        let mut model = Bit::default();
        for (i, bit) in bits.iter().enumerate() {
            assert_eq!(decoder.bit(&mut model), *bit);
            if i % 100 == 0 {
                assert_eq!(decoder.plain(17), i as u32);
            }
        }
        assert!(decoder.at_end() && !decoder.is_past_end());
    }
}
