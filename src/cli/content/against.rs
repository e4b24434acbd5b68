//! `content check --against`: records in a database that the content would leave without a step.

use std::collections::BTreeMap;

use crate::cli::{Failure, Outcome, block_on};
use crate::completion::store::records;
use crate::platform::config::Settings;
use crate::platform::db::{Db, DbError, Url};
use crate::platform::text::{Slug, count};
use crate::programme::{Catalogue, Programme, folder_of};

/// Unit and step, and how many records stand under them.
type Records = BTreeMap<(String, String), i64>;

pub fn check(settings: &Settings, catalogue: &Catalogue) -> Outcome {
    if let Url::Sqlite(path) = &settings.database
        && !path.exists()
    {
        return Err(Failure::Settings(vec![format!("--against: there is no database at {}", path.display())]));
    }
    let slugs: Vec<Slug> = catalogue.programmes.keys().cloned().collect();
    // As it is: a check changes no schema.
    let db = Db::open(&settings.database, 1).map_err(anyhow::Error::from)?;
    let read = db.report(move |conn| {
        let read = |slug: Slug| records(conn, &slug).map(|records| (slug, records));
        slugs.into_iter().map(read).collect::<Result<Vec<_>, _>>().map_err(DbError::from)
    });
    let kept = block_on(read).map_err(anyhow::Error::from)?;
    let mut faults = Vec::new();
    for (slug, records) in kept {
        let Some(programme) = catalogue.programme(&slug) else { continue };
        let file = folder_of(&settings.content, &slug).join("programme.toml");
        faults.extend(orphans(programme, &records).into_iter().map(|words| format!("{}:1: {words}", file.display())));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Settings(faults)) }
}

/// What no unit and step of the programme is or was called.
fn orphans(programme: &Programme, records: &Records) -> Vec<String> {
    let lost = records.iter().filter(|((unit, step), _)| {
        let unit = programme.units.iter().find(|u| u.names().any(|name| name.as_str() == unit));
        !unit.is_some_and(|unit| unit.steps.iter().any(|s| s.names().any(|name| name.as_str() == step)))
    });
    let words = |((unit, step), n): (&(String, String), &i64)| {
        let n = count(usize::try_from(*n).unwrap_or(0), "record");
        format!(
            "learners have {n} under the step '{unit}/{step}', which is not there; add formerly = [\"{step}\"] to the \
             step that took its place (and to its unit, if that was renamed), or bring the step back"
        )
    };
    lost.map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::completion::sample::programme;

    #[test]
    fn records_under_names_of_now_and_of_before_are_at_home() {
        let programme = programme();
        let unit = &programme.units[1];
        let key = |unit: &str, step: &str| (unit.to_owned(), step.to_owned());
        let here = key(unit.slug.as_str(), unit.steps[0].slug.as_str());
        let records = Records::from([(here, 4), (key(unit.slug.as_str(), "gone"), 2), (key("gone", "gone"), 1)]);
        let lost = orphans(&programme, &records);
        assert_eq!(lost.len(), 2, "{lost:?}");
        assert!(lost.iter().any(|words| words.contains("2 records under the step") && words.contains("/gone'")));
    }
}
