//! Stories of the discussions: who writes, who reads, and what is kept.

use trellis::cohort::{CohortId, EnrolmentId};
use trellis::discussion::{PostId, ThreadId, post_body, store};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::platform::text::Slug;
use trellis::schema::{sessions, threads};

use diesel::prelude::*;

use crate::world::*;

const LIST: &str = "/cohorts/spring/discussions";

stories! {
    async fn a_thread_is_started_and_read_by_the_whole_cohort(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        assert!(ada.get(LIST).await.expect(200).has("No threads yet."));
        ada.get(&format!("{LIST}/new")).await.expect(200);
        let thread = start(&ada, "Who holds the **money**?", "", "Ours is *nobody*.").await;

        let page = ben.get(&thread).await.expect(200);
        for words in ["<h1>Who holds the **money**?</h1>", "<em>nobody</em>", "/people/1\">Ada</a></h3>", "The whole course", "1 post."] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        assert!(!page.has("<span>You</span>") && !page.has("/edit"));
        let list = ben.get(LIST).await.expect(200);
        assert!(list.has("Who holds the **money**?") && list.has("1 post · last post"));
        assert!(ada.get(&thread).await.has("Your post is there."));
    }

    async fn a_reply_stands_under_the_post_it_answers(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let priya = course.facilitator().await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = post_in(&ben.get(&thread).await, "Who writes them?");

        let asked = ben.get(&format!("{thread}?reply={first}")).await.expect(200);
        assert!(asked.has("Your reply to Ada") && asked.has(&format!("name=\"parent\" value=\"{first}\"")));
        let reply = posted(&ben, &thread, "Whoever comes last.", Some(first)).await;
        // A reply to a reply is shown under the same post.
        posted(&priya, &thread, "I like that.", Some(reply)).await;
        posted(&ada, &thread, "Another question.", None).await;

        let page = ada.get(&thread).await;
        let at = |words: &str| page.html.find(words).unwrap_or_else(|| panic!("{words}: {}", page.html));
        assert!(at("Who writes them?") < at("Whoever comes last.") && at("Whoever comes last.") < at("I like that."));
        assert!(at("I like that.") < at("</ol></li>") && at("</ol></li>") < at("Another question."));
        assert_eq!(page.html.matches("<ol>").count(), 1);
        assert!(page.has("<span class=\"app-badge\">Facilitator</span>") && page.has("4 posts."));

        ben.submit(&format!("{thread}/posts"), &[("body", "x"), ("parent", "999")]).await.expect(422);
        let other = start(&ada, "Elsewhere", "", "Hello").await;
        let page = ben.submit(&format!("{other}/posts"), &[("body", "Kept words"), ("parent", &first.to_string())]).await;
        assert!(page.expect(422).has("Kept words"));
    }

    async fn twenty_five_posts_come_in_pages_of_ten(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Long", "", "Post number 1.").await;
        let ids = fill(&course, &thread, &ada, None, 2..=25).await;

        let first = ada.get(&thread).await;
        assert!(first.has("Post number 1.") && first.has("Post number 10.") && !first.has("Post number 11."));
        assert!(!first.has("Earlier posts"));
        let second = ada.get(&way(&first, "Later posts")).await.expect(200);
        assert!(second.has("Post number 11.") && second.has("Post number 20.") && !second.has("Post number 21."));
        let third = ada.get(&way(&second, "Later posts")).await.expect(200);
        assert!(third.has("Post number 21.") && third.has("Post number 25.") && !third.has("Later posts"));

        let back = ada.get(&way(&third, "Earlier posts")).await.expect(303);
        assert!(ada.get(unanchored(back.location())).await.has("Post number 11."));
        let newest = ada.get(&way(&first, "Newest posts")).await.expect(303);
        assert!(ada.get(unanchored(newest.location())).await.has("Post number 25."));

        // A reply leads back to the page of the post that it answers.
        let answered = ids[13];
        let there = ada.get(&format!("{thread}?reply={answered}")).await.expect(303);
        let asked = ada.get(there.location()).await.expect(200);
        assert!(asked.has("Post number 15.") && asked.has("Your reply to your own post"));
        let reply = ada.submit(&format!("{thread}/posts"), &[("body", "Late."), ("parent", &answered.to_string())]).await;
        assert!(ada.get(unanchored(reply.expect(303).location())).await.has("Late."));
        for beyond in ["?after=999999999", "?after=9223372036854775807"] {
            ada.get(&format!("{thread}{beyond}")).await.expect(200);
        }
    }

    async fn of_many_replies_the_newest_four_stand_there_with_a_way_to_all(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Introduce yourself", "", "Say hello.").await;
        let top = post_in(&ada.get(&thread).await, "Say hello.");
        let numbers = |page: &Page| (1..=163).filter(|n| page.has(&format!("Post number {n}."))).collect::<Vec<_>>();
        fill(&course, &thread, &ada, Some(top), 1..=63).await;
        assert_eq!(numbers(&ada.get(&thread).await), [60, 61, 62, 63]);
        // So many are looked up in another way, and look the same.
        fill(&course, &thread, &ada, Some(top), 64..=163).await;
        let page = ada.get(&thread).await;
        assert_eq!(numbers(&page), [160, 161, 162, 163]);
        assert!(page.html.find("Post number 160.") < page.html.find("Post number 163."));
        let all = ada.get(&way(&page, "Show all 163 replies")).await.expect(200);
        assert!(all.has("Post number 1.") && all.has("Post number 50.") && !all.has("Post number 51."));
        let more = ada.get(&way(&all, "Later replies")).await.expect(200);
        assert!(more.has("Say hello.") && more.has("Post number 51.") && more.has("Post number 100."));
    }

    async fn the_author_edits_and_removes_a_post_and_nobody_else(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let priya = course.facilitator().await;
        let thread = start(&ada, "Changing", "", "First thought.").await;
        let first = post_in(&ada.get(&thread).await, "First thought.");
        posted(&ben, &thread, "I agree.", Some(first)).await;
        let edit = format!("{thread}/posts/{first}/edit");

        assert!(ada.get(&edit).await.expect(200).has("First thought."));
        let same = ada.submit(&edit, &[("body", "First thought.")]).await.expect(303);
        assert!(!ada.get(unanchored(same.location())).await.has("<span>edited</span>"));
        ada.submit(&edit, &[("body", "Second thought.")]).await.expect(303);
        let page = ben.get(&thread).await;
        assert!(page.has("Second thought.") && !page.has("First thought.") && page.has("<span>edited</span>"));

        for other in [&ben, &priya] {
            other.get(&edit).await.expect(404);
            other.submit(&edit, &[("body", "Not mine")]).await.expect(404);
            other.submit(&format!("{thread}/posts/{first}/remove"), &[]).await.expect(404);
        }
        ada.submit(&format!("{thread}/posts/{first}/remove"), &[]).await.expect(303);
        let page = ben.get(&thread).await;
        assert!(page.has("Removed by its author, Monday 11 January. Replies stand."), "{}", page.html);
        assert!(!page.has("Second thought.") && page.has("I agree.") && page.has("1 post."));
        for late in ["edit", "remove"] {
            ada.submit(&format!("{thread}/posts/{first}/{late}"), &[("body", "x")][..usize::from(late == "edit")]).await.expect(404);
        }
        let answer = ben.submit(&format!("{thread}/posts"), &[("body", "Too late"), ("parent", &first.to_string())]).await;
        assert!(answer.expect(422).has("The post you answer was removed."));
    }

    async fn scripts_in_a_post_never_reach_the_page(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "<script>alert(0)</script> as a title", "", "Hello.").await;
        for (n, payload) in [
            "a <script>alert(1)</script>",
            "b <img src=x onerror=alert(1)>",
            "c [x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](data:text/html;base64,PHNjcmlwdD4=)",
            "d <svg><script>alert(1)</script></svg><style>*{display:none}</style>",
            "e <a href=\"x\" style=\"position:fixed\" onclick=\"alert(1)\">f</a> <iframe src=//evil.example></iframe>",
            "g ![x](https://evil.example/pixel.gif\" onload=\"alert(1))",
            "h <form action=\"/sign-out\"><input name=a></form> <base href=//evil.example>",
        ].into_iter().enumerate() {
            let other = course.enrol(&format!("Writer{n}")).await;
            other.submit(&format!("{thread}/posts"), &[("body", payload)]).await.expect(303);
        }
        let page = ada.get(&thread).await.expect(200);
        let texts = page.html.split("<div class=\"app-post__text\">").skip(1);
        let posts = texts.filter_map(|text| text.split("<div class=\"app-post__acts\">").next()).collect::<Vec<_>>().join("\n");
        // A payload may be shown as text: what counts is what stands within tags.
        let tags = posts.split('<').skip(1).filter_map(|t| t.split('>').next()).collect::<Vec<_>>().join("\n").to_lowercase();
        for never in ["script", "onerror", "onclick", "onload", "javascript", "style", "iframe", "svg", "form", "base", "data:"] {
            assert!(!tags.contains(never), "{never}: {posts}");
        }
        assert!(!page.html.contains("<script>alert(0)"));
        assert!(posts.contains("a ") && posts.contains("h "));
    }

    async fn what_was_typed_is_kept_when_it_is_refused(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Refusals", "", "Hello.").await;
        let first = post_in(&ada.get(&thread).await, "Hello.");
        let long = format!("Begins here {}", "a".repeat(20_000));

        let page = ada.submit(&format!("{thread}/posts"), &[("body", &long)]).await.expect(422);
        assert!(page.has("<title>Error: ") && page.has("href=\"#body\"") && page.has("id=\"body-error\""));
        assert!(page.has(&long) && page.has("20012 characters"));
        let page = ada.submit(&format!("{thread}/posts"), &[("body", &long), ("parent", &first.to_string())]).await;
        assert!(page.expect(422).has(&format!("name=\"parent\" value=\"{first}\"")));
        assert!(ada.submit(&format!("{thread}/posts"), &[("body", " \n ")]).await.expect(422).has("Write your post"));
        assert!(ada.submit(&format!("{thread}/posts/{first}/edit"), &[("body", &long)]).await.expect(422).has("Begins here"));

        let fields = [("title", ""), ("unit", "purpose"), ("body", "Words and <b>tags</b>")];
        let page = ada.submit(&format!("{LIST}/new"), &fields).await.expect(422);
        assert!(page.has("<title>Error: ") && page.has("Enter the title") && page.html.contains("Words and &#60;b&#62;tags"));
        // The unit is not open yet: it is as little there as one that does not exist.
        assert!(page.has("Choose one of the units in the list"));
        ada.submit(&format!("{thread}/posts"), &[("body", "x"), ("role", "facilitator")]).await.expect(400);
        ada.submit(&format!("{thread}/posts"), &[("body", "x"), ("parent", "first")]).await.expect(400);
        assert!(ada.get(&thread).await.has("1 post."));
    }

    async fn another_cohort_s_threads_do_not_exist(course: Course) {
        let (ada, eve) = (course.enrol("Ada").await, course.outsider("Eve").await);
        let thread = start(&ada, "Among us", "", "Secret.").await;
        let id = thread.rsplit('/').next().unwrap();
        let post = post_in(&ada.get(&thread).await, "Secret.");
        for path in [LIST.to_owned(), thread.clone(), format!("/cohorts/other-eve/discussions/{id}"), format!("{LIST}/new")] {
            eve.get(&path).await.expect(404);
        }
        for cohort in ["spring", "other-eve"] {
            let thread = format!("/cohorts/{cohort}/discussions/{id}");
            eve.submit(&format!("{thread}/posts"), &[("body", "Hello")]).await.expect(404);
            eve.submit(&format!("{thread}/posts/{post}/edit"), &[("body", "Hello")]).await.expect(404);
            eve.submit(&format!("{thread}/posts/{post}/remove"), &[]).await.expect(404);
        }
        let visitor = course.visitor();
        assert!(visitor.get(&thread).await.expect(303).location().starts_with("/sign-in"));
        for odd in ["0", "-1", "+1", "01", "1e3", "99999999999999999999", "x"] {
            ada.get(&format!("{LIST}/{odd}")).await.expect(404);
        }
    }

    async fn a_thread_of_a_unit_that_is_not_open_is_there_for_facilitators_alone(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&priya, "Before you start", "members", "Think of three people.").await;
        let page = priya.get(&thread).await.expect(200);
        assert!(page.has("Preview: learners see this from Monday 25 January 2027 at 9am GMT."), "{}", page.html);
        assert!(priya.get(LIST).await.has("Before you start"));
        assert!(priya.get(&format!("{LIST}?unit=3")).await.expect(200).has("Before you start"));

        ada.get(&thread).await.expect(404);
        ada.submit(&format!("{thread}/posts"), &[("body", "Early")]).await.expect(404);
        assert!(!ada.get(LIST).await.expect(200).has("Before you start"));
        ada.get(&format!("{LIST}?unit=3")).await.expect(404);
        assert!(!ada.get(&format!("{LIST}/new")).await.has("members"));

        weeks_later(&course, "2027-01-25 09:00").await;
        assert!(!ada.get(&thread).await.expect(200).has("Preview:"));
        assert!(ada.get(&format!("{LIST}?unit=3")).await.expect(200).has("Before you start"));
        assert!(ada.get(&format!("{LIST}?unit=2")).await.expect(200).has("No thread about Week 2 yet."));
    }

    async fn after_the_cohort_closed_everything_can_be_read_and_nothing_written(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&ada, "To the end", "", "Goodbye.").await;
        let first = post_in(&ada.get(&thread).await, "Goodbye.");
        weeks_later(&course, "2027-05-08 12:00").await;
        ada.submit(&format!("{thread}/posts"), &[("body", "Still here.")]).await.expect(303);

        weeks_later(&course, "2027-05-11 12:00").await;
        for person in [&ada, &priya] {
            let page = person.get(&thread).await.expect(200);
            assert!(page.has("Goodbye.") && page.has("The discussions of this cohort closed on"), "{}", page.html);
            assert!(!page.has("<textarea") && !page.has("?reply="));
            let late = person.submit(&format!("{thread}/posts"), &[("body", "One last word.")]).await.expect(403);
            assert!(late.has("One last word.") && late.has("What you wrote, which was not posted"));
            person.get(&format!("{LIST}/new")).await.expect(403);
            let fields = [("title", "Late"), ("unit", ""), ("body", "Late words")];
            assert!(person.submit(&format!("{LIST}/new"), &fields).await.expect(403).has("Late words"));
        }
        ada.submit(&format!("{thread}/posts/{first}/edit"), &[("body", "Changed")]).await.expect(403);
        ada.submit(&format!("{thread}/posts/{first}/remove"), &[]).await.expect(403);
        assert!(ada.get(&thread).await.has("2 posts."));
    }

    async fn an_administrator_who_is_not_enrolled_reads_and_does_not_post(course: Course) {
        let (ada, root) = (course.enrol("Ada").await, course.administrator().await);
        let thread = start(&ada, "Ours", "", "Hello.").await;
        let page = root.get(&thread).await.expect(200);
        assert!(page.has("Hello.") && page.has("Only people enrolled in the cohort can post.") && !page.has("<textarea"));
        root.submit(&format!("{thread}/posts"), &[("body", "From above")]).await.expect(403);
        root.get(&format!("{LIST}/new")).await.expect(403);
        assert!(root.get(LIST).await.expect(200).has("Ours"));
    }

    async fn a_discussion_step_is_done_with_a_post_in_its_thread_and_stays_so(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        course.travel_to("2027-01-12 09:00");
        let (unit, step) = discussion_step();
        let path = format!("/cohorts/spring/units/1/{}", step.slug);
        assert!(ada.get(&path).await.expect(200).has("Nobody has written here yet."));
        ada.submit(&format!("{path}/posts"), &[("body", "From the **step**.")]).await.expect(303);

        let page = ben.get(&path).await.expect(200);
        assert!(page.has("<strong>step</strong>") && page.has("1 post by learners and facilitators of your cohort"));
        let thread = way(&page, "Open as a thread");
        let there = ben.get(&thread).await.expect(200);
        assert!(there.has(&format!("<h1>{}</h1>", step.title)) && there.has("Step 1.5 · Discussion · "), "{}", there.html);
        assert!(ben.get(LIST).await.has("Step 1.5 of Week 1: "));
        // Written on the thread's own page, a post counts the same.
        let post = posted(&ben, &thread, "From the thread.", None).await;
        let done = |who: &Person| (who.enrolment.unwrap(), unit.slug.clone(), step.slug.clone());
        for who in [&ada, &ben] {
            assert!(has_done(&course, done(who)).await);
        }
        ben.submit(&format!("{thread}/posts/{post}/remove"), &[]).await.expect(303);
        assert!(has_done(&course, done(&ben)).await);
    }

    async fn first_posts_at_the_same_time_make_one_thread(course: Course) {
        let (unit, step) = discussion_step();
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(course.enrol(&format!("Person{n}")).await.enrolment.unwrap());
        }
        let (cohort, now) = (course.cohort, course.now());
        let posting = people.iter().map(|person| {
            let (db, person) = (course.db.clone(), *person);
            async move {
                db.write(move |conn| {
                    let thread = store::step_thread_made(conn, cohort, unit, step, now)?;
                    store::add_post(conn, thread, person, None, &post_body("Me first").unwrap(), now)?;
                    Ok::<_, trellis::platform::db::DbError>(thread)
                })
                .await
                .unwrap()
            }
        });
        let made: Vec<ThreadId> = futures_util::future::join_all(posting).await;
        assert!(made.iter().all(|thread| *thread == made[0]), "{made:?}");
        let count: i32 = course.write(|conn| threads::table.select(threads::post_count).get_result(conn).unwrap()).await;
        assert_eq!(count, 8);
    }

    async fn the_eleventh_post_in_five_minutes_is_kept_for_later(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Flood", "", "1").await;
        for n in 2..=10 {
            posted(&ada, &thread, &n.to_string(), None).await;
        }
        let page = ada.submit(&format!("{thread}/posts"), &[("body", "One too many")]).await.expect(429);
        assert!(page.has("One too many") && page.has("Wait 1 minute"), "{}", page.html);
        let ben = course.enrol("Ben").await;
        posted(&ben, &thread, "Others may", None).await;
    }

    async fn threads_are_listed_by_their_newest_post_and_paged(course: Course) {
        let ada = course.enrol("Ada").await;
        let (cohort, by, now) = (course.cohort, ada.enrolment.unwrap(), course.now());
        course.write(move |conn| {
            for n in 1..=45 {
                // Five at each instant, so that the id decides within it.
                add_thread(conn, cohort, by, &format!("Thread number {n}."), now + chrono::TimeDelta::seconds(n / 5));
            }
        }).await;
        let mut seen = Vec::new();
        let mut path = LIST.to_owned();
        loop {
            let page = ada.get(&path).await.expect(200);
            let titles = page.html.split("Thread number ").skip(1).filter_map(|t| t.split('.').next()?.parse::<u32>().ok());
            seen.extend(titles);
            if !page.has("Older threads") {
                break;
            }
            path = way(&page, "Older threads");
        }
        assert_eq!(seen, (1..=45).rev().collect::<Vec<_>>());
        for odd in ["?after=x", "?after=1-2-3", "?after=-1", "?after=99999999999999999999-1"] {
            ada.get(&format!("{LIST}{odd}")).await.expect(400);
        }
        ada.get(&format!("{LIST}?unit=99")).await.expect(404);
    }

    async fn a_thread_costs_seven_queries_however_long_it_is(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Counted", "", "Post number 1.").await;
        let ids = fill(&course, &thread, &ada, None, 2..=30).await;
        fill(&course, &thread, &ada, Some(ids[0]), 1..=30).await;
        for (path, most) in [(thread.clone(), 7), (format!("{thread}?after={}", ids[10]), 7), (LIST.to_owned(), 6), (format!("{thread}?reply={}", ids[3]), 8)] {
            let before = course.db.statements();
            ada.get(&path).await.expect(200);
            let queries = course.db.statements() - before;
            assert!(queries <= most, "{path}: {queries}");
        }
    }
}

