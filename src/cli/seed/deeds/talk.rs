//! The conversations: each discussion step's thread says what its unit's words are; with a number of posts given, the
//! words come round again until there are so many.

use chrono::TimeDelta;
use fastrand::Rng;

use super::{Deed, Visit, What};
use crate::cli::seed::people::People;
use crate::cli::seed::words::{Said, talk};
use crate::platform::clock::Instant;
use crate::programme::{Step, Unit, post_html};

/// A discussion step and who comes to it.
type Discussion<'p> = (&'p Unit, &'p Step, Vec<Visit>);

struct Writer<'p> {
    deeds: Vec<Deed>,
    posts: i64,
    unit: &'p Unit,
    step: &'p Step,
}

impl Writer<'_> {
    /// Writes a post; gives its id.
    fn post(&mut self, visit: Visit, parent: Option<i64>, said: &Rendered, completes: bool) -> i64 {
        self.posts += 1;
        let what = What::Posted {
            id: self.posts,
            parent,
            title: self.step.title.clone(),
            text: said.said.text.clone(),
            html: said.html.clone(),
        };
        let (unit, step) = (self.unit.slug.clone(), self.step.slug.clone());
        self.deeds.push(Deed { at: visit.at, by: visit.by, unit, step, what, completes });
        self.posts
    }
}

struct Rendered {
    said: Said,
    html: String,
}

pub fn plan(
    rng: &mut Rng,
    discussions: &[Discussion<'_>],
    people: &People,
    posts: Option<u32>,
    now: Instant,
) -> anyhow::Result<Vec<Deed>> {
    let mut words = Vec::new();
    for (unit, said) in talk()? {
        for said in said {
            let html = post_html(&said.text).map_err(anyhow::Error::msg)?;
            words.push((unit, Rendered { said, html }));
        }
    }
    let mut deeds = Vec::new();
    let mut count = 0;
    // Nobody has been to one that opened a moment ago.
    let discussions: Vec<_> = discussions.iter().filter(|(.., visits)| !visits.is_empty()).collect();
    for (number, (unit, step, visits)) in discussions.iter().enumerate() {
        let mut writer = Writer { deeds: Vec::new(), posts: count, unit, step };
        match posts {
            None => {
                let own: Vec<&Rendered> = words.iter().filter(|(n, _)| *n == unit.number).map(|(_, r)| r).collect();
                by_script(&mut writer, rng, visits, &own, people, now);
            }
            Some(posts) => {
                let share = i64::from(posts) * (number as i64 + 1) / discussions.len() as i64;
                let all: Vec<&Rendered> = words.iter().map(|(_, r)| r).collect();
                by_number(&mut writer, rng, visits, &all, share - count, now);
            }
        }
        count = writer.posts;
        deeds.append(&mut writer.deeds);
    }
    Ok(deeds)
}

/// The words in their order: posts by one learner after another, a facilitator's answer, the author's reply to it.
fn by_script(
    writer: &mut Writer<'_>,
    rng: &mut Rng,
    visits: &[Visit],
    words: &[&Rendered],
    people: &People,
    now: Instant,
) {
    let mut visits: Vec<Visit> = visits.to_vec();
    visits.sort_by_key(|visit| visit.at);
    let mut coming = visits.into_iter();
    let Some(mut author) = coming.next() else { return };
    let mut last = author;
    let (mut top, mut facilitator_spoke, mut first) = (None, false, true);
    for said in words {
        let soon = (last.at + TimeDelta::minutes(rng.i64(25..200))).min(now - TimeDelta::minutes(3));
        if said.said.by_facilitator {
            let by = people.facilitators[rng.usize(0..people.facilitators.len())];
            writer.post(Visit { at: soon, by }, top, said, false);
            facilitator_spoke = true;
            continue;
        }
        if said.said.by_author || (said.said.is_reply && facilitator_spoke) {
            writer.post(Visit { at: soon + TimeDelta::minutes(1), by: author.by }, top, said, false);
            facilitator_spoke = false;
            continue;
        }
        let next = if first { Some(author) } else { coming.next() };
        let Some(visit) = next else { return };
        first = false;
        let visit = Visit { at: visit.at.max(last.at + TimeDelta::minutes(2)).min(now), ..visit };
        let id = writer.post(visit, top.filter(|_| said.said.is_reply), said, true);
        if !said.said.is_reply {
            (top, author, facilitator_spoke) = (Some(id), visit, false);
        }
        last = visit;
    }
}

/// So many posts: one by each visitor, then replies by visitors drawn by lot.
fn by_number(writer: &mut Writer<'_>, rng: &mut Rng, visits: &[Visit], words: &[&Rendered], number: i64, now: Instant) {
    let mut tops: Vec<(i64, Instant)> = Vec::new();
    for n in 0..number {
        let own = usize::try_from(n).unwrap_or(usize::MAX);
        if let Some(visit) = visits.get(own) {
            let id = writer.post(*visit, None, words[rng.usize(0..words.len())], true);
            tops.push((id, visit.at));
            continue;
        }
        if tops.is_empty() {
            return;
        }
        let (parent, asked) = tops[rng.usize(0..tops.len())];
        let at = (asked + TimeDelta::minutes(rng.i64(5..4_000))).min(now);
        let visit = Visit { at, by: visits[rng.usize(0..visits.len())].by };
        writer.post(visit, Some(parent), words[rng.usize(0..words.len())], false);
    }
}
