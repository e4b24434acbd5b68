//! The one question of search. What somebody may see is a condition of the question itself, so that nothing else is ever
//! ranked, counted or paged past. The two databases have each their own words for it, and no compiler checks them: the
//! stories of `tests/app/search.rs` ask both.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use crate::cohort::{CohortId, EnrolmentId};
use crate::discussion::{PostId, ThreadId};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Kind as Database, MultiBackend};
use crate::platform::text::Slug;
use crate::search::snippet::{BEGIN, END};
use crate::search::{Kind, Marked, Words};

/// How many texts a page lists.
pub const PAGE: usize = 10;

/// How far somebody's search reaches.
#[derive(Debug, Clone)]
pub struct Reach {
    pub programme: Slug,
    pub is_english: bool,
    pub cohort: CohortId,
    /// Units that are open to them, by their slugs of now and of before.
    pub units: Vec<Slug>,
    /// Also threads of units that are in the programme no more.
    pub all_threads: bool,
    /// Whose notes. None: nobody's.
    pub enrolment: Option<EnrolmentId>,
}

/// The last text of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub score: i64,
    pub id: i64,
}

/// A text that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    pub place: Place,
    pub kind: Kind,
    /// Of a step or a note: its unit; of a thread or a post: its thread's.
    pub unit: Option<Slug>,
    /// The step's slug, the entry's key, the term's slug.
    pub name: Option<String>,
    pub thread: Option<ThreadId>,
    pub post: Option<PostId>,
    pub thread_title: String,
    pub author: String,
    pub written_at: Option<Instant>,
    pub title: Marked,
    pub body: Marked,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    score: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    kind: Kind,
    #[diesel(sql_type = Nullable<Text>)]
    unit: Option<Slug>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    thread_id: Option<ThreadId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    post_id: Option<PostId>,
    #[diesel(sql_type = Nullable<Text>)]
    thread_title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    author: Option<String>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    written_at: Option<Instant>,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Text)]
    marked_title: String,
    #[diesel(sql_type = Text)]
    marked_body: String,
}

impl From<Row> for Hit {
    fn from(row: Row) -> Self {
        Self {
            place: Place { score: row.score, id: row.id },
            kind: row.kind,
            unit: row.unit,
            name: row.name,
            thread: row.thread_id,
            post: row.post_id,
            thread_title: row.thread_title.unwrap_or_default(),
            author: row.author.unwrap_or_default(),
            written_at: row.written_at,
            title: Marked::new(&row.title, &row.marked_title),
            body: Marked::new(&row.body, &row.marked_body),
        }
    }
}