/// Starts a thread and says where it is.
pub async fn start(person: &Person, title: &str, unit: &str, body: &str) -> String {
    let page = person.submit(&format!("{LIST}/new"), &[("title", title), ("unit", unit), ("body", body)]).await;
    page.expect(303).location().to_owned()
}

pub async fn posted(person: &Person, thread: &str, body: &str, parent: Option<PostId>) -> PostId {
    let parent = parent.map(|id| id.to_string()).unwrap_or_default();
    let page = person.submit(&format!("{thread}/posts"), &[("body", body), ("parent", &parent)]).await.expect(303);
    PostId(page.location().rsplit("#post-").next().unwrap().parse().unwrap())
}

/// Writes `Post number n.` past the limits, a minute apart.
pub async fn fill(
    course: &Course,
    thread: &str,
    by: &Person,
    parent: Option<PostId>,
    numbers: std::ops::RangeInclusive<i64>,
) -> Vec<PostId> {
    let thread = ThreadId(thread.rsplit('/').next().unwrap().parse().unwrap());
    let (by, now) = (by.enrolment.unwrap(), course.now());
    let write = move |conn: &mut Conn, n: i64| {
        let body = post_body(&format!("Post number {n}.")).unwrap();
        store::add_post(conn, thread, by, parent, &body, now + chrono::TimeDelta::minutes(n)).unwrap()
    };
    course.write(move |conn| numbers.map(|n| write(conn, n)).collect()).await
}

