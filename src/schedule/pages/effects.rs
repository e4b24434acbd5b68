//! What a change would do, in words: each unit's old and new time, the mails that move, the clocks, what else to look
//! at, and what cannot be undone.

use super::Sheet;
use super::words::{
    clock_change, clocks_of, day_with_year, days_of, joined, other_breaks, units_in_words, upper_first,
};
use crate::cohort::Break;
use crate::platform::clock::Instant;
use crate::platform::text::{Slug, count};
use crate::platform::zone::day_in_words;
use crate::programme::Unit;
use crate::schedule::due::{Fate, Moved, Timing};
use crate::schedule::plan::break_on;
use crate::schedule::{Change, Release, bank_holiday, closes_on};

pub(super) struct Row {
    pub unit: String,
    pub now: String,
    pub then: String,
    /// Empty: none.
    pub badge: &'static str,
    pub mails: String,
}

pub(super) struct Fact {
    pub about: &'static str,
    pub sentences: Vec<String>,
}

/// A change and what became of the schedule.
pub(super) struct Effects<'a> {
    pub sheet: &'a Sheet<'a>,
    pub change: &'a Change,
    pub after: &'a [Release],
    pub now: Instant,
}

impl<'a> Effects<'a> {
    /// Where units differ, before and after.
    fn pairs(&self) -> impl Iterator<Item = (&'a Unit, &'a Release, &'a Release)> {
        let both = self.sheet.units.iter().zip(self.sheet.releases.iter().zip(self.after));
        both.filter(|(_, (old, new))| old != new).map(|(unit, (old, new))| (*unit, old, new))
    }

