//! The certificate as a PDF: one landscape page of A4, tagged so that a screen reader reads it in order, and checked
//! against PDF/UA-1 while it is written. The same certificate gives the same bytes.

pub mod draw;

use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::page::PageSettings;
use krilla::tagging::{Identifier, Tag, TagGroup, TagKind};
use krilla::text::Font;

use self::draw::{ACCENT, About, INK, Ink, Piece, SOFT_INK, Sheet, TEAL, rect, shape};
use super::letters::{self, Face, lines};
use super::{Certificate, issuer, sentence};
use crate::platform::config::BaseUrl;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The typeface has no letters for these characters of the name.
    #[error("the name has characters that cannot be printed: {0:?}")]
    Letters(Vec<char>),
    #[error("the PDF could not be written: {0}")]
    Broken(String),
}

/// In points, from the top left.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;
/// The band on the left, and where the text begins and ends beside it.
const BAND: f32 = 214.0;
const LEFT: f32 = 268.0;
const RIGHT: f32 = WIDTH - 56.0;
/// Of the code's square, quiet zone included.
const SQUARE: f32 = 108.0;

const DEEP: Ink = [0x0d, 0x43, 0x46];
const LATH: Ink = [0x2b, 0x62, 0x65];
const CREAM: Ink = [0xfd, 0xfa, 0xf4];
const PAPER: Ink = [0xfb, 0xf8, 0xf2];
const LINK: Ink = [0x0e, 0x5f, 0x66];
const LEAF: Ink = [0xf0, 0x91, 0x6a];
const WHITE: Ink = [0xff, 0xff, 0xff];

/// Writes the PDF; some milliseconds of work.
pub fn pdf(certificate: &Certificate, base_url: &BaseUrl) -> Result<Vec<u8>, PaperError> {
    let missing = letters::missing(&certificate.name);
    if !missing.is_empty() {
        return Err(PaperError::Letters(missing));
    }
    let (Some(serif), Some(sans)) = (Face::Serif.font(), Face::Sans.font()) else {
        return Err(PaperError::Broken("a typeface cannot be read".into()));
    };
    let mut document = draw::document()?;
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PaperError::Broken("no such page".into()))?;
    let mut page = document.start_page_with(size);
    let pieces = written(Writer { sheet: Sheet::on(page.surface()), serif, sans, y: 0.0 }, certificate, base_url)?;
    let tree = draw::tree(&mut page, pieces);
    page.finish();
    draw::finish(document, tree, about(certificate, base_url))
}

fn written(mut writer: Writer<'_>, certificate: &Certificate, base_url: &BaseUrl) -> Result<Vec<Piece>, PaperError> {
    writer.background();
    writer.words(certificate, base_url);
    writer.check(certificate, base_url)?;
    Ok(writer.sheet.pieces())
}

fn about(certificate: &Certificate, base_url: &BaseUrl) -> About {
    About {
        title: format!("{HEADING}: {}", certificate.says.title),
        heading: HEADING,
        author: issuer(base_url),
        id: certificate.address(base_url),
        at: certificate.name_changed_at.unwrap_or(certificate.issued_at),
    }
}

const HEADING: &str = "Certificate of completion";

/// Goes down the page.
struct Writer<'a> {
    sheet: Sheet<'a>,
    serif: Font,
    sans: Font,
    /// The last line's foot.
    y: f32,
}

/// How a line looks.
#[derive(Clone, Copy)]
struct Look {
    face: Face,
    size: f32,
    ink: Ink,
}

const SMALL: Look = Look { face: Face::Sans, size: 12.5, ink: SOFT_INK };
const BODY: Look = Look { face: Face::Sans, size: 14.0, ink: INK };

