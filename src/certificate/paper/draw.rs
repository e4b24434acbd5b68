//! Shapes, lines of text and their tags on one sheet, by krilla.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::Page;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};
use qrcode::{Color, EcLevel, QrCode};

use super::PaperError;
use crate::platform::clock::Instant;

pub type Ink = [u8; 3];

/// Those that all papers are printed in.
pub const INK: Ink = [0x17, 0x29, 0x2b];
pub const SOFT_INK: Ink = [0x4a, 0x5b, 0x5c];
pub const TEAL: Ink = [0x0f, 0x4c, 0x4f];
pub const ACCENT: Ink = [0xb4, 0x45, 0x1b];

/// Settings that refuse whatever is not PDF/UA-1.
pub fn document() -> Result<Document, PaperError> {
    let configuration =
        ConfigurationBuilder::new().with_version(PdfVersion::Pdf17).with_accessibility_validator(Accessibility::UA1);
    let configuration = configuration.finish().map_err(|e| PaperError::Broken(format!("{e:?}")))?;
    Ok(Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() }))
}

/// The page while it is drawn; what is on it is noted in the order in which it is read.
pub struct Sheet<'a> {
    surface: Surface<'a>,
    pieces: Vec<Piece>,
}

/// Something to read.
pub enum Piece {
    Group(TagGroup),
    Link { text: Identifier, rect: Option<Rect>, address: String },
}

impl<'a> Sheet<'a> {
    pub fn on(surface: Surface<'a>) -> Self {
        Self { surface, pieces: Vec::new() }
    }

    /// Draws what says nothing.
    pub fn adorn(&mut self, draw: impl FnOnce(&mut Pen<'_, 'a>)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        draw(&mut Pen(&mut self.surface));
        self.surface.end_tagged();
    }

    /// Draws a picture, with the words that stand for it.
    pub fn figure(&mut self, alt: &str, draw: impl FnOnce(&mut Pen<'_, 'a>)) {
        let mark = self.surface.start_tagged(ContentTag::Other);
        draw(&mut Pen(&mut self.surface));
        self.surface.end_tagged();
        self.push(TagGroup::with_children(Tag::Figure(Some(alt.into())), vec![mark.into()]));
    }

    /// Writes a line of text with its foot at the point; the mark is to be put into a group.
    pub fn text(&mut self, at: Point, font: Font, size: f32, text: &str, ink: Ink) -> Identifier {
        let mark = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(ink)));
        self.surface.draw_text(at, font, size, text, false, TextDirection::Auto);
        self.surface.end_tagged();
        mark
    }

    pub fn push(&mut self, group: TagGroup) {
        self.pieces.push(Piece::Group(group));
    }

    /// Makes a link of a line that was written.
    pub fn link(&mut self, text: Identifier, rect: Option<Rect>, address: &str) {
        self.pieces.push(Piece::Link { text, rect, address: address.into() });
    }

    pub fn pieces(self) -> Vec<Piece> {
        self.surface.finish();
        self.pieces
    }
}

/// What was drawn, in the order in which it is read.
pub fn tree(page: &mut Page<'_>, pieces: Vec<Piece>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.into()));
    for piece in pieces {
        tree.push(match piece {
            Piece::Group(group) => group,
            Piece::Link { text, rect, address } => link(page, text, rect, &address),
        });
    }
    tree
}

fn link(page: &mut Page<'_>, text: Identifier, rect: Option<Rect>, address: &str) -> TagGroup {
    let mut link = TagGroup::new(Tag::Link);
    link.push(text);
    if let Some(rect) = rect {
        let target = Target::Action(Action::Link(LinkAction::new(address.into())));
        let annotation = LinkAnnotation::new(rect, target);
        let alt = format!("Check this certificate at {address}");
        link.push(page.add_tagged_annotation(Annotation::new_link(annotation, Some(alt))));
    }
    TagGroup::with_children(Tag::P, vec![link.into()])
}

/// Of the words that are the same on every certificate.
const LANGUAGE: &str = "en-GB";

/// What a PDF says of itself.
pub struct About {
    pub title: String,
    pub heading: &'static str,
    pub author: String,
    /// What makes it the same document, whenever it is written.
    pub id: String,
    pub at: Instant,
}

