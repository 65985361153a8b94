//! What a run leaves behind: chains for other tools, figures, tables, the summary and the
//! references. Every file is written whole or not at all ([`write_atomic`]).

pub mod chains;
pub mod citations;
pub mod figures;
mod label;
pub mod netcdf;
pub mod summary;
pub mod tables;

pub use crate::file::write_atomic;
pub use label::Label;
