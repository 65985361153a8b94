//! Lines of text files, plain or `.bz2`, one at a time.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use bzip2::read::MultiBzDecoder;

use crate::error::InputError;
use crate::opacity::PartitionFunction;

/// Longest line of any format read here.
const LONGEST_LINE: u64 = 4096;

/// A text file read line by line.
pub(super) struct Lines<'a> {
    path: &'a Path,
    source: Box<dyn BufRead>,
    line: Vec<u8>,
    row: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn open(path: &'a Path) -> Result<Self, InputError> {
        let file = File::open(path).map_err(|source| InputError::read(path, source))?;
        let packed = path.extension().is_some_and(|extension| extension == "bz2");
        let source: Box<dyn BufRead> = if packed {
            Box::new(BufReader::with_capacity(1 << 16, MultiBzDecoder::new(file)))
        } else {
            Box::new(BufReader::with_capacity(1 << 16, file))
        };
        Ok(Self {
            path,
            source,
            line: Vec::new(),
            row: 0,
        })
    }

    /// The next line without its end, or `None` at the end of the file.
    pub(super) fn next_line(&mut self) -> Result<Option<&str>, InputError> {
        self.line.clear();
        self.row += 1;
        let read = (&mut self.source)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut self.line)
            .map_err(|source| InputError::read(self.path, source))?;
        if read == 0 {
            return Ok(None);
        }
        while self.line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            self.line.pop();
        }
        if self.line.len() as u64 == LONGEST_LINE {
            return Err(self.refuse("a line of more than 4096 bytes", "lines of text"));
        }
        match std::str::from_utf8(&self.line) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(InputError::value(
                format!("`{}`, line {}", self.path.display(), self.row),
                "bytes that are not text",
                "text",
            )),
        }
    }

    /// File and line, for messages.
    pub(super) fn place(&self) -> String {
        format!("`{}`, line {}", self.path.display(), self.row)
    }

    /// Refuses the line just read.
    pub(super) fn refuse(&self, found: &str, expected: &str) -> InputError {
        InputError::value(self.place(), found, expected)
    }
}

/// The number in a field.
pub(super) fn number<T: std::str::FromStr>(field: Option<&str>) -> Option<T> {
    field?.parse().ok()
}

/// Two columns, T \[K\] and Q; further columns are not used, `#` starts a comment.
pub(super) fn partition_function(path: &Path) -> Result<PartitionFunction, InputError> {
    let mut lines = Lines::open(path)?;
    let (mut temperature_k, mut value) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next_line()? {
        let text = line.split('#').next().unwrap_or("").trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let mut fields = text.split_whitespace();
        let (Some(t), Some(q)) = (number(fields.next()), number(fields.next())) else {
            return Err(lines.refuse(
                &format!("`{text}`"),
                "temperature [K] and partition function",
            ));
        };
        temperature_k.push(t);
        value.push(q);
    }
    PartitionFunction::new(&temperature_k, &value).map_err(|error| match error {
        InputError::Value {
            found, expected, ..
        } => InputError::value(format!("`{}`", path.display()), found, expected),
        other => other,
    })
}
