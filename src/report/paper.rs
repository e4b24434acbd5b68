//! The report as a PDF: one page of A4, tagged so that a screen reader reads it in order with its tables, and checked against
//! PDF/UA-1 while it is written. The same report gives the same bytes.

use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::tagging::{TableHeaderScope, Tag, TagGroup, TagKind};
use krilla::text::Font;

use super::words::{Table, Told};
use crate::certificate::letters::{Face, lines, missing};
use crate::certificate::paper::PaperError;
use crate::certificate::paper::draw::{self, ACCENT, About, INK, Ink, Piece, SOFT_INK, Sheet, TEAL};
use crate::platform::clock::Instant;

/// In points, from the top left.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const LEFT: f32 = 56.0;
const RIGHT: f32 = WIDTH - 56.0;
/// Between the feet of two lines.
const LEADING: f32 = 15.0;

const LINE: Ink = [0xdf, 0xd7, 0xc8];

#[derive(Clone, Copy)]
struct Look {
    face: Face,
    size: f32,
    ink: Ink,
}

const TITLE: Look = Look { face: Face::Serif, size: 25.0, ink: TEAL };
const HEADING: Look = Look { face: Face::Serif, size: 14.5, ink: TEAL };
const EYEBROW: Look = Look { face: Face::Sans, size: 11.0, ink: ACCENT };
const BODY: Look = Look { face: Face::Sans, size: 10.5, ink: INK };
const HEAD: Look = Look { face: Face::Sans, size: 9.5, ink: SOFT_INK };
const SMALL: Look = Look { face: Face::Sans, size: 9.0, ink: SOFT_INK };

/// Writes the PDF; some milliseconds of work. `id`: what makes it the same document; `at`: the end of its week.
pub fn pdf(told: &Told, id: String, at: Instant) -> Result<Vec<u8>, PaperError> {
    let (Some(serif), Some(sans)) = (Face::Serif.font(), Face::Sans.font()) else {
        return Err(PaperError::Broken("a typeface cannot be read".into()));
    };
    let mut document = draw::document()?;
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PaperError::Broken("no such page".into()))?;
    let mut page = document.start_page_with(size);
    let pieces = Writer { sheet: Sheet::on(page.surface()), serif, sans, y: 50.0 }.written(told);
    let tree = draw::tree(&mut page, pieces);
    page.finish();
    let about = About {
        title: format!("{}: {}", told.cohort, told.title),
        heading: "Weekly report",
        author: "Trellis".into(),
        id,
        at,
    };
    draw::finish(document, tree, about)
}

/// Goes down the page.
struct Writer<'a> {
    sheet: Sheet<'a>,
    serif: Font,
    sans: Font,
    /// The last line's foot.
    y: f32,
}

impl Writer<'_> {
    /// Everything, in the order in which it is read.
    fn written(mut self, told: &Told) -> Vec<Piece> {
        self.paragraph(Tag::P.into(), &format!("{} · {}", told.cohort, told.programme), EYEBROW, 16.0);
        self.paragraph(draw::heading(&told.title), &told.title, TITLE, 32.0);
        self.paragraph(Tag::P.into(), &told.span, SMALL, 17.0);
        self.y += 6.0;
        for sentence in &told.lead {
            self.paragraph(Tag::P.into(), sentence, Look { size: 11.5, ..BODY }, 17.0);
        }
        self.table(&told.numbers, &[0.0, 250.0, 345.0, RIGHT - LEFT]);
        self.table(&told.units, &[0.0, 310.0, 385.0, RIGHT - LEFT]);
        for (title, sentences) in &told.sections {
            self.heading(title);
            for sentence in sentences {
                self.paragraph(Tag::P.into(), sentence, BODY, LEADING);
            }
        }
        self.y += 8.0;
        for note in &told.notes {
            self.paragraph(Tag::P.into(), note, SMALL, 13.0);
        }
        self.sheet.pieces()
    }

    fn heading(&mut self, title: &str) {
        self.y += 12.0;
        let level = std::num::NonZeroU16::MIN.saturating_add(1);
        self.paragraph(Tag::Hn(level, Some(title.to_owned())).into(), title, HEADING, 19.0);
    }

    /// `stops`: where the first column begins, and where each of the others ends.
    fn table(&mut self, table: &Table, stops: &[f32]) {
        self.heading(&table.title);
        let mut group = TagGroup::new(Tag::Table);
        group.push(self.row(&table.head, stops, HEAD, |_| Tag::TH(TableHeaderScope::Column).into()));
        for row in &table.rows {
            self.rule();
            group.push(self.row(row, stops, BODY, |column| match column {
                0 => Tag::TH(TableHeaderScope::Row).into(),
                _ => Tag::TD.into(),
            }));
        }
        self.sheet.push(group);
        self.y += 4.0;
    }

    fn row(&mut self, cells: &[String], stops: &[f32], look: Look, tag: impl Fn(usize) -> TagKind) -> TagGroup {
        self.y += LEADING;
        let mut row = TagGroup::new(Tag::TR);
        for (column, (text, stop)) in cells.iter().zip(stops).enumerate() {
            let x = if column == 0 { LEFT } else { LEFT + stop - look.face.width(text, look.size) };
            let room = stops.get(1).copied().unwrap_or(RIGHT) - 60.0;
            let text = if column == 0 { fitted(text, look, room) } else { text.clone() };
            let mut cell = TagGroup::new(tag(column));
            cell.push(self.draw(x, &text, look));
            row.push(cell);
        }
        row
    }

    /// A thin line between two rows.
    fn rule(&mut self) {
        let y = self.y + 4.0;
        self.sheet.adorn(|pen| pen.rect((LEFT, y), (RIGHT - LEFT, 0.5), LINE));
    }

    fn paragraph(&mut self, tag: TagKind, text: &str, look: Look, leading: f32) {
        let mut group = TagGroup::new(tag);
        for line in lines(look.face, text, look.size, RIGHT - LEFT) {
            self.y += leading;
            let mark = self.draw(LEFT, &line, look);
            group.push(mark);
        }
        self.sheet.push(group);
    }

    fn draw(&mut self, x: f32, text: &str, look: Look) -> krilla::tagging::Identifier {
        let font = if look.face == Face::Serif { &self.serif } else { &self.sans };
        self.sheet.text(Point::from_xy(x, self.y), font.clone(), look.size, &printable(text), look.ink)
    }
}

/// What the typefaces cannot write is left out as a question mark; the page has it.
fn printable(text: &str) -> String {
    let text = text.replace('\u{a0}', " ");
    let missing = missing(&text);
    text.chars().map(|c| if missing.contains(&c) { '?' } else { c }).collect()
}

/// As much of a title as fits in its column.
fn fitted(text: &str, look: Look, room: f32) -> String {
    if look.face.width(text, look.size) <= room {
        return text.to_owned();
    }
    let mut cut = text.to_owned();
    while cut.pop().is_some() && look.face.width(&cut, look.size) > room - 8.0 {}
    format!("{}…", cut.trim_end())
}
