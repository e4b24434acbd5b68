//! Charts as finished shapes, for the macro `chart::bars`. Lengths are shares of the width there is, so one drawing fits a
//! phone, a screen and paper, and its words keep their size.

/// A list of bars, each under its words.
#[derive(Debug, Clone)]
pub struct Bars {
    /// Of the title, by which it is named.
    pub id: &'static str,
    /// Says in words what is shown; the table beside it says the same in numbers.
    pub title: String,
    pub height: usize,
    pub bars: Vec<Bar>,
    /// What the lighter bar and the darker are; empty where there is one.
    pub key: Option<(&'static str, &'static str)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    /// For a narrow screen, where the label does not fit beside its value.
    pub short: Option<String>,
    pub value: String,
    /// The base line of the words.
    pub words_y: usize,
    pub y: usize,
    /// In percent.
    pub part: String,
    /// The lighter bar behind it.
    pub behind: Option<String>,
}

/// What a bar stands for: its words, and its share of the longest.
#[derive(Debug, Clone)]
pub struct Line {
    pub label: String,
    pub value: String,
    pub part: f64,
    pub behind: Option<f64>,
}

const ROW: usize = 48;
/// As much of a label as fits beside its value, on a screen and on a phone; the table has it whole.
const LABEL: usize = 64;
const SHORT: usize = 28;

impl Bars {
    pub fn new(id: &'static str, title: impl Into<String>, lines: impl IntoIterator<Item = Line>) -> Self {
        let bars: Vec<Bar> = lines.into_iter().enumerate().map(|(n, line)| bar(n, line)).collect();
        Self { id, title: title.into(), height: bars.len() * ROW, bars, key: None }
    }

    pub fn with_key(self, lighter: &'static str, darker: &'static str) -> Self {
        Self { key: Some((lighter, darker)), ..self }
    }
}

fn bar(n: usize, line: Line) -> Bar {
    Bar {
        label: cut(&line.label, LABEL).unwrap_or_else(|| line.label.clone()),
        short: cut(&line.label, SHORT),
        value: line.value,
        words_y: n * ROW + 18,
        y: n * ROW + 26,
        part: percent(line.part),
        behind: line.behind.map(percent),
    }
}

fn percent(part: f64) -> String {
    format!("{:.1}%", part.clamp(0.0, 1.0) * 100.0)
}

/// None: it is no longer than that.
fn cut(label: &str, most: usize) -> Option<String> {
    let cut: String = label.chars().take(most - 1).collect();
    (label.chars().count() > most).then(|| format!("{}…", cut.trim_end()))
}

/// A part of a whole, 0 where there is nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of people and posts")]
pub fn share(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

/// In whole percent, as people read it: `63%`. None of them is 0% and all are 100%, and nothing else is.
pub fn percent_words(part: i64, whole: i64) -> String {
    let percent = share(part, whole) * 100.0;
    let percent = if part > 0 && part < whole { percent.clamp(1.0, 99.0) } else { percent };
    format!("{percent:.0}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_stays_within_the_drawing() {
        let line = |part| Line {
            label: "A label of more characters than fit. ".repeat(3),
            value: "1".into(),
            part,
            behind: Some(0.5),
        };
        let chart = Bars::new("c", "Bars", [line(1.7), line(-1.0), line(0.256)]);
        let parts: Vec<&str> = chart.bars.iter().map(|bar| bar.part.as_str()).collect();
        assert_eq!(parts, ["100.0%", "0.0%", "25.6%"]);
        let fits = |text: &str, most| text.chars().count() <= most && text.ends_with('…');
        assert!(chart.bars.iter().all(|bar| bar.y + 14 < chart.height && fits(&bar.label, LABEL)));
        assert!(chart.bars.iter().all(|bar| bar.short.as_deref().is_some_and(|short| fits(short, SHORT))));
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!((percent_words(0, 0), percent_words(1, 3)), ("0%".into(), "33%".into()));
    }

    #[test]
    fn few_are_not_none_and_most_are_not_all() {
        let percents = [(0, 400), (1, 400), (399, 400), (400, 400)].map(|(part, whole)| percent_words(part, whole));
        assert_eq!(percents, ["0%", "1%", "99%", "100%"]);
    }
}
