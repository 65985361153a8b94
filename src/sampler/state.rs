//! The state of a run as bytes, for checkpoints.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::InputError;

/// Encodes a state; `what` names it in messages.
///
/// # Errors
/// [`InputError::Value`] when the encoder fails (out of memory).
pub(super) fn encode<S: Serialize>(what: &str, state: &S) -> Result<Vec<u8>, InputError> {
    postcard::to_stdvec(state).map_err(|error| InputError::value(what, error, "encodable state"))
}

/// Decodes a state, unchecked.
///
/// # Errors
/// [`InputError::Value`] for bytes that are not `expected`.
pub(super) fn decode<S: DeserializeOwned>(
    what: &str,
    expected: &str,
    bytes: &[u8],
) -> Result<S, InputError> {
    postcard::from_bytes(bytes).map_err(|error| InputError::value(what, error, expected))
}

/// A state that contradicts itself.
///
/// # Errors
/// Always.
pub(super) fn inconsistent(what: &str, found: &str) -> Result<(), InputError> {
    let expected = "a state that is consistent with itself";
    Err(InputError::value(what, found, expected))
}