impl Writer<'_> {
    /// What only adorns, and the symbol.
    fn background(&mut self) {
        self.sheet.adorn(|pen| {
            pen.rect((0.0, 0.0), (WIDTH, HEIGHT), PAPER);
            // A little beyond the edge, which printers and screens round.
            pen.rect((0.0, -2.0), (BAND, HEIGHT + 4.0), DEEP);
            pen.within(rect(0.0, -2.0, BAND, HEIGHT + 4.0).as_ref(), |pen| pen.stroke(lattice().as_ref(), 1.2, LATH));
            // The name stands on a ground of its own, so that no lath runs through it.
            pen.rect((0.0, 34.0), (BAND, 72.0), DEEP);
            pen.rect((BAND, -2.0), (4.0, HEIGHT + 4.0), ACCENT);
        });
        self.sheet.figure("Trellis", |pen| {
            pen.at((34.0, 50.0), 1.1, |pen| {
                pen.stroke(shape(SYMBOL).as_ref(), 2.5, CREAM);
                pen.fill(shape(SYMBOL_HEART).as_ref(), LEAF);
            });
            pen.at((86.0, 52.0), 0.78, |pen| {
                pen.stroke(shape(WORDMARK).as_ref(), 4.4, CREAM);
                pen.fill(shape(WORDMARK_DOT).as_ref(), LEAF);
            });
        });
    }

    fn words(&mut self, certificate: &Certificate, base_url: &BaseUrl) {
        let says = &certificate.says;
        self.y = 62.0;
        let heading = Look { face: Face::Serif, size: 22.0, ink: ACCENT };
        self.line(draw::heading(HEADING), HEADING, heading, 32.0);
        self.line(Tag::P.into(), "This certifies that", BODY, 48.0);
        self.large(&certificate.name, (40.0, 20.0), INK, None);
        self.line(Tag::P.into(), "has completed the course", BODY, 36.0);
        self.y += 4.0;
        self.large(&says.title, (28.0, 20.0), TEAL, Some(&says.language));
        self.y += 12.0;
        let facts = [
            format!("with {}, {}", says.cohort, says.dates()),
            format!("{}. Done for it: {}.", sentence(&says.effort()), says.asked),
            format!("Issued on {} by {}", says.issued(), issuer(base_url)),
        ];
        for fact in facts {
            self.paragraph(&fact, SMALL, 19.0);
        }
    }

    /// How anybody can check it, at the foot of the page.
    fn check(&mut self, certificate: &Certificate, base_url: &BaseUrl) -> Result<(), PaperError> {
        let address = certificate.address(base_url);
        let top = HEIGHT - 56.0 - SQUARE;
        let square = draw::code(&address)?;
        self.sheet.figure(&format!("QR code of the address {address}"), |pen| {
            pen.rect((LEFT, top), (SQUARE, SQUARE), WHITE);
            pen.at((LEFT, top), SQUARE / square.width, |pen| pen.fill(square.path.as_ref(), INK));
        });
        let left = LEFT + SQUARE + 22.0;
        self.y = top + 4.0;
        self.line_at(left, Tag::P.into(), "Is it genuine? This page says so to anybody:", BODY, 18.0);
        self.link_at(left, &address, 22.0);
        self.line_at(left, Tag::P.into(), &format!("Code {}", certificate.code), BODY, 24.0);
        let note = "It shows the holder’s name only while the holder wishes it.";
        self.line_at(left, Tag::P.into(), note, SMALL, 22.0);
        Ok(())
    }

    /// A name or a title: as large as fits in a line, down to the smaller size, and then in several.
    fn large(&mut self, text: &str, (most, least): (f32, f32), ink: Ink, language: Option<&str>) {
        let room = RIGHT - LEFT;
        let fitting = most * (room / Face::Serif.width(text, most)).min(1.0);
        let size = if fitting >= least * 1.3 { fitting } else { least };
        let look = Look { face: Face::Serif, size, ink };
        let mut group = TagGroup::new(draw::paragraph(language));
        for line in lines(Face::Serif, text, size, room) {
            self.y += size * 1.22;
            let mark = self.draw(LEFT, &line, look);
            group.push(mark);
        }
        self.sheet.push(group);
    }

    fn paragraph(&mut self, text: &str, look: Look, leading: f32) {
        let mut group = TagGroup::new(Tag::P);
        for line in lines(look.face, text, look.size, RIGHT - LEFT) {
            self.y += leading;
            let mark = self.draw(LEFT, &line, look);
            group.push(mark);
        }
        self.sheet.push(group);
    }

    fn line(&mut self, tag: TagKind, text: &str, look: Look, leading: f32) {
        self.line_at(LEFT, tag, text, look, leading);
    }

    fn line_at(&mut self, x: f32, tag: TagKind, text: &str, look: Look, leading: f32) {
        self.y += leading;
        let mark = self.draw(x, text, look);
        let mut group = TagGroup::new(tag);
        group.push(mark);
        self.sheet.push(group);
    }

    fn link_at(&mut self, x: f32, address: &str, leading: f32) {
        let room = RIGHT - x;
        let size = BODY.size * (room / BODY.face.width(address, BODY.size)).min(1.0);
        self.y += leading;
        let mark = self.draw(x, address, Look { size, ink: LINK, ..BODY });
        let width = BODY.face.width(address, size);
        self.sheet.link(mark, Rect::from_xywh(x, self.y - size, width, size * 1.3), address);
    }

    fn draw(&mut self, x: f32, text: &str, look: Look) -> Identifier {
        let font = if look.face == Face::Serif { &self.serif } else { &self.sans };
        self.sheet.text(Point::from_xy(x, self.y), font.clone(), look.size, &text.replace('\u{a0}', " "), look.ink)
    }
}

/// The laths of the trellis, both ways, over the band.
fn lattice() -> Option<Path> {
    let mut path = PathBuilder::new();
    let (across, down) = (92.0, 72.0);
    let rise = BAND / across * down;
    let mut y = -rise;
    while y < HEIGHT + rise {
        path.move_to(0.0, y + rise);
        path.line_to(BAND, y);
        path.move_to(0.0, y);
        path.line_to(BAND, y + rise);
        y += down;
    }
    path.finish()
}

/// As in static/symbol.svg and static/wordmark.svg, in absolute moves, lines and curves.
const SYMBOL: &str = "M 18 1.5 L 34.5 18 L 18 34.5 L 1.5 18 Z M 9.75 9.75 L 26.25 26.25 M 26.25 9.75 L 9.75 26.25";
const SYMBOL_HEART: &str = "M 18 12.5 L 23.5 18 L 18 23.5 L 12.5 18 Z";
const WORDMARK: &str = "M 7 5.5 L 7 30 C 7 34.6 9.4 37 14 37 L 15.5 37 M 0.5 15.5 L 15.5 15.5 M 24 39.2 L 24 13.5 M 24 24 \
    C 24 18 28 14.8 34.5 15.5 M 41.5 26.3 L 62 26.3 C 62 19.1 57.8 15.2 51.8 15.2 C 45.7 15.2 41.4 19.7 41.4 26.2 \
    C 41.4 32.7 45.7 37.2 52.1 37.2 C 55.9 37.2 58.9 35.8 61 33 M 72.5 2 L 72.5 39.2 M 83.5 2 L 83.5 39.2 M 94.5 13.5 \
    L 94.5 39.2 M 120 18.3 C 118.2 16.1 115.7 15 112.5 15 C 108.5 15 106 16.9 106 19.9 C 106 27.5 120.6 23.1 120.6 31.2 \
    C 120.6 34.9 117.6 37.3 112.8 37.3 C 109.1 37.3 106 35.9 103.9 33.3";
const WORDMARK_DOT: &str = "M 94.5 1.8 L 98.5 5.8 L 94.5 9.8 L 90.5 5.8 Z";