fn add_thread(conn: &mut Conn, cohort: CohortId, by: EnrolmentId, title: &str, at: Instant) {
    let thread: ThreadId = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::title.eq(title),
            threads::created_at.eq(at),
            threads::last_post_at.eq(at),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap();
    store::add_post(conn, thread, by, None, &post_body("Hello").unwrap(), at).unwrap();
}

/// Travels with everybody still signed in.
async fn weeks_later(course: &Course, when: &str) {
    course.travel_to(when);
    let now = course.now();
    let seen = (sessions::last_seen_at.eq(now), sessions::expires_at.eq(now + chrono::TimeDelta::days(1)));
    course.write(move |conn| diesel::update(sessions::table).set(seen).execute(conn).unwrap()).await;
}

async fn has_done(course: &Course, (enrolment, unit, step): (EnrolmentId, Slug, Slug)) -> bool {
    let done = move |conn: &mut Conn| trellis::completion::store::list_done(conn, enrolment).unwrap().has(&unit, &step);
    course.write(done).await
}

fn discussion_step() -> (&'static trellis::programme::Unit, &'static trellis::programme::Step) {
    let programme = catalogue().programmes.values().next().unwrap();
    let unit = programme.unit(1).unwrap();
    (unit, unit.steps.iter().find(|s| s.kind == trellis::programme::StepKind::Discussion).unwrap())
}

/// The id of the post that says these words.
pub fn post_in(page: &Page, words: &str) -> PostId {
    let before = &page.html[..page.html.find(words).unwrap_or_else(|| panic!("{words}: {}", page.html))];
    let id = before.rsplit("id=\"post-").next().unwrap();
    PostId(id[..id.find('"').unwrap()].parse().unwrap())
}

/// Where the link with these words leads.
pub fn way(page: &Page, words: &str) -> String {
    let before = &page.html[..page.html.find(words).unwrap_or_else(|| panic!("{words}: {}", page.html))];
    let href = before.rsplit("href=\"").next().unwrap();
    href[..href.find('"').unwrap()].replace("&amp;", "&").replace("&#38;", "&")
}

fn unanchored(href: &str) -> &str {
    href.split('#').next().unwrap()
}
