//! POST `/drafts` keeps what stands in a form, POST `/drafts/discard` throws it away. Sent by the form's own buttons, and
//! by the little script while one types, which wants no page back (`Accept: text/plain`).

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{LONGEST, store};
use crate::accounts::next::safe_next;
use crate::accounts::{AccountId, gate};
use crate::platform::db::Db;
use crate::platform::web::limits::Limit;
use crate::platform::web::look::is_look;
use crate::platform::web::{Answer, Ask, Error, Fields, unsent};

/// The name of the buttons, whose value says which form it is.
const FORM: &str = "draft";

/// How often one account may keep a draft, in this process: twice as often as one can type and pause.
pub struct DraftLimit(Limit);

impl DraftLimit {
    /// So many times in five minutes.
    pub fn new(times: u32) -> Self {
        Self(Limit::new(times, Duration::from_secs(5 * 60)))
    }

    fn count(&self, writer: AccountId) -> Result<(), Error> {
        self.0.count(writer.to_string())
    }

    /// Forgets who has not written for long; called by a timer so that memory stays flat.
    pub fn forget_old(&self) {
        self.0.forget_old();
    }
}

impl Default for DraftLimit {
    fn default() -> Self {
        Self::new(400)
    }
}

pub async fn keep(ask: Ask, db: Data<Db>, limit: Data<DraftLimit>, req: HttpRequest, fields: Fields) -> Answer {
    let asked = ask.clone();
    let kept = db.write(move |conn| {
        let writer = gate::signed_in(conn, &asked)?.id;
        let (page, part) = form(&fields)?;
        limit.count(writer)?;
        let written = fields.without(FORM);
        if length(&written) > LONGEST {
            return Err(unsent::page(&asked, StatusCode::UNPROCESSABLE_ENTITY, too_long(), &written));
        }
        match is_blank(&written) {
            true => store::forget(conn, writer, (page, part))?,
            false => store::save(conn, writer, (page, part), &written, asked.now)?,
        }
        Ok(fields.get(FORM).to_owned())
    });
    let back = kept.await?;
    if wants_no_page(&req) { Ok(HttpResponse::NoContent().finish()) } else { ask.done(back, "draft-kept") }
}

pub async fn discard(ask: Ask, db: Data<Db>, fields: Fields) -> Answer {
    let asked = ask.clone();
    let discarded = db.write(move |conn| {
        let writer = gate::signed_in(conn, &asked)?.id;
        store::forget(conn, writer, form(&fields)?)?;
        Ok::<_, Error>(fields.get(FORM).to_owned())
    });
    ask.done(discarded.await?, "draft-discarded")
}

/// The page that the form stands on, and its id there.
fn form(fields: &Fields) -> Result<store::FormKey<'_>, Error> {
    if is_look(fields.get(FORM)) {
        return Err(Error::OnlyLooking);
    }
    let named = fields.get(FORM).split_once('#').filter(|(page, part)| {
        let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        safe_next(page).is_some() && plain && (1..=80).contains(&part.len())
    });
    named.ok_or(Error::BadRequest("It does not say which form it is a draft of."))
}

fn length(fields: &Fields) -> usize {
    fields.pairs().map(|(name, value)| name.len() + value.chars().count()).sum()
}

fn is_blank(fields: &Fields) -> bool {
    fields.pairs().all(|(_, value)| value.trim().is_empty())
}

fn too_long() -> unsent::Words {
    unsent::Words {
        title: "This draft is too long to keep",
        what: format!(
            "A draft holds {LONGEST} characters. Copy what you wrote from below, go back, and shorten it there."
        ),
    }
}

fn wants_no_page(req: &HttpRequest) -> bool {
    req.headers().get(header::ACCEPT).is_some_and(|accept| accept == "text/plain")
}
