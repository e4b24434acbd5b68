//! The rules once more, as naively as they can be said: minutes in integers, one learner after another, nothing looked up
//! and nothing shared with the code. Against it stands the ledger of a course in which at random people join, finish,
//! leave, pause and choose, facilitators move, hold and switch, and the planner is now and then away.

mod lived;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

use crate::platform::clock::Instant;
use crate::reminder::Kind;
use crate::reminder::wishes::Wishes;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const MOVED: &str = "the unit was moved or closed again after it was due";
const KINDS: [Kind; 4] = [Kind::StartingSoon, Kind::Opens, Kind::Nudge, Kind::WrapUp];

/// Minutes since the first of January 2027, 00:00 UTC.
type Minute = i64;

/// London's clocks, from the almanac: an hour ahead from 28 March to 31 October, each at 01:00 UTC.
fn utc(local: NaiveDateTime) -> Minute {
    let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let minutes = (local - new_year).num_minutes();
    let summer = NaiveDate::from_ymd_opt(2027, 3, 28).unwrap().and_hms_opt(2, 0, 0).unwrap();
    if local >= summer { minutes - HOUR } else { minutes }
}

fn local(at: Minute) -> NaiveDateTime {
    let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let winter = new_year + TimeDelta::minutes(at);
    let summer = NaiveDate::from_ymd_opt(2027, 3, 28).unwrap().and_hms_opt(1, 0, 0).unwrap();
    if winter >= summer { winter + TimeDelta::minutes(HOUR) } else { winter }
}

