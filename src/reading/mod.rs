//! Diagnostics: a person's readings of their network.
