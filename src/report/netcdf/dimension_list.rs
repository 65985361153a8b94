//! Turns the stand-ins for `DIMENSION_LIST` in a finished HDF5 image into object references.
//!
//! `hdf5-pure` writes no attribute of the type that dimension scales need, a variable-length list
//! of object references. It does write variable-length lists of one-byte strings, which differ from
//! it on disk in the eight bytes of the element type, the length of each list, and what the list
//! holds. So each variable is given lists of eight bytes that name a dimension, and here, where the
//! addresses of all objects are known, each becomes a list of one reference. Object headers carry a
//! checksum, which is computed anew. The strings that mark a scale are declared null-terminated on the
//! way. Layouts: HDF5 File Format Specification 3.0 (object header
//! version 2, datatype and attribute messages, global heap).
//!
//! Nothing is guessed: whatever does not look exactly as expected is an error, and no file is
//! written.

use std::collections::BTreeMap;
use std::ops::Range;

/// Length of a marker and of an object reference.
const REFERENCE_BYTES: usize = 8;
/// Message type of an attribute.
const ATTRIBUTE: u8 = 0x0c;
/// Class number of the string datatype.
const STRING_CLASS: u8 = 3;
/// Class number of the reference datatype.
const REFERENCE_CLASS: u8 = 7;
/// Class number of the variable-length datatype.
const VARIABLE_LENGTH_CLASS: u8 = 9;

/// The eight bytes that stand for dimension `id` until [`link`].
pub(super) fn marker(id: i32) -> String {
    format!("#{id:07}")
}

/// Replaces every stand-in by references, in place.
///
/// # Errors
/// A message that says what did not look as expected.
pub(super) fn link(image: &mut [u8]) -> Result<(), String> {
    let headers = object_headers(image);
    let mut scales: BTreeMap<String, u64> = BTreeMap::new();
    for header in &headers {
        if let Some(attribute) = header.attribute(image, "_Netcdf4Dimid")
            && let Some(bytes) = image.get(attribute.data.start..attribute.data.start + 4)
        {
            let id = i32::from_le_bytes(bytes.try_into().map_err(|_| "no dimension number")?);
            scales.insert(marker(id), header.start as u64);
            for name in ["CLASS", "NAME"] {
                let text = header
                    .attribute(image, name)
                    .ok_or("a dimension without its class")?;
                terminate(image, &text)?;
            }
            header.seal(image)?;
        }
    }
    for header in &headers {
        if let Some(attribute) = header.attribute(image, "DIMENSION_LIST") {
            link_attribute(image, &attribute, &scales)?;
            header.seal(image)?;
        }
    }
    Ok(())
}

/// An object header of version 2: where it starts, its messages, and where its checksum stands.
struct ObjectHeader {
    start: usize,
    messages: Vec<(u8, Range<usize>)>,
    checksum: usize,
}

/// Where the parts of an attribute message lie.
struct Attribute {
    datatype: Range<usize>,
    data: Range<usize>,
}

/// Every object header of the image whose checksum holds.
fn object_headers(image: &[u8]) -> Vec<ObjectHeader> {
    (0..image.len().saturating_sub(8))
        .filter(|start| &image[*start..*start + 4] == b"OHDR")
        .filter_map(|start| ObjectHeader::read(image, start))
        .collect()
}

fn little_endian(image: &[u8], range: Range<usize>) -> Option<usize> {
    let mut bytes = [0; 8];
    let source = image.get(range)?;
    bytes.get_mut(..source.len())?.copy_from_slice(source);
    usize::try_from(u64::from_le_bytes(bytes)).ok()
}

impl ObjectHeader {
    fn read(image: &[u8], start: usize) -> Option<Self> {
        let (version, flags) = (*image.get(start + 4)?, *image.get(start + 5)?);
        // Flags: two bits of size width; creation order, attribute phase change, times.
        let times = if flags & 0x20 != 0 { 16 } else { 0 };
        let phases = if flags & 0x10 != 0 { 4 } else { 0 };
        let order = if flags & 0x04 != 0 { 2 } else { 0 };
        let size_at = start + 6 + times + phases;
        let width = 1 << (flags & 0x03);
        let size = little_endian(image, size_at..size_at + width)?;
        let first = size_at + width;
        let checksum = first.checked_add(size)?;
        let stored = little_endian(image, checksum..checksum.checked_add(4)?)?;
        if version != 2 || stored != jenkins_lookup3(image.get(start..checksum)?) as usize {
            return None;
        }
        let mut messages = Vec::new();
        let mut at = first;
        while at + 4 + order <= checksum {
            let length = little_endian(image, at + 1..at + 3)?;
            let body = at + 4 + order;
            if body + length > checksum {
                break;
            }
            messages.push((image[at], body..body + length));
            at = body + length;
        }
        Some(Self {
            start,
            messages,
            checksum,
        })
    }

    fn attribute(&self, image: &[u8], name: &str) -> Option<Attribute> {
        (self.messages.iter())
            .filter(|(kind, _)| *kind == ATTRIBUTE)
            .find_map(|(_, body)| Attribute::read(image, body, name))
    }

    fn seal(&self, image: &mut [u8]) -> Result<(), String> {
        let checksum = jenkins_lookup3(&image[self.start..self.checksum]);
        let place = image
            .get_mut(self.checksum..self.checksum + 4)
            .ok_or("an object header without its checksum")?;
        place.copy_from_slice(&checksum.to_le_bytes());
        Ok(())
    }
}

