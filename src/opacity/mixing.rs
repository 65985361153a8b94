//! Mixing of the opacities of several gases.
