//! Radiative transfer against closed forms, other solutions and itself.

mod analytic;
mod convection;
mod derivatives;
mod discrete_ordinates;
mod robustness;
mod support;