fn instant(at: Minute) -> Instant {
    Instant::from_utc(
        NaiveDate::from_ymd_opt(2027, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(at),
    )
}

#[derive(Clone)]
struct Unit {
    opens: NaiveDateTime,
    held: bool,
    off: [Option<bool>; 4],
}

#[derive(Clone, PartialEq)]
enum Fate {
    Not(&'static str),
    /// Of the learner's mails, by its number.
    Mail(usize),
}

/// What keeps a mail back.
enum Stop {
    For(&'static str),
    Until(Minute),
}

struct Mail {
    goes: Minute,
    expires: Minute,
    /// 'pending', 'sent', 'missed', or 'cancelled' with the reason.
    state: String,
    settled: Option<Minute>,
}

struct Learner {
    name: String,
    joined: Minute,
    withdrawn: bool,
    stopped: bool,
    wishes: Wishes,
    /// Unit and step (1 and 2 are required).
    done: BTreeSet<(usize, usize)>,
    rows: BTreeMap<(usize, Kind), (Minute, Minute, Fate)>,
    mails: Vec<Mail>,
}

impl Learner {
    /// The units that mails tell of which wait.
    fn waiting(&self) -> impl Iterator<Item = usize> {
        let of_mail = |fate: &Fate| matches!(fate, Fate::Mail(mail) if self.mails[*mail].state == "pending");
        self.rows.iter().filter(move |(_, (_, _, fate))| of_mail(fate)).map(|((n, _), _)| *n)
    }
}

struct Model {
    units: Vec<Unit>,
    off: [Option<bool>; 4],
    nudge_days: Option<i64>,
    learners: Vec<Learner>,
    ran: BTreeMap<(usize, Kind), Minute>,
}

fn place(kind: Kind) -> usize {
    KINDS.iter().position(|k| *k == kind).unwrap()
}

impl Model {
    fn new(units: usize) -> Self {
        let monday = NaiveDate::from_ymd_opt(2027, 1, 11).unwrap();
        let unit = |n: usize| {
            let opens = (monday + Days::new(7 * n as u64)).and_hms_opt(9, 0, 0).unwrap();
            Unit { opens, held: false, off: [None; 4] }
        };
        let units = (0..units).map(unit).collect();
        Self { units, off: [None; 4], nudge_days: None, learners: Vec::new(), ran: BTreeMap::new() }
    }

    fn due(&self, n: usize, kind: Kind) -> Option<Minute> {
        let unit = &self.units[n];
        let next = self.units.get(n + 1).filter(|next| !next.held);
        let opened = unit.opens.date();
        let day = match kind {
            _ if unit.held => return None,
            Kind::StartingSoon if self.ran.contains_key(&(0, Kind::Opens)) => return None,
            Kind::StartingSoon if n == 0 => return Some(utc((opened - Days::new(3)).and_hms_opt(9, 0, 0).unwrap())),
            Kind::Opens => return Some(utc(unit.opens)),
            Kind::Nudge => opened + TimeDelta::days(self.nudge_days.unwrap_or(4)),
            Kind::WrapUp => next.map_or(opened + Days::new(6), |next| next.opens.date() - Days::new(1)),
            _ => return None,
        };
        let at = |day: NaiveDate| utc(day.and_hms_opt(9, 0, 0).unwrap());
        let mut day = day;
        while let Some(next) = next
            && (1..21 * HOUR).contains(&(utc(next.opens) - at(day)).abs())
        {
            day = day - Days::new(1);
        }
        (day > opened).then(|| at(day))
    }

    /// Four weeks after the last release, at midnight.
    fn closes(&self) -> Minute {
        let last = self.units.iter().map(|unit| unit.opens.date()).max().unwrap();
        utc((last + Days::new(28)).and_hms_opt(0, 0, 0).unwrap())
    }

    fn expires(&self, n: usize, due: Minute) -> Minute {
        let later = self.units[n..].iter().filter(|unit| !unit.held).map(|unit| utc(unit.opens));
        later.filter(|opens| *opens > due).min().unwrap_or(due + 3 * DAY)
    }

    fn is_off(&self, n: usize, kind: Kind) -> bool {
        self.units[n].off[place(kind)].or(self.off[place(kind)]).unwrap_or(false)
    }

    /// Why somebody does not get it.
    fn refusal(&self, learner: &Learner, n: usize, kind: Kind, due: Minute) -> Option<&'static str> {
        let wishes = &learner.wishes;
        let wanted = [wishes.opens, wishes.opens, wishes.nudge, wishes.wrap_up][place(kind)];
        let finished = learner.done.contains(&(n, 1)) && learner.done.contains(&(n, 2));
        let reasons = [
            (learner.withdrawn, "the place in the course had been given up"),
            (learner.stopped, "reminders had been stopped"),
            (learner.joined > due, "it was due before the enrolment"),
            (self.is_off(n, kind), "it was switched off by your facilitators"),
            (!wanted, "this kind of mail was not wanted"),
            (wishes.paused_until.is_some_and(|until| local(due).date() < until), "reminders were paused"),
            (matches!(kind, Kind::Nudge | Kind::WrapUp) && finished, "every required step of the unit was done"),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
    }

    fn plan(&mut self, now: Minute) {
        if now >= self.closes() {
            return;
        }
        let mut dues = Vec::new();
        for n in 0..self.units.len() {
            for kind in KINDS {
                let due = self.due(n, kind).filter(|due| *due <= now && *due < self.closes());
                dues.extend(
                    due.filter(|due| self.ran.get(&(n, kind)).is_none_or(|ran| ran < due)).map(|due| (due, kind, n)),
                );
            }
        }
        dues.sort_by_key(|(due, kind, _)| (*due, place(*kind)));
        for i in 0..self.learners.len() {
            let mut parts = Vec::new();
            for &(due, kind, n) in &dues {
                let late = now - due > 36 * HOUR;
                if late && self.learners[i].joined > due {
                    continue;
                }
                // What went or is on its way stands; what did not has another chance at a later time, and where a move took
                // it away also at the same.
                let stands = self.learners[i].rows.get(&(n, kind)).is_some_and(|(then, _, fate)| {
                    let end = match fate {
                        Fate::Mail(mail) => self.learners[i].mails[*mail].state.as_str(),
                        Fate::Not(reason) => *reason,
                    };
                    let went = end == "sent" || end == "pending";
                    went || (!end.ends_with(MOVED) && *then >= due)
                });
                if stands {
                    continue;
                }
                self.learners[i].rows.remove(&(n, kind));
                match self.refusal(&self.learners[i], n, kind, due) {
                    Some(reason) => drop(self.learners[i].rows.insert((n, kind), (due, now, Fate::Not(reason)))),
                    None if late => {
                        let why = "its time had passed when Trellis came to it";
                        self.learners[i].rows.insert((n, kind), (due, now, Fate::Not(why)));
                    }
                    None => parts.push((due, kind, n)),
                }
            }
            self.write(i, parts, now);
        }
        for (due, kind, n) in dues {
            self.ran.insert((n, kind), due);
        }
    }

    /// One mail for all that somebody is to be told at this moment.
    fn write(&mut self, i: usize, parts: Vec<(Minute, Kind, usize)>, now: Minute) {
        let Some(expires) = parts.iter().map(|(due, _, n)| self.expires(*n, *due)).max() else { return };
        let learner = &mut self.learners[i];
        let went = learner.mails.iter().enumerate().filter_map(|(number, mail)| {
            let carried = learner.rows.values().filter(|(_, _, fate)| *fate == Fate::Mail(number));
            let recent = carried.map(|(_, decided, _)| *decided).max()? > now - 3 * DAY;
            let waits = mail.state == "pending" && mail.expires > now;
            let counts = recent && (waits || mail.state == "sent");
            counts.then_some(mail.settled.unwrap_or(mail.goes.max(now)))
        });
        let free = went.max().map_or(now, |last| last + 20 * HOUR);
        let news = parts.iter().any(|(_, kind, _)| matches!(kind, Kind::StartingSoon | Kind::Opens));
        let fate = match () {
            () if expires <= now => Fate::Not("its time had passed when Trellis came to it"),
            () if free <= now || (news && free < expires) => Fate::Mail(learner.mails.len()),
            () => Fate::Not("another reminder went out less than 20 hours before"),
        };
        if let Fate::Mail(_) = fate {
            learner.mails.push(Mail { goes: free.max(now), expires, state: "pending".into(), settled: None });
        }
        for (due, kind, n) in parts {
            learner.rows.insert((n, kind), (due, now, fate.clone()));
        }
    }

    fn deliver(&mut self, now: Minute) {
        for i in 0..self.learners.len() {
            for number in 0..self.learners[i].mails.len() {
                let mail = &self.learners[i].mails[number];
                if mail.state != "pending" || (mail.goes > now && mail.expires > now) {
                    continue;
                }
                let state = match () {
                    () if mail.expires <= now => "missed".into(),
                    () => match self.hand_over(i, number, now) {
                        Ok(()) => "sent".into(),
                        Err(Stop::For(why)) => format!("cancelled {why}"),
                        Err(Stop::Until(later)) => {
                            self.learners[i].mails[number].goes = later;
                            continue;
                        }
                    },
                };
                let mail = &mut self.learners[i].mails[number];
                (mail.state, mail.settled) = (state, Some(now));
            }
        }
    }

    /// Why the mail does not go, or not now. What nobody wants any more is left out of it.
    fn hand_over(&mut self, i: usize, number: usize, now: Minute) -> Result<(), Stop> {
        if now >= self.closes() {
            return Err(Stop::For("the course had closed"));
        }
        let learner = &self.learners[i];
        // In the order in which they fell due.
        let rows = learner.rows.iter().filter(|(_, (_, _, fate))| *fate == Fate::Mail(number));
        let mut parts: Vec<_> = rows.map(|(part, (due, _, _))| (*due, *part)).collect();
        parts.sort_by_key(|(due, (_, kind))| (*due, place(*kind)));
        let refusals: Vec<((usize, Kind), Option<&'static str>)> = parts
            .iter()
            .map(|(due, (n, kind))| match self.due(*n, *kind).filter(|at| *at < self.closes()) {
                Some(at) if (at <= now || at <= *due) && *kind == Kind::WrapUp && self.expires(*n, at) <= now => {
                    ((*n, *kind), Some("its time had passed when Trellis came to it"))
                }
                Some(at) if at <= now || at <= *due => ((*n, *kind), self.refusal(learner, *n, *kind, *due)),
                _ => ((*n, *kind), Some(MOVED)),
            })
            .collect();
        let wanted: Vec<(usize, Kind)> =
            refusals.iter().filter(|(_, no)| no.is_none()).map(|(part, _)| *part).collect();
        let nothing = refusals[0].1.filter(|_| wanted.is_empty());
        for (part, refusal) in refusals {
            if refusal == Some(MOVED) {
                self.ran.insert(part, Minute::MIN);
            }
            if let Some(reason) = refusal.filter(|_| refusal != nothing) {
                self.learners[i].rows.get_mut(&part).unwrap().2 = Fate::Not(reason);
            }
        }
        nothing.map_or_else(|| self.crowded(i, &wanted, now), |reason| Err(Stop::For(reason)))
    }

    fn crowded(&self, i: usize, wanted: &[(usize, Kind)], now: Minute) -> Result<(), Stop> {
        let learner = &self.learners[i];
        let sent = |since: Minute| {
            let others = learner.mails.iter().filter(|other| other.state == "sent");
            others.filter_map(|other| other.settled).filter(move |at| *at >= since)
        };
        let ends = |(n, kind): &(usize, Kind)| self.expires(*n, self.due(*n, *kind).unwrap());
        let news = wanted.iter().any(|(_, kind)| *kind == KINDS[0] || *kind == KINDS[1]);
        let until = |free: Minute, why: &'static str| {
            let waits = news && wanted.iter().map(ends).any(|end| free < end);
            Err(if waits { Stop::Until(free) } else { Stop::For(why) })
        };
        if let Some(last) = sent(now - 20 * HOUR + 1).max() {
            return until(last + 20 * HOUR, "another reminder went out less than 20 hours before");
        }
        let midnight = utc(local(now).date().and_hms_opt(0, 0, 0).unwrap());
        let tomorrow = utc((local(now).date() + Days::new(1)).and_hms_opt(9, 0, 0).unwrap());
        if sent(midnight).count() >= learner.wishes.daily_cap as usize {
            return until(tomorrow, "as many mails as are wanted in a day had gone out");
        }
        Ok(())
    }

    fn ledger(&self) -> BTreeMap<(String, String, Kind), (Instant, String)> {
        let mut ledger = BTreeMap::new();
        for learner in &self.learners {
            for ((n, kind), (due, _, fate)) in &learner.rows {
                let words = match fate {
                    Fate::Not(reason) => (*reason).to_owned(),
                    Fate::Mail(mail) => learner.mails[*mail].state.clone(),
                };
                ledger.insert((learner.name.clone(), format!("unit-{}", n + 1), *kind), (instant(*due), words));
            }
        }
        ledger
    }
}
