//! Calendars as programs read them (iCalendar, RFC 5545). By hand: of the crates that write it, `icalendar` 0.17 leaves
//! NAME unescaped, lets a carriage return through and ends a whole day before it begins.

use std::fmt::Display;

use chrono::NaiveDate;

use super::clock::Instant;

/// Octets on a line, its end not counted.
const LINE: usize = 75;
/// How often programs are asked to look again.
const REFRESH: &str = "PT6H";

/// A calendar that people subscribe to.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub name: String,
    pub events: Vec<Event>,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// The same in every later calendar: by it a program knows the event again.
    pub uid: String,
    /// Counts changes.
    pub sequence: i32,
    pub when: When,
    pub summary: String,
    /// Absolute. Empty: none.
    pub url: String,
    /// Whether its time is taken: other events are only to be known of.
    pub busy: bool,
    /// It was in an earlier calendar and does not take place.
    pub called_off: bool,
}

/// When an event takes place.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// An instant is written in UTC, which needs no rules of any zone: each program shows it in its reader's own time, and
    /// it is right on both sides of a clock change.
    At { instant: Instant, minutes: u32 },
    /// Whole days, on any wall; the last one included.
    Days { first: NaiveDate, last: NaiveDate },
}

/// One event as a mail brings it to one person (iTIP, RFC 5546): to be put into their calendar, or taken out of it where it
/// is called off. No answer is asked for.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub event: Event,
    pub organizer: (String, String),
    /// Name and address, as the organizer's.
    pub attendee: (String, String),
}

impl Invitation {
    pub fn method(&self) -> &'static str {
        if self.event.called_off { "CANCEL" } else { "REQUEST" }
    }

    /// The text to send as `text/calendar`, with the method as a parameter too.
    pub fn write(&self, now: Instant) -> String {
        let mut lines = Lines::begun();
        lines.add("METHOD", self.method());
        self.event.write(&mut lines, now, Some(self));
        lines.add("END", "VCALENDAR");
        lines.0
    }
}

impl Calendar {
    /// The text to send as `text/calendar; charset=utf-8`. `now` is the time of this telling.
    pub fn write(&self, now: Instant) -> String {
        let mut lines = Lines::begun();
        lines.add("NAME", text(&self.name));
        lines.add("X-WR-CALNAME", text(&self.name));
        lines.add("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
        lines.add("X-PUBLISHED-TTL", REFRESH);
        for event in &self.events {
            event.write(&mut lines, now, None);
        }
        lines.add("END", "VCALENDAR");
        lines.0
    }
}

impl Event {
    /// `invitation`: the one that brings it, which says who asks and who is asked.
    fn write(&self, lines: &mut Lines, now: Instant, invitation: Option<&Invitation>) {
        lines.add("BEGIN", "VEVENT");
        lines.add("UID", text(&self.uid));
        lines.add("DTSTAMP", utc(now));
        lines.add("SEQUENCE", self.sequence);
        match self.when {
            When::At { instant, minutes } => {
                lines.add("DTSTART", utc(instant));
                lines.add("DURATION", format_args!("PT{minutes}M"));
            }
            When::Days { first, last } => {
                lines.add("DTSTART;VALUE=DATE", first.format("%Y%m%d"));
                // The day behind the last, by section 3.6.1.
                lines.add("DTEND;VALUE=DATE", last.succ_opt().unwrap_or(last).format("%Y%m%d"));
            }
        }
        lines.add("SUMMARY", text(&self.summary));
        if !self.url.is_empty() {
            lines.add("URL", &self.url);
        }
        lines.add("TRANSP", if self.busy && !self.called_off { "OPAQUE" } else { "TRANSPARENT" });
        if self.called_off {
            lines.add("STATUS", "CANCELLED");
        }
        if let Some(Invitation { organizer: (asks, asks_from), attendee: (asked, asked_at), .. }) = invitation {
            lines.add(&format!("ORGANIZER;CN={}", parameter(asks)), format_args!("mailto:{asks_from}"));
            lines.add(&format!("ATTENDEE;CN={};RSVP=FALSE", parameter(asked)), format_args!("mailto:{asked_at}"));
        }
        lines.add("END", "VEVENT");
    }
}

fn utc(at: Instant) -> String {
    at.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// As a value of the type TEXT (section 3.3.11).
fn text(plain: &str) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// As the value of a parameter (section 3.2): quoted, for which a quote itself must go.
fn parameter(plain: &str) -> String {
    let kept: String = plain.chars().filter(|c| *c != '"' && !c.is_control()).collect();
    format!("\"{kept}\"")
}

/// Lines ended by CRLF, each folded where it is too long (section 3.1), never inside a character.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn begun() -> Self {
        let mut lines = Self::default();
        lines.add("BEGIN", "VCALENDAR");
        lines.add("VERSION", "2.0");
        lines.add("PRODID", "-//Trellis//Calendar//EN");
        lines.add("CALSCALE", "GREGORIAN");
        lines
    }

    fn add(&mut self, name: &str, value: impl Display) {
        let mut room = LINE;
        for c in format!("{name}:{value}").chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, value: &str) -> String {
        let mut lines = Lines::default();
        lines.add(name, value);
        lines.0
    }

    #[test]
    fn a_long_line_is_folded_at_75_octets_between_characters() {
        assert_eq!(line("SUMMARY", "short"), "SUMMARY:short\r\n");
        let exactly = "a".repeat(LINE - "SUMMARY:".len());
        assert_eq!(line("SUMMARY", &exactly).matches("\r\n").count(), 1);
        assert_eq!(line("SUMMARY", &format!("{exactly}b")), format!("SUMMARY:{exactly}\r\n b\r\n"));
        for wide in ["é", "—", "虎", "🌿"] {
            let value = wide.repeat(100);
            let folded = line("SUMMARY", &value);
            assert!(folded.split("\r\n").all(|line| line.len() <= LINE), "{folded}");
            assert_eq!(folded.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
    }

    #[test]
    fn text_is_escaped_and_begins_no_line_of_its_own() {
        assert_eq!(text("a, b; c\\ d: \"e\""), "a\\, b\\; c\\\\ d: \"e\"");
        assert_eq!(text("one\r\ntwo\u{7}\rATTACH:x"), "one\\ntwoATTACH:x");
    }

    #[test]
    fn whole_days_end_on_the_day_behind_the_last() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let event = Event {
            uid: "a@example.org".into(),
            sequence: 3,
            when: When::Days { first: day("2027-03-29"), last: day("2027-04-11") },
            summary: "Easter".into(),
            url: String::new(),
            busy: false,
            called_off: false,
        };
        let written = Calendar { name: "A, B".into(), events: vec![event] }.write(Instant::from_micros(0));
        assert!(written.contains("DTSTART;VALUE=DATE:20270329\r\nDTEND;VALUE=DATE:20270412\r\n"), "{written}");
        assert!(
            written.contains("DTSTAMP:19700101T000000Z\r\nSEQUENCE:3\r\n") && !written.contains("URL"),
            "{written}"
        );
        assert!(written.contains("\r\nNAME:A\\, B\r\n"), "{written}");
    }
}
