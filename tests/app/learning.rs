//! Learning: home, the outline, a unit, and every kind of step.

mod completing;
mod films;
mod outline;
mod peers;
mod private;
mod quizzes;

use diesel::prelude::*;
use trellis::platform::text::Slug;
use trellis::programme::{Catalogue, Programme, Step};
use trellis::schema::completions;

use crate::world::*;

const UNIT_1: &str = "/cohorts/spring/units/1";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const QUIZ: &str = "/cohorts/spring/units/1/check-your-understanding";
const DIAGNOSTIC: &str = "/cohorts/spring/units/1/take-the-temperature";
const DISCUSSION: &str = "/cohorts/spring/units/1/one-strength-one-puzzle";
const REFLECTION: &str = "/cohorts/spring/units/0/what-would-make-this-worth-your-time";
const PLAN: &str = "/cohorts/spring/units/11/development-plan";

/// Four questions right, one wrong: the several-answers question misses one.
const ANSWERS: [(&str, &str); 6] = [
    ("best-reason", "d"),
    ("brown-review", "c"),
    ("five-features", "a"),
    ("five-features", "c"),
    ("collaborative-inertia", "b"),
    ("single-view", "a"),
];

fn steps_in_all() -> usize {
    catalogue().programmes[&Slug::parse("effective-networks").unwrap()].required_steps().count()
}

fn statements(answer: &str) -> Vec<(String, String)> {
    let programme = &catalogue().programmes[&Slug::parse("effective-networks").unwrap()];
    let dimensions = &programme.diagnostic.as_ref().unwrap().dimensions;
    dimensions.iter().flat_map(|d| &d.statements).map(|s| (s.slug.to_string(), answer.to_owned())).collect()
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn count_completions(course: &Course) -> i64 {
    course.write(|conn| completions::table.count().get_result(conn).unwrap()).await
}

/// Teaches the course with one of its steps changed.
fn with_step(course: &Course, path: &str, change: impl FnOnce(&mut Step)) {
    let mut programmes = catalogue().programmes.clone();
    let programme: &mut Programme = programmes.get_mut(&Slug::parse("effective-networks").unwrap()).unwrap();
    let (unit, slug) = path.trim_start_matches("/cohorts/spring/units/").split_once('/').unwrap();
    let unit = programme.units.iter_mut().find(|u| u.number.to_string() == unit).unwrap();
    change(unit.steps.iter_mut().find(|s| s.slug.as_str() == slug).unwrap());
    course.app.content.replace(Catalogue { programmes });
}

stories! {
    async fn each_page_makes_a_fixed_number_of_queries(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        for person in [&ada, &ben] {
            person.submit(&format!("{PLAN}/submission"), &[("body", "A plan")]).await.expect(303);
            person.submit(&format!("{DISCUSSION}/posts"), &[("body", "Hello")]).await.expect(303);
            person.submit(&format!("{QUIZ}/answers"), &ANSWERS).await.expect(303);
        }
        // Notes the visit, so that none of the pages below does.
        ada.get("/").await.expect(200);
        for (path, most) in [
            ("/", 7),
            ("/cohorts/spring", 6),
            (UNIT_1, 5),
            (ARTICLE, 5),
            (QUIZ, 7),
            (DIAGNOSTIC, 6),
            (REFLECTION, 6),
            (DISCUSSION, 7),
            (PLAN, 8),
        ] {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
            let before = course.db.statements();
            ada.get(path).await.expect(200);
            let made = course.db.statements() - before;
            assert!(made <= most, "{path} made {made} queries");
        }
    }
}
