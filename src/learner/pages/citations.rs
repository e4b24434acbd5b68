//! The library, or one entry of it, for reference managers: `library.bib` and `library.ris`, and the same below
//! `/library/`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use crate::learner::shelves::Shelves;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::Content;
use crate::programme::citation::{self, Work};

/// How a file of citations is written.
#[derive(Clone, Copy)]
struct Format {
    ending: &'static str,
    content_type: &'static str,
    write: fn(&[Work<'_>]) -> String,
}

const BIBTEX: Format =
    Format { ending: "bib", content_type: "text/x-bibtex; charset=utf-8", write: |works| citation::bibtex(works) };
const RIS: Format = Format {
    ending: "ris",
    content_type: "application/x-research-info-systems; charset=utf-8",
    write: |works| citation::ris(works),
};

type All = (Ask, Data<Db>, Data<Content>, Path<String>);
type One = (Ask, Data<Db>, Data<Content>, Path<(String, String)>);

pub async fn bibtex((ask, db, content, cohort): All) -> Answer {
    file(BIBTEX, ask, db, content, (cohort.into_inner(), None)).await
}

pub async fn ris((ask, db, content, cohort): All) -> Answer {
    file(RIS, ask, db, content, (cohort.into_inner(), None)).await
}

pub async fn entry_bibtex((ask, db, content, path): One) -> Answer {
    let (cohort, key) = path.into_inner();
    file(BIBTEX, ask, db, content, (cohort, Some(key))).await
}

pub async fn entry_ris((ask, db, content, path): One) -> Answer {
    let (cohort, key) = path.into_inner();
    file(RIS, ask, db, content, (cohort, Some(key))).await
}

/// Everything that the library would show, or the entry with the key.
async fn file(
    format: Format,
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    (cohort, key): (String, Option<String>),
) -> Answer {
    let catalogue = content.current();
    let read = move |conn: &mut _| {
        let shelves = Shelves::enter(conn, &ask, &catalogue, &cohort)?;
        let entries = shelves.entries();
        let asked_for = |work: &Work<'_>| key.as_deref().is_none_or(|key| work.key == key);
        let works: Vec<Work<'_>> =
            entries.iter().filter_map(|(source, _)| Work::of(source)).filter(asked_for).collect();
        if works.is_empty() && key.is_some() {
            return Err(Error::NotFound);
        }
        let name = key.clone().unwrap_or_else(|| name(&shelves));
        Ok((format!("{name}.{}", format.ending), (format.write)(&works)))
    };
    let (name, text) = db.read(read).await?;
    Ok(HttpResponse::Ok()
        .content_type(format.content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(text))
}

/// `effective-networks-library-report`
fn name(shelves: &Shelves<'_>) -> String {
    let [topic, kind, unit] = shelves.filter.values();
    let unit = if unit.is_empty() { unit } else { format!("unit-{unit}") };
    let parts = [shelves.programme.slug.to_string(), "library".into(), topic, kind, unit];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
