//! `/admin`: what needs an administrator now, each with the page where it is put right.

use actix_web::web::Data;
use askama::Template;
use chrono::TimeDelta;

use super::mail::{halt, lateness};
use super::{ActRow, act_row, frame, silences};
use crate::accounts;
use crate::accounts::gate::administrator;
use crate::admin::store;
use crate::audit::{self, Wanted};
use crate::heartbeat;
use crate::outbox::{self, Figures};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::Content;

/// How many acts stand on the page: the newest.
const ACTS: i64 = 10;
/// How many cohorts without a facilitator are named.
const COHORTS: i64 = 5;
/// Mail that is later than this needs somebody.
const LATE: TimeDelta = TimeDelta::minutes(15);

#[derive(Template)]
#[template(path = "admin/start.html")]
struct Start {
    frame: Frame,
    needs: Vec<Need>,
    last_day: [(&'static str, i64); 3],
    acts: Vec<ActRow>,
}

/// What is wrong, and where it is put right.
struct Need {
    what: String,
    href: String,
    way: &'static str,
}

impl Need {
    fn new(what: String, href: impl Into<String>, way: &'static str) -> Self {
        Self { what, href: href.into(), way }
    }
}

/// Eight queries.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>) -> Answer {
    ask.parameters()?.only(&[])?;
    let asked = ask.clone();
    let page = db.report(move |conn| {
        let person = administrator(conn, &asked)?;
        let figures = outbox::store::figures(conn, asked.now)?;
        let mut needs = of_mail(&figures, asked.now);
        let beats = heartbeat::store::list(conn)?;
        needs.extend(silences(&beats, asked.now).map(|what| Need::new(what, "/admin/status", "See the system")));
        needs.extend(of_content(&content));
        needs.extend(of_people(conn, asked.now)?);
        let acts = audit::store::list(conn, &Wanted::default(), None, ACTS)?;
        Ok::<_, Error>(Start {
            frame: frame(&asked, &person),
            needs,
            last_day: [("sent", figures.sent), ("failed", figures.failed), ("unknown", figures.unknown)],
            acts: acts.into_iter().map(act_row).collect(),
        })
    });
    ask.page(page.await?)
}

fn of_mail(figures: &Figures, now: Instant) -> Vec<Need> {
    let mail = |what, way| Need::new(what, "/admin/mail", way);
    let mut needs: Vec<Need> = halt(figures).map(|what| mail(what, "Let mail flow again")).into_iter().collect();
    let is_late = figures.oldest_due_at.is_some_and(|at| now.since(at) > LATE);
    if is_late && needs.is_empty() {
        needs.push(mail(format!("Mail is late. {}", lateness(figures, now)), "See the queue"));
    }
    let broken = figures.failed + figures.unknown;
    if broken > 0 {
        let mails = count(usize::try_from(broken).unwrap_or(0), "mail");
        needs
            .push(mail(format!("{mails} did not get through in the last 24 hours."), "See which, and send them again"));
    }
    needs
}

fn of_content(content: &Content) -> Option<Need> {
    let (_, faults) = content.read().refused?;
    let what = format!("The content that was read last has {}, and was not taken.", count(faults.len(), "fault"));
    Some(Need::new(what, "/admin/content", "See what to mend"))
}

/// Three queries.
fn of_people(conn: &mut Conn, now: Instant) -> Result<Vec<Need>, Error> {
    let mut needs = Vec::new();
    for (name, slug) in store::list_unled(conn, now.utc().date_naive(), COHORTS)? {
        let what = format!("Nobody facilitates {name}.");
        needs.push(Need::new(what, format!("/admin/cohorts/{slug}"), "Appoint a facilitator"));
    }
    let dead = accounts::store::count_undeliverable(conn)?;
    if dead > 0 {
        let addresses = if dead == 1 { "1 address takes".into() } else { format!("{dead} addresses take") };
        let what = format!("{addresses} no mail, so whoever has it learns nothing by mail.");
        needs.push(Need::new(what, "/admin/people?show=undeliverable", "See whose"));
    }
    if accounts::store::count_administrators(conn)? < 2 {
        let what = "There is one administrator. If that account is lost, somebody has to go to the machine itself.";
        needs.push(Need::new(what.into(), "/admin/people", "Appoint another"));
    }
    Ok(needs)
}

impl Start {
    fn summary(&self) -> String {
        match self.needs.len() {
            0 => "Nothing needs an administrator now.".into(),
            1 => "One thing needs an administrator.".into(),
            n => format!("{n} things need an administrator."),
        }
    }
}
