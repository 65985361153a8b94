//! The output of a run, as a whole.

mod chains;
mod figures;
mod synthetic;
