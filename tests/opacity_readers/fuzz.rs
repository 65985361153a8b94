//! Mutated fixtures give an answer or an error, never a panic.
