//! What lives where inside a slice: queries in `store`, actix in `pages`, askama in `pages` and `emails`; each file one
//! idea that says what it is.

use crate::none;
use crate::source::{Source, sources};

/// How a query begins or ends.
const QUERIES: &[&str] = &["schema::", ".load(", ".load::<", ".get_result(", ".get_results(", ".execute(", "sql_query"];
/// Files that query outside a `store`, each for a reason.
const QUERY_TOO: &[(&str, &str)] = &[
    ("src/schema.rs", "the tables themselves"),
    ("src/platform/db.rs", "the doors to the database"),
    ("src/platform/db/", "the doors to the database"),
    ("src/outbox/mod.rs", "a row as its readers see it, derived from the table"),
    ("src/cli/seed", "fills a database with thousands of rows at once, past the rules of the slices"),
];
/// SQL as text, which no compiler checks.
const RAW_SQL: &[&str] = &["sql_query", "sql::<", "batch_execute"];
const RAW_SQL_IN: &[(&str, &str)] = &[
    ("src/platform/db/", "settings of a connection, the lock round migrations, copies"),
    ("src/cli/seed/write.rs", "setval, which diesel has no word for"),
    ("src/search/store/find.rs", "FTS5 and tsvector, which diesel has no words for"),
    ("src/outbox/store/unwritten.rs", "very many rows, bound as one text"),
    ("src/reminder/store.rs", "the same"),
    ("src/discussion/store/marks.rs", "a count that stops, from a subquery with a limit"),
    ("src/discussion/store/begun.rs", "a first answer, by a subquery with a limit"),
    ("src/facilitator/store.rs", "a stage, as CASE, by which rows are grouped"),
    ("src/facilitator/store/week.rs", "several sums in one question"),
    ("src/facilitator/store/analytics.rs", "sums of 64 bits, which the enum has no type for"),
    ("src/facilitator/store/sums.rs", "kept sums against the views that count them"),
    ("src/report/store/numbers.rs", "several sums in one question"),
    ("src/outbox/store/claim.rs", "a text put together in the database, which the enum has no operator for"),
];
/// Files that know the web outside `pages`, each for a reason.
const WEB_TOO: &[(&str, &str)] = &[
    ("src/platform/", "the extractors, errors and frame that every page stands on"),
    ("src/app.rs", "starts the server"),
    ("src/worker.rs", "runs on the server's runtime"),
    ("src/routes.rs", "every address"),
    ("src/cli/", "runs the runtime"),
    ("src/main.rs", "runs the runtime"),
    ("src/health/mod.rs", "three addresses that answer in plain text"),
    ("src/preview.rs", "three addresses too small for a file of their own"),
    ("src/learner/here.rs", "a step that somebody cannot do now is a page that says why"),
    ("src/cohort/gate.rs", "that somebody has left a course is a page of its own"),
    ("src/schedule/gate.rs", "a unit that is not open is a page of its own: 403 with its opening time"),
];

fn excepted(path: &str, list: &[(&str, &str)]) -> bool {
    list.iter().any(|(prefix, _)| path.starts_with(prefix))
}

fn faults(allowed: impl Fn(&Source) -> bool, words: &[&str], instead: &str) -> Vec<String> {
    let all = sources();
    let found = all.iter().filter(|source| !allowed(source)).flat_map(|source| source.product_lines_with(words));
    found.map(|place| format!("{place} {instead}")).collect()
}

#[test]
fn queries_live_in_stores() {
    none(faults(|s| s.is_in("store") || excepted(&s.path, QUERY_TOO), QUERIES, "belongs in store.rs"));
}

#[test]
fn sql_as_text_is_the_exception() {
    none(faults(|s| excepted(&s.path, RAW_SQL_IN), RAW_SQL, "is SQL that no compiler checks: say it with diesel"));
}

#[test]
fn the_web_lives_in_pages() {
    let at_home = |s: &Source| s.is_in("pages") || excepted(&s.path, WEB_TOO);
    let mut found = faults(at_home, &["actix_web"], "belongs in pages.rs");
    found.extend(faults(|s| at_home(s) || s.is_in("emails"), &["askama"], "belongs in pages.rs or emails.rs"));
    none(found);
}

/// Whatever completes a step may be what a certificate waits for.
#[test]
fn a_step_gets_done_in_one_way() {
    let marks = |line: &str| line.contains("mark(conn") && !line.contains("unmark(conn");
    let at_home = ["src/completion/store.rs", "src/certificate/issue.rs"];
    let found = sources().into_iter().filter(|source| !at_home.contains(&source.path.as_str()));
    let found = found.filter(|source| source.product.lines().any(marks));
    none(found.map(|source| format!("{}: mark steps through certificate::issue::complete", source.path)).collect());
}

#[test]
fn every_exception_still_stands() {
    let sources = sources();
    let all = QUERY_TOO.iter().chain(RAW_SQL_IN).chain(WEB_TOO);
    let gone = all.filter(|(prefix, _)| !sources.iter().any(|source| source.path.starts_with(prefix)));
    none(gone.map(|(prefix, why)| format!("{prefix} is gone; take it off the list ({why})")).collect());
}

#[test]
fn each_file_says_what_it_is_and_stays_short() {
    let mut faults = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            faults.push(format!("{}: say in a first line (`//! …`) what it is", source.path));
        }
        let lines = source.text.lines().count();
        // The tables themselves are a list, a line for each column.
        if lines > 400 && source.path != "src/schema.rs" {
            faults.push(format!("{}: {lines} lines; more than 400 are more than one idea", source.path));
        }
    }
    none(faults);
}
