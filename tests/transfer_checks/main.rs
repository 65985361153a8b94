//! Radiative transfer against closed forms, other solutions and itself.

mod derivatives;
mod support;
mod scratch;
