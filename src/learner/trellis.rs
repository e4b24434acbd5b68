//! The drawing on the home page: a diamond for each unit, on a path that climbs a lattice. Positions are computed here.

use std::fmt::Write as _;

use super::words;
use crate::completion::{Progress, UnitProgress, UnitState};

/// Finished shapes, for the macro `trellis::drawing`.
#[derive(Debug, Clone, Default)]
pub struct Trellis {
    /// Says in words what the drawing shows. Empty where the drawing only adorns.
    pub title: String,
    /// The same, shorter, below it.
    pub caption: String,
    pub width: i32,
    pub paths: Vec<Shape>,
    /// `transform` of each leaf.
    pub leaves: Vec<String>,
    pub nodes: Vec<Node>,
    /// Where 'You are here' stands.
    pub here: Option<(i32, i32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub class: &'static str,
    pub d: String,
}

#[derive(Debug, Clone)]
pub struct Node {
    pub shapes: Vec<Shape>,
    pub number: u16,
    pub number_class: &'static str,
    pub x: i32,
    /// The number's base line.
    pub y: String,
}

const STEP: (i32, i32) = (46, 36);
const FIRST: (i32, i32) = (34, 228);
const HIGHEST: i32 = 48;

/// Up, up, down, and never out of the picture.
fn positions(count: usize) -> Vec<(i32, i32)> {
    let mut at = FIRST;
    let mut positions = Vec::with_capacity(count);
    for n in 0..count {
        positions.push(at);
        let falls = n % 3 == 2 || at.1 - STEP.1 < HIGHEST;
        at = (at.0 + STEP.0, if falls { (at.1 + STEP.1).min(FIRST.1) } else { at.1 - STEP.1 });
    }
    positions
}

/// The drawing for somebody's progress.
pub fn drawing(progress: &Progress<'_>) -> Trellis {
    let units = &progress.units;
    let at = positions(units.len());
    let parts = in_words(progress);
    let caption: Vec<_> =
        parts.iter().filter(|(state, _)| *state != Group::Later).map(|(_, words)| words.clone()).collect();
    let all: Vec<_> = parts.into_iter().map(|(_, words)| words).collect();
    let here = units.iter().position(|u| u.newest);
    Trellis {
        title: format!("Your place on the trellis: {}. The list of weeks says the same in words.", all.join(", ")),
        caption: match caption.is_empty() {
            true => "Nothing is open yet.".into(),
            false => format!("{}.", words::sentence(&caption.join(", "))),
        },
        width: width(&at),
        paths: paths(units, &at),
        leaves: leaves(units, &at),
        nodes: units.iter().zip(&at).map(|(unit, at)| node(unit, *at)).collect(),
        here: here.map(|i| label_at(&at, i)),
    }
}

/// The drawing for somebody who is in no course: a course half-way.
pub fn adornment() -> Trellis {
    const NOW: usize = 6;
    let at = positions(12);
    let node = |(n, &(x, y)): (usize, &(i32, i32))| {
        let shape = |class, r| Shape { class, d: diamond((x, y), r) };
        let shapes = match n {
            NOW => vec![shape("t-ring", 29), shape("t-now", 23)],
            n if n < NOW => vec![shape("t-node t-done", 17)],
            _ => vec![shape("t-node", 17)],
        };
        Node { shapes, number: 0, number_class: "", x, y: String::new() }
    };
    Trellis {
        width: width(&at),
        paths: vec![Shape { class: "t-path", d: line(&at[..=NOW]) }, Shape { class: "t-next", d: line(&at[NOW..]) }],
        leaves: at[..NOW].iter().zip(LEAVES.iter().cycle()).map(|(at, leaf)| leaf_at(*at, leaf)).collect(),
        nodes: at.iter().enumerate().map(node).collect(),
        ..Trellis::default()
    }
}

/// Where the words stand free of the neighbouring diamonds.
fn label_at(at: &[(i32, i32)], here: usize) -> (i32, i32) {
    let (x, y) = at[here];
    let is_lower = |n: Option<usize>| n.and_then(|n| at.get(n)).is_some_and(|(_, other)| *other > y);
    match (is_lower(here.checked_sub(1)), is_lower(Some(here + 1)), here + 1 == at.len()) {
        (_, _, true) => (x - 12, y - 36),
        (true, true, _) => (x, y - 38),
        (true, false, _) => (x + 34, y + 50),
        (false, _, _) => (x, y + 50),
    }
}

fn width(at: &[(i32, i32)]) -> i32 {
    at.last().map_or(FIRST.0, |last| last.0).max(540) + FIRST.0
}

fn diamond((x, y): (i32, i32), r: i32) -> String {
    format!("M{x} {}L{} {y} {x} {} {} {y}Z", y - r, x + r, y + r, x - r)
}

fn line(points: &[(i32, i32)]) -> String {
    let mut d = String::from("M");
    for (n, (x, y)) in points.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(d, "{}{x} {y}", if n == 0 { "" } else { " " });
    }
    d
}

