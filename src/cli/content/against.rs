//! `content check --against`: records in a database that the content would leave without a step.

use std::collections::BTreeMap;

use diesel::QueryResult;

use crate::cli::{Failure, Outcome, block_on};
use crate::completion;
use crate::platform::config::Settings;
use crate::platform::db::{Conn, Db, DbError, Url};
use crate::platform::text::{Slug, count};
use crate::portfolio;
use crate::programme::{Catalogue, Programme, folder_of};

/// What learners have under each step, named by unit and step, and under each unit.
struct Records {
    of_steps: BTreeMap<(String, String), i64>,
    products: BTreeMap<String, i64>,
}

fn records(conn: &mut Conn, programme: &Slug) -> QueryResult<Records> {
    let of_steps = completion::store::records(conn, programme)?;
    Ok(Records { of_steps, products: portfolio::store::records(conn, programme)? })
}

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
    let unit_of = |name: &str| programme.units.iter().find(|u| u.names().any(|own| own.as_str() == name));
    let number = |n: &i64, what| count(usize::try_from(*n).unwrap_or(0), what);
    let is_lost = |unit: &str, step: &str| {
        !unit_of(unit).is_some_and(|unit| unit.steps.iter().any(|s| s.names().any(|own| own.as_str() == step)))
    };
    let of_steps = records.of_steps.iter().filter(|((unit, step), _)| is_lost(unit, step)).map(|((unit, step), n)| {
        let n = number(n, "record");
        format!(
            "learners have {n} under the step '{unit}/{step}', which is not there; add formerly = [\"{step}\"] to the \
             step that took its place (and to its unit, if that was renamed), or bring the step back"
        )
    });
    let products = records.products.iter().filter(|(unit, _)| unit_of(unit).is_none()).map(|(unit, n)| {
        let n = number(n, "product");
        format!(
            "learners have {n} of their portfolios under the unit '{unit}', which is not there; add formerly = \
             [\"{unit}\"] to the unit that took its place, or bring the unit back"
        )
    });
    of_steps.chain(products).collect()
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
        let of_steps = BTreeMap::from([(here, 4), (key(unit.slug.as_str(), "gone"), 2), (key("gone", "gone"), 1)]);
        let products = BTreeMap::from([(unit.slug.to_string(), 5), ("lost".to_owned(), 3)]);
        let lost = orphans(&programme, &Records { of_steps, products });
        assert_eq!(lost.len(), 3, "{lost:?}");
        assert!(lost[2].contains("3 products") && lost[2].contains("under the unit 'lost'"), "{lost:?}");
        assert!(lost.iter().any(|words| words.contains("2 records under the step") && words.contains("/gone'")));
    }
}
