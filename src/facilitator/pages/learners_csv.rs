//! The same for a spreadsheet: one row for each learner, safe to open (no cell is taken for a formula).

use actix_web::web::{Data, Path};

use super::wanted::{Chosen, FIELDS};
use crate::cohort::gate;
use crate::facilitator::store::{self, After};
use crate::facilitator::{Learner, Sort, Tally};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::cell;
use crate::platform::web::csv::{self, Table};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::platform::zone::Zone;
use crate::programme::{Catalogue, Content, Programme};

/// Learners read at a time.
const BATCH: i64 = 1_000;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let sent = ask.parameters()?;
    let (name, table) = db.report(move |conn| table(conn, &asked, &catalogue, &slug, &sent)).await?;
    Ok(csv::answer(&format!("{name}-learners")).body(table))
}

fn table(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &Catalogue,
    slug: &str,
    sent: &Fields,
) -> Result<(String, Vec<u8>), Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    sent.only(&FIELDS)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    let wanted = Chosen::read(sent).wanted(programme, &place.cohort.zone, ask.now)?;
    let mut table = Table::onto(Vec::new())?;
    table.row(head(programme))?;
    let mut last: Option<Learner> = None;
    loop {
        let after = last.as_ref().map(|last| after(last, wanted.sort));
        let learners = store::list_learners(conn, place.cohort.id, &wanted, after.as_ref(), BATCH)?;
        let tally = Tally::of(programme, store::list_completions(conn, &learners)?);
        for learner in &learners {
            table.row(record(learner, programme, &tally, &place.cohort.zone))?;
        }
        match learners.last() {
            Some(end) if learners.len() as i64 == BATCH => last = Some(end.clone()),
            _ => break,
        }
    }
    Ok((place.cohort.slug.to_string(), table.finish()?))
}

fn after(last: &Learner, sort: Sort) -> After {
    let at = if sort == Sort::LastHere { last.last_seen_at } else { None };
    After { enrolment: last.enrolment, name: last.name.clone(), at: at.unwrap_or(last.enrolled_at) }
}

fn head(programme: &Programme) -> Vec<String> {
    let units = programme.units.iter().map(|u| format!("Unit {} (of {})", u.number, u.required_count()));
    let fixed = ["Name", "Email", "Stage", "Enrolled", "Last here"].map(str::to_owned);
    fixed.into_iter().chain(units).chain([format!("All (of {})", programme.required_steps().count())]).collect()
}

fn record(learner: &Learner, programme: &Programme, tally: &Tally, zone: &Zone) -> Vec<String> {
    let moment = |at: Instant| zone.local(at).format("%Y-%m-%d %H:%M").to_string();
    let done: Vec<usize> = programme.units.iter().map(|u| tally.done(learner.enrolment, u.number)).collect();
    let all = done.iter().sum::<usize>();
    [
        cell(&learner.name),
        cell(&learner.email),
        learner.stage.label().to_owned(),
        moment(learner.enrolled_at),
        learner.last_seen_at.map(moment).unwrap_or_default(),
    ]
    .into_iter()
    .chain(done.iter().map(ToString::to_string))
    .chain([all.to_string()])
    .collect()
}
