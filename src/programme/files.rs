//! What a programme brings beside its texts: pictures, and the captions of films. They are served under names that hold a
//! hash of what is in them, so that nobody finds one before the step that shows it, and browsers keep them for good.

use sha2::{Digest as _, Sha256};

use crate::platform::text::Slug;

/// A drawing with a text alternative of equal standing.
#[derive(Debug, Clone)]
pub struct Picture {
    pub title: String,
    /// Everything that it says, in words; sanitised.
    pub words_html: String,
    /// In CSS pixels.
    pub width: u32,
    pub height: u32,
    pub address: String,
}

/// A file as it goes out.
#[derive(Debug, Clone)]
pub struct Served {
    /// `3f2a….svg`
    pub name: String,
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Served {
    /// `extension`: svg or vtt.
    pub fn new(bytes: Vec<u8>, extension: &str, content_type: &'static str) -> Self {
        let hash = Sha256::digest(&bytes);
        let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{hex}.{extension}"), content_type, bytes }
    }

    pub fn address(&self, programme: &Slug) -> String {
        format!("/programmes/{programme}/files/{}", self.name)
    }
}
