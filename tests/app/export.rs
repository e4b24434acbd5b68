//! Stories of what facilitators take along: everything of the cohort, nothing that learners keep for themselves, and no names
//! where none are wanted.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use diesel::prelude::*;
use trellis::schema::audit_log;

use crate::discussion::start;
use crate::world::*;

const EXPORT: &str = "/cohorts/spring/manage/export";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const QUIZ: &str = "/cohorts/spring/units/1/check-your-understanding";

/// The files within it, by name.
async fn taken(person: &Person, names: &str, format: &str) -> BTreeMap<String, String> {
    person.get(EXPORT).await.expect(200);
    let token = person.token();
    let form = [("form_token", token.as_str()), ("names", names), ("format", format)];
    let answer = person.request("POST", EXPORT).form(&form).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("spring.zip"));
    let mut file = zip::ZipArchive::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
    let mut files = BTreeMap::new();
    for n in 0..file.len() {
        let mut part = file.by_index(n).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        files.insert(part.name().unwrap().into_owned(), text);
    }
    files
}

/// A learner who did and wrote this and that.
async fn with_ada(course: &Course) -> Person {
    course.travel_to("2027-01-12 10:00");
    let ada = course.enrol("=Ada").await;
    ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
    ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "a note of mine")]).await.expect(303);
    let reflection = "/cohorts/spring/units/0/what-would-make-this-worth-your-time/reflection";
    ada.submit(reflection, &[("body", "a reflection of mine")]).await.expect(303);
    let answers = [("best-reason", "d"), ("brown-review", "c"), ("five-features", "a"), ("collaborative-inertia", "b")];
    let answers = [answers.as_slice(), &[("single-view", "a")]].concat();
    ada.submit(&format!("{QUIZ}/answers"), &answers).await.expect(303);
    start(&ada, "Ada asks", "", "@SUM(1+1) is what Ada wrote").await;
    course.run_jobs().await;
    ada
}

stories! {
    async fn a_facilitator_takes_along_everything_that_is_not_private(course: Course) {
        let (ada, priya) = (with_ada(&course).await, course.facilitator().await);
        let files = taken(&priya, "yes", "csv").await;
        let who = ada.enrolment.unwrap();
        assert_eq!(files.len(), 12, "{:?}", files.keys());
        assert!(files["learners.csv"].contains(&format!("\n{who},'=Ada,'=ada@example.org,active,")), "{}", files["learners.csv"]);
        assert!(files["completions.csv"].contains(",why-work-as-a-network,2027-01-12T10:00:00Z,mark\n"), "{}", files["completions.csv"]);
        assert!(files["posts.csv"].contains("'@SUM(1+1) is what Ada wrote") && files["threads.csv"].contains("Ada asks"), "{}", files["posts.csv"]);
        assert!(files["openings.csv"].contains("why-work-as-a-network"));
        let attempts = &files["quiz-attempts.csv"];
        assert!(attempts.starts_with("\u{feff}learner,unit,step,handed_in_at\n") && attempts.lines().count() == 2, "{attempts}");
        assert!(attempts.ends_with(",check-your-understanding,2027-01-12T10:00:00Z\n"), "{attempts}");
        let lines = taken(&priya, "yes", "json").await;
        for private in ["of mine", "best-reason", "single-view", "right_count"] {
            let everything: String = files.values().chain(lines.values()).cloned().collect();
            assert!(!everything.contains(private), "what is private left: {private}");
        }
        let first: serde_json::Value = serde_json::from_str(lines["learners.jsonl"].lines().next().unwrap()).unwrap();
        assert_eq!((&first["learner"], &first["name"]), (&who.0.into(), &"=Ada".into()));
        let acts = course.write(|conn| audit_log::table.order(audit_log::id).select((audit_log::actor, audit_log::act, audit_log::reason)).load::<(String, String, String)>(conn).unwrap()).await;
        let act = |how: &str| ("Priya".to_owned(), "export-cohort".to_owned(), how.to_owned());
        assert_eq!(acts, [act("with names, as CSV"), act("with names, as JSON")]);
        assert!(priya.get(EXPORT).await.has("Tuesday 12 January 2027, 10:00 GMT, Priya: with names, as JSON"));
    }

    async fn without_names_somebody_is_the_same_word_in_every_table_of_one_export(course: Course) {
        let (ada, priya) = (with_ada(&course).await, course.facilitator().await);
        let files = taken(&priya, "no", "json").await;
        let everything: String = files.iter().filter(|(name, _)| name.as_str() != "about.txt").map(|(_, text)| text.as_str()).collect();
        assert!(!everything.contains("Ada") && !everything.contains("example.org") && !everything.contains("SUM"), "{everything}");
        let field = |file: &str, name: &str| {
            let line: serde_json::Value = serde_json::from_str(files[file].lines().next().unwrap()).unwrap();
            line[name].as_str().unwrap().to_owned()
        };
        let word = field("learners.jsonl", "learner");
        assert!(word.starts_with("person-") && !everything.contains(&format!("\"learner\":{}", ada.enrolment.unwrap())));
        assert_eq!((field("completions.jsonl", "learner"), field("posts.jsonl", "author")), (word.clone(), word.clone()));
        let other = taken(&priya, "no", "json").await;
        assert!(!other["learners.jsonl"].contains(&word), "another export has other words");
        priya.submit(EXPORT, &[("names", "some"), ("format", "csv")]).await.expect(400);
    }
}
