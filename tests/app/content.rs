//! The whole of what is taught, as people meet it: every step of every unit, sheets, library, glossary, guides.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use trellis::cohort::store::{NewCohort, create, enrol};
use trellis::cohort::{Joining, Role};
use trellis::platform::text::Slug;
use trellis::programme::{Programme, StepKind};
use trellis::schedule::store::{open_due, plan_cohort};
use trellis::schema::{accounts, completions, exercise_answers};

use crate::world::*;

const CARD: &str = "/cohorts/spring/units/2/build-your-purpose-card";
/// What no finished text holds.
const UNFINISHED: [&str; 7] = ["todo", "tbc", "lorem ipsum", "placeholder", "fixme", "coming soon", "xxx"];

fn named(slug: &str) -> &'static Programme {
    &catalogue().programmes[&Slug::parse(slug).unwrap()]
}

/// Every address of this site that the page leads to, each with its fragment, and every id it has.
fn links(path: &str, html: &str) -> BTreeSet<(String, String)> {
    let hrefs = html.split("href=\"").chain(html.split("src=\"")).skip(1);
    let hrefs = hrefs.filter_map(|rest| rest.split('"').next()).filter(|href| !href.contains("://"));
    hrefs
        .filter(|href| !href.starts_with("mailto:") && !href.starts_with("data:") && !href.contains('<'))
        .map(|href| {
            let (to, fragment) = href.split_once('#').unwrap_or((href, ""));
            (resolved(path, to), fragment.to_owned())
        })
        .collect()
}

