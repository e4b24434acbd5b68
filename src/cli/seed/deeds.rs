//! What people of different diligence do in a course: planned from the seed alone, in the order of time.

mod talk;

use chrono::TimeDelta;
use fastrand::Rng;

use super::people::People;
use super::{Plan, open_units};
use crate::cohort::EnrolmentId;
use crate::completion::{How, quiz};
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::programme::{Programme, Quiz, Step, StepKind, Unit};
use crate::reading;
use crate::schedule::Release;

/// Something that somebody did.
#[derive(Debug, Clone)]
pub struct Deed {
    pub at: Instant,
    pub by: EnrolmentId,
    pub unit: Slug,
    pub step: Slug,
    pub what: What,
    /// Whether it completes the step for whoever did it.
    pub completes: bool,
}

#[derive(Debug, Clone)]
pub enum What {
    Marked,
    Answered {
        answers: String,
        right: i32,
        of: i32,
    },
    Noted(&'static str),
    Read {
        point: reading::Point,
        answers: String,
    },
    /// Posts have ids of our own, so that replies can name what they answer.
    Posted {
        id: i64,
        parent: Option<i64>,
        title: String,
        text: String,
        html: String,
    },
    HandedIn {
        id: i64,
        text: String,
        html: String,
    },
    /// Commented on somebody's work.
    Reviewed {
        work: i64,
        answers: String,
    },
}

impl What {
    /// How it completes a step, where it does.
    pub fn how(&self) -> How {
        match self {
            Self::Marked => How::Mark,
            Self::Answered { .. } => How::Answers,
            Self::Noted(_) => How::Note,
            Self::Read { .. } => How::Reading,
            Self::Posted { .. } => How::Post,
            Self::HandedIn { .. } | Self::Reviewed { .. } => How::Work,
        }
    }
}

const NOTES: &[&str] = &[
    "A hope: that I stop being the only one who knows everybody. A worry: time. By April: to say our purpose in a sentence.",
    "I notice that I say yes to keep the peace. I will try one friendly no before Friday.",
    "What would make this worth it: one other person in my network who asks the questions with me.",
];
const CARD: &str = "**So that** nobody in our patch falls twice for want of a telephone number.\n\n\
     - We would notice: fewer second falls, one number on every fridge, carers who ring us first\n\
     - We do not run training days any more";

/// How somebody goes about a course.
#[derive(Clone, Copy)]
struct Diligence {
    /// The chance of each step.
    step: f64,
    /// From this unit on, nothing.
    leaves_at: u16,
}

impl Diligence {
    fn of(rng: &mut Rng, week: u16) -> Self {
        match rng.u8(0..100) {
            0..8 => Self { step: 0.0, leaves_at: 0 },
            8..28 => Self { step: 0.8, leaves_at: rng.u16(1..=week.max(1)) },
            28..80 => Self { step: 0.75 + 0.2 * rng.f64(), leaves_at: u16::MAX },
            _ => Self { step: 1.0, leaves_at: u16::MAX },
        }
    }
}

/// Somebody who comes to a step at a time.
#[derive(Debug, Clone, Copy)]
struct Visit {
    at: Instant,
    by: EnrolmentId,
}

/// Everything that was done by now, by time.
pub fn plan(
    programme: &Programme,
    releases: &[Release],
    people: &People,
    plan: &Plan,
    now: Instant,
) -> anyhow::Result<Vec<Deed>> {
    let mut rng = Rng::with_seed(plan.seed);
    let diligence: Vec<Diligence> = people.learners.iter().map(|_| Diligence::of(&mut rng, plan.week)).collect();
    let mut deeds = Vec::new();
    let mut works = 0;
    let mut discussions = Vec::new();
    for (unit, opened) in open_units(programme, releases, now) {
        let mut hours: Vec<Instant> =
            people.learners.iter().map(|_| opened + TimeDelta::minutes(rng.i64(20..6 * 24 * 60))).collect();
        for step in unit.steps.iter().filter(|step| step.required) {
            let visits = visits(&mut rng, people, &diligence, unit, &mut hours, now);
            match step.kind {
                StepKind::Discussion => discussions.push((unit, step, visits)),
                StepKind::PeerAssignment => deeds.extend(peers(unit, step, &visits, &mut works)?),
                _ => deeds.extend(visits.iter().filter_map(|v| alone(&mut rng, programme, unit, step, *v))),
            }
        }
    }
    deeds.extend(talk::plan(&mut rng, &discussions, people, plan.posts, now)?);
    deeds.sort_by_key(|deed| deed.at);
    Ok(deeds)
}

/// Who comes to the unit's next step, and when; `hours` moves on for each of them.
fn visits(
    rng: &mut Rng,
    people: &People,
    diligence: &[Diligence],
    unit: &Unit,
    hours: &mut [Instant],
    now: Instant,
) -> Vec<Visit> {
    let mut visits = Vec::new();
    for ((by, how), at) in people.learners.iter().zip(diligence).zip(hours) {
        let stays = unit.number < how.leaves_at;
        *at = *at + TimeDelta::minutes(if rng.u8(0..4) == 0 { rng.i64(600..2_000) } else { rng.i64(6..40) });
        if stays && *at < now && rng.f64() < how.step {
            visits.push(Visit { at: *at, by: *by });
        }
    }
    visits
}

/// A deed that needs nobody else.
fn alone(rng: &mut Rng, programme: &Programme, unit: &Unit, step: &Step, visit: Visit) -> Option<Deed> {
    let what = match step.kind {
        StepKind::Quiz => answered(rng, step.quiz.as_ref()?),
        StepKind::Reflection => What::Noted(NOTES[rng.usize(0..NOTES.len())]),
        StepKind::Diagnostic => read(rng, programme, step)?,
        _ => What::Marked,
    };
    Some(Deed { at: visit.at, by: visit.by, unit: unit.slug.clone(), step: step.slug.clone(), what, completes: true })
}

/// Mostly right.
fn answered(rng: &mut Rng, questions: &Quiz) -> What {
    let mut chosen: Vec<(String, String)> = Vec::new();
    for question in &questions.questions {
        let knows = rng.f64() < 0.8;
        let right = question.options.iter().filter(|o| o.right);
        let wrong = question.options.iter().filter(|o| !o.right).take(1);
        let options: Vec<_> = if knows { right.collect() } else { wrong.collect() };
        chosen.extend(options.iter().map(|o| (question.slug.to_string(), o.slug.to_string())));
    }
    let text = serde_urlencoded::to_string(&chosen).unwrap_or_default();
    let marked = quiz::mark(questions, &quiz::Answers::from_text(&text));
    let count = |n: usize| i32::try_from(n).unwrap_or(0);
    What::Answered { answers: text, right: count(marked.right()), of: count(questions.questions.len()) }
}

fn read(rng: &mut Rng, programme: &Programme, step: &Step) -> Option<What> {
    let point: reading::Point = step.reading.as_deref()?.parse().ok()?;
    let mut answers = reading::Answers::default();
    for (field, _) in reading::asked(programme.diagnostic.as_ref()?, point) {
        let score = (2 + rng.u8(0..3) + rng.u8(0..2)).min(5);
        answers.add(&field, reading::Answer::Score(score));
    }
    Some(What::Read { point, answers: answers.to_text() })
}

/// Everybody hands in, and comments on the next in the ring, but for the last: so two pieces of work lack a comment.
fn peers(unit: &Unit, step: &Step, visits: &[Visit], works: &mut i64) -> anyhow::Result<Vec<Deed>> {
    let html = crate::programme::post_html(CARD).map_err(anyhow::Error::msg)?;
    let deed = |visit: Visit, what, completes| Deed {
        at: visit.at,
        by: visit.by,
        unit: unit.slug.clone(),
        step: step.slug.clone(),
        what,
        completes,
    };
    let first = *works + 1;
    *works += i64::try_from(visits.len())?;
    let mut deeds = Vec::new();
    for (visit, id) in visits.iter().zip(first..) {
        deeds.push(deed(*visit, What::HandedIn { id, text: CARD.into(), html: html.clone() }, false));
    }
    let reviews = usize::from(step.reviews);
    if visits.len() <= reviews {
        return Ok(deeds);
    }
    let last = visits.iter().map(|v| v.at).max().unwrap_or_else(|| visits[0].at);
    let answers: Vec<(&str, &str)> =
        step.questions.iter().map(String::as_str).zip(super::words::COMMENTS.iter().cycle().copied()).collect();
    let answers = serde_urlencoded::to_string(answers)?;
    for (place, visit) in visits.iter().enumerate().take(visits.len() - 1) {
        for next in 1..=reviews {
            let work = first + i64::try_from((place + next) % visits.len())?;
            let what = What::Reviewed { work, answers: answers.clone() };
            deeds.push(deed(Visit { at: last, ..*visit }, what, next == reviews));
        }
    }
    Ok(deeds)
}
