//! The facilitator's pages that join several slices.
