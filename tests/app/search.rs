//! Search: what is open to somebody is found, ranked and marked; what is not, is not there in any way.

use diesel::prelude::*;
use trellis::cohort::{CohortId, EnrolmentId};
use trellis::completion::store::notes;
use trellis::discussion::{PostId, ThreadId, post_body, store};
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::programme::Catalogue;
use trellis::schema::{releases, search_texts, threads};

use crate::world::*;

const SEARCH: &str = "/cohorts/spring/search";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
/// A word that no text of the course holds, and one that is planted nowhere.
const CANARY: &str = "zyzzyva";
const NOWHERE: &str = "quokkas";

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

async fn find(person: &Person, words: &str) -> Page {
    let query: String = words.bytes().map(|b| if b == b' ' { "+".into() } else { format!("%{b:02X}") }).collect();
    person.get(&format!("{SEARCH}?q={query}")).await.expect(200)
}

/// Where the results lead, in their order.
fn hrefs(page: &Page) -> Vec<String> {
    let list = page.html.split("<ol class=\"app-thread app-thread--list app-found\">").nth(1).unwrap_or_default();
    let list = list.split("</ol>").next().unwrap_or_default();
    list.split("<h3><a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Puts other content in the place of the real one, as a reload does.
async fn teach(course: &Course, change: impl FnOnce(&mut Catalogue)) {
    let mut catalogue = Catalogue { programmes: course.app.content.current().programmes.clone() };
    change(&mut catalogue);
    course.app.content.replace(catalogue);
    course.app.follow_content().await.unwrap();
}

fn say(
    conn: &mut Conn,
    cohort: CohortId,
    unit: Option<&str>,
    title: &str,
    by: EnrolmentId,
    text: &str,
) -> (ThreadId, PostId) {
    let now = trellis::platform::clock::Instant::from_micros(1_799_661_600_000_000);
    let thread: ThreadId = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::unit.eq(unit),
            threads::title.eq(title),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap();
    let post = store::add_post(conn, thread, by, None, &post_body(text).unwrap(), now).unwrap();
    (thread, post)
}

/// In the text of week 7, and in an answer of a quiz.
fn hide_canaries(catalogue: &mut Catalogue) {
    let programme = catalogue.programmes.get_mut(&slug("effective-networks")).unwrap();
    let trust = programme.units.iter_mut().find(|unit| unit.number == 7).unwrap();
    trust.outcomes.push(format!("Say {CANARY}."));
    trust.steps[0].html.push_str(&format!("<p>The {CANARY} sings.</p>"));
    trust.steps[1].title = format!("A {CANARY}");
    let quiz = programme.units[0].steps.iter_mut().find_map(|step| step.quiz.as_mut()).unwrap();
    quiz.questions[0].options[0].text = format!("{CANARY} is right");
    quiz.questions[0].options[0].feedback = format!("{CANARY} indeed");
}

stories! {
    async fn what_is_open_is_found_with_its_words_marked(course: Course) {
        course.travel_to("2027-01-11 10:00");
        course.app.follow_content().await.unwrap();
        let ada = course.enrol("Ada").await;
        let page = find(&ada, "why work as a network").await;
        assert!(hrefs(&page)[..3].contains(&ARTICLE.to_owned()), "{}", page.html);
        assert!(page.html.contains("<mark>network</mark>?</a></h3>"), "{}", page.html);
        assert!(page.has("Step · Week 1: "), "{}", page.html);
        assert!(page.html.contains(&format!("<form class=\"app-find\" action=\"{SEARCH}\" method=\"get\"")));
        assert!(page.has("value=\"why work as a network\"") && page.has("<title>Search: why work as a network"));

        let entry = find(&ada, "neonatal services").await;
        assert!(hrefs(&entry).contains(&"/cohorts/spring/library#entry-gale2012".to_owned()), "{}", entry.html);
        assert!(entry.has("Library · Article") && entry.html.contains("<mark>neonatal</mark>"), "{}", entry.html);
        // Stems, beginnings, phrases, accents.
        assert!(hrefs(&find(&ada, "neonat").await).contains(&"/cohorts/spring/library#entry-gale2012".to_owned()));
        assert!(!hrefs(&find(&ada, "networking").await).is_empty(), "networking finds network");
        assert!(hrefs(&find(&ada, "\"services neonatal\"").await).is_empty());
        assert_eq!(hrefs(&find(&ada, "BRUN donovan").await), hrefs(&find(&ada, "Brún O’Donovan").await));
        let accents = find(&ada, "brun voice silence").await;
        assert!(accents.html.contains("<mark>Brún</mark>"), "{}", accents.html);
        let term = &catalogue().programmes[&slug("effective-networks")].glossary[0];
        let found = find(&ada, &term.term).await;
        assert!(hrefs(&found).contains(&format!("/cohorts/spring/glossary#{}", term.slug)), "{}", found.html);
    }

    async fn nothing_asked_too_much_asked_and_nothing_found_say_what_to_do(course: Course) {
        course.app.follow_content().await.unwrap();
        let ada = course.enrol("Ada").await;
        for nothing in ["", "?q=", "?q=+"] {
            let page = ada.get(&format!("{SEARCH}{nothing}")).await.expect(200);
            assert!(page.has("<h1>Search</h1>") && page.has("Every word must be there.") && !page.has("Nothing holds"));
        }
        let page = find(&ada, NOWHERE).await;
        assert!(page.has("Nothing holds ‘quokkas’") && page.has("/cohorts/spring/library\">library"), "{}", page.html);
        let long = "é".repeat(101);
        let refused = ada.get(&format!("{SEARCH}?q={long}")).await.expect(422);
        assert!(refused.has("it has 101 characters, and 100 are the most") && refused.has(&long), "{}", refused.html);
        assert!(refused.has("<title>Error: Search") && refused.html.contains("href=\"#q\""));
        ada.get(&format!("{SEARCH}?q={}", "é".repeat(100))).await.expect(200);
        assert!(ada.get(&format!("{SEARCH}?q=%2A")).await.expect(422).has("Look for letters or digits"));
        ada.get(&format!("{SEARCH}?q=a&page=2")).await.expect(400);
        for wrong in ["x", "1", "1-", "-1-1", "1-1-1", "01-1", "99999999999999999999-1"] {
            ada.get(&format!("{SEARCH}?q=network&after={wrong}")).await.expect(400);
        }
    }

    async fn no_sign_that_is_typed_is_an_operator(course: Course) {
        course.travel_to("2027-01-11 10:00");
        course.app.follow_content().await.unwrap();
        let ada = course.enrol("Ada").await;
        let signs = [
            "\"", "network\"", "\"\"\"", "net*work", "AND OR NOT", "NEAR(a b)", "title:network", "-network", "a:*", "'", "''",
            "network & | ! <-> :*", "network'); DROP TABLE posts; --", "^network", "{title}: x", "a\\b\\", "%_%", "🙂 network",
            "नमस्ते", "日本語", "ﷺ", "²½", "İstanbul", "\u{202e}network", "a\u{301}\u{301}b", "<b>network</b>", "the", "to be or not to be",
        ];
        for typed in signs {
            let query: String = typed.bytes().map(|b| format!("%{b:02X}")).collect();
            let page = ada.get(&format!("{SEARCH}?q={query}")).await;
            assert!([200, 422].contains(&page.status), "{typed}: {} {}", page.status, page.html);
        }
        let echoed = find(&ada, "<b>quokkas</b>").await;
        assert!(!echoed.html.contains("<b>quokkas"), "{}", echoed.html);
    }

    async fn what_is_not_open_is_not_there_in_any_way(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben, eve) = (course.enrol("Ada").await, course.enrol("Ben").await, course.outsider("Eve").await);
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        teach(&course, hide_canaries).await;
        let (cohort, by_eve, by_priya, by_ben) =
            (course.cohort, eve.enrolment.unwrap(), priya.enrolment.unwrap(), ben.enrolment.unwrap());
        let now = course.now();
        course
            .write(move |conn| {
                let other = trellis::cohort::store::find(conn, &slug("other-eve")).unwrap().unwrap().id;
                say(conn, other, None, &format!("{CANARY} elsewhere"), by_eve, &format!("{CANARY} of another cohort"));
                say(conn, cohort, Some("trust"), &format!("{CANARY} to come"), by_priya, &format!("{CANARY} ahead"));
                let step = slug("why-work-as-a-network");
                notes::save(conn, by_ben, (&slug("what-networks-are-for"), &step), &format!("My {CANARY}"), now).unwrap();
            })
            .await;
        let nothing = find(&ada, NOWHERE).await.html.replace(NOWHERE, CANARY);
        assert_eq!(find(&ada, CANARY).await.html, nothing, "the page tells the canary from a word that is nowhere");
        assert_eq!(hrefs(&find(&ben, CANARY).await).len(), 1, "Ben's own note");
        assert!(find(&ben, CANARY).await.has("only you can read it"));
        let theirs = eve.get(&format!("/cohorts/other-eve/search?q={CANARY}")).await.expect(200);
        assert_eq!(hrefs(&theirs).len(), 2, "their own cohort's thread and post: {}", theirs.html);
        for ahead in [&priya, &root] {
            let page = find(ahead, CANARY).await;
            let found = hrefs(&page);
            assert_eq!(found.len(), 5, "two steps, the unit, the thread and its post: {found:?}");
            assert_eq!(page.html.matches("app-badge--warn\">Preview").count(), 5, "{}", page.html);
            assert!(!page.has("another cohort") && !page.has("My zyzzyva") && !page.has("is right"), "{}", page.html);
        }
        // It opens, and is held again.
        course.travel_to("2027-03-01 09:01");
        assert_eq!(hrefs(&find(&ada, CANARY).await).len(), 5);
        course
            .write(move |conn| {
                let unit = releases::table.filter(releases::cohort_id.eq(cohort)).filter(releases::unit.eq("trust"));
                diesel::update(unit).set(releases::held.eq(true)).execute(conn).unwrap();
            })
            .await;
        assert_eq!(find(&ada, CANARY).await.html, nothing);
        assert_eq!(hrefs(&find(&priya, CANARY).await).len(), 5);
    }

    async fn posts_are_found_as_they_stand_now(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let made = ada
            .submit("/cohorts/spring/discussions/new", &[("title", "Minutes"), ("unit", ""), ("body", "Who **writes** them?")])
            .await
            .expect(303);
        let thread = made.location().split('#').next().unwrap();
        let shown = ben.get(thread).await.expect(200);
        let post = shown.html.split("<li id=\"post-").nth(1).unwrap().split('"').next().unwrap();
        let page = find(&ben, "writing").await;
        assert_eq!(hrefs(&page), [format!("{thread}?post={post}")], "{}", page.html);
        assert!(page.has("Post by Ada, today at 10am · The whole course"), "{}", page.html);
        assert!(page.html.contains("Who <mark>writes</mark> them?"), "{}", page.html);
        let there = ben.get(&hrefs(&page)[0]).await.expect(303);
        assert_eq!(there.location(), format!("{thread}#post-{post}"), "the very place");
        assert_eq!(hrefs(&find(&ben, "minutes").await), [thread], "and by its thread's title");

        ada.submit(&format!("{thread}/posts/{post}/edit"), &[("body", "Who prints them?")]).await.expect(303);
        assert!(hrefs(&find(&ben, "writing").await).is_empty() && hrefs(&find(&ben, "printing").await).len() == 1);
        ada.submit(&format!("{thread}/posts/{post}/remove"), &[]).await.expect(303);
        assert!(hrefs(&find(&ben, "printing").await).is_empty());
    }

    async fn a_note_is_found_by_its_author_and_tells_nothing_of_a_unit_that_closed(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "Ask about handovers")]).await.expect(303);
        let page = find(&ada, "handover").await;
        assert_eq!(hrefs(&page), [format!("{ARTICLE}#my-note")], "{}", page.html);
        assert!(hrefs(&find(&ben, "handover").await).is_empty());
        let cohort = course.cohort;
        let hold = move |conn: &mut Conn| {
            let unit = releases::table.filter(releases::cohort_id.eq(cohort)).filter(releases::unit.eq("what-networks-are-for"));
            diesel::update(unit).set(releases::held.eq(true)).execute(conn).unwrap();
        };
        course.write(hold).await;
        let page = find(&ada, "handover").await;
        assert_eq!(hrefs(&page), ["/cohorts/spring/notes"], "{}", page.html);
        assert!(page.has("not open to you now") && !page.has("Why work as a network"), "{}", page.html);
    }

    async fn a_note_that_goes_is_found_no_more(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "First handovers")]).await.expect(303);
        ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "Second thoughts")]).await.expect(303);
        assert!(hrefs(&find(&ada, "handovers").await).is_empty() && hrefs(&find(&ada, "thoughts").await).len() == 1);
        ada.submit(&format!("{ARTICLE}/note"), &[("my-note", "")]).await.expect(303);
        assert!(hrefs(&find(&ada, "thoughts").await).is_empty());
        let left = course.write(|conn| search_texts::table.count().get_result::<i64>(conn).unwrap()).await;
        assert_eq!(left, 0, "nothing is left behind");
    }

    async fn results_come_in_pages_of_ten_each_once(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let (cohort, by) = (course.cohort, ada.enrolment.unwrap());
        course
            .write(move |conn| {
                let (thread, _) = say(conn, cohort, None, "Long", by, "A heron came.");
                let now = trellis::platform::clock::Instant::from_micros(1_799_661_600_000_000);
                for n in 2..=25 {
                    let text = format!("A heron came. {}", "And went. ".repeat(n % 7));
                    store::add_post(conn, thread, by, None, &post_body(&text).unwrap(), now).unwrap();
                }
            })
            .await;
        let mut seen = Vec::new();
        let mut page = find(&ada, "heron").await;
        for size in [10, 10, 5] {
            let found = hrefs(&page);
            assert_eq!(found.len(), size, "{}", page.html);
            seen.extend(found);
            let Some(next) = page.html.split("<nav class=\"app-pager\"").nth(1) else { break };
            let next = next.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
            page = ada.get(&next).await.expect(200);
        }
        assert!(!page.html.contains("app-pager"));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25);
    }

    async fn another_language_is_found_by_its_words_as_they_are(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let (cohort, by) = (course.cohort, ada.enrolment.unwrap());
        course.write(move |conn| say(conn, cohort, None, "Brücken", by, "Wir bauen Brücken and networks")).await;
        assert_eq!(hrefs(&find(&ada, "\"network\"").await).len(), 1, "English until the content says otherwise");
        teach(&course, |catalogue| {
            catalogue.programmes.get_mut(&slug("effective-networks")).unwrap().language = "de".into();
        })
        .await;
        assert!(!hrefs(&find(&ada, "\"network\"").await).iter().any(|href| href.contains("/discussions/")));
        let found = hrefs(&find(&ada, "brucken").await);
        assert_eq!(found.iter().filter(|href| href.contains("/discussions/")).count(), 2, "thread and post: {found:?}");
    }

    async fn the_content_is_written_down_once_and_when_it_changes(course: Course) {
        let ids = async || {
            let all = search_texts::table.order(search_texts::id).select(search_texts::id);
            course.write(move |conn| all.load::<i64>(conn).unwrap()).await
        };
        course.app.follow_content().await.unwrap();
        let first = ids().await;
        assert!(first.len() > 200, "{}", first.len());
        course.app.follow_content().await.unwrap();
        assert_eq!(first, ids().await, "the same content changes nothing");
        teach(&course, |catalogue| {
            catalogue.programmes.get_mut(&slug("running-good-meetings")).unwrap().units[0].title = "Another".into();
        })
        .await;
        let now = ids().await;
        let kept = now.iter().filter(|id| first.contains(id)).count();
        assert!(kept > 150 && kept < first.len() && now.len() == first.len(), "only one programme is written anew");
    }

    async fn the_box_is_on_every_page_of_a_cohort_and_may_not_be_pressed_without_end(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        for page in ["/cohorts/spring", ARTICLE, "/cohorts/spring/discussions", "/cohorts/spring/library"] {
            let form = format!("<form class=\"app-search\" role=\"search\" action=\"{SEARCH}\" method=\"get\">");
            assert!(ada.get(page).await.expect(200).html.contains(&form), "{page}");
        }
        assert!(!ada.get("/help").await.html.contains("app-search"));
        let mut last = 200;
        for _ in 0..90 {
            last = ada.get(&format!("{SEARCH}?q=a")).await.status;
            if last != 200 {
                break;
            }
        }
        assert_eq!(last, 429);
    }
}
