//! Golden values: each with its source, its tolerance and the measured margin.

mod null_models;
