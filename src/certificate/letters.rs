//! The letters that a certificate is printed with: two typefaces that come with Trellis, how wide a text is in them, and
//! what they cannot write.

use std::sync::LazyLock;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Serif,
    Sans,
}

const SERIF: &[u8] = include_bytes!("../../static/fonts/SourceSerif4-Regular.ttf");
const SANS: &[u8] = include_bytes!("../../static/fonts/SourceSans3-Regular.ttf");

impl Face {
    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Serif => SERIF,
            Self::Sans => SANS,
        }
    }

    /// For drawing; `None` only where the file is broken.
    pub fn font(self) -> Option<Font> {
        static FONTS: LazyLock<[Option<Font>; 2]> =
            LazyLock::new(|| [Face::Serif, Face::Sans].map(|face| Font::new(face.bytes().into(), 0)));
        FONTS[self as usize].clone()
    }

    /// In points, without kerning.
    pub fn width(self, text: &str, size: f32) -> f32 {
        let Ok(font) = FontRef::new(self.bytes()) else { return 0.0 };
        let (letters, metrics) = (font.charmap(), font.glyph_metrics(Size::new(size), LocationRef::default()));
        text.chars().filter_map(|c| metrics.advance_width(letters.map(c)?)).sum()
    }
}

/// The characters of a name that cannot be printed, each once: those of scripts that the serif has no letters for
/// (it has Latin, Greek and Cyrillic), and pictures.
pub fn missing(name: &str) -> Vec<char> {
    let Ok(font) = FontRef::new(SERIF) else { return Vec::new() };
    let letters = font.charmap();
    let mut missing: Vec<char> = Vec::new();
    for c in name.chars() {
        if letters.map(c).is_none() && !missing.contains(&c) {
            missing.push(c);
        }
    }
    missing
}

/// Breaks a text into lines no wider than `width`; a word that is wider stands alone.
pub fn lines(face: Face, text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if face.width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_three_scripts_can_be_printed() {
        for name in
            ["Zoë Łukasz Ní Dhónaill", "Ελένη Παπαδοπούλου", "Олександра Шевченко", "Nguyễn Thị Ngọc", "O’Brien-Ğül"]
        {
            assert!(missing(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_printed_is_named() {
        assert_eq!(missing("张伟 Wei 张"), ['张', '伟']);
        assert_eq!(missing("Ann \u{1f600}"), ['\u{1f600}']);
        assert!(!missing("محمد").is_empty() && !missing("דוד").is_empty());
    }

    #[test]
    fn lines_are_as_full_as_they_can_be() {
        let text = "Developing networks for change and improvement";
        let lines = lines(Face::Serif, text, 26.0, 400.0);
        assert_eq!(lines.join(" "), text);
        assert!(lines.len() == 2 && lines.iter().all(|line| Face::Serif.width(line, 26.0) <= 400.0), "{lines:?}");
    }
}
