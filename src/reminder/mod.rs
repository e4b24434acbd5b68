//! Which mail is due to whom about a unit, and the ledger that says what became of it.
