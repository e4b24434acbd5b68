//! Each direct dependency has a reason, written above it.

use crate::none;
use crate::source::text;

/// One comment may speak for a few that serve one end.
const FOR_ONE_REASON: usize = 4;

#[test]
fn each_dependency_has_its_reason_above_it() {
    let manifest = text("Cargo.toml");
    let (mut in_section, mut left, mut faults) = (false, 0, Vec::new());
    for line in manifest.lines() {
        if line.starts_with('[') {
            (in_section, left) = (line.ends_with("dependencies]"), 0);
        } else if line.starts_with('#') {
            left = FOR_ONE_REASON;
        } else if in_section && line.contains('=') {
            if left == 0 {
                faults.push(format!("Cargo.toml: why {}?", line.split(' ').next().unwrap_or(line)));
            }
            left = left.saturating_sub(1);
        }
    }
    none(faults);
}
