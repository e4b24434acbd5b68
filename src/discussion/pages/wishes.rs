//! One click each: following a thread, and that a post was helpful.

use actix_web::web::{Data, Path};

use super::{Room, number, visible};
use crate::discussion::{PostId, store};
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::Content;

/// `follow=yes` or `no`. Whoever says no is not made to follow by posts of theirs to come.
pub async fn follow(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, follows) = db
        .write(move |conn| {
            let subject = Room::enter(conn, &asked, &catalogue, &path.0)?.subject(conn, &path.1)?;
            let follows = yes_or_no(&fields, "follow")?;
            let reader = subject.room.place.enrolment.as_ref().ok_or(Error::NotFound)?;
            store::set_follows(conn, reader.id, subject.thread.id, follows, asked.now)?;
            Ok::<_, Error>((subject.path(), follows))
        })
        .await?;
    ask.done(to, if follows { "thread-followed" } else { "thread-unfollowed" })
}

/// `unit=` the number of a unit that is open to whoever asks, or `course`; `follow=yes` or `no`.
pub async fn follow_unit(ask: Ask, db: Data<Db>, content: Data<Content>, path: Path<String>, fields: Fields) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let (to, follows) = db
        .write(move |conn| {
            let room = Room::enter(conn, &asked, &catalogue, &path)?;
            fields.only(&["unit", "follow"])?;
            let follows = said(&fields, "follow")?;
            let own = room.place.enrolment.as_ref().ok_or(Error::NotFound)?.id;
            let (unit, to) = match fields.get("unit") {
                "course" => (None, room.path()),
                number => {
                    let open = room.units.iter().find(|open| open.unit.number.to_string() == number);
                    let unit = open.ok_or(Error::NotFound)?.unit;
                    (Some(unit), format!("{}?unit={number}", room.path()))
                }
            };
            store::set_follows_unit(conn, own, unit, follows, asked.now)?;
            Ok::<_, Error>((to, follows))
        })
        .await?;
    ask.done(to, if follows { "unit-followed" } else { "unit-unfollowed" })
}

/// `helpful=yes` or `no`: somebody else's post that can be read.
pub async fn helpful(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    path: Path<(String, String, String)>,
    fields: Fields,
) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let to = db
        .write(move |conn| {
            let subject = Room::enter(conn, &asked, &catalogue, &path.0)?.subject(conn, &path.1)?;
            let helpful = yes_or_no(&fields, "helpful")?;
            let id = number(&path.2).map(PostId).ok_or(Error::NotFound)?;
            let post = visible(conn, &subject, id)?.ok_or(Error::NotFound)?;
            let poster = subject.poster().map_err(|why| subject.room.closed(&asked, why))?;
            if post.author.enrolment == poster.enrolment {
                return Err(Error::BadRequest("It is your own post."));
            }
            store::set_helpful(conn, id, poster.enrolment, helpful, asked.now)?;
            Ok::<_, Error>(format!("{}?post={id}", subject.path()))
        })
        .await?;
    ask.done(to, "")
}

fn yes_or_no(fields: &Fields, name: &'static str) -> Result<bool, Error> {
    fields.only(&[name])?;
    said(fields, name)
}

fn said(fields: &Fields, name: &'static str) -> Result<bool, Error> {
    match fields.get(name) {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Error::BadRequest("It says neither yes nor no.")),
    }
}
