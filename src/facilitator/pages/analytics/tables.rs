//! The figures for a spreadsheet: `/cohorts/{cohort}/manage/analytics/{table}.csv`.

use actix_web::web::{Data, Path};

use super::{Desk, called, mistake};
use crate::discussion;
use crate::facilitator::analytics::{Item, Passage, items, talk_weeks};
use crate::facilitator::store::analytics as store;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::{Answer, Ask, Error, csv};
use crate::programme::{Content, Step, Unit};

crate::words! {
    Table { Steps = "steps", Stops = "stops", Quizzes = "quizzes", Discussions = "discussions" }
}

type Rows = Vec<Vec<String>>;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    ask.parameters()?.only(&[])?;
    let (cohort, name) = path.into_inner();
    let table: Table = name.parse().map_err(|_| Error::NotFound)?;
    let read = move |conn: &mut Conn| {
        let desk = Desk::of(conn, &asked, &catalogue, &cohort)?;
        let rows = rows(conn, &desk, table)?;
        Ok::<_, Error>((desk.place.cohort.slug.clone(), written(rows)?))
    };
    let (slug, bytes) = db.report(read).await?;
    Ok(csv::answer(&format!("{slug}-{table}")).body(bytes))
}

fn written(rows: Rows) -> Result<Vec<u8>, Error> {
    let mut table = csv::Table::onto(Vec::new())?;
    for row in rows {
        table.row(row.iter().map(|text| cell(text)))?;
    }
    Ok(table.finish()?)
}

fn rows(conn: &mut Conn, desk: &Desk<'_>, table: Table) -> Result<Rows, Error> {
    Ok(match table {
        Table::Steps => steps(conn, desk)?,
        Table::Stops => stops(conn, desk)?,
        Table::Quizzes => quizzes(conn, desk)?,
        Table::Discussions => discussions(conn, desk)?,
    })
}

fn head<const N: usize>(names: [&str; N]) -> Rows {
    vec![names.map(str::to_owned).into()]
}

fn steps(conn: &mut Conn, desk: &Desk<'_>) -> Result<Rows, Error> {
    let learners = store::count_active(conn, desk.place.cohort.id)?;
    let days = store::list_step_days(conn, desk.place.cohort.id, None)?;
    let mut rows = head(["Unit", "Step", "Required", "Open to", "Opened", "Done", "Median days to done"]);
    for (unit, step) in all(desk).filter(|(unit, _)| desk.is_open(unit)) {
        let passage = Passage::of(unit, step, &days, desk.released_on(unit));
        rows.push(vec![
            unit.full_title(),
            step.title.clone(),
            if step.required { "yes" } else { "no" }.into(),
            learners.to_string(),
            passage.opened.to_string(),
            passage.done.to_string(),
            passage.median_days.map(|days| days.to_string()).unwrap_or_default(),
        ]);
    }
    Ok(rows)
}

fn all<'c>(desk: &Desk<'c>) -> impl Iterator<Item = (&'c Unit, &'c Step)> {
    desk.programme.units.iter().flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)))
}

fn stops(conn: &mut Conn, desk: &Desk<'_>) -> Result<Rows, Error> {
    let mut rows = head(["Unit", "Last step done", "Learners who are stalled"]);
    for (unit, step, learners) in store::count_stops(conn, desk.place.cohort.id, desk.now)? {
        let (unit, step) = called(desk.programme, (&unit, &step), Unit::full_title);
        rows.push(vec![unit, step, learners.to_string()]);
    }
    Ok(rows)
}

/// A row for each question and wrong answer; one with no answer for a question that nobody got wrong.
fn quizzes(conn: &mut Conn, desk: &Desk<'_>) -> Result<Rows, Error> {
    let given = store::list_first_answers(conn, desk.place.cohort.id, None)?;
    let mut rows =
        head(["Unit", "Quiz", "Number", "Question", "Answered", "Right at first", "Wrong answer", "Chosen by"]);
    for item in all(desk).flat_map(|(unit, step)| items(unit, step, &given)).filter(|item| item.answered > 0) {
        let wrong = item.wrong.iter().map(|(option, n)| (mistake(option), n.to_string()));
        let wrong: Vec<_> = if item.wrong.is_empty() { vec![Default::default()] } else { wrong.collect() };
        rows.extend(wrong.into_iter().map(|(option, n)| [question(&item), vec![option, n]].concat()));
    }
    Ok(rows)
}

fn question(item: &Item<'_>) -> Vec<String> {
    vec![
        item.unit.full_title(),
        item.step.title.clone(),
        item.number.to_string(),
        item.question.text.clone(),
        item.answered.to_string(),
        item.right.to_string(),
    ]
}

fn discussions(conn: &mut Conn, desk: &Desk<'_>) -> Result<Rows, Error> {
    let id = desk.place.cohort.id;
    let weeks = talk_weeks(&store::list_written(conn, id)?, &discussion::store::list_begun(conn, id)?);
    let mut rows = head([
        "Week of",
        "Posts",
        "People who wrote",
        "Threads by learners",
        "Of these answered",
        "Median minutes to the first answer",
    ]);
    rows.extend(weeks.iter().map(|week| {
        let counted = [week.posts, week.writers, week.threads, week.answered].map(|n| n.to_string());
        let wait = week.median_wait.map(|minutes| minutes.to_string()).unwrap_or_default();
        [vec![week.week.to_string()], counted.into(), vec![wait]].concat()
    }));
    Ok(rows)
}