/// `../6/name` as seen from `/cohorts/spring/units/5/other`.
fn resolved(from: &str, to: &str) -> String {
    if to.is_empty() {
        return from.to_owned();
    }
    if to.starts_with('/') {
        return to.replace("&amp;", "&");
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            ".." => _ = parts.pop(),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Goes through all units as a learner and follows every link within the site: what is wrong with each page.
async fn walk(person: &Person, cohort: &str, programme: &Programme) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut asked: BTreeMap<String, Page> = BTreeMap::new();
    let steps = programme.units.iter().flat_map(|unit| unit.steps.iter().map(move |step| (unit, step)));
    let units = programme.units.iter().map(|unit| format!("{cohort}/units/{}", unit.number));
    let mut paths: Vec<String> = steps.map(|(u, s)| format!("{cohort}/units/{}/{}", u.number, s.slug)).collect();
    paths.extend(units);
    paths.extend(["library", "glossary"].map(|page| format!("{cohort}/{page}")));
    for path in &paths {
        let page = person.get(path).await;
        let words = page.text().to_lowercase();
        if page.status != 200 {
            wrong.push(format!("{path}: {}", page.status));
        }
        for word in UNFINISHED
            .iter()
            .filter(|word| words.split(|c: char| !c.is_alphanumeric() && c != ' ').any(|w| w.trim() == **word))
        {
            wrong.push(format!("{path}: it says '{word}'"));
        }
        for (to, fragment) in links(path, &page.html) {
            if !asked.contains_key(&to) {
                let found = person.get(&to).await;
                asked.insert(to.clone(), found);
            }
            let found = &asked[&to];
            // A form's own address, such as the sign-out, answers a visit with 404 and is no link.
            if found.status != 200 {
                wrong.push(format!("{path}: the link {to} answers {}", found.status));
            } else if !fragment.is_empty() && !found.html.contains(&format!("id=\"{fragment}\"")) {
                wrong.push(format!("{path}: {to} has no #{fragment}"));
            }
        }
    }
    wrong
}

stories! {
    async fn every_step_of_every_unit_can_be_read_and_leads_somewhere(course: Course) {
        course.travel_to("2027-04-13 10:00");
        let ada = course.enrol("Ada").await;
        course.run_jobs().await;
        let wrong = walk(&ada, "/cohorts/spring", named("effective-networks")).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn the_second_programme_runs_as_well(course: Course) {
        course.travel_to("2027-02-01 10:00");
        let ada = course.enrol("Ada").await;
        let (email, zone, now) = (ada.email.clone(), course.zone.clone(), course.now());
        course
            .write(move |conn| {
                let new = NewCohort {
                    programme: Slug::parse("running-good-meetings").unwrap(),
                    name: "Meetings".into(),
                    starts_on: "2027-01-11".parse().unwrap(),
                    release_time: "09:00:00".parse().unwrap(),
                    zone,
                    joining: Joining::Open,
                    breaks: Vec::new(),
                };
                let cohort = create(conn, &new, now).unwrap();
                plan_cohort(conn, &cohort.slug, catalogue()).unwrap();
                let account = accounts::table.filter(accounts::email.eq(email)).select(accounts::id).first(conn).unwrap();
                enrol(conn, cohort.id, account, Role::Learner, now).unwrap();
                open_due(conn, now).unwrap();
            })
            .await;
        let wrong = walk(&ada, "/cohorts/meetings", named("running-good-meetings")).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let outline = ada.get("/cohorts/meetings").await.expect(200);
        assert!(outline.has("Running good meetings in health and care"), "{}", outline.html);
    }

    async fn an_exercise_keeps_its_answers_for_their_author_alone(course: Course) {
        course.travel_to("2027-01-18 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let priya = course.facilitator().await;
        let page = ada.get(CARD).await.expect(200);
        assert!(page.has("Your sheet") && page.has("Save for later") && page.has("Save and mark as complete"), "{}", page.html);
        let fields: Vec<String> = named("effective-networks").units[2].steps[2].fields.iter().map(|f| f.slug.to_string()).collect();
        let name = format!("answer-{}", fields[0]);
        let sent = [(name.as_str(), "So that <nobody> falls twice\r\nwe mend gaps")];
        let saved = ada.submit(&format!("{CARD}/exercise"), &sent).await.expect(303);
        assert_eq!(saved.location(), format!("{CARD}#sheet"));
        let page = ada.get(CARD).await;
        assert!(page.has("So that &#60;nobody&#62; falls twice\nwe mend gaps") && page.has("Save for later"), "{}", page.html);
        let sheet = ada.get(&format!("{CARD}/sheet")).await.expect(200);
        assert!(sheet.html.contains("&#60;nobody&#62; falls twice"), "{}", sheet.html);
        for other in [&ben, &priya] {
            for path in [CARD.to_owned(), format!("{CARD}/sheet")] {
                let page = other.get(&path).await.expect(200);
                assert!(!page.html.contains("falls twice"), "{}", page.html);
            }
        }
        // Saving is not finishing: the learner says when it is done, with the same button that keeps what is typed.
        let count = |conn: &mut trellis::platform::db::Conn| completions::table.count().get_result::<i64>(conn).unwrap();
        assert_eq!(course.write(count).await, 0);
        assert!(!page.html.contains(&format!("action=\"{CARD}/complete\"")), "no second way to mark it: {}", page.html);
        let done = ada.submit(&format!("{CARD}/exercise"), &[(name.as_str(), "At last"), ("then", "complete")]).await;
        assert_eq!(done.expect(303).location(), format!("{CARD}#finish"));
        assert_eq!(course.write(count).await, 1);
        let page = ada.get(CARD).await;
        assert!(page.has("At last") && page.has("Save what I changed") && page.has("Mark as not done"), "{}", page.html);
        ada.submit(&format!("{CARD}/exercise"), &[("then", "forget")]).await.expect(400);
    }

    async fn what_a_sheet_cannot_take_is_refused_and_nothing_is_lost(course: Course) {
        course.travel_to("2027-01-18 10:00");
        let ada = course.enrol("Ada").await;
        let step = &named("effective-networks").units[2].steps[2];
        let names: Vec<String> = step.fields.iter().map(|f| format!("answer-{}", f.slug)).collect();
        let long = "a".repeat(5_001);
        let refused = ada.submit(&format!("{CARD}/exercise"), &[(&names[0], &long), (&names[1], "Kept")]).await.expect(422);
        assert!(refused.has(&long) && refused.has("Kept"), "what was typed is there");
        assert!(refused.html.contains(&format!("href=\"#{}\"", names[0])), "{}", refused.html);
        ada.submit(&format!("{CARD}/exercise"), &[("answer-other", "x")]).await.expect(400);
        ada.submit("/cohorts/spring/units/2/purpose-as-the-glue/exercise", &[]).await.expect(404);
        ada.get("/cohorts/spring/units/2/purpose-as-the-glue/sheet").await.expect(404);
        let kept = course.write(|conn| exercise_answers::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!(kept, 0);
        ada.submit(&format!("{CARD}/exercise"), &[(&names[0], " ")]).await.expect(303);
        assert!(!ada.get(CARD).await.html.contains("Kept"));
    }

    async fn the_library_shows_what_open_steps_draw_on(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let library = ada.get("/cohorts/spring/library").await.expect(200);
        assert!(library.has("113 entries shown") && library.has("Looking forward"), "{}", library.html);
        assert!(library.has("1.1 Why work as a network?"), "an open step");
        assert!(!library.html.contains("/units/7/"), "nothing locked is named");
        let reports = ada.get("/cohorts/spring/library?kind=report").await.expect(200);
        assert!(reports.has("Report · ") && !reports.has("Article · "), "{}", reports.html);
        ada.get("/cohorts/spring/library?kind=poem").await.expect(404);
        ada.get("/cohorts/spring/library?sort=year").await.expect(400);
    }

    async fn the_glossary_explains_and_steps_link_to_it_once(course: Course) {
        course.travel_to("2027-02-01 10:00");
        let ada = course.enrol("Ada").await;
        let glossary = ada.get("/cohorts/spring/glossary").await.expect(200);
        assert_eq!(glossary.html.matches("<dt>").count(), 40);
        assert!(glossary.html.contains("id=\"structural-hole\""), "{}", glossary.html);
        let step = ada.get("/cohorts/spring/units/4/ties-strong-and-weak").await.expect(200);
        let links: Vec<&str> = step.html.split("class=\"app-term\" href=\"").skip(1).map(|r| r.split('"').next().unwrap()).collect();
        let once: BTreeSet<&&str> = links.iter().collect();
        assert!(links.len() > 2 && once.len() == links.len(), "{links:?}");
        assert!(!glossary.html.contains("/units/9"), "a unit not yet open is not named");
    }

    async fn a_guide_is_for_facilitators(course: Course) {
        let priya = course.facilitator().await;
        let all = priya.get("/cohorts/spring/manage/guide").await.expect(200);
        for unit in &named("effective-networks").units {
            let guide = priya.get(&format!("/cohorts/spring/manage/guide/{}", unit.number)).await.expect(200);
            assert!(all.has(&unit.title) && guide.has("What to watch for") && guide.has("When it is quiet"), "{}", guide.html);
            let (heading, has) = ("The live session", unit.live.is_some());
            assert_eq!(guide.html.contains(&format!(">{heading}</h2>")), has, "{}", unit.title);
        }
        priya.get("/cohorts/spring/manage/guide/12").await.expect(404);
        priya.get("/cohorts/spring/manage/guide/01").await.expect(404);
        // Links in it lead to the cohort's own steps.
        let wrong = follow(&priya, "/cohorts/spring/manage/guide/5").await;
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    async fn a_picture_is_served_for_good_and_runs_nothing(course: Course) {
        let visitor = course.visitor();
        let file = named("effective-networks").files.values().find(|file| file.name.ends_with(".svg")).unwrap();
        let picture = visitor.get(&format!("/programmes/effective-networks/files/{}", file.name)).await.expect(200);
        assert_eq!(picture.header("content-type"), "image/svg+xml");
        assert!(picture.header("cache-control").contains("immutable"));
        assert_eq!(picture.header("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        for path in ["effective-networks/files/nothing.svg", "running-good-meetings/files/x", "x/files/x"] {
            visitor.get(&format!("/programmes/{path}")).await.expect(404);
        }
        visitor.get(&format!("/programmes/running-good-meetings/files/{}", file.name)).await.expect(404);
    }

    async fn mails_speak_in_the_programmes_own_words(course: Course) {
        let _ada = course.enrol("Ada").await;
        course.live_until("2027-01-18 09:30").await;
        let unit = &named("effective-networks").units[1];
        let mails = course.mails_to("ada@example.org").await;
        for text in unit.reminders.all() {
            let mail = mails.iter().find(|mail| mail.subject == text.subject);
            let mail = mail.unwrap_or_else(|| panic!("no mail is called {}", text.subject));
            let plain = mail.text().split_whitespace().collect::<Vec<_>>().join(" ");
            for words in [&text.about, &text.first, &text.hook] {
                assert!(plain.contains(words.as_str()), "{words} is not in {plain}");
            }
        }
    }
}

/// What is wrong with the links of one page.
async fn follow(person: &Person, path: &str) -> Vec<String> {
    let page = person.get(path).await.expect(200);
    let mut wrong = Vec::new();
    for (to, _) in links(path, &page.html) {
        let status = person.get(&to).await.status;
        if status != 200 {
            wrong.push(format!("{to} answers {status}"));
        }
    }
    wrong
}

/// As many articles, films and pictures as the syllabus asks for, each film with its captions.
#[test]
fn the_course_is_whole() {
    let programme = named("effective-networks");
    let steps = || programme.units.iter().flat_map(|unit| &unit.steps);
    let kinds = |kind| steps().filter(|step| step.kind == kind).count();
    assert_eq!((programme.units.len(), steps().count()), (12, 84));
    assert!(steps().filter(|s| s.kind == StepKind::Video).all(|s| s.captions.is_some()), "each film has captions");
    assert!(
        steps().filter(|s| s.kind == StepKind::Exercise).all(|s| !s.fields.is_empty()),
        "each exercise has a sheet"
    );
    for article in steps().filter(|step| step.kind == StepKind::Article) {
        let html = article.html.to_lowercase();
        assert!(html.contains("in short</h2>") && html.contains("<h2"), "{} ends in short", article.title);
        assert!(html.contains("falls network"), "{} has an example from the running case", article.title);
        assert!(!article.sources.is_empty() || article.draws_on.is_empty(), "{}", article.title);
    }
    for text in steps().filter(|step| step.html.to_lowercase().contains("falls network")) {
        assert!(text.html.contains("fictional"), "{} says that its network is fictional", text.title);
    }
    assert!(kinds(StepKind::Video) > 9 && kinds(StepKind::Exercise) > 9 && kinds(StepKind::Quiz) == 12);
    assert!(programme.units.iter().all(|unit| unit.reminders.all().count() == 3), "three mails for each unit");
    assert!(
        programme.units.iter().all(|unit| unit.steps.iter().any(|s| s.html.contains("<figure"))),
        "a picture for each unit"
    );
    assert_eq!((programme.glossary.len(), programme.guides.len(), programme.topics.len()), (40, 12, 6));
    let library: Vec<_> = programme.sources.values().filter(|source| source.entry.is_some()).collect();
    assert_eq!(library.len(), 113);
    assert!(library.iter().all(|source| steps().any(|step| step.draws_on.contains(&source.key))), "each is drawn on");
}
