//! Where an opacity comes from and how good it is.

/// Quality of the opacity of a gas, for R ≤ 200 and 1500 to 3500 K.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Tier {
    /// Strengths within about 10 %, positions measured.
    A,
    /// Strengths within about 30 %.
    B,
    /// Right within a factor of about 1.3 to 3.
    C,
    /// Read from a table of the user; its quality is the user's to know.
    User,
}

/// Source of the opacity of one gas.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Provenance {
    /// Quality.
    pub tier: Tier,
    /// Papers, in the order of their weight.
    pub citation: Vec<String>,
    /// How it was made, for a reader: generator and options, or format and file name.
    pub method: String,
    /// What a user must know before trusting it; may be empty.
    pub caveat: String,
}
