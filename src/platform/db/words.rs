//! Finding a part of a text, whatever letters it is written in.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// In small letters; SQLite knows those of ASCII alone.
    fn lower(text: Text) -> Text;
}

/// For `like`, with a backslash to escape: what holds these words, which are in small letters.
pub fn part(words: &str) -> String {
    format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
