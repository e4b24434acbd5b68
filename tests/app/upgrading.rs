//! A database that people have worked in goes back to an older program's schema and comes up again, and loses nothing that the
//! older one knew.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use trellis::platform::db::{Conn, migrate, migrate_to};

use crate::discussion::{posted, start};
use crate::world::*;

const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const NOTE: &str = "/cohorts/spring/units/1/why-work-as-a-network/note";
/// The first migration that anybody has, and some on the way, at which tables are made anew.
const OLDER: [&str; 4] = ["2026-11-30-000006", "2026-11-30-000003", "2026-11-29-000008", "2026-11-23-000001"];
const TABLES: [&str; 8] =
    ["accounts", "enrolments", "releases", "completions", "messages", "reminders", "threads", "posts"];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn counts(conn: &mut Conn) -> [i64; 8] {
    TABLES.map(|table| {
        diesel::sql_query(format!("SELECT count(*) AS n FROM {table}")).get_result::<Count>(conn).unwrap().n
    })
}

stories! {
    async fn a_database_in_use_goes_back_to_each_older_schema_and_comes_up_again(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        course.travel_to("2027-01-11 09:00");
        course.run_jobs().await;
        course.travel_to("2027-01-12 10:00");
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        ada.submit(NOTE, &[("my-note", "Ask the ward clerks.")]).await.expect(303);
        let thread = start(&ben, "Minutes", "", "Who writes them?").await;
        posted(&priya, &thread, "I do.", None).await;
        course.run_jobs().await;
        let before = course.write(counts).await;
        assert!(before.iter().all(|n| *n > 0), "{TABLES:?} {before:?}");
        for older in OLDER {
            let url = course.app.settings.database.clone();
            let back = actix_web::web::block(move || migrate_to(&url, older)).await.unwrap();
            assert!(back.unwrap_or_else(|e| panic!("{older}: {e:#}")) > 0);
            assert_eq!(course.write(counts).await, before, "{TABLES:?} at {older}");
            let url = course.app.settings.database.clone();
            let up = actix_web::web::block(move || migrate(&url)).await.unwrap();
            assert!(up.unwrap_or_else(|e| panic!("from {older}: {e:#}")) > 0);
            assert_eq!(course.write(counts).await, before, "{TABLES:?} from {older}");
            let article = ada.get(ARTICLE).await.expect(200);
            assert!(article.html.contains(&format!("{ARTICLE}/incomplete")), "from {older}: {}", article.html);
            assert!(ben.get(&thread).await.expect(200).has("I do."), "from {older}");
            course.run_jobs().await;
            assert_eq!(course.write(counts).await, before, "nothing is sent twice, from {older}");
        }
        let wrong = course.write(|conn| trellis::facilitator::store::sums::count_wrong(conn).unwrap()).await;
        assert_eq!(wrong, 0, "what the database counts, it has counted from what was there");
        assert!(priya.get("/cohorts/spring/manage/analytics/1").await.expect(200).has("Open to 2 learners"));
    }
}