    fn units_that(&self, test: impl Fn(&Release, &Release) -> bool) -> Vec<&'a Unit> {
        self.pairs().filter(|(_, old, new)| test(old, new)).map(|(unit, ..)| unit).collect()
    }

    /// Open units that would close.
    pub fn closing(&self) -> Vec<&'a Unit> {
        self.units_that(|old, new| old.is_open(self.now) && !new.is_open(self.now))
    }

    fn opening(&self) -> Vec<&'a Unit> {
        self.units_that(|old, new| !old.is_open(self.now) && new.is_open(self.now))
    }

    fn reminders(&self) -> Vec<Moved> {
        self.timing().moved(self.after, self.now)
    }

    fn timing(&self) -> Timing<'_> {
        let Sheet { place, units, releases, settings, .. } = self.sheet;
        Timing { cohort: &place.cohort, units, releases, settings }
    }

    pub fn rows(&self) -> Vec<Row> {
        let zone = &self.sheet.place.cohort.zone;
        let moved = self.reminders();
        let row = |(unit, old, new): (&Unit, &Release, &Release)| {
            let turned = zone.offset_minutes(old.opens_at) != zone.offset_minutes(new.opens_at);
            Row {
                unit: format!("{} {}", unit.number, unit.title),
                now: self.stands(old),
                then: self.would_stand(old, new),
                badge: if turned && !new.held { "After the clock change" } else { "" },
                mails: mails_of(new, &moved),
            }
        };
        self.pairs().map(row).collect()
    }

    fn stands(&self, release: &Release) -> String {
        let time = self.sheet.place.cohort.zone.exact(release.opens_at);
        if release.held { format!("Held ({time})") } else { time }
    }

    fn would_stand(&self, old: &Release, new: &Release) -> String {
        let time = self.sheet.place.cohort.zone.exact(new.opens_at);
        let opens = !old.is_open(self.now) && new.is_open(self.now);
        match () {
            () if new.held => "When you open it".into(),
            () if opens && new.opens_at == self.now => "As soon as you save".into(),
            () if opens => format!("As soon as you save, for {time} has passed"),
            () => time,
        }
    }

    /// One sentence under the title.
    pub fn lead(&self) -> String {
        let units = match self.pairs().count() {
            0 => "No unit changes".into(),
            1 => "One unit changes".into(),
            changed => format!("{changed} units change"),
        };
        format!("{units}. Nobody loses any work, and no mail that has gone out goes out again.")
    }

    pub fn facts(&self) -> Vec<Fact> {
        let facts = [
            Fact { about: "Breaks", sentences: other_breaks(&self.sheet.breaks, self.breaks()) },
            Fact { about: "Mail", sentences: self.mail() },
            Fact { about: "Clock change", sentences: self.clocks() },
            Fact { about: "Look at these yourself", sentences: self.look_at() },
            Fact { about: "What cannot be undone", sentences: self.for_good() },
        ];
        facts.into_iter().filter(|fact| !fact.sentences.is_empty()).collect()
    }

    fn mail(&self) -> Vec<String> {
        let moved = self.reminders();
        let number_of = |fate: Fate| moved.iter().filter(|m| m.fate == fate).count();
        let mut sentences = vec![match number_of(Fate::Later) {
            0 => "No reminder moves.".to_owned(),
            n => format!("{}.", verb(n, "moves", "move")),
        }];
        let alone = moved.iter().filter(|m| !self.pairs().any(|(_, old, _)| old.unit == m.unit));
        sentences.extend(alone.map(|m| self.moves_alone(m)));
        for (fate, one, many, what) in [
            (Fate::AtOnce, "falls", "fall", "due as soon as you save."),
            (Fate::TooLate, "comes", "come", "too late to be sent."),
            (Fate::Waits, "waits", "wait", "until the unit opens."),
        ] {
            if number_of(fate) > 0 {
                sentences.push(format!("{} {what}", verb(number_of(fate), one, many)));
            }
        }
        let sent = self.timing().fallen_due(self.now);
        if sent > 0 {
            sentences.push(format!(
                "{} fallen due already. Nobody who has had one gets it again.",
                verb(sent, "has", "have")
            ));
        }
        sentences
    }

    /// 'The ‘wrap-up’ of unit 7 moves from Sunday 7 March to Sunday 14 March.'
    fn moves_alone(&self, moved: &Moved) -> String {
        let zone = &self.sheet.place.cohort.zone;
        let day = |at: Option<Instant>| at.map(|at| day_in_words(zone.local_date(at))).unwrap_or_default();
        let number = self.sheet.releases.iter().position(|r| r.unit == moved.unit).map(|i| self.sheet.units[i].number);
        let which = format!("The ‘{}’ of unit {}", moved.kind.label(), number.unwrap_or_default());
        match (moved.fate, moved.from) {
            (Fate::Later, Some(_)) => format!("{which} moves from {} to {}.", day(moved.from), day(moved.to)),
            (Fate::Later, None) => format!("{which} goes on {}.", day(moved.to)),
            (Fate::AtOnce, _) => format!("{which} goes as soon as you save."),
            (Fate::TooLate | Fate::Waits | Fate::Dropped, _) => format!("{which} does not go."),
        }
    }

    fn clocks(&self) -> Vec<String> {
        let zone = &self.sheet.place.cohort.zone;
        let offset = |r: &Release| zone.offset_minutes(r.opens_at);
        let utc = |r: &Release| r.opens_at.utc().format("%H:%M").to_string();
        let mut turned = self.pairs().filter(|(_, old, new)| !new.held && offset(old) != offset(new));
        let mut sentences = Vec::new();
        if let Some((unit, old, new)) = turned.next()
            && let Some((day, forward)) = clock_change(zone, old.local_time.date(), new.local_time.date())
        {
            let way = if forward { "forward" } else { "back" };
            sentences.push(format!("{} go {way} on {}.", clocks_of(zone), day_in_words(day)));
            if old.local_time.time() == new.local_time.time() {
                let wall = new.local_time.format("%H:%M");
                let (number, then, now) = (unit.number, utc(new), utc(old));
                let still =
                    format!("Unit {number} still opens at {wall} on the wall: {then} UTC, where it was {now} UTC.");
                sentences.push(still);
            }
        }
        for (unit, _, new) in self.pairs().filter(|(.., new)| zone.local(new.opens_at) != new.local_time) {
            let skipped = new.local_time.format("%H:%M");
            sentences.push(format!("On that day clocks skip {skipped}: unit {} opens right after.", unit.number));
        }
        sentences
    }

    fn look_at(&self) -> Vec<String> {
        let cohort = &self.sheet.place.cohort;
        let mut sentences = Vec::new();
        for (unit, old, new) in self.pairs().filter(|(_, old, new)| old.opens_at != new.opens_at) {
            sentences.extend(self.live_session(unit, new));
            sentences.extend(self.bank_holiday(unit, new));
            let hand_picked = old.local_time != new.local_time && !new.is_open(self.now);
            if let Some(pause) = break_on(self.breaks(), new.local_time.date()).filter(|_| hand_picked) {
                let (name, days) = (&pause.name, days_of(pause));
                sentences.push(format!("Unit {} would open in the break ‘{name}’, {days}.", unit.number));
            }
            if new.opens_at >= cohort.access_ends_at() {
                sentences.push(format!("Unit {} would open after access to this course has ended.", unit.number));
            }
        }
        if let Change::Hold { unit } = self.change {
            sentences.extend(self.left_behind(unit));
        }
        let (old, new) = (closes_on(cohort, &self.sheet.releases), closes_on(cohort, self.after));
        if old != new {
            sentences.push(format!("Discussions would close on {}, not {}.", day_with_year(new), day_in_words(old)));
        }
        sentences
    }

    /// As they would be.
    fn breaks(&self) -> &'a [Break] {
        self.change.breaks().unwrap_or(&self.sheet.breaks)
    }

    /// A session stays where it is, whatever its unit does.
    fn live_session(&self, unit: &Unit, new: &Release) -> Option<String> {
        let live = unit.live.as_ref()?;
        let session = format!("Live session {}", live.number);
        let Some((_, local, starts_at)) = self.sheet.sessions.iter().find(|(slug, ..)| unit.is_called(slug)) else {
            return Some(format!("{session} belongs to unit {}, and has no time yet.", unit.number));
        };
        let when = format!("{}, {}", day_in_words(local.date()), local.format("%H:%M"));
        Some(match new.held || *starts_at < new.opens_at {
            true if *starts_at > self.now => {
                format!(
                    "{session} is on {when}: that would be before unit {} opens. Move the session too.",
                    unit.number
                )
            }
            true => format!("{session} was on {when}."),
            false => format!("{session} stays on {when}. Does that still suit unit {}?", unit.number),
        })
    }

    /// Of England, so only where people live by London's clocks.
    fn bank_holiday(&self, unit: &Unit, new: &Release) -> Option<String> {
        let day = new.local_time.date();
        let name = bank_holiday(day).filter(|_| self.sheet.place.cohort.zone.name() == "Europe/London")?;
        let opens = format!("Unit {} would open on {}", unit.number, day_in_words(day));
        (!new.is_open(self.now)).then(|| format!("{opens}, {name}: a bank holiday in England."))
    }

    /// A hold is about one unit: those behind it still open by themselves.
    fn left_behind(&self, held: &Slug) -> Option<String> {
        let place = self.after.iter().position(|r| r.unit == *held)? + 1;
        let next = self.after.get(place).filter(|r| !r.held && !r.is_open(self.now))?;
        let when = self.sheet.place.cohort.zone.exact(next.opens_at);
        Some(format!(
            "Unit {} still opens on {when}. Move or hold it too if it must wait.",
            self.sheet.units[place].number
        ))
    }

    fn for_good(&self) -> Vec<String> {
        let (closing, opening) = (self.closing(), self.opening());
        let mut sentences = Vec::new();
        if !opening.is_empty() {
            let units = units_in_words(&opening);
            sentences.push(format!("Learners see {units} at once, and the ‘opens’ mail cannot be called back."));
        }
        if !closing.is_empty() {
            let units = units_in_words(&closing);
            sentences.push(format!("Learners have seen {units}, and what they were sent stays with them."));
        }
        if sentences.is_empty() {
            sentences.push("Nothing yet: until a unit opens you can change its time again.".into());
        }
        sentences
    }
}

/// '‘Opens’, ‘nudge’ and ‘wrap-up’'
fn mails_of(release: &Release, moved: &[Moved]) -> String {
    let own = moved.iter().filter(|m| m.unit == release.unit && m.fate != Fate::Dropped);
    let kinds: Vec<String> = own.map(|m| m.kind.label().to_owned()).collect();
    let quoted: Vec<String> = kinds.iter().enumerate().map(|(i, kind)| quoted(kind, i == 0)).collect();
    match (kinds.len(), release.held) {
        (0, _) => "None".into(),
        (1, true) => format!("{} waits", joined(&quoted)),
        (_, true) => format!("{} wait", joined(&quoted)),
        (_, false) => joined(&quoted),
    }
}

fn quoted(kind: &str, first: bool) -> String {
    format!("‘{}’", if first { upper_first(kind) } else { kind.to_owned() })
}

/// '1 reminder moves', '13 reminders move'
fn verb(reminders: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(reminders, "reminder"), if reminders == 1 { one } else { many })
}
