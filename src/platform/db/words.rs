//! Finding a part of a text, whatever letters it is written in.

use diesel::prelude::*;
use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// In small letters, those of every script.
    fn lower(text: Text) -> Text;
}

/// By itself SQLite knows the small letters of ASCII alone.
pub(super) fn teach_letters(conn: &mut SqliteConnection) -> QueryResult<()> {
    lower_utils::register_impl(conn, |text: String| text.to_lowercase())
}

/// For `like`, with a backslash to escape: what holds these words, which are in small letters.
pub fn part(words: &str) -> String {
    format!("%{}%", escaped(words))
}

/// The same for a pattern that is put together otherwise: `%` and `_` as what they are.
pub fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
