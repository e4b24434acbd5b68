//! Discussions to take along: a thread as Markdown for whoever may read it, a cohort's as JSON lines for its facilitators.

use std::collections::HashMap;
use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use anyhow::Context as _;
use serde::Serialize;

use super::{Room, Subject};
use crate::audit::{self, Act, Deed};
use crate::cohort::{EnrolmentId, Place, Role};
use crate::discussion::PostId;
use crate::discussion::store::{self, Told};
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::{Catalogue, Content};

pub async fn markdown(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<(String, String)>) -> Answer {
    let catalogue = content.current();
    let (id, text) = db
        .report(move |conn| {
            let subject = Room::enter(conn, &ask, &catalogue, &path.0)?.subject(conn, &path.1)?;
            let told = store::tell_thread(conn, subject.thread.id)?;
            Ok::<_, Error>((subject.thread.id, as_markdown(&subject, told)))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/markdown; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"thread-{id}.md\"")))
        .body(text))
}

/// Conversations in their order, each reply as a quotation under its post.
fn as_markdown(subject: &Subject<'_>, told: Vec<Told>) -> String {
    let zone = &subject.room.place.cohort.zone;
    let mut text = format!("# {}\n\n{}, {}\n", subject.title(), subject.room.place.cohort.name, subject.about.words());
    let (tops, replies): (Vec<Told>, Vec<Told>) = told.into_iter().partition(|post| post.parent.is_none());
    let mut under: HashMap<PostId, Vec<Told>> = HashMap::new();
    for reply in replies {
        under.entry(reply.parent.unwrap_or(reply.id)).or_default().push(reply);
    }
    for top in tops {
        let replies = under.remove(&top.id).unwrap_or_default();
        if top.is_visible || !replies.is_empty() {
            let body = if top.is_visible { top.body.clone() } else { "*(not shown)*".to_owned() };
            let who = if top.is_visible { top.author.as_str() } else { "Somebody" };
            let _ = write!(text, "\n## {who}, {}\n\n{body}\n", zone.exact(top.created_at));
        }
        for reply in replies.iter().filter(|reply| reply.is_visible) {
            let _ = write!(text, "\n> **{}, {}**\n>\n", reply.author, zone.exact(reply.created_at));
            for line in reply.body.lines() {
                let _ = writeln!(text, "> {line}");
            }
        }
    }
    text
}

/// Posts read at a time.
const BATCH: i64 = 1_000;

#[derive(Serialize)]
struct Line<'a> {
    thread: i64,
    title: &'a str,
    unit: Option<&'a str>,
    step: Option<&'a str>,
    post: i64,
    answers: Option<i64>,
    author: &'a str,
    role: &'a str,
    created_at: String,
    edited_at: Option<String>,
    body: &'a str,
}

/// `?names=no`: people are numbered in the order of their first posts.
pub async fn all(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (place, named, lines) = db.report(move |conn| as_lines(conn, &asked, &catalogue, &cohort)).await?;
    let slug = place.cohort.slug.clone();
    // Before anything leaves; apart from the reading, for which nobody who writes should wait.
    db.write(move |conn| note(conn, &ask, &place, named)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/jsonl; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{slug}-discussions.jsonl\"")))
        .body(lines))
}

fn note(conn: &mut Conn, ask: &Ask, place: &Place, named: bool) -> Result<(), Error> {
    let reason = if named { "with names" } else { "without names" };
    let path = format!("{}/manage/discussions", place.cohort.path());
    let deed = Deed { act: Act::ExportDiscussions, subject: &place.cohort.name, path: &path, reason, about: None };
    Ok(audit::store::note(conn, place, deed, ask.now)?)
}

/// The cohort that it is of, whether people are named, and the lines.
fn as_lines(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<(Place, bool, Vec<u8>), Error> {
    let parameters = ask.parameters()?;
    parameters.only(&["names"])?;
    let named = match parameters.get("names") {
        "yes" => true,
        "no" | "" => false,
        _ => return Err(Error::BadRequest("'names' is yes or no.")),
    };
    let place = Room::enter(conn, ask, catalogue, cohort)?.place;
    if !place.facilitates() {
        return Err(Error::NotFound);
    }
    let mut numbers = Numbers::default();
    let (mut lines, mut after) = (Vec::new(), PostId(0));
    loop {
        let told = store::tell_cohort(conn, place.cohort.id, after, BATCH)?;
        for (thread, post) in &told {
            let author = if named { post.author.clone() } else { numbers.of(post.enrolment, post.role) };
            let line = Line {
                thread: thread.id.0,
                title: &thread.title,
                unit: thread.unit.as_ref().map(Slug::as_str),
                step: thread.step.as_ref().map(Slug::as_str),
                post: post.id.0,
                answers: post.answers.map(|id| id.0),
                author: &author,
                role: post.role.as_str(),
                created_at: post.created_at.rfc3339(),
                edited_at: post.edited_at.map(|at| at.rfc3339()),
                body: &post.body,
            };
            serde_json::to_writer(&mut lines, &line).context("writing a line")?;
            lines.push(b'\n');
        }
        match told.last() {
            Some((_, last)) if told.len() as i64 == BATCH => after = last.id,
            _ => break,
        }
    }
    Ok((place, named, lines))
}

/// Who is which number.
#[derive(Default)]
struct Numbers(HashMap<EnrolmentId, String>);

impl Numbers {
    fn of(&mut self, who: EnrolmentId, role: Role) -> String {
        let next = self.0.len() + 1;
        let kind = if role == Role::Facilitator { "Facilitator" } else { "Participant" };
        self.0.entry(who).or_insert_with(|| format!("{kind} {next}")).clone()
    }
}
