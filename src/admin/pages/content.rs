//! `/admin/content`: which programmes are taught, what kept a later state of them out, and what an editor would mend.

use actix_web::web::{self, Data};
use askama::Template;

use super::{frame, note};
use crate::accounts::Person;
use crate::accounts::gate::administrator;
use crate::admin::Installation;
use crate::audit::{Act, Deed};
use crate::platform::db::{Db, DbError};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::platform::zone::Zone;
use crate::programme::{self, Content, ContentFault, Programme, Read};

#[derive(Template)]
#[template(path = "admin/content.html")]
struct ContentPage {
    frame: Frame,
    programmes: Vec<ProgrammeRow>,
    read: String,
    /// When it was last to be read again and was not taken.
    refused: String,
    faults: Vec<FaultRow>,
    /// What looking through the files found; none: nobody asked.
    found: Option<Vec<FaultRow>>,
}

struct ProgrammeRow {
    title: String,
    href: String,
    language: String,
    holds: String,
    fingerprint: String,
}

struct FaultRow {
    place: String,
    what: String,
    mend: String,
}

/// With `look=yes` the files are looked through, as `trellis content check` does it.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, here: Data<Installation>) -> Answer {
    let sent = ask.parameters()?;
    sent.only(&["look"])?;
    let asked = ask.clone();
    let person = db.read(move |conn| administrator(conn, &asked)).await?;
    let found = match sent.get("look") {
        "yes" => Some(look(&here).await?),
        _ => None,
    };
    ask.page(page(&ask, &person, &content, &here, found))
}

/// It takes seconds, so no other request waits for it.
async fn look(here: &Installation) -> Result<Vec<ContentFault>, Error> {
    let folder = here.content.clone();
    let looked = web::block(move || programme::check(&folder).map(drop)).await;
    Ok(looked.map_err(|_| DbError::Broken)?.err().unwrap_or_default())
}

fn page(
    ask: &Ask,
    person: &Person,
    content: &Content,
    here: &Installation,
    found: Option<Vec<ContentFault>>,
) -> ContentPage {
    let Read { at, refused } = content.read();
    let (refused_at, faults) = refused.unzip();
    let rows = |faults: Vec<ContentFault>| faults.into_iter().map(|fault| here.fault(fault)).collect();
    ContentPage {
        frame: frame(ask, person),
        programmes: content.current().programmes.values().map(programme_row).collect(),
        read: Zone::utc().exact(at.unwrap_or(here.started_at)),
        refused: refused_at.map(|at| Zone::utc().exact(at)).unwrap_or_default(),
        faults: rows(faults.unwrap_or_default()),
        found: found.map(rows),
    }
}

fn programme_row(programme: &Programme) -> ProgrammeRow {
    let steps = || programme.units.iter().flat_map(|unit| &unit.steps);
    let questions: usize = steps().filter_map(|step| step.quiz.as_ref()).map(|quiz| quiz.questions.len()).sum();
    let (units, steps) = (count(programme.units.len(), "unit"), count(steps().count(), "step"));
    ProgrammeRow {
        title: programme.title.clone(),
        href: format!("/programmes/{}", programme.slug),
        language: programme.language.clone(),
        holds: format!("{units}, {steps}, {}", count(questions, "quiz question")),
        fingerprint: programme.fingerprint(),
    }
}

impl Installation {
    /// Named from the content folder on.
    fn fault(&self, fault: ContentFault) -> FaultRow {
        let file = fault.file.strip_prefix(&self.content).unwrap_or(&fault.file);
        FaultRow { place: format!("{}:{}", file.display(), fault.line), what: fault.what, mend: fault.mend }
    }
}

impl ContentPage {
    fn found_in_words(&self) -> String {
        count(self.found.as_ref().map_or(0, Vec::len), "thing")
    }

    fn faults_in_words(&self) -> String {
        count(self.faults.len(), "fault")
    }
}

/// Reads it again, as `trellis content reload` does it. What has faults is not taken: the page then names them.
pub async fn reload(ask: Ask, db: Data<Db>, here: Data<Installation>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let person = db.read(move |conn| administrator(conn, &asked)).await?;
    let taken = (here.reload)().await?;
    let (now, reason) = (ask.now, if taken { "" } else { "it had faults, and was not taken" });
    db.write(move |conn| {
        let deed = Deed { act: Act::ReloadContent, subject: "", path: "/admin/content", reason, about: None };
        note(conn, &person, None, deed, now)
    })
    .await?;
    ask.done("/admin/content", if taken { "content-read" } else { "" })
}
