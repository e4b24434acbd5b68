//! `/cohorts/{cohort}/manage/analytics/{unit}`: a unit's steps, and the questions of its quizzes.

use std::cmp::Ordering;

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Desk, mistake, right_in_words};
use crate::facilitator::analytics::{Item, Passage, StepDay, items};
use crate::facilitator::store::analytics as store;
use crate::platform::chart::{Bars, Line, percent_words, share};
use crate::platform::db::{Conn, Db};
use crate::platform::measure::days_in_words;
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content, Unit};
use crate::schedule;

/// How many wrong answers to a question are named.
const WRONG: usize = 3;

#[derive(Template)]
#[template(path = "facilitator/analytics/unit.html")]
struct UnitPage {
    frame: Frame,
    path: String,
    cohort: String,
    now: String,
    title: String,
    lead: String,
    is_open: bool,
    open_to: i64,
    steps: Vec<StepRow>,
    steps_chart: Bars,
    items: Vec<ItemRow>,
    items_chart: Bars,
    before: Option<(String, String)>,
    after: Option<(String, String)>,
}

struct StepRow {
    title: String,
    required: bool,
    opened: i64,
    done: i64,
    median: String,
}

struct ItemRow {
    question: String,
    right: String,
    wrong: Vec<String>,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    ask.parameters()?.only(&[])?;
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &path)).await?;
    ask.page(page)
}

/// Five queries.
fn page(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    (slug, number): &(String, String),
) -> Result<UnitPage, Error> {
    let desk = Desk::of(conn, ask, catalogue, slug)?;
    let unit = number.parse().ok().and_then(|number| desk.programme.unit(number)).ok_or(Error::NotFound)?;
    let id = desk.place.cohort.id;
    let open_to = if desk.is_open(unit) { store::count_active(conn, id)? } else { 0 };
    let days = store::list_step_days(conn, id, Some(unit))?;
    let given = store::list_first_answers(conn, id, Some(unit))?;
    let mut items: Vec<Item<'_>> = unit.steps.iter().flat_map(|step| items(unit, step, &given)).collect();
    items.sort_by(hardest_first);
    let steps = steps(&desk, unit, &days, open_to);
    let beside = |number: Option<u16>| number.and_then(|number| desk.programme.unit(number));
    let link =
        |unit: &Unit, way: &str| (format!("{}/{}", desk.path(), unit.number), format!("{way}: {}", unit.full_title()));
    Ok(UnitPage {
        frame: desk.place.frame(ask),
        path: desk.place.cohort.path(),
        cohort: desk.place.cohort.name.clone(),
        now: desk.place.cohort.zone.exact(ask.now),
        title: unit.full_title(),
        lead: lead(&desk, unit, open_to),
        is_open: desk.is_open(unit),
        open_to,
        steps_chart: Bars::new(
            "steps-chart",
            "A bar for each step: how many learners did it, and behind it how many opened it",
            steps.iter().map(|(_, line)| line.clone()),
        )
        .with_key("Opened", "Done"),
        steps: steps.into_iter().map(|(row, _)| row).collect(),
        items_chart: Bars::new(
            "quiz-chart",
            "A bar for each question: how many were right at their first attempt",
            items.iter().map(item_line),
        ),
        items: items.iter().map(item_row).collect(),
        before: beside(unit.number.checked_sub(1)).map(|unit| link(unit, "Before")),
        after: beside(unit.number.checked_add(1)).map(|unit| link(unit, "After")),
    })
}

/// What nobody has answered is not known to be hard: it comes last.
fn hardest_first(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    let right = |item: &Item<'_>| share(item.right, item.answered);
    (a.answered == 0).cmp(&(b.answered == 0)).then(right(a).total_cmp(&right(b)))
}

fn lead(desk: &Desk<'_>, unit: &Unit, open_to: i64) -> String {
    let zone = &desk.place.cohort.zone;
    match schedule::release_of(unit, &desk.releases) {
        Some(release) if release.is_open(desk.now) => {
            let people = count(usize::try_from(open_to).unwrap_or(0), "learner");
            format!("Open to {people} since {}.", zone.plain(release.opens_at))
        }
        Some(release) if !release.held => {
            format!("Opens {}. Its figures will stand here from then on.", zone.plain(release.opens_at))
        }
        _ => "It is held. Its figures will stand here once it is open.".into(),
    }
}

fn steps(desk: &Desk<'_>, unit: &Unit, days: &[StepDay], open_to: i64) -> Vec<(StepRow, Line)> {
    let released = desk.released_on(unit);
    let step = |step: &crate::programme::Step| {
        let passage = Passage::of(unit, step, days, released);
        let row = StepRow {
            title: step.title.clone(),
            required: step.required,
            opened: passage.opened,
            done: passage.done,
            median: passage.median_days.map_or_else(|| "–".into(), days_in_words),
        };
        let line = Line {
            label: format!("{}.{} {}", unit.number, step.place, step.title),
            value: format!("{} done", percent_words(passage.done, open_to)),
            part: share(passage.done, open_to),
            behind: Some(share(passage.opened, open_to)),
        };
        (row, line)
    };
    unit.steps.iter().map(step).collect()
}

fn item_line(item: &Item<'_>) -> Line {
    Line {
        label: format!("{}. {}", item.number, item.question.text),
        value: match item.answered {
            0 => "Not answered yet".into(),
            all => format!("{} right", percent_words(item.right, all)),
        },
        part: share(item.right, item.answered),
        behind: None,
    }
}

fn item_row(item: &Item<'_>) -> ItemRow {
    let wrong = item.wrong.iter().take(WRONG).map(|(option, n)| format!("{} ({n})", mistake(option)));
    ItemRow {
        question: format!("{}. {}", item.number, item.question.text),
        right: right_in_words(item),
        wrong: wrong.collect(),
    }
}
