//! A unit on paper, and as a file to keep.

use std::process::Command;

use trellis::programme::{Programme, StepKind};

use crate::world::*;

fn programme() -> &'static Programme {
    catalogue().programmes.values().find(|p| p.units.len() > 7).unwrap()
}

/// What the Nu HTML checker says against files.
fn faults(folder: &std::path::Path) -> String {
    let jar = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/node_modules/vnu-jar/build/dist/vnu.jar");
    assert!(std::path::Path::new(jar).exists(), "the Nu HTML checker is missing: run tests/run, which installs it");
    // The vendor's style sheet has its own ways with old browsers; the HTML is what is judged.
    let ran =
        Command::new("java").args(["-jar", jar, "--errors-only", "--filterpattern", "CSS: .*"]).arg(folder).output();
    let ran = ran.expect("java is missing: run tests/run, which installs it");
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

stories! {
    async fn a_unit_is_one_document_with_all_its_steps(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        assert!(ada.get("/cohorts/spring/units/1").await.html.contains("href=\"/cohorts/spring/units/1/print\""));
        let page = ada.get("/cohorts/spring/units/1/print").await.expect(200);
        assert!(page.has("Printed from spring 2027, Monday 11 January 2027 at 10am GMT."), "{}", page.html);
        let mut at = 0;
        for step in &programme().unit(1).unwrap().steps {
            let heading = format!("<h2 id=\"step-{}\">1.{} ", step.place, step.place);
            let place = page.html.find(&heading).unwrap_or_else(|| panic!("{heading} is not in {}", page.html));
            assert!(place > at, "{} comes in its order", step.title);
            at = place;
            if let Some(quiz) = step.quiz.as_ref().filter(|_| step.kind == StepKind::Quiz) {
                assert!(page.has(&quiz.questions[0].text) && page.has(&quiz.questions[0].options[0].text));
                let told = &quiz.questions[0].options[0].feedback;
                assert!(!page.has(told), "{told} would tell the answer");
            }
        }
        let ids: Vec<&str> = page.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "no id twice");
        for link in page.html.split(" href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&link), "#{link} leads nowhere");
        }
    }

    async fn a_document_holds_empty_sheets_and_nothing_that_somebody_wrote(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let unit = programme().unit(0).unwrap();
        let sheet = unit.steps.iter().find(|step| !step.fields.is_empty()).unwrap();
        let path = format!("/cohorts/spring/units/0/{}", sheet.slug);
        let field = format!("answer-{}", sheet.fields[0].slug);
        ada.submit(&format!("{path}/exercise"), &[(&field, "My very own words")]).await.expect(303);
        ada.submit(&format!("{path}/note"), &[("my-note", "My very own words")]).await.expect(303);
        for address in ["print", "offline.html"] {
            let page = ada.get(&format!("/cohorts/spring/units/0/{address}")).await.expect(200);
            assert!(page.has(&sheet.fields[0].label) && page.html.contains("app-sheet__answer"), "{}", page.html);
            assert!(!page.has("My very own words"));
        }
    }

    async fn a_kept_file_stands_alone(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let page = ada.get("/cohorts/spring/units/1/offline.html").await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let name = format!("attachment; filename=\"week-1-{}.html\"", programme().unit(1).unwrap().slug);
        assert_eq!(page.header("content-disposition"), name);
        assert!(page.has("Kept from spring 2027, Monday 11 January 2027 at 10am GMT, for your own use."), "{}", page.html);
        for needed in [" src=\"/", " src=\"http", "<link", "<script", "url(/", "url(http", "<form", "@import"] {
            assert!(!page.html.contains(needed), "it needs what is not in it: {needed}");
        }
        let hrefs = page.html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let lost: Vec<&str> = hrefs.filter(|href| !href.starts_with('#') && !href.starts_with("http")).collect();
        assert!(lost.is_empty(), "{lost:?}");
        assert!(page.html.contains(&format!("href=\"{}/cohorts/spring/", course.base)), "links lead to the site");
        assert!(page.html.contains("prefers-color-scheme:dark"), "and it is dark where people want it dark");
    }

    async fn a_unit_that_is_not_open_cannot_be_printed_or_kept(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, eve) = (course.enrol("Ada").await, course.outsider("Eve").await);
        let locked = ada.get("/cohorts/spring/units/7").await.expect(403);
        let unit = programme().unit(7).unwrap();
        for address in ["print", "offline.html"] {
            let page = ada.get(&format!("/cohorts/spring/units/7/{address}")).await.expect(403);
            let body = |page: &Page| page.html.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_owned();
            assert_eq!(body(&page), body(&locked), "the same as the unit itself");
            assert!(unit.steps.iter().all(|step| !page.has(&step.title)) && !page.has(&unit.summary));
            eve.get(&format!("/cohorts/spring/units/7/{address}")).await.expect(404);
            ada.get(&format!("/cohorts/spring/units/99/{address}")).await.expect(404);
        }
    }

    async fn every_document_is_valid_html(course: Course) {
        let priya = course.facilitator().await;
        let folder = tempfile::tempdir().unwrap();
        for unit in &programme().units {
            for address in ["print", "offline.html"] {
                let page = priya.get(&format!("/cohorts/spring/units/{}/{address}", unit.number)).await.expect(200);
                let file = folder.path().join(format!("{}-{}.html", unit.number, address.trim_end_matches(".html")));
                std::fs::write(file, &page.html).unwrap();
            }
        }
        let wrong = faults(folder.path());
        assert!(wrong.trim().is_empty(), "{wrong}");
        std::fs::write(folder.path().join("bad.html"), "<!DOCTYPE html><title>x</title><p id=a><p id=a>").unwrap();
        assert!(faults(folder.path()).contains("Duplicate ID"), "what is wrong would be told");
    }
}
