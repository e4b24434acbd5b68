//! Stories of what keeps a conversation going: what is new, who waits, what helped; and what facilitators do about it.

mod answering;
mod recount;

use diesel::prelude::*;
use trellis::cohort::{CohortId, EnrolmentId};
use trellis::discussion::{PostId, ThreadId, post_body, store};
use trellis::platform::clock::Instant;
use trellis::platform::db::Conn;
use trellis::schema::{audit_log, posts, threads};

use crate::discussion::{post_in, posted, start};
use crate::person::between;
use crate::world::*;
use recount::counters;

const LIST: &str = "/cohorts/spring/discussions";
const QUEUE: &str = "/cohorts/spring/manage/discussions";

stories! {
    async fn what_is_new_is_counted_and_leads_to_the_first(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        assert!(ben.get(LIST).await.has("<b>1 new</b>"));
        assert!(!ada.get(LIST).await.has(" new</b>"), "one's own post is not new");
        ben.get(&thread).await.expect(200);
        settled().await;
        assert!(!ben.get(LIST).await.has(" new</b>"));
        assert!(!ben.get(&thread).await.has("New since"));

        course.travel_to("2027-01-13 10:00");
        let first = posted(&ada, &thread, "Still nobody?", None).await;
        posted(&ada, &thread, "I will.", None).await;
        assert!(ben.get(LIST).await.has("<b>2 new</b>"));
        assert!(ben.get(&format!("{LIST}?show=unread")).await.has("Minutes"));
        let to = ben.get(&format!("{thread}?post=unread")).await.expect(303);
        assert!(to.location().ends_with(&format!("#post-{first}")), "{}", to.location());
        let page = ben.get(&thread).await.expect(200);
        assert!(page.has("New since Monday 11 January.") && page.html.matches(">New</span>").count() == 2, "{}", page.html);
        settled().await;
        assert!(ben.get(&format!("{LIST}?show=unread")).await.has("You have read everything."));
    }

    async fn views_show_what_one_asks_for(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let own = start(&ada, "Asked by Ada", "", "Anybody?").await;
        let other = start(&ben, "Asked by Ben", "", "Anybody?").await;
        posted(&ada, &other, "Yes.", None).await;
        let titles = |page: &Page| (page.has("Asked by Ada"), page.has("Asked by Ben"));
        for (who, view, shown) in [
            (&ada, "all", (true, true)),
            (&ada, "mine", (true, true)),
            (&ben, "mine", (false, true)),
            (&ben, "unanswered", (true, false)),
            (&ben, "new", (true, false)),
            (&ben, "unread", (true, true)),
            (&ben, "following", (false, true)),
            (&priya, "following", (false, false)),
            (&priya, "needs-reply", (false, false)),
        ] {
            let page = who.get(&format!("{LIST}?show={view}")).await.expect(200);
            assert_eq!(titles(&page), shown, "{view}: {}", page.html);
        }
        let weeks = |when: &str| course.travel_to(when);
        weeks("2027-01-12 12:00");
        let page = priya.get(&format!("{LIST}?show=needs-reply")).await.expect(200);
        assert_eq!(titles(&page), (true, true));
        posted(&priya, &own, "I have seen it.", None).await;
        let queue = priya.get(QUEUE).await.expect(200);
        assert_eq!(titles(&queue), (false, true));
        assert!(queue.has("1 thread needs a reply. Nothing is reported.") && queue.has("waiting since"), "{}", queue.html);
        ada.get(QUEUE).await.expect(404);
        let admin = course.administrator().await;
        admin.get(&format!("{LIST}?show=mine")).await.expect(404);
        admin.get(&format!("{LIST}?show=unanswered")).await.expect(200);
        ada.get(&format!("{LIST}?show=everything")).await.expect(404);
    }

    async fn somebody_follows_by_choice_and_stays_away_by_choice(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        assert!(ben.get(&thread).await.has("Follow this thread"));
        ben.submit(&format!("{thread}/follow"), &[("follow", "yes")]).await.expect(303);
        assert!(ben.get(&thread).await.has("Stop following"));
        settled().await;
        posted(&ada, &thread, "Still nobody?", None).await;
        assert!(ben.get("/").await.has("Minutes"), "what is new where one follows stands on home");

        ada.submit(&format!("{thread}/follow"), &[("follow", "no")]).await.expect(303);
        posted(&ada, &thread, "Never mind.", None).await;
        assert!(ada.get(&thread).await.has("Follow this thread"), "who said no does not follow by posting");
        ada.submit(&format!("{thread}/follow"), &[("follow", "perhaps")]).await.expect(400);
    }

    async fn a_post_that_helped_says_whom(course: Course) {
        let (ada, ben, chi) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Chi").await);
        let thread = start(&ada, "Minutes", "", "Take turns.").await;
        let post = post_in(&ben.get(&thread).await, "Take turns.");
        let helpful = format!("{thread}/posts/{post}/helpful");
        for person in [&ben, &chi, &ben] {
            person.submit(&helpful, &[("helpful", "yes")]).await.expect(303);
        }
        assert!(ada.get(&thread).await.has("Ben and Chi found this helpful."));
        assert!(ben.get(&thread).await.has("You and Chi found this helpful.") && ben.get(&thread).await.has("Not helpful after all"));
        ben.submit(&helpful, &[("helpful", "no")]).await.expect(303);
        assert!(ada.get(&thread).await.has("Chi found this helpful."));
        ada.submit(&helpful, &[("helpful", "yes")]).await.expect(400);
        assert_eq!(counters(&course).await, Vec::<String>::new());
    }

    async fn pressing_the_button_twice_makes_one_post(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let first = posted(&ada, &thread, "I will.", None).await;
        assert_eq!(posted(&ada, &thread, "I will.", None).await, first);
        assert!(posted(&ada, &thread, "I will.", Some(first)).await != first, "in another place it is another post");
        course.travel_to("2027-01-11 12:00");
        assert!(posted(&ada, &thread, "I will.", None).await != first, "an hour later it is meant");
    }

    async fn a_post_is_seen_before_it_is_posted(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let step = "/cohorts/spring/units/1/one-strength-one-puzzle/posts";
        let typed = [("body", "I **will** <b>now</b>"), ("preview", "1")];
        for path in [format!("{thread}/posts"), step.to_owned()] {
            let page = ada.submit(&path, &typed).await.expect(200);
            assert!(page.has("Not posted yet") && page.has("I <strong>will</strong>"), "{}", page.html);
            assert!(page.has("I **will** &#60;b&#62;now&#60;/b&#62;</textarea>"), "{}", page.html);
        }
        let new = [("title", "Two"), ("body", "I **will**"), ("unit", ""), ("preview", "1")];
        let page = ada.submit(&format!("{LIST}/new"), &new).await.expect(200);
        assert!(page.has("I <strong>will</strong>") && page.has("value=\"Two\""), "{}", page.html);
        ada.submit(&format!("{thread}/posts"), &[("body", ""), ("preview", "1")]).await.expect(422);
        let count: i64 = course.write(|conn| posts::table.count().get_result(conn).unwrap()).await;
        assert_eq!(count, 1, "nothing was posted");
    }

    async fn an_answer_says_what_it_answers(course: Course) {
        let (ada, ben, chi) = (course.enrol("Ada").await, course.enrol("Ben").await, course.enrol("Chi").await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let top = post_in(&ben.get(&thread).await, "Who writes them?");
        let reply = posted(&ben, &thread, "I could.", Some(top)).await;
        posted(&chi, &thread, "Thank you, Ben.", Some(reply)).await;
        let page = ada.get(&thread).await;
        assert!(page.has(&format!("answers <a href=\"#post-{reply}\">Ben</a>")), "{}", page.html);
        assert_eq!(page.html.matches("answers <a").count(), 1, "an answer to the post above need not say so");
    }

    async fn three_reports_hide_a_post_until_a_facilitator_has_looked(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&ada, "Buy this", "", "Best prices on beds.").await;
        let post = post_in(&ada.get(&thread).await, "Best prices");
        let report = format!("{thread}/posts/{post}/report");
        ada.get(&report).await.expect(404);
        let mut people = Vec::new();
        for name in ["Ben", "Chi", "Dee"] {
            people.push(course.enrol(name).await);
        }
        assert!(people[0].get(&report).await.expect(200).has("Best prices"));
        people[0].submit(&report, &[("reason", "")]).await.expect(422);
        for person in [&people[0], &people[0], &people[1]] {
            person.submit(&report, &[("reason", "An advertisement")]).await.expect(303);
        }
        assert!(people[2].get(&thread).await.has("Best prices"), "two people are not three");
        people[2].submit(&report, &[("reason", "Not about networks")]).await.expect(303);
        let page = people[2].get(&thread).await;
        assert!(page.has("Hidden until a facilitator has looked at it.") && !page.has("Best prices"), "{}", page.html);
        let own = ada.get(&thread).await;
        assert!(own.has("Best prices") && own.has("Hidden because people reported it"), "{}", own.html);
        assert!(!people[2].get("/cohorts/spring/search?q=prices").await.has("Best prices"));
        assert!(!people[2].get(&format!("{thread}.md")).await.has("Best prices"));

        let queue = priya.get(QUEUE).await;
        assert!(queue.has("1 post is reported.") && queue.has("Not about networks") && queue.has("Hidden until you look"));
        let moderate = format!("{thread}/posts/{post}/moderate");
        priya.submit(&moderate, &[("act", "show")]).await.expect(303);
        assert!(people[2].get(&thread).await.has("Best prices") && priya.get(QUEUE).await.has("Nothing is reported."));
        for act in ["keep", "show"] {
            priya.submit(&moderate, &[("act", act)]).await.expect(303);
        }
        let acts: i64 = course.write(|conn| audit_log::table.count().get_result(conn).unwrap()).await;
        assert_eq!(acts, 1, "what changes nothing is not kept");
        assert_eq!(counters(&course).await, Vec::<String>::new());
    }

    async fn a_facilitator_hides_with_a_reason_that_the_author_reads(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let thread = start(&ada, "Case", "", "My patient Mr B told me.").await;
        let post = post_in(&ada.get(&thread).await, "My patient");
        let moderate = format!("{thread}/posts/{post}/moderate");
        ada.get(&moderate).await.expect(404);
        priya.submit(&moderate, &[("act", "hide"), ("reason", "")]).await.expect(422);
        let why = "It names a patient. Leave the name out, and I will show it again.";
        priya.submit(&moderate, &[("act", "hide"), ("reason", why)]).await.expect(303);
        let own = ada.get(&thread).await;
        assert!(own.has("A facilitator has hidden your post: It names a patient."), "{}", own.html);
        let others = ben.get(&thread).await;
        assert!(others.has("Hidden by a facilitator.") && !others.has("Mr B") && !others.has("It names a patient"));
        ben.get(&format!("{thread}/posts/{post}/report")).await.expect(404);
        ben.submit(&format!("{thread}/posts"), &[("body", "Which?"), ("parent", &post.to_string())]).await.expect(422);

        ada.submit(&format!("{thread}/posts/{post}/edit"), &[("body", "A patient told me.")]).await.expect(303);
        let page = priya.get(&moderate).await.expect(200);
        assert!(page.has("A patient told me.") && page.has("Mr B") && page.has("Until "), "what it said before is kept");
        priya.submit(&moderate, &[("act", "show")]).await.expect(303);
        assert!(ben.get(&thread).await.has("A patient told me."));
        let acts = course.write(|conn| audit_log::table.order(audit_log::id).select((audit_log::act, audit_log::actor)).load::<(String, String)>(conn).unwrap()).await;
        assert_eq!(acts, [("hide-post".into(), priya_name()), ("show-post".into(), priya_name())]);
        assert_eq!(counters(&course).await, Vec::<String>::new());
    }

    async fn a_locked_thread_is_for_reading(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&ada, "Minutes", "", "Who writes them?").await;
        let manage = format!("{thread}/manage");
        ada.submit(&manage, &[("act", "lock")]).await.expect(404);
        priya.submit(&manage, &[("act", "lock")]).await.expect(303);
        let page = ada.get(&thread).await.expect(200);
        assert!(page.has("A facilitator has locked this thread.") && !page.has("Post reply"), "{}", page.html);
        let refused = ada.submit(&format!("{thread}/posts"), &[("body", "Kept words")]).await.expect(403);
        assert!(refused.has("Kept words"));
        posted(&priya, &thread, "Closed, with thanks.", None).await;
        priya.submit(&manage, &[("act", "unlock")]).await.expect(303);
        posted(&ada, &thread, "Thank you.", None).await;
    }

    async fn a_pinned_thread_stands_above_the_others(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&priya, "How we talk here", "", "Kindly.").await;
        course.travel_to("2027-01-11 11:00");
        start(&ada, "Something newer", "", "Hello").await;
        let order = |page: &Page| page.html.find("How we talk here").unwrap() < page.html.find("Something newer").unwrap();
        assert!(!order(&ada.get(LIST).await));
        priya.submit(&format!("{thread}/manage"), &[("act", "pin")]).await.expect(303);
        let page = ada.get(LIST).await;
        assert!(order(&page) && page.has("Pinned") && page.html.matches("How we talk here").count() == 2, "{}", page.html);
        priya.submit(&format!("{thread}/manage"), &[("act", "unpin")]).await.expect(303);
        assert!(!order(&ada.get(LIST).await));
    }

    async fn a_moved_thread_is_seen_by_whoever_may_see_its_unit(course: Course) {
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let thread = start(&ada, "Too early", "", "About trust").await;
        let manage = format!("{thread}/manage");
        priya.submit(&manage, &[("act", "move"), ("unit", "no-such-unit")]).await.expect(422);
        priya.submit(&manage, &[("act", "move"), ("unit", "trust")]).await.expect(303);
        ada.get(&thread).await.expect(404);
        assert!(!ada.get(LIST).await.has("Too early"));
        priya.submit(&manage, &[("act", "move"), ("unit", "")]).await.expect(303);
        ada.get(&thread).await.expect(200);
    }

    async fn merged_threads_are_one_and_old_addresses_lead_there(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let one = start(&ada, "Minutes", "", "Who writes them?").await;
        let two = start(&ben, "Minutes again", "", "Who keeps them?").await;
        ada.get(&two).await.expect(200);
        settled().await;
        posted(&ada, &one, "A late one in the first.", None).await;
        priya.submit(&format!("{two}/manage"), &[("act", "merge"), ("into", &two)]).await.expect(422);
        priya.submit(&format!("{two}/manage"), &[("act", "merge"), ("into", "/elsewhere/1")]).await.expect(422);
        let merged = priya.submit(&format!("{two}/manage"), &[("act", "merge"), ("into", &format!("https://x.example{one}?post=1"))]).await;
        assert_eq!(merged.expect(303).location(), one);
        assert_eq!(ben.get(&two).await.expect(303).location(), one);
        let page = ben.get(&one).await.expect(200);
        let at = |words: &str| page.html.find(words).unwrap_or_else(|| panic!("{words}: {}", page.html));
        assert!(at("Who writes them?") < at("Who keeps them?") && at("Who keeps them?") < at("A late one in the first."));
        assert!(page.has("3 posts.") && page.has("Stop following"), "{}", page.html);
        assert_eq!(counters(&course).await, Vec::<String>::new());
    }

    async fn a_feed_holds_what_its_reader_may_see(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let thread = start(&ada, "Minutes & more", "", "Who <writes> **them**?").await;
        let cohort = course.cohort;
        let by = ada.enrolment.unwrap();
        let now = course.now();
        course.write(move |conn| secret_thread(conn, cohort, by, now)).await;
        let page = ben.submit(&format!("{LIST}/feed"), &[]).await.expect(200);
        let address = between(&page.html, "href=\"", ".atom\"").map(|_| ()).and_then(|()| page.html.split('"').find(|part| part.ends_with(".atom"))).unwrap().to_owned();
        let path = address.trim_start_matches(&course.base).to_owned();
        let feed = course.visitor().get(&path).await.expect(200);
        assert!(feed.header("content-type").starts_with("application/atom+xml"));
        assert!(!feed.html.contains("Canary"), "{}", feed.html);
        let read = read_by_python(&feed.html);
        assert_eq!(read, [format!("Minutes & more|Ada|{}{thread}?post=1", course.base)]);
        ben.submit(&format!("{LIST}/feed"), &[]).await.expect(200);
        course.visitor().get(&path).await.expect(404);
        ben.submit(&format!("{LIST}/feed/stop"), &[]).await.expect(303);
        assert!(ben.get(&format!("{LIST}/feed")).await.has("Make a private address"));
    }

    async fn discussions_are_taken_along_as_text_and_as_lines(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let thread = start(&ada, "Minutes", "", "Who **writes** them?").await;
        let top = post_in(&ben.get(&thread).await, "them?");
        posted(&ben, &thread, "I could.\n\n=1+1", Some(top)).await;
        let text = ben.get(&format!("{thread}.md")).await.expect(200);
        assert!(text.html.starts_with("# Minutes\n\n") && text.has("Who **writes** them?") && text.has("> **Ben, "), "{}", text.html);
        assert!(text.has("> I could.\n> \n> =1+1"), "{}", text.html);

        for (names, authors) in [("yes", ["Ada", "Ben"]), ("no", ["Participant 1", "Participant 2"])] {
            let lines = priya.get(&format!("{QUEUE}.jsonl?names={names}")).await.expect(200);
            let read: Vec<serde_json::Value> = lines.html.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let told: Vec<&str> = read.iter().map(|line| line["author"].as_str().unwrap()).collect();
            assert_eq!(told, authors);
            assert_eq!((read[1]["answers"].as_i64(), read[1]["body"].as_str()), (Some(top.0), Some("I could.\n\n=1+1")));
        }
        priya.get(&format!("{QUEUE}.jsonl?names=maybe")).await.expect(400);
        assert!(priya.get(QUEUE).await.has("exported the discussions"));
    }

    /// Sixty-four at once: every post is there, none twice, and the counters are right.
    async fn sixty_four_writers_at_once_lose_nothing_and_double_nothing(course: Course) {
        let ada = course.enrol("Ada").await;
        let thread = start(&ada, "Busy", "", "All at once").await;
        let id = ThreadId(thread.rsplit('/').next().unwrap().parse().unwrap());
        let mut writers = Vec::new();
        for n in 0..64 {
            writers.push(course.enrol(&format!("Writer{n}")).await);
        }
        let paths = format!("{thread}/posts");
        // Each presses the button twice.
        let sent = writers.iter().enumerate().flat_map(|(n, writer)| {
            let text = format!("Post of writer {n}");
            [0, 1].map(|_| { let (paths, text) = (paths.clone(), text.clone()); async move { writer.submit(&paths, &[("body", &text)]).await.status } })
        });
        let statuses = futures_util::future::join_all(sent).await;
        assert!(statuses.iter().all(|status| *status == 303), "{statuses:?}");
        let bodies: Vec<String> = course.write(move |conn| posts::table.filter(posts::thread_id.eq(id)).order(posts::id).select(posts::body).load(conn).unwrap()).await;
        let different: std::collections::BTreeSet<&String> = bodies.iter().collect();
        assert_eq!((bodies.len(), different.len()), (65, 65));
        assert_eq!(counters(&course).await, Vec::<String>::new());
    }

    async fn what_a_thread_says_wrong_of_its_posts_is_found_and_mended(course: Course) {
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        let mut ids = Vec::new();
        for n in 0..5 {
            let thread = start(&ada, &format!("Thread {n}"), "", "A question").await;
            posted(&ben, &thread, "An answer", None).await;
            ids.push(ThreadId(thread.rsplit('/').next().unwrap().parse().unwrap()));
        }
        course.write(move |conn| {
            let row = |n: usize| diesel::update(threads::table.find(ids[n]));
            row(0).set(threads::post_count.eq(7)).execute(conn).unwrap();
            row(1).set(threads::last_post_id.eq(PostId(0))).execute(conn).unwrap();
            row(2).set(threads::is_answered.eq(false)).execute(conn).unwrap();
            row(3).set(threads::answered_at.eq(None::<Instant>)).execute(conn).unwrap();
            let of_the_last = diesel::update(posts::table.filter(posts::thread_id.eq(ids[4])));
            of_the_last.set(posts::reply_count.eq(3)).execute(conn).unwrap();
        }).await;
        assert_eq!(counters(&course).await.len(), 4 + 2);
        assert_eq!(course.write(|conn| store::recount(conn).unwrap()).await, 5);
        assert_eq!(counters(&course).await, Vec::<String>::new());
        assert_eq!(course.write(|conn| store::recount(conn).unwrap()).await, 0);
    }

    /// Whatever interleaving of post, edit, remove, hide, show, move, merge, read, report and helpful: the counters equal a
    /// recount, and nobody reads what they may not.
    async fn whatever_happens_the_counters_are_right_and_nobody_reads_what_is_hidden(course: Course) {
        let (ada, ben, priya) = (course.enrol("Ada").await, course.enrol("Ben").await, course.facilitator().await);
        let rita = course.enrol("Rita").await;
        for seed in 1..=6_u64 {
            let mut dice = Dice(seed);
            let mut threads = Vec::new();
            for n in 0..3_usize {
                threads.push(start([&ada, &ben, &priya][n], &format!("Thread {seed}-{n}"), "", &format!("Secret{seed}x{n}")).await);
            }
            for step in 0..25 {
                act(&course, &mut dice, (&ada, &ben, &priya), &mut threads, step).await;
            }
            assert_eq!(counters(&course).await, Vec::<String>::new(), "seed {seed}");
            let readable = readable(&course).await;
            for thread in &threads {
                let page = rita.get(thread).await;
                let shown = page.html.split("<div class=\"app-post__text\">").skip(1).filter_map(|text| between(text, "<p>", "</p>"));
                for text in shown.filter(|text| text.starts_with("Secret")) {
                    assert!(readable.iter().any(|body| body == text), "seed {seed}: {text} is hidden or removed");
                }
            }
        }
    }
}

