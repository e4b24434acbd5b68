//! `trellis posts`: what people have written, when the rules of rendering have changed.

use clap::Subcommand;

use super::{Outcome, block_on, open, say};
use crate::discussion::{PostId, post_body, store};
use crate::platform::config::Settings;
use crate::platform::db::DbError;
use crate::platform::text::count;
use crate::platform::web::Mode;

#[derive(Subcommand)]
pub enum Command {
    /// Make the HTML of every post anew from what its author wrote, after the rules of rendering have changed
    Render,
}

/// Posts rendered in one transaction: few enough that people who write meanwhile do not wait.
const BATCH: i64 = 100;

pub fn run(settings: Settings, command: &Command) -> Outcome {
    match command {
        Command::Render => render(settings),
    }
}

/// What the rules of now refuse stays as it was rendered before, and is named.
fn render(settings: Settings) -> Outcome {
    let app = open(settings, Mode::Usual)?;
    let (mut after, mut changed, mut refused) = (PostId(0), 0, Vec::new());
    loop {
        let read = app.db.read(move |conn| store::list_texts(conn, after, BATCH).map_err(DbError::from));
        let texts = block_on(read).map_err(anyhow::Error::from)?;
        let Some(last) = texts.last().map(|text| text.id) else { break };
        let mut rendered = Vec::new();
        for text in &texts {
            match post_body(&text.body) {
                Ok(written) => rendered.push((text.id, written.html().to_owned())),
                Err(what) => refused.push(format!("post {}: {what}", text.id)),
            }
        }
        let named = app.db.read(move |conn| {
            store::named_again(conn, &mut rendered)?;
            Ok::<_, DbError>(rendered)
        });
        let named = block_on(named).map_err(anyhow::Error::from)?;
        let fresh: Vec<_> = named
            .into_iter()
            .filter_map(|(id, html)| {
                let text = texts.iter().find(|text| text.id == id && text.html != html)?;
                Some((id, text.body.clone(), html))
            })
            .collect();
        changed += fresh.len();
        let keep = app.db.write(move |conn| store::keep_html(conn, &fresh).map_err(DbError::from));
        block_on(keep).map_err(anyhow::Error::from)?;
        after = last;
    }
    refused.iter().for_each(|line| say(line));
    say(&format!("{} made anew, {} left as they were.", count(changed, "post"), refused.len()));
    Ok(())
}
