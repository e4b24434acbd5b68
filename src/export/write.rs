//! The file while it is read: a table after the other, some rows at a time, so that ten thousand learners take no more memory
//! than ten.

use std::io::{Seek, Write};

use serde_json::{Map, Value};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::store::{self, Row};
use super::{Format, Order, Part};
use crate::platform::db::Conn;
use crate::platform::web::csv::Table;

const ABOUT: &str = "What this is
============

A table for each kind of thing, by Trellis. Times are in UTC. A learner has the same name in all tables; units and steps are
called as in the addresses of their pages.

It holds nothing that learners keep for themselves: no reflections, notes, exercises or drafts. Of a reading and of a quiz it
says that one was handed in, never what it said. What the author of a post removed is not in it either; nor is work that
learners handed in to one another, with the comments on it, nor early access and extra time.
";
const REAL: &str = "
It names people. Keep it as you would keep their files, and delete it when you are done.
";
const PSEUDONYMS: &str = "
It has words in the place of names, which hold in this file alone, and nothing that people wrote. What stays (when somebody
joined, opened, did and wrote something) may still tell somebody who knows the cohort who it was: treat it as personal data.
";

/// Writes everything that was ordered.
pub fn write(conn: &mut Conn, order: &Order, to: impl Write) -> anyhow::Result<()> {
    let mut file = ZipWriter::new_stream(to);
    let how = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    file.start_file("about.txt", how)?;
    file.write_all(ABOUT.as_bytes())?;
    file.write_all(if order.names.are_real() { REAL } else { PSEUDONYMS }.as_bytes())?;
    for part in Part::ALL {
        let ending = match order.format {
            Format::Csv => "csv",
            Format::Json => "jsonl",
        };
        file.start_file(format!("{part}.{ending}"), how)?;
        match order.format {
            Format::Csv => as_csv(conn, order, *part, &mut file)?,
            Format::Json => as_json(conn, order, *part, &mut file)?,
        }
    }
    file.finish()?;
    Ok(())
}

fn as_csv<W: Write + Seek>(conn: &mut Conn, order: &Order, part: Part, file: &mut ZipWriter<W>) -> anyhow::Result<()> {
    let mut table = Table::onto(file)?;
    table.row(part.columns())?;
    each_row(conn, order, part, |row| table.row(row.iter().map(super::Cell::csv)))?;
    table.finish().map(drop)
}

fn as_json<W: Write + Seek>(conn: &mut Conn, order: &Order, part: Part, file: &mut ZipWriter<W>) -> anyhow::Result<()> {
    each_row(conn, order, part, |row| {
        let named = part.columns().iter().map(|name| (*name).to_owned()).zip(row.iter().map(super::Cell::json));
        serde_json::to_writer(&mut *file, &Value::Object(named.collect::<Map<_, _>>()))?;
        Ok(file.write_all(b"\n")?)
    })
}

fn each_row(
    conn: &mut Conn,
    order: &Order,
    part: Part,
    mut write: impl FnMut(&Row) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = 0;
    while let Some((rows, last)) = store::some(conn, part, order.cohort, after, &order.names)? {
        rows.iter().try_for_each(&mut write)?;
        after = last;
    }
    Ok(())
}
