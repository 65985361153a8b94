//! Radiative transfer against closed forms, other solutions and itself.

mod derivatives;
mod robustness;
mod support;
mod scratch;
