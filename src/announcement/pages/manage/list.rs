//! `/cohorts/{cohort}/manage/announcements`: planned, published and withdrawn, and what became of their mails.

use actix_web::web::{Data, Path};
use askama::Template;

use super::path;
use crate::announcement::{Announcement, AnnouncementId, Audience, store};
use crate::cohort::gate;
use crate::outbox::State;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::platform::zone::Zone;

/// How many announcements a page shows.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "announcement/manage.html")]
struct Managed {
    frame: Frame,
    cohort: String,
    path: String,
    /// What the cohort reads.
    public: String,
    announcements: Vec<Row>,
    is_first: bool,
    next: Option<String>,
}

struct Row {
    title: String,
    author: String,
    state: &'static str,
    look: &'static str,
    /// When it is or was published, and what happened to it since.
    when: Vec<String>,
    mails: String,
    /// Empty: it can be changed no more.
    edit: String,
    withdraw: String,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.report(move |conn| load(conn, &asked, &cohort)).await?;
    ask.page(page)
}

/// Three queries.
fn load(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<Managed, Error> {
    let asked = ask.parameters()?;
    asked.only(&["before"])?;
    let before = match asked.get("before") {
        "" => None,
        text => Some(AnnouncementId(text.parse().map_err(|_| Error::BadRequest("'before' is a number."))?)),
    };
    let place = gate::facilitated(conn, ask, cohort)?;
    let mut found = store::list_all(conn, place.cohort.id, before, PAGE as i64 + 1)?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let ids: Vec<AnnouncementId> = found.iter().map(|one| one.id).collect();
    let mails = store::count_mails(conn, &ids)?;
    let path = path(&place.cohort);
    let next = found.last().filter(|_| more).map(|last| format!("{path}?before={}", last.id));
    let row = |one: Announcement| {
        let of_it = mails.iter().filter(|(id, ..)| *id == one.id).map(|(_, state, n)| (*state, *n)).collect::<Vec<_>>();
        row(one, &of_it, &path, &place.cohort.zone)
    };
    Ok(Managed {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        public: crate::announcement::path(&place.cohort),
        announcements: found.into_iter().map(row).collect(),
        is_first: before.is_none(),
        next,
        path: path.clone(),
    })
}

fn row(one: Announcement, mails: &[(State, i64)], path: &str, zone: &Zone) -> Row {
    let (state, look) = match (one.withdrawn_at, one.published_at) {
        (Some(_), _) => ("Withdrawn", ""),
        (None, Some(_)) => ("Published", "app-state--done"),
        (None, None) => ("Planned", "app-state--now"),
    };
    let mut when = match one.published_at {
        Some(at) => vec![format!("Published {}", zone.exact(at))],
        None if one.withdrawn_at.is_some() => vec![],
        None => vec![format!("To be published {}", zone.exact(one.publish_at))],
    };
    when.extend(one.changed_at.map(|at| format!("Changed {}", zone.exact(at))));
    when.extend(one.withdrawn_at.map(|at| format!("Withdrawn {}", zone.exact(at))));
    let to_all = one.audience == Audience::Everybody;
    if !to_all {
        when.push("To some learners, by mail alone".into());
    }
    let href = |end: &str| match one.withdrawn_at {
        None if to_all => format!("{path}/{}{end}", one.id),
        _ => String::new(),
    };
    Row {
        state,
        look,
        when,
        mails: mails_in_words(one.by_mail, one.published_at.is_some(), mails),
        edit: href(""),
        withdraw: href("/withdraw"),
        title: one.title,
        author: one.author,
    }
}

/// `38 sent, 2 on their way`.
fn mails_in_words(by_mail: bool, is_published: bool, mails: &[(State, i64)]) -> String {
    let of = |states: &[State]| -> i64 { mails.iter().filter(|(s, _)| states.contains(s)).map(|(_, n)| n).sum() };
    let parts = [
        (of(&[State::Sent]), "sent"),
        (of(&[State::Pending, State::Claimed, State::DataStarted]), "on their way"),
        (of(&[State::Failed]), "failed"),
        (of(&[State::Cancelled]), "not sent because they were wanted no more"),
        (of(&[State::Missed]), "not sent in time"),
        (of(&[State::Unknown]), "perhaps sent"),
    ];
    let words: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    match (by_mail, is_published, words.is_empty()) {
        (false, ..) => "No mails".into(),
        (true, false, _) => "By mail too".into(),
        (true, true, true) => "No mails yet".into(),
        (true, true, false) => {
            format!("{}: {}", count(usize::try_from(of(State::ALL)).unwrap_or(0), "mail"), words.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_are_told_by_what_became_of_them() {
        let mails = [(State::Sent, 38), (State::Pending, 1), (State::Claimed, 1)];
        assert_eq!(mails_in_words(true, true, &mails), "40 mails: 38 sent, 2 on their way");
        assert_eq!(mails_in_words(true, false, &[]), "By mail too");
        assert_eq!(mails_in_words(false, true, &[]), "No mails");
    }
}