/// A page of what holds all the words and, if there is more, one of the next page; what fits best comes first. One query.
pub fn find(conn: &mut Conn, words: &Words, reach: &Reach, after: Option<Place>) -> QueryResult<Vec<Hit>> {
    let (database, asked) = match conn {
        Conn::Sqlite(_) => (Database::Sqlite, words.for_fts5()),
        Conn::Postgres(_) => (Database::Postgres, words.for_tsquery()),
    };
    let after = after.unwrap_or(Place { score: i64::MAX, id: i64::MAX });
    let mut question = diesel::sql_query(question(database, reach))
        .into_boxed::<MultiBackend>()
        .bind::<Text, _>(asked)
        .bind::<Text, _>(reach.programme.clone());
    for unit in &reach.units {
        question = question.bind::<Text, _>(unit.clone());
    }
    let rows: Vec<Row> = question
        .bind::<BigInt, _>(reach.cohort)
        .bind::<BigInt, _>(reach.enrolment.unwrap_or(EnrolmentId(0)))
        .bind::<BigInt, _>(after.score)
        .bind::<BigInt, _>(after.id)
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// `$1` the words, `$2` the programme, then the units, cohort, enrolment, score and id: SQLite numbers them in the order in
/// which it meets them.
fn question(database: Database, reach: &Reach) -> String {
    let units = reach.units.len();
    let (cohort, enrolment, score, id) = (units + 3, units + 4, units + 5, units + 6);
    // NULL is in no list, and makes none empty.
    let open: String = (3..cohort).map(|n| format!("${n}, ")).chain(["NULL".to_owned()]).collect();
    let any = if reach.all_threads { " OR TRUE" } else { "" };
    let may_see = format!(
        "((s.programme = $2 AND (s.unit IS NULL OR s.unit IN ({open}))) \
          OR (t.cohort_id = ${cohort} AND (t.unit IS NULL OR t.unit IN ({open}){any})) \
          OR s.enrolment_id = ${enrolment})"
    );
    let (found, marked, by_words) = match database {
        Database::Sqlite => on_sqlite(reach.is_english, &may_see),
        Database::Postgres => on_postgres(reach.is_english, &may_see),
    };
    let limit = PAGE + 1;
    format!(
        "WITH {found}, page AS MATERIALIZED (SELECT id, score FROM found \
           WHERE score <= ${score} AND (score < ${score} OR id < ${id}) ORDER BY score DESC, id DESC LIMIT {limit}) \
         SELECT page.score, page.id, s.kind, coalesce(t.unit, s.unit) AS unit, coalesce(s.step, t.step) AS name, \
           s.thread_id, s.post_id, t.title AS thread_title, a.name AS author, p.created_at AS written_at, \
           s.title, s.body, {marked} \
         FROM page JOIN search_texts s ON s.id = page.id {by_words} \
           LEFT JOIN threads t ON t.id = s.thread_id LEFT JOIN posts p ON p.id = s.post_id \
           LEFT JOIN enrolments e ON e.id = p.enrolment_id LEFT JOIN accounts a ON a.id = e.account_id \
         ORDER BY page.score DESC, page.id DESC"
    )
}

/// A word in a title weighs eight times one in a text.
fn on_sqlite(is_english: bool, may_see: &str) -> (String, String, String) {
    let words = if is_english { "search_words_english" } else { "search_words_simple" };
    let found = format!(
        "found AS MATERIALIZED (SELECT s.id, CAST(-1000000 * bm25({words}, 8.0, 1.0) AS INTEGER) AS score \
           FROM {words} w JOIN search_texts s ON s.id = w.rowid LEFT JOIN threads t ON t.id = s.thread_id \
           WHERE {words} MATCH $1 AND {may_see})"
    );
    let mark = |column: u8, name: &str| {
        format!("highlight({words}, {column}, char({}), char({})) AS marked_{name}", BEGIN as u32, END as u32)
    };
    let marked = format!("{}, {}", mark(0, "title"), mark(1, "body"));
    (found, marked, format!("JOIN {words} w ON w.rowid = page.id AND {words} MATCH $1"))
}

fn on_postgres(is_english: bool, may_see: &str) -> (String, String, String) {
    let way = if is_english { "english" } else { "simple" };
    let found = format!(
        "asked AS MATERIALIZED (SELECT to_tsquery('{way}', $1) AS query), \
         found AS MATERIALIZED (SELECT s.id, \
             CAST(1000000 * ts_rank('{{0.1, 0.2, 0.4, 1.0}}', w.words, asked.query, 1) AS BIGINT) AS score \
           FROM asked JOIN search_words w ON w.words @@ asked.query JOIN search_texts s ON s.id = w.text_id \
             LEFT JOIN threads t ON t.id = s.thread_id \
           WHERE {may_see})"
    );
    let mark = |name: &str| {
        let options =
            format!("'HighlightAll=true, StartSel=' || chr({}) || ', StopSel=' || chr({})", BEGIN as u32, END as u32);
        format!("ts_headline('{way}', search_fold(s.{name}), asked.query, {options}) AS marked_{name}")
    };
    (found, format!("{}, {}", mark("title"), mark("body")), "CROSS JOIN asked".into())
}
