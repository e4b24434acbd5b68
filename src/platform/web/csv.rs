//! Tables for a spreadsheet. What people wrote goes through [`cell`](crate::platform::text::cell) first.

use std::io::Write;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use anyhow::Context as _;

pub struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    pub fn onto(mut to: W) -> anyhow::Result<Self> {
        // The byte-order mark tells spreadsheets that it is UTF-8.
        to.write_all("\u{feff}".as_bytes())?;
        Ok(Self(csv::Writer::from_writer(to)))
    }

    /// A row, the first being the names of the columns.
    pub fn row<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) -> anyhow::Result<()> {
        self.0.write_record(cells).context("writing a table")
    }

    pub fn finish(self) -> anyhow::Result<W> {
        self.0.into_inner().map_err(|e| anyhow::anyhow!("writing a table: {e}"))
    }
}

/// The answer that brings it, as a file of this name.
pub fn answer(name: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")));
    answer
}
