//! The public page of a programme: what one does, week by week, for people who have not joined yet.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use askama::Template;

use super::{Content, Programme, Unit};
use crate::platform::text::{Slug, count, duration};
use crate::platform::web::{Answer, Ask, Error, Frame};

/// `/programmes/{programme}`
pub async fn show(ask: Ask, content: Data<Content>, path: Path<String>) -> Answer {
    let catalogue = content.current();
    let slug = Slug::parse(&path).ok_or(Error::NotFound)?;
    let programme = catalogue.programme(&slug).ok_or(Error::NotFound)?;
    ask.page(Syllabus::of(programme, Frame::plain(&ask)))
}

/// `/programmes/{programme}/files/{file}`: a picture or captions, for good: its name changes with what is in it.
pub async fn file(content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let catalogue = content.current();
    let (programme, name) = path.into_inner();
    let programme = Slug::parse(&programme).and_then(|slug| catalogue.programme(&slug)).ok_or(Error::NotFound)?;
    let file = programme.files.get(&name).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        // A picture holds its own styles, and nothing else.
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        .body(file.bytes.clone()))
}

#[derive(Template)]
#[template(path = "programme/syllabus.html")]
pub struct Syllabus {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    /// `11 weeks, 2 to 3 hours a week`
    pub effort: String,
    /// Sanitised.
    pub about_html: String,
    pub units: Vec<SyllabusUnit>,
    pub live_sessions: Vec<String>,
}

pub struct SyllabusUnit {
    pub number: u16,
    /// `Week 3: `, empty for the orientation, whose title says it.
    pub label: String,
    pub title: String,
    pub block: String,
    pub time: String,
    pub summary: String,
    pub outcomes: Vec<String>,
}

impl Syllabus {
    pub fn of(programme: &Programme, mut frame: Frame) -> Self {
        frame.language.clone_from(&programme.language);
        let live = programme.units.iter().filter_map(|unit| Some((unit, unit.live.as_ref()?)));
        Self {
            frame,
            title: programme.title.clone(),
            lead: programme.lead.clone(),
            effort: format!("{}, {}", count(programme.weeks(), "week"), programme.effort),
            about_html: programme.about_html.clone(),
            units: programme.units.iter().map(SyllabusUnit::of).collect(),
            live_sessions: live.map(|(unit, live)| format!("{}: {}", unit.label(), live.title)).collect(),
        }
    }
}

impl SyllabusUnit {
    fn of(unit: &Unit) -> Self {
        Self {
            number: unit.number,
            label: if unit.number == 0 { String::new() } else { format!("{}: ", unit.label()) },
            title: unit.title.clone(),
            block: unit.block.clone(),
            time: duration(unit.minutes),
            summary: unit.summary.clone(),
            outcomes: unit.outcomes.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::{App, test, web};

    use super::*;
    use crate::platform::clock::{Clock, Instant};
    use crate::platform::config::BaseUrl;
    use crate::platform::web::{Mode, Site};

    async fn get(path: &str) -> (StatusCode, String) {
        let site = Site {
            base_url: BaseUrl::parse("http://localhost").unwrap(),
            contact: "trellis@localhost".into(),
            mode: Mode::Usual,
        };
        let content = Content::new(crate::programme::load(std::path::Path::new("course_content")).unwrap());
        let app = App::new()
            .app_data(Data::new(site))
            .app_data(Data::new(Clock::standing_at(Instant::from_micros(0))))
            .app_data(Data::new(content))
            .route("/programmes/{programme}", web::get().to(show));
        let app = test::init_service(app).await;
        let response = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
        let status = response.status();
        (status, String::from_utf8(test::read_body(response).await.to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn anyone_may_read_the_syllabus() {
        let (status, page) = get("/programmes/effective-networks").await;
        assert_eq!(status, StatusCode::OK);
        for words in [
            "<html lang=\"en-GB\">",
            "<title>Developing networks for change and improvement – Trellis</title>",
            "11 weeks, 2 to 3 hours a week",
            "<span class=\"nhsuk-u-visually-hidden\">Week 11: </span>Keep going, change shape or finish well",
            "<p class=\"app-vine__end app-state\">2 hours 48 minutes</p>",
            "<li>Distinguish a network from a team, a project, a hierarchy and a partnership board.</li>",
            "<li>Week 11: Showcase and send-off</li>",
        ] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
    }

    #[actix_web::test]
    async fn nothing_of_a_step_is_on_it() {
        let (_, page) = get("/programmes/effective-networks").await;
        assert!(!page.contains("Why work as a network?</") && !page.contains("Some problems have no owner"));
    }

    #[actix_web::test]
    async fn what_is_not_taught_is_not_found() {
        for path in ["/programmes/other", "/programmes/Effective-Networks", "/programmes/%2e%2e", "/programmes/%00"] {
            assert_eq!(get(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