/// The bytes; refused where they would not be PDF/UA-1.
pub fn finish(mut document: Document, tree: TagTree, about: About) -> Result<Vec<u8>, PaperError> {
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(about.heading.into(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    let metadata = Metadata::new()
        .title(about.title)
        .language(LANGUAGE.into())
        .authors(vec![about.author])
        .creator("Trellis".into())
        .creation_date(date(about.at))
        .document_id(about.id);
    document.set_tag_tree(tree);
    document.set_outline(outline);
    document.set_metadata(metadata);
    document.finish().map_err(|e| match e {
        KrillaError::Validation(faults) => PaperError::Broken(format!("not PDF/UA-1: {faults:?}")),
        other => PaperError::Broken(format!("{other:?}")),
    })
}

fn date(at: Instant) -> DateTime {
    use chrono::{Datelike as _, Timelike as _};
    let at = at.utc();
    let small = |n: u32| u8::try_from(n).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

pub fn heading(title: &str) -> TagKind {
    Tag::Hn(std::num::NonZeroU16::MIN, Some(title.into())).into()
}

pub fn paragraph(language: Option<&str>) -> TagKind {
    Tag::P.with_lang(language.map(str::to_owned)).into()
}

/// Draws shapes.
pub struct Pen<'p, 'a>(&'p mut Surface<'a>);

impl<'a> Pen<'_, 'a> {
    pub fn fill(&mut self, path: Option<&Path>, ink: Ink) {
        self.0.set_stroke(None);
        self.0.set_fill(Some(fill(ink)));
        path.into_iter().for_each(|path| self.0.draw_path(path));
    }

    pub fn stroke(&mut self, path: Option<&Path>, width: f32, ink: Ink) {
        self.0.set_fill(None);
        self.0.set_stroke(Some(Stroke { paint: color(ink).into(), width, ..Stroke::default() }));
        path.into_iter().for_each(|path| self.0.draw_path(path));
    }

    pub fn rect(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), ink: Ink) {
        self.fill(rect(x, y, width, height).as_ref(), ink);
    }

    /// Draws moved to a point, and so many times as large.
    pub fn at(&mut self, (x, y): (f32, f32), scale: f32, draw: impl FnOnce(&mut Pen<'_, 'a>)) {
        self.0.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
        draw(&mut Pen(self.0));
        self.0.pop();
    }

    /// Draws nothing outside the shape.
    pub fn within(&mut self, shape: Option<&Path>, draw: impl FnOnce(&mut Pen<'_, 'a>)) {
        let Some(shape) = shape else { return };
        self.0.push_clip_path(shape, &FillRule::NonZero);
        draw(&mut Pen(self.0));
        self.0.pop();
    }
}

fn color([red, green, blue]: Ink) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: color(ink).into(), ..Fill::default() }
}

pub fn rect(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(x, y, width, height)?);
    path.finish()
}

/// Of absolute moves (M), lines (L), curves (C) and ends (Z), as SVG writes them; nothing of what holds anything else.
pub fn shape(text: &str) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut rest = text.trim_start();
    while let Some(command) = rest.chars().next() {
        let numbers = rest.get(command.len_utf8()..)?;
        let end = numbers.find(char::is_alphabetic).unwrap_or(numbers.len());
        let n: Vec<f32> = numbers[..end].split_whitespace().filter_map(|n| n.parse().ok()).collect();
        match (command, &n[..]) {
            ('M', &[x, y]) => path.move_to(x, y),
            ('L', &[x, y]) => path.line_to(x, y),
            ('C', &[a, b, c, d, x, y]) => path.cubic_to(a, b, c, d, x, y),
            ('Z', []) => path.close(),
            _ => return None,
        }
        rest = &numbers[end..];
    }
    path.finish()
}

/// A QR code as one shape, in modules, with the quiet zone of four that readers need.
pub struct Square {
    pub path: Option<Path>,
    pub width: f32,
}

pub fn code(text: &str) -> Result<Square, PaperError> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| PaperError::Broken(e.to_string()))?;
    let (width, modules) = (code.width(), code.into_colors());
    let mut path = PathBuilder::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark
                && let Some(rect) = Rect::from_xywh((x + QUIET) as f32, (y + QUIET) as f32, run.len() as f32, 1.0)
            {
                path.push_rect(rect);
            }
            x += run.len();
        }
    }
    Ok(Square { path: path.finish(), width: (width + 2 * QUIET) as f32 })
}