/// The way from unit to unit: solid as far as it is open, dotted over a break.
fn paths(units: &[UnitProgress<'_>], at: &[(i32, i32)]) -> Vec<Shape> {
    let mut runs: Vec<(&'static str, Vec<(i32, i32)>)> = Vec::new();
    for (n, pair) in units.windows(2).enumerate() {
        let class = match (pair[1].is_open(), is_pause(&pair[0], &pair[1])) {
            (true, false) => "t-path",
            (true, true) => "t-path t-pause",
            (false, false) => "t-next",
            (false, true) => "t-next t-pause",
        };
        match runs.last_mut() {
            Some((last, points)) if *last == class => points.push(at[n + 1]),
            _ => runs.push((class, vec![at[n], at[n + 1]])),
        }
    }
    runs.into_iter().map(|(class, points)| Shape { class, d: line(&points) }).collect()
}

/// Whether more than a week lies between two weekly units.
fn is_pause(one: &UnitProgress<'_>, next: &UnitProgress<'_>) -> bool {
    match (one.release, next.release) {
        (Some(a), Some(b)) if one.unit.number > 0 => (b.local_time.date() - a.local_time.date()).num_days() > 7,
        _ => false,
    }
}

/// Tenths to the right and down of a node's middle, and degrees.
const LEAVES: [(i32, i32, i32); 5] =
    [(-9, -170, -75), (-114, 126, 150), (30, -167, -62), (130, 109, 58), (-147, 85, 168)];

fn leaves(units: &[UnitProgress<'_>], at: &[(i32, i32)]) -> Vec<String> {
    let grown = units.iter().zip(at).zip(LEAVES.iter().cycle());
    grown
        .filter(|((unit, _), _)| unit.state == UnitState::Done && !unit.newest)
        .map(|((_, at), leaf)| leaf_at(*at, leaf))
        .collect()
}

fn leaf_at((x, y): (i32, i32), (right, down, turn): &(i32, i32, i32)) -> String {
    let tenths = |n: i32| format!("{}.{}", n / 10, n % 10);
    format!("translate({} {}) rotate({turn}) scale(0.82)", tenths(x * 10 + right), tenths(y * 10 + down))
}

fn node(unit: &UnitProgress<'_>, (x, y): (i32, i32)) -> Node {
    let shape = |class, r| Shape { class, d: diamond((x, y), r) };
    let (shapes, number_class) = match unit.state {
        _ if unit.newest => (vec![shape("t-ring", 29), shape("t-now", 23)], "t-num t-num--on"),
        UnitState::Done => (vec![shape("t-node t-done", 17)], "t-num t-num--on"),
        UnitState::Part => {
            let half = Shape { class: "t-half", d: format!("M{} {}H{}L{x} {}Z", x - 16, y + 1, x + 16, y + 17) };
            (vec![shape("t-node", 17), half], "t-num t-num--part")
        }
        UnitState::Open | UnitState::NotOpen => (vec![shape("t-node", 17)], "t-num"),
    };
    let y = if unit.newest { format!("{}.5", y + 5) } else { (y + 5).to_string() };
    Node { shapes, number: unit.unit.number, number_class, x, y }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Done,
    Part,
    Untouched,
    Now,
    Later,
}

fn group(unit: &UnitProgress<'_>) -> Group {
    match unit.state {
        UnitState::NotOpen => Group::Later,
        _ if unit.newest => Group::Now,
        UnitState::Done => Group::Done,
        UnitState::Part => Group::Part,
        UnitState::Open => Group::Untouched,
    }
}

/// `orientation and weeks 1 to 4 done`, `week 5 part done`, `week 6 open now`, `weeks 7 to 11 still to open`.
fn in_words(progress: &Progress<'_>) -> Vec<(Group, String)> {
    let words = [
        (Group::Done, "done"),
        (Group::Untouched, "not started"),
        (Group::Part, "part done"),
        (Group::Now, "open now"),
        (Group::Later, "still to open"),
    ];
    let phrase = |(wanted, words): (Group, &str)| {
        let numbers: Vec<u16> = progress.units.iter().filter(|u| group(u) == wanted).map(|u| u.unit.number).collect();
        let done = wanted == Group::Now && progress.newest().is_some_and(|u| u.state == UnitState::Done);
        let words = if done { "open now and done" } else { words };
        (!numbers.is_empty()).then(|| (wanted, format!("{} {words}", words::weeks(&numbers))))
    };
    words.into_iter().filter_map(phrase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::sample::{at, done, programme, releases};
    use crate::completion::{Done, progress};

    #[test]
    fn twelve_units_stand_where_they_were_drawn() {
        let expected = [
            (34, 228),
            (80, 192),
            (126, 156),
            (172, 192),
            (218, 156),
            (264, 120),
            (310, 156),
            (356, 120),
            (402, 84),
            (448, 120),
            (494, 84),
            (540, 48),
        ];
        assert_eq!(positions(12), expected);
        assert!(positions(40).iter().all(|(_, y)| (HIGHEST..=FIRST.1).contains(y)));
    }

    #[test]
    fn the_words_stand_free_of_the_neighbours() {
        let at = positions(12);
        let label = |n: usize| label_at(&at, n);
        assert_eq!((label(0), label(4), label(6), label(11)), ((34, 278), (252, 206), (310, 206), (528, 12)));
    }

    #[test]
    fn the_path_is_solid_as_far_as_it_is_open_and_dotted_over_a_break() {
        let (programme, mut releases) = (programme(), releases());
        releases[2].local_time += chrono::TimeDelta::days(7);
        let progress = progress(&programme, &releases, &done(&["zero/a", "zero/b"]), at("2027-01-19 12:00"));
        let drawn = drawing(&progress);
        let classes: Vec<_> = drawn.paths.iter().map(|p| p.class).collect();
        assert_eq!(classes, ["t-path", "t-path t-pause", "t-next"]);
        assert_eq!(drawn.paths[0].d, "M34 228 80 192");
        assert_eq!(drawn.leaves, ["translate(33.1 211.0) rotate(-75) scale(0.82)"]);
        assert_eq!(drawn.here, Some((126, 118)), "above, for both neighbours are lower");
        assert_eq!(drawn.caption, "Orientation done, week 1 not started, week 2 open now.");
    }

    #[test]
    fn before_the_start_it_says_that_nothing_is_open() {
        let (programme, releases) = (programme(), releases());
        let progress = progress(&programme, &releases, &Done::default(), at("2026-12-01 12:00"));
        let drawn = drawing(&progress);
        assert_eq!(drawn.caption, "Nothing is open yet.");
        assert!(drawn.title.contains("orientation and weeks 1 to 3 still to open"), "{}", drawn.title);
    }
}