/// The mark of what was read is written beside the answer.
pub async fn settled() {
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
}

fn priya_name() -> String {
    "Priya".into()
}

/// A small generator, so that a seed tells the whole story.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

async fn act(
    course: &Course,
    dice: &mut Dice,
    (ada, ben, priya): (&Person, &Person, &Person),
    threads: &mut Vec<String>,
    step: usize,
) {
    let writer = [ada, ben, priya][dice.below(3)];
    let at = dice.below(threads.len());
    let thread = threads[at].clone();
    let id = ThreadId(thread.rsplit('/').next().unwrap().parse().unwrap());
    let own: Vec<(PostId, EnrolmentId)> = course
        .write(move |conn| {
            posts::table.filter(posts::thread_id.eq(id)).select((posts::id, posts::enrolment_id)).load(conn).unwrap()
        })
        .await;
    let (post, _) = own[dice.below(own.len())];
    let one = format!("{thread}/posts/{post}");
    match dice.below(10) {
        0 | 1 => {
            let body = format!("Secret{}y{step}", dice.0);
            let store_it = move |conn: &mut Conn, by, now| {
                store::add_post(conn, id, by, None, &post_body(&body).unwrap(), now).unwrap()
            };
            let (by, now) = (writer.enrolment.unwrap(), course.now());
            course.write(move |conn| store_it(conn, by, now)).await;
        }
        2 => drop(writer.submit(&format!("{one}/edit"), &[("body", &format!("Secret{}e{step}", dice.0))]).await),
        3 => drop(writer.submit(&format!("{one}/remove"), &[]).await),
        4 => drop(priya.submit(&format!("{one}/moderate"), &[("act", "hide"), ("reason", "Because")]).await),
        5 => drop(priya.submit(&format!("{one}/moderate"), &[("act", "show")]).await),
        6 => drop(writer.submit(&format!("{one}/report"), &[("reason", "Look")]).await),
        7 => drop(writer.submit(&format!("{one}/helpful"), &[("helpful", ["yes", "no"][dice.below(2)])]).await),
        8 if threads.len() > 1 => {
            let into = threads[(at + 1) % threads.len()].clone();
            priya.submit(&format!("{thread}/manage"), &[("act", "merge"), ("into", &into)]).await.expect(303);
            threads.remove(at);
        }
        _ => drop(writer.get(&thread).await.expect(200)),
    }
}

