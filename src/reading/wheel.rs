//! The drawing of one reading: a wedge for each of five parts, from 0 in the middle to 100 at the rim.

/// Finished shapes; the table beside it says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wheel {
    pub description: String,
    pub wedges: Vec<Wedge>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wedge {
    /// Empty: too few answers to draw one.
    pub d: String,
    /// The name on two lines, and where its middle stands.
    pub name: (String, String),
    pub name_at: (u16, u16),
    pub value: String,
    pub value_at: (String, String),
    /// A wedge too small to hold its value has it beside it.
    pub value_inside: bool,
}

const MIDDLE: (f64, f64) = (300.0, 312.0);
const RIM: f64 = 226.0;
/// Half of a wedge; 1.5 degrees on each side stay free.
const HALF: f64 = 34.5;
const NAMES: [(u16, u16); 5] = [(300, 24), (588, 178), (478, 560), (122, 560), (12, 178)];

/// Name and temperature of five parts; for another number there is no drawing.
pub fn wheel(parts: &[(&str, Option<u8>)]) -> Option<Wheel> {
    if parts.len() != NAMES.len() {
        return None;
    }
    let wedges =
        parts.iter().zip(NAMES).zip(0u8..).map(|((part, name_at), n)| wedge(part, name_at, f64::from(n) * 72.0));
    let said = parts.iter().map(|(name, value)| match value {
        Some(value) => format!("{name} {value}"),
        None => format!("{name} unknown"),
    });
    let said: Vec<_> = said.collect();
    Some(Wheel { description: said.join(", "), wedges: wedges.collect() })
}

fn wedge((name, value): &(&str, Option<u8>), name_at: (u16, u16), angle: f64) -> Wedge {
    let radius = value.map_or(0.0, |value| RIM * f64::from(value) / 100.0);
    let (from, to) = (point(radius, angle - HALF), point(radius, angle + HALF));
    let inside = radius > 60.0;
    let (x, y) = point(if inside { radius * 0.72 } else { radius + 24.0 }, angle);
    let name =
        name.split_once(" and ").map_or((name.to_string(), String::new()), |(a, b)| (a.into(), format!("and {b}")));
    Wedge {
        d: match radius > 0.0 {
            true => {
                format!("M300 312L{:.1} {:.1}A{radius:.1} {radius:.1} 0 0 1 {:.1} {:.1}Z", from.0, from.1, to.0, to.1)
            }
            false => String::new(),
        },
        name,
        name_at,
        value: value.map_or_else(|| "–".into(), |value| value.to_string()),
        value_at: (format!("{x:.1}"), format!("{:.1}", y + 6.0)),
        value_inside: inside,
    }
}

/// `angle` in degrees, clockwise from the top.
fn point(radius: f64, angle: f64) -> (f64, f64) {
    let (sin, cos) = angle.to_radians().sin_cos();
    (MIDDLE.0 + radius * sin, MIDDLE.1 - radius * cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wedge_reaches_as_far_as_its_temperature() {
        let parts =
            [("Purpose and direction", Some(45)), ("B", Some(50)), ("C", Some(34)), ("D", None), ("E", Some(55))];
        let drawn = wheel(&parts).unwrap();
        assert_eq!(drawn.wedges[0].d, "M300 312L242.4 228.2A101.7 101.7 0 0 1 357.6 228.2Z");
        assert_eq!(drawn.wedges[0].name, ("Purpose".to_owned(), "and direction".to_owned()));
        assert_eq!((drawn.wedges[3].d.as_str(), drawn.wedges[3].value.as_str()), ("", "–"));
        assert!(wheel(&parts[..4]).is_none());
    }
}
