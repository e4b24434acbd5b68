//! The learner's pages that join several slices.
