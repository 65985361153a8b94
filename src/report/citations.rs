//! `references.bib`: what a publication that uses the run should cite.

mod entries;

use std::collections::BTreeSet;
use std::path::Path;

use super::write_atomic;
use crate::error::InputError;

pub use entries::ENTRIES;

/// One work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Key of the entry, and the word by which a part of the program asks for it.
    pub key: &'static str,
    /// BibTeX type: `article`, `misc`, ...
    pub kind: &'static str,
    /// Fields and their contents, in LaTeX.
    pub fields: &'static [(&'static str, &'static str)],
}

impl Entry {
    /// The entry in BibTeX.
    pub fn bibtex(&self) -> String {
        let mut text = format!("@{}{{{},\n", self.kind, self.key);
        for (field, content) in self.fields {
            text.push_str(&format!("  {field} = {{{content}}},\n"));
        }
        text.push_str("}\n");
        text
    }
}

/// The entry of a key.
pub fn entry(key: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.key == key)
}

/// Keys of the works whose arXiv number stands in a text ("arXiv:2407.12898"), such as the head of
/// an observation file or the source of a throughput; numbers that are not in the table are passed
/// over.
pub fn keys_in(text: &str) -> Vec<&'static str> {
    (text.split("arXiv:").skip(1))
        .filter_map(|rest| rest.get(..10))
        .filter_map(|number| entry(&format!("arxiv:{number}")))
        .map(|entry| entry.key)
        .collect()
}

/// Writes the entries of `keys`, each once, in the order of their keys.
///
/// # Errors
/// [`InputError::Value`] for a key that is not in [`ENTRIES`]; [`InputError::Write`].
pub fn write_references<'a>(
    keys: impl IntoIterator<Item = &'a str>,
    path: &Path,
) -> Result<(), InputError> {
    let keys: BTreeSet<&str> = keys.into_iter().collect();
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        let found = entry(key).ok_or_else(|| {
            InputError::value(
                "references",
                format!("`{key}`"),
                "a key of the table of citations",
            )
        })?;
        parts.push(found.bibtex());
    }
    write_atomic(path, parts.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_every_entry_can_be_found_again() {
        let keys: BTreeSet<_> = ENTRIES.iter().map(|entry| entry.key).collect();
        assert_eq!(keys.len(), ENTRIES.len());
        for entry in ENTRIES {
            let fields: Vec<_> = entry.fields.iter().map(|field| field.0).collect();
            assert!(
                fields.contains(&"doi") || fields.contains(&"eprint"),
                "{}",
                entry.key
            );
            for needed in ["title", "year"] {
                assert!(
                    fields.contains(&needed) || entry.kind == "misc",
                    "{}",
                    entry.key
                );
            }
            let open = entry.bibtex().matches('{').count();
            assert_eq!(open, entry.bibtex().matches('}').count(), "{}", entry.key);
        }
    }

    #[test]
    fn arxiv_numbers_are_found_in_a_text() {
        let text = "# Patel et al. 2024, arXiv:2407.12898 (abstract), arXiv:9999.99999; arXiv:24";
        assert_eq!(keys_in(text), ["arxiv:2407.12898"]);
    }

    #[test]
    fn each_key_is_written_once_and_an_unknown_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("references.bib");
        write_references(["skilling2006", "neal2003", "skilling2006"], &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("@article").count(), 2);
        assert!(text.find("neal2003") < text.find("skilling2006"));
        assert!(write_references(["nobody1900"], &path).is_err());
    }
}
