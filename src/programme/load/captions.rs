//! Captions in WebVTT: a heading, then cues of a time and at most two lines each.
//!
//! Source: W3C, *WebVTT: The Web Video Text Tracks Format*, of which this is the part that captions need.

/// What a viewer can read in one cue.
const MOST_LINES: usize = 2;

/// Line, what and how to mend it.
type Fault = (usize, String, &'static str);

/// A caption, and when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::programme) struct Cue {
    /// In milliseconds.
    pub from: u64,
    pub to: u64,
    pub lines: Vec<String>,
}

pub(super) fn faults(text: &str) -> Vec<Fault> {
    let (cues, mut faults) = read(text);
    if cues.is_empty() && faults.is_empty() {
        faults.push((1, "there are no captions here".into(), "write cues, or delete the file"));
    }
    faults
}

/// All that is said, without voices and styles.
pub(in crate::programme) fn spoken(text: &str) -> String {
    let lines = read(text).0.into_iter().flat_map(|cue| cue.lines);
    let plain = lines.map(|line| line.split('<').map(|part| part.split_once('>').map_or(part, |p| p.1)).collect());
    plain.collect::<Vec<String>>().join(" ")
}

fn read(text: &str) -> (Vec<Cue>, Vec<Fault>) {
    let (mut cues, mut faults): (Vec<Cue>, Vec<Fault>) = (Vec::new(), Vec::new());
    if !text.starts_with("WEBVTT") {
        faults.push((
            1,
            "captions begin with WEBVTT".into(),
            "write that on the first line, and an empty line below it",
        ));
    }
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line)).peekable();
    while let Some((number, line)) = lines.next() {
        let Some((from, to)) = line.split_once("-->") else { continue };
        let times = (instant(from), instant(to.split_whitespace().next().unwrap_or_default()));
        let mut cue = Cue { from: 0, to: 0, lines: Vec::new() };
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            cue.lines.push(line.trim().to_owned());
        }
        match times {
            (Some(from), Some(to)) if from < to => (cue.from, cue.to) = (from, to),
            _ => {
                let what = format!("'{}' are no two times", line.trim());
                faults.push((number, what, "write 00:00:02.000 --> 00:00:05.500"));
                continue;
            }
        }
        if cues.last().is_some_and(|last| last.to > cue.from) {
            faults.push((number, "the caption begins before the last one ends".into(), "let them follow one another"));
        }
        if cue.lines.is_empty() || cue.lines.len() > MOST_LINES {
            let what = format!("the caption has {} lines", cue.lines.len());
            faults.push((number, what, "write one line or two"));
        }
        cues.push(cue);
    }
    (cues, faults)
}

/// `01:02:03.400` or `02:03.400`, in milliseconds.
fn instant(text: &str) -> Option<u64> {
    let (clock, thousandths) = text.trim().split_once('.')?;
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes, seconds] if seconds < 60 => minutes * 60 + seconds,
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => (hours * 60 + minutes) * 60 + seconds,
        _ => return None,
    };
    let thousandths = Some(thousandths).filter(|t| t.len() == 3)?.parse::<u64>().ok()?;
    Some(seconds * 1000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_say_what_is_spoken() {
        let text = "WEBVTT\n\nNOTE made by hand\n\n1\n00:02.000 --> 00:00:05.500 align:start\nHello,\n<v Ann>you.\n\n\
                    01:00:00.000 --> 01:00:01.000\nGood.\n";
        assert_eq!(faults(text), []);
        assert_eq!(spoken(text), "Hello, you. Good.");
        assert_eq!(read(text).0[1].from, 3_600_000);
    }

    #[test]
    fn each_fault_is_found_on_its_line() {
        let fault = |text: &str| faults(text).into_iter().map(|(line, what, _)| (line, what)).collect::<Vec<_>>();
        let one = |line, what: &str| vec![(line, what.to_owned())];
        assert_eq!(fault("WEBVTT\n"), one(1, "there are no captions here"));
        assert_eq!(fault("00:01.000 --> 00:02.000\nA\n"), one(1, "captions begin with WEBVTT"));
        assert_eq!(fault("WEBVTT\n\n00:02.000 --> 00:01.000\nA\n")[0].0, 3);
        assert_eq!(fault("WEBVTT\n\n0:1 --> 00:01.000\nA\n")[0].0, 3);
        assert_eq!(fault("WEBVTT\n\n00:01.000 --> 00:02.000\n\n"), one(3, "the caption has 0 lines"));
        let overlap = "WEBVTT\n\n00:01.000 --> 00:03.000\nA\n\n00:02.000 --> 00:04.000\nB\n";
        assert_eq!(fault(overlap), one(6, "the caption begins before the last one ends"));
    }
}
