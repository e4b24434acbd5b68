//! schema.rs is what the migrations make, on both databases: same tables, columns, types and nullability. What diesel has
//! no words for, the words of search, is left out.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use trellis::platform::db::{Url, migrate};

use crate::source::text;

/// Table to columns, each written as in schema.rs: `verified_at -> Nullable<Timestamp>`.
type Tables = BTreeMap<String, Vec<String>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[test]
fn schema_rs_is_what_sqlite_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.sqlite3");
    migrate(&Url::Sqlite(path.clone())).unwrap();
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let columns = diesel::sql_query(
        "SELECT t.name AS table_name, c.name AS column_name, \
                CASE WHEN c.pk = 1 AND c.type = 'INTEGER' THEN 'BIGINT' ELSE c.type END AS kind, \
                c.\"notnull\" = 0 AND c.pk = 0 AS nullable \
         FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
           AND t.name NOT LIKE 'search\\_words%' ESCAPE '\\' \
         ORDER BY t.name, c.cid",
    );
    assert_eq!(written(columns.load(&mut conn).unwrap()), declared());
}

#[test]
fn schema_rs_is_what_postgresql_has() {
    let server = std::env::var("TRELLIS_TEST_POSTGRES")
        .expect("PostgreSQL for the tests is started by tests/run: run that instead of cargo test");
    let name = format!("schema_{}", std::process::id());
    let mut admin = PgConnection::establish(&server).unwrap();
    diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut admin).unwrap();
    let url = server.replace("/postgres?", &format!("/{name}?"));
    migrate(&url.parse().unwrap()).unwrap();
    let mut conn = PgConnection::establish(&url).unwrap();
    let columns = diesel::sql_query(
        "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS nullable \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' \
           AND table_name NOT IN ('search_words', 'search_languages') AND table_name NOT LIKE 'counted\\_%' \
         ORDER BY table_name, ordinal_position",
    );
    assert_eq!(written(columns.load(&mut conn).unwrap()), declared());
}

fn written(columns: Vec<Column>) -> Tables {
    let mut tables = Tables::new();
    for column in columns {
        let kind = diesel_type(&column.kind);
        let kind = if column.nullable { format!("Nullable<{kind}>") } else { kind.into() };
        tables.entry(column.table_name).or_default().push(format!("{} -> {kind}", column.column_name));
    }
    tables
}

fn diesel_type(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "bigint" => "BigInt",
        "integer" => "Integer",
        "smallint" => "SmallInt",
        "text" => "Text",
        "boolean" => "Bool",
        "date" => "Date",
        "time" | "time without time zone" => "Time",
        "timestamp" | "timestamp without time zone" => "Timestamp",
        "double" | "double precision" => "Double",
        "blob" | "bytea" => "Binary",
        other => panic!("no type of schema.rs for '{other}'"),
    }
}

/// What schema.rs says, read as text: a table is `name (id) {` with a line for each column.
fn declared() -> Tables {
    let mut tables = Tables::new();
    for block in text("src/schema.rs").split("diesel::table! {").skip(1) {
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let name = lines.next().and_then(|line| line.split(' ').next()).unwrap().to_owned();
        let columns = lines.take_while(|line| *line != "}").filter(|line| line.contains(" -> "));
        tables.insert(name, columns.map(|line| line.trim_end_matches(',').to_owned()).collect());
    }
    tables
}