async fn readable(course: &Course) -> Vec<String> {
    let visible = posts::table.filter(posts::removed_at.is_null()).filter(posts::hidden_at.is_null());
    course.write(move |conn| visible.select(posts::body).load(conn).unwrap()).await
}

/// About a unit that is not open yet.
fn secret_thread(conn: &mut Conn, cohort: CohortId, by: EnrolmentId, now: Instant) {
    let thread: ThreadId = diesel::insert_into(threads::table)
        .values((
            threads::cohort_id.eq(cohort),
            threads::unit.eq("trust"),
            threads::title.eq("Canary"),
            threads::created_at.eq(now),
            threads::last_post_at.eq(now),
            threads::post_count.eq(0),
        ))
        .returning(threads::id)
        .get_result(conn)
        .unwrap();
    store::add_post(conn, thread, by, None, &post_body("Canary words").unwrap(), now).unwrap();
}

/// `title|author|link` of each entry, as Python's XML reader sees them.
fn read_by_python(feed: &str) -> Vec<String> {
    const READ: &str = "import sys, xml.etree.ElementTree as E
a = '{http://www.w3.org/2005/Atom}'
f = E.fromstring(sys.stdin.buffer.read())
assert f.tag == a + 'feed' and all(f.find(a + t) is not None for t in ('id', 'title', 'updated'))
for e in f.findall(a + 'entry'):
    assert e.find(a + 'id').text and e.find(a + 'updated').text and '<strong>' in e.find(a + 'content').text
    print('|'.join((e.find(a + 'title').text, e.find(a + 'author/' + a + 'name').text, e.find(a + 'link').get('href'))))";
    use std::io::Write as _;
    let mut python = std::process::Command::new("/usr/bin/python3")
        .args(["-c", READ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 is missing: tests/run installs it");
    python.stdin.take().unwrap().write_all(feed.as_bytes()).unwrap();
    let told = python.wait_with_output().unwrap();
    assert!(told.status.success(), "{feed}");
    String::from_utf8(told.stdout).unwrap().lines().map(str::to_owned).collect()
}
