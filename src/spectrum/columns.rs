//! Reader of small text tables of two columns.

use std::path::Path;

use crate::error::InputError;

/// One row of a table: its line in the file (from 1) and its two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: usize,
    /// First column.
    pub first: f64,
    /// Second column.
    pub second: f64,
}

/// A table of two columns with the place it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// File name, for messages.
    pub place: String,
    /// The rows, as they stand in the file.
    pub rows: Vec<Row>,
    /// Text after `# source:` in the head, if there is one.
    pub source: Option<String>,
}

impl Columns {
    /// Reads a file; see [`Columns::from_text`].
    ///
    /// # Errors
    /// [`InputError::Read`], or as [`Columns::from_text`].
    pub fn from_path(path: &Path, header: Option<[&str; 2]>) -> Result<Self, InputError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| InputError::read(path, source))?;
        Self::from_text(&text, &path.display().to_string(), header)
    }

    /// Reads two columns separated by a comma or by blanks. `#` opens a comment; blank lines do
    /// not count. With a `header`, the first row has to be it; without, every row is numbers.
    ///
    /// # Errors
    /// [`InputError::Value`] naming the line.
    pub fn from_text(
        text: &str,
        place: &str,
        header: Option<[&str; 2]>,
    ) -> Result<Self, InputError> {
        let mut source = None;
        let mut rows = Vec::new();
        let mut header_pending = header;
        for (index, full) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = index + 1;
            if let Some(comment) = full.trim_start().strip_prefix('#')
                && let Some(words) = comment.trim_start().strip_prefix("source:")
            {
                source.get_or_insert_with(|| words.trim().to_owned());
            }
            let content = full.split('#').next().unwrap_or_default().trim();
            if content.is_empty() {
                continue;
            }
            let place = format!("{place}, line {line}");
            let fields: Vec<&str> = if content.contains(',') {
                content.split(',').map(str::trim).collect()
            } else {
                content.split_whitespace().collect()
            };
            if let Some(names) = header_pending.take() {
                if fields != names {
                    let expected = format!("the header `{},{}`", names[0], names[1]);
                    return Err(InputError::value(place, format!("`{content}`"), expected));
                }
                continue;
            }
            rows.push(row(&fields, line, &place, content)?);
        }
        if rows.len() < 2 {
            let found = format!("{} data rows", rows.len());
            return Err(InputError::value(place, found, "at least 2"));
        }
        Ok(Self {
            place: place.to_owned(),
            rows,
            source,
        })
    }

    /// Turns a table of descending first column round.
    ///
    /// # Errors
    /// [`InputError::Value`] with the line unless the first column is positive and strictly
    /// monotonic.
    pub fn ascending(mut self) -> Result<Self, InputError> {
        if self.rows[0].first > self.rows[self.rows.len() - 1].first {
            self.rows.reverse();
        }
        for row in &self.rows {
            if row.first <= 0.0 {
                return Err(self.refuse(row, row.first, "a positive wavelength"));
            }
        }
        for pair in self.rows.windows(2) {
            if pair[0].first >= pair[1].first {
                let later = if pair[0].line > pair[1].line {
                    &pair[0]
                } else {
                    &pair[1]
                };
                let found = format!("wavelength {}", later.first);
                return Err(self.refuse(later, found, "a strictly monotonic first column"));
            }
        }
        Ok(self)
    }

    /// Checks every second value.
    ///
    /// # Errors
    /// [`InputError::Value`] with the line of the first value outside `low` to `high`.
    pub fn second_within(&self, low: f64, high: f64, expected: &str) -> Result<(), InputError> {
        match (self.rows.iter()).find(|row| !(low..=high).contains(&row.second)) {
            Some(row) => Err(self.refuse(row, row.second, expected)),
            None => Ok(()),
        }
    }

    fn refuse(&self, row: &Row, found: impl std::fmt::Display, expected: &str) -> InputError {
        let place = format!("{}, line {}", self.place, row.line);
        InputError::value(place, found, expected)
    }
}

fn row(fields: &[&str], line: usize, place: &str, content: &str) -> Result<Row, InputError> {
    let refuse = |found: &str| {
        InputError::value(
            place,
            format!("`{found}`"),
            "two finite numbers (a header line needs a leading `#`)",
        )
    };
    let &[first, second] = fields else {
        return Err(refuse(content));
    };
    let number = |field: &str| {
        (field.parse::<f64>().ok())
            .filter(|value| value.is_finite())
            .ok_or_else(|| refuse(field))
    };
    Ok(Row {
        line,
        first: number(first)?,
        second: number(second)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, header: Option<[&str; 2]>) -> String {
        Columns::from_text(text, "t.csv", header)
            .and_then(Columns::ascending)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn commas_blanks_comments_and_sources_are_read() {
        let text = "# source: Someone 2020\n# more\n1.0, 2.0\n\n2 3 # tail\n3\t4\n";
        let table = Columns::from_text(text, "t", None).unwrap();
        assert_eq!(table.source.as_deref(), Some("Someone 2020"));
        let lines: Vec<_> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 5, 6]);
        assert_eq!((table.rows[2].first, table.rows[2].second), (3.0, 4.0));
    }

    #[test]
    fn descending_tables_are_turned_round() {
        let table = Columns::from_text("3 1\n2 5\n", "t", None).unwrap();
        assert_eq!(table.ascending().unwrap().rows[0].first, 2.0);
    }

    #[test]
    fn errors_name_the_line() {
        assert!(message("1 2\n2 x\n", None).contains("line 2"));
        assert!(message("1 2\n2 inf\n", None).contains("line 2"));
        assert!(message("1 2 3\n2 2\n", None).contains("line 1"));
        assert!(message("1 2\n2 2\n2 2\n4 4\n", None).contains("line 3"));
        assert!(message("-1 2\n2 2\n", None).contains("line 1"));
        assert!(message("nm,eta\n1,2\n", Some(["um", "eta"])).contains("`um,eta`"));
        assert!(message("1 2\n", None).contains("1 data rows"));
    }
}
