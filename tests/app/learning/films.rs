//! A film: the browser's own player, its captions and transcript, and where one stopped.

use trellis::programme::StepKind;

use super::*;

const FILM: &str = "/cohorts/spring/units/0/welcome";

fn film_at(course: &Course, src: &str) {
    with_step(course, FILM, |step| {
        assert_eq!(step.kind, StepKind::Video);
        step.src = Some(src.into());
    });
}

stories! {
    async fn a_film_starts_where_one_stopped(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        ada.submit(&format!("{FILM}/position"), &[("seconds", "9")]).await.expect(404);
        assert!(ada.get(FILM).await.has("This film has not been made yet."));
        film_at(&course, "https://films.example.org/welcome.webm");
        let page = ada.get(FILM).await.expect(200);
        assert!(page.html.contains("src=\"https://films.example.org/welcome.webm\"") && page.html.contains("kind=\"captions\""), "{}", page.html);
        assert!(page.has("Transcript") && !page.has("You were at"));
        ada.submit(&format!("{FILM}/position"), &[("seconds", "12")]).await.expect(204);
        ada.submit(&format!("{FILM}/position"), &[("seconds", "200")]).await.expect(204);
        let page = ada.get(FILM).await;
        assert!(page.html.contains("welcome.webm#t=200\"") && page.has("You were at 3:20. The film starts there."), "{}", page.html);
        assert!(!ben.get(FILM).await.has("You were at"), "it is Ada's alone");
        for wrong in ["-1", "x", "", "86401", "1.5"] {
            ada.submit(&format!("{FILM}/position"), &[("seconds", wrong)]).await.expect(400);
        }
        ada.submit(&format!("{FILM}/position"), &[("seconds", "0")]).await.expect(204);
        assert!(!ada.get(FILM).await.has("You were at"), "it was watched to its end");
        ada.submit(&format!("{ARTICLE}/position"), &[("seconds", "9")]).await.expect(404);
        course.outsider("Eve").await.submit(&format!("{FILM}/position"), &[("seconds", "9")]).await.expect(404);
    }

    async fn the_browser_may_play_what_the_step_names_and_nothing_else(course: Course) {
        course.travel_to("2027-01-11 09:00");
        let ada = course.enrol("Ada").await;
        let media = |page: Page| {
            let policy = page.header("content-security-policy").to_owned();
            policy.split("; ").find(|part| part.starts_with("media-src")).map(str::to_owned)
        };
        assert_eq!(media(ada.get(FILM).await), None, "no film, no media");
        film_at(&course, "https://films.example.org:8443/a/welcome.webm?x=1");
        assert_eq!(media(ada.get(FILM).await).as_deref(), Some("media-src 'self' https://films.example.org:8443"));
        film_at(&course, "/films/welcome.webm");
        assert_eq!(media(ada.get(FILM).await).as_deref(), Some("media-src 'self'"));
        let page = ada.get(FILM).await;
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
        assert_eq!(media(ada.get(ARTICLE).await), None);
    }
}
