//! Volatiles between melt and gas.
