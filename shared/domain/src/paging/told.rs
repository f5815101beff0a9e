//! What others tell: read tolerantly, and made fit to show.

pub(super) mod text;

#[cfg(test)]
pub(super) mod testing;
