//! A step's film: the browser's own player, its captions, and where one stopped (POST `…/position`, in seconds), kept for
//! whoever watches it, and for nobody else.

use actix_web::HttpResponse;

use super::StepForm;
use crate::completion::store::films;
use crate::learner::here::{Here, here};
use crate::platform::db::Conn;
use crate::platform::web::{Answer, Error, Fields, let_media_in};
use crate::programme::StepKind;

/// No film of a course is as long.
const LONGEST: u32 = 24 * 60 * 60;

pub(super) enum Film {
    /// The step is no film.
    None,
    ToCome,
    At(Box<Player>),
}

pub(super) struct Player {
    /// With the second to start from, as a media fragment.
    pub src: String,
    pub captions: Option<String>,
    pub language: String,
    /// Where the page's script tells how far one has come. Empty: whoever watches is not enrolled.
    pub keeps_at: String,
    /// `3:20`. Empty: at the beginning.
    pub stopped: String,
    /// Another host than this.
    host: Option<String>,
}

impl Film {
    /// From the beginning.
    pub fn of(here: &Here<'_>) -> Self {
        let step = here.step();
        match (&step.src, step.kind) {
            (Some(src), StepKind::Video) => Self::At(Box::new(Player {
                src: src.clone(),
                captions: step.captions.clone(),
                language: here.open.unit.programme.language.clone(),
                keeps_at: here.place.enrolment.as_ref().map_or(String::new(), |_| format!("{}/position", here.path())),
                stopped: String::new(),
                host: step.film_host().map(str::to_owned),
            })),
            (None, StepKind::Video) => Self::ToCome,
            _ => Self::None,
        }
    }

    /// From where one stopped. One query where there is a film.
    pub fn recall(&mut self, conn: &mut Conn, here: &Here<'_>) -> Result<(), Error> {
        if let (Self::At(player), Some(enrolment)) = (self, &here.place.enrolment)
            && let Some(seconds) = films::position(conn, enrolment.id, here.key())?.filter(|seconds| *seconds > 0)
        {
            player.src = format!("{}#t={seconds}", player.src);
            player.stopped = clock(seconds);
        }
        Ok(())
    }

    /// Lets the browser take the film, and its captions, from where they are, and media from nowhere else.
    pub fn let_in(&self, answer: &mut HttpResponse) {
        if let Self::At(player) = self {
            let_media_in(answer, player.host.as_deref());
        }
    }
}

/// `3:20`, `1:02:05`
fn clock(seconds: u32) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Answers with nothing: no page waits for it.
pub async fn keep((ask, db, content, address): StepForm, fields: Fields) -> Answer {
    fields.only(&["seconds"])?;
    let catalogue = content.current();
    db.write(move |conn| {
        let here = here(conn, &ask, &catalogue, &address)?;
        let enrolment = here.place.enrolment.as_ref().filter(|_| here.step().src.is_some()).ok_or(Error::NotFound)?;
        let seconds = fields.get("seconds").parse().ok().filter(|seconds| *seconds <= LONGEST);
        let seconds = seconds.ok_or(Error::BadRequest("'seconds' is a whole number, of a day at most."))?;
        films::keep(conn, enrolment.id, here.key(), seconds, ask.now).map_err(Error::from)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_place_in_a_film_reads_as_on_a_player() {
        assert_eq!([5, 200, 3725].map(super::clock), ["0:05", "3:20", "1:02:05"]);
    }
}