impl Attribute {
    /// Versions 2 and 3, whose parts are not padded.
    fn read(image: &[u8], body: &Range<usize>, name: &str) -> Option<Self> {
        let at = body.start;
        let names_at = match *image.get(at)? {
            2 => at + 8,
            3 => at + 9,
            _ => return None,
        };
        let name_length = little_endian(image, at + 2..at + 4)?;
        let datatype_length = little_endian(image, at + 4..at + 6)?;
        let space_length = little_endian(image, at + 6..at + 8)?;
        let found = image.get(names_at..names_at + name_length)?;
        if found.strip_suffix(b"\0") != Some(name.as_bytes()) {
            return None;
        }
        let datatype = names_at + name_length;
        let data = datatype + datatype_length + space_length;
        (data <= body.end).then(|| Self {
            datatype: datatype..datatype + datatype_length,
            data: data..body.end,
        })
    }
}

/// Declares a fixed-width string, which ends in a zero byte, as null-terminated: the HDF5 library
/// takes a dataset for a scale only if its `CLASS` is, and `hdf5-pure` declares null padding.
fn terminate(image: &mut [u8], attribute: &Attribute) -> Result<(), String> {
    let datatype = &mut image[attribute.datatype.clone()];
    if datatype.len() < 8 || datatype[0] & 0x0f != STRING_CLASS {
        return Err("the class of a dimension is no string".to_owned());
    }
    datatype[1] &= 0xf0;
    Ok(())
}

fn link_attribute(
    image: &mut [u8],
    attribute: &Attribute,
    scales: &BTreeMap<String, u64>,
) -> Result<(), String> {
    let datatype = &image[attribute.datatype.clone()];
    // Each of the two types is class and version, three bytes of bits, four of size.
    let as_expected = datatype.len() >= 16
        && datatype[0] & 0x0f == VARIABLE_LENGTH_CLASS
        && datatype[8] & 0x0f == STRING_CLASS
        && datatype[12..16] == [1, 0, 0, 0];
    if !as_expected {
        return Err("the stand-in of DIMENSION_LIST has an unknown type".to_owned());
    }
    let base = attribute.datatype.start + 8;
    image[base] = (image[base] & 0xf0) | REFERENCE_CLASS;
    image[base + 1..base + 4].fill(0);
    image[base + 4..base + 8].copy_from_slice(&(REFERENCE_BYTES as u32).to_le_bytes());
    // Each element: length (4 bytes), address of the heap collection (8), index in it (4).
    for element in attribute.data.clone().step_by(16) {
        let number = |range| little_endian(image, range).ok_or("a list cut short");
        let length = number(element..element + 4)?;
        let collection = number(element + 4..element + 12)?;
        let index = number(element + 12..element + 16)?;
        let object = heap_object(image, collection, index).ok_or("a list without its heap")?;
        if length != REFERENCE_BYTES || object.len() != REFERENCE_BYTES {
            return Err("the stand-in of DIMENSION_LIST has an unknown length".to_owned());
        }
        let name = String::from_utf8_lossy(&image[object.clone()]).into_owned();
        let address = scales
            .get(&name)
            .ok_or_else(|| format!("no dimension `{name}`"))?;
        image[object].copy_from_slice(&address.to_le_bytes());
        image[element..element + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    Ok(())
}

/// Where object `index` of the global heap collection at `collection` keeps its bytes.
fn heap_object(image: &[u8], collection: usize, index: usize) -> Option<Range<usize>> {
    if image.get(collection..collection + 4)? != b"GCOL" {
        return None;
    }
    let end = collection + little_endian(image, collection + 8..collection + 16)?;
    let mut at = collection + 16;
    while at + 16 <= end {
        let found = little_endian(image, at..at + 2)?;
        let size = little_endian(image, at + 8..at + 16)?;
        if found == index {
            return (at + 16 + size <= image.len()).then_some(at + 16..at + 16 + size);
        }
        if found == 0 {
            return None;
        }
        at += 16 + size.next_multiple_of(8);
    }
    None
}

/// Bob Jenkins' lookup3 hash, `hashlittle` with an initial value of 0, the checksum of HDF5
/// metadata (public domain; burtleburtle.net/bob/c/lookup3.c, 2006).
fn jenkins_lookup3(data: &[u8]) -> u32 {
    let start = 0xdead_beef_u32.wrapping_add(data.len() as u32);
    let (mut a, mut b, mut c) = (start, start, start);
    let word = |bytes: &[u8]| {
        let mut padded = [0; 4];
        padded[..bytes.len()].copy_from_slice(bytes);
        u32::from_le_bytes(padded)
    };
    let mut rest = data;
    while rest.len() > 12 {
        a = a.wrapping_add(word(&rest[..4]));
        b = b.wrapping_add(word(&rest[4..8]));
        c = c.wrapping_add(word(&rest[8..12]));
        // mix
        a = a.wrapping_sub(c) ^ c.rotate_left(4);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(6);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(8);
        b = b.wrapping_add(a);
        a = a.wrapping_sub(c) ^ c.rotate_left(16);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(19);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(4);
        b = b.wrapping_add(a);
        rest = &rest[12..];
    }
    if rest.is_empty() {
        return c;
    }
    let part = |from: usize| word(&rest[from.min(rest.len())..(from + 4).min(rest.len())]);
    a = a.wrapping_add(part(0));
    b = b.wrapping_add(part(4));
    c = c.wrapping_add(part(8));
    // final
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    (c ^ b).wrapping_sub(b.rotate_left(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `driver5` of lookup3.c: hashlittle("", 0) = deadbeef and
    /// hashlittle("Four score and seven years ago", 30, 0) = 17770551.
    #[test]
    fn checksum_has_its_published_values() {
        assert_eq!(jenkins_lookup3(b""), 0xdead_beef);
        assert_eq!(
            jenkins_lookup3(b"Four score and seven years ago"),
            0x1777_0551
        );
    }
}
