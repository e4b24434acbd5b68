//! `/help`, `/accessibility` and `/privacy`: words that everybody may need, signed in or not.

use actix_web::web::Data;
use askama::Template;

use super::person;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Frame};

#[derive(Template)]
#[template(path = "pages/help.html")]
struct Help {
    frame: Frame,
    contact: String,
}

#[derive(Template)]
#[template(path = "pages/accessibility.html")]
struct Accessibility {
    frame: Frame,
    site: String,
    contact: String,
}

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct Privacy {
    frame: Frame,
    contact: String,
}

pub async fn help(ask: Ask, db: Data<Db>) -> Answer {
    ask.page(Help { frame: frame(&ask, &db).await?, contact: ask.site.contact.clone() })
}

pub async fn accessibility(ask: Ask, db: Data<Db>) -> Answer {
    let (site, contact) = (ask.site.base_url.host().to_owned(), ask.site.contact.clone());
    ask.page(Accessibility { frame: frame(&ask, &db).await?, site, contact })
}

pub async fn privacy(ask: Ask, db: Data<Db>) -> Answer {
    ask.page(Privacy { frame: frame(&ask, &db).await?, contact: ask.site.contact.clone() })
}

async fn frame(ask: &Ask, db: &Db) -> Result<Frame, Error> {
    Ok(match person(ask, db).await? {
        Some(person) => Frame::of_person(ask, &person.name),
        None => Frame::plain(ask),
    })
}
