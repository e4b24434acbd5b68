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
}

#[derive(Template)]
#[template(path = "pages/accessibility.html")]
struct Accessibility {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/privacy.html")]
struct Privacy {
    frame: Frame,
}

pub async fn help(ask: Ask, db: Data<Db>) -> Answer {
    ask.page(Help { frame: frame(&ask, &db).await? })
}

pub async fn accessibility(ask: Ask, db: Data<Db>) -> Answer {
    ask.page(Accessibility { frame: frame(&ask, &db).await? })
}

pub async fn privacy(ask: Ask, db: Data<Db>) -> Answer {
    ask.page(Privacy { frame: frame(&ask, &db).await? })
}

async fn frame(ask: &Ask, db: &Db) -> Result<Frame, Error> {
    Ok(match person(ask, db).await? {
        Some(person) => Frame::of_person(ask, &person.name),
        None => Frame::plain(ask),
    })
}
