//! Help, accessibility and privacy: what must be said is said.

use crate::world::*;

/// The page's headings of these levels, in order.
fn headings(page: &Page) -> Vec<String> {
    let parts = page.html.split("<h2").skip(1);
    parts.filter_map(|part| Some(part.split_once('>')?.1.split_once("</h2>")?.0.to_owned())).collect()
}

stories! {
    async fn help_says_how_a_course_works(course: Course) {
        let page = course.visitor().get("/help").await.expect(200);
        let about = ["How a course works", "What counts as done", "Signing in", "Mail from us", "With the keyboard", "The ground rules", "Still stuck?"];
        assert_eq!(headings(&page), about);
        assert!(page.has("All our mail comes from <b>trellis@example.org</b>."), "{}", page.html);
        for words in ["Tab, and Shift and Tab", "The certificate.", "your first post in it"] {
            assert!(page.has(words), "{words}");
        }
    }

    async fn the_accessibility_statement_follows_the_model(course: Course) {
        // SI 2018/952, regulation 8, and the model statement.
        let page = course.visitor().get("/accessibility").await.expect(200);
        let model = ["Compliance status", "Non-accessible content", "Feedback and contact information", "Enforcement procedure",
            "How we tested", "Preparation of this accessibility statement"];
        assert_eq!(headings(&page), model);
        for words in [
            "partially compliant", "version 2.2 AA", "Non-compliance with the accessibility regulations", "Disproportionate burden",
            "not within the scope of the accessibility regulations", "mailto:trellis@example.org",
            "Equality and Human Rights Commission (EHRC)", "Equality Advisory and Support Service (EASS)",
            "(No. 2) Accessibility Regulations 2018", "was prepared on", "last reviewed on",
        ] {
            assert!(page.has(words), "{words} is not in {}", page.html);
        }
    }

    async fn privacy_says_what_is_kept_how_long_and_where_to_complain(course: Course) {
        let page = course.visitor().get("/privacy").await.expect(200);
        let about = ["What is kept, and who sees it", "What is not done", "Cookies", "How long", "What you can ask for", "Complaints"];
        assert_eq!(headings(&page), about);
        for words in ["within 30 days", "within one month", "19 June 2026", "Information Commissioner", "mailto:trellis@example.org",
            "where you stopped in a film", "after 90 days", "after 12 months", "after 14 days"] {
            assert!(page.has(words), "{words}");
        }
    }

    async fn every_page_leads_to_them(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        for path in ["/", "/cohorts/spring", "/cohorts/spring/units/2", "/nowhere"] {
            let page = ada.get(path).await;
            for way in ["/help", "/accessibility", "/privacy"] {
                assert!(page.html.contains(&format!("href=\"{way}\"")), "{path} does not lead to {way}");
            }
        }
    }
}
