//! The mails, word for word, and that nothing in a name or a title becomes markup.

use super::*;
use crate::accounts::AccountId;
use crate::cohort::EnrolmentId;
use crate::cohort::Standing;
use crate::discussion::{PostId, ThreadId};
use crate::notice::store::{PostOf, ThreadOf};
use crate::notice::{How, NoticeId};
use crate::outbox::Letter;
use crate::reminder::sample::{at, cohort, programme};

fn ada() -> Recipient {
    Recipient {
        enrolment: EnrolmentId(7),
        standing: Standing::Active,
        enrolled_at: Instant::from_micros(0),
        unsubscribe_token: "tok".into(),
        reminders_stopped_at: None,
        announcements_stopped_at: None,
        discussions_stopped_at: None,
        account: AccountId(3),
        name: "Ada <b>Byron</b>".into(),
        email: "ada@example.org".into(),
        verified_at: None,
        suspended_at: None,
        undeliverable_at: None,
    }
}

/// In thread 4 or another, about unit 2 or the whole course.
fn notice(id: i64, reason: Reason, thread: i64, words: &str) -> Waiting {
    let programme = programme(3);
    let unit = (thread == 4).then(|| programme.units[1].slug.clone());
    Waiting {
        id: NoticeId(id),
        reader: EnrolmentId(7),
        reason,
        how: How::AtOnce,
        about: PostOf {
            id: PostId(id),
            answers: (reason == Reason::Reply).then_some(PostId(1)),
            body: format!("**{words}**"),
            html: format!("<p><strong>{words}</strong> <a href=\"/cohorts/spring/people/7\">@Ada</a></p>"),
            created_at: Instant::from_micros(id),
            removed_at: None,
            hidden_at: None,
            hidden_reason: "Name no <patients>.".into(),
        },
        thread: ThreadOf { id: ThreadId(thread), unit, step: None, title: format!("Minutes & <i>more</i> {thread}") },
        author: "Ben <Okri>".into(),
        seen: None,
    }
}

fn written(takes_answers: bool, write: impl Fn(&Sender<'_>, &Recipient, Instant) -> Letter) -> Letter {
    let (cohort, programme) = (cohort("Europe/London", "2027-01-11"), programme(3));
    let base_url = BaseUrl::parse("https://learn.example.org:8443").unwrap();
    let facilitators = [(EnrolmentId(1), "Priya Raman".to_owned(), "priya@example.org".to_owned())];
    let sender = Sender {
        cohort: &cohort,
        programme: &programme,
        facilitators: &facilitators,
        base_url: &base_url,
        takes_answers,
    };
    let letter = write(&sender, &ada(), at(&cohort.zone, "2027-01-12 09:00"));
    let html = letter.html.clone().unwrap();
    for markup in ["<Okri>", "<i>more", "<patients>", "href=\"/"] {
        assert!(!html.contains(markup), "{markup} in {html}");
    }
    assert!(letter.subject.chars().count() <= SUBJECT, "{}", letter.subject);
    letter
}

fn assert_letter(name: &str, letter: &Letter) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", letter.subject, letter.text));
        insta::assert_snapshot!(format!("{name}.html"), letter.html.as_deref().unwrap());
    });
}

#[test]
fn a_post_at_once() {
    let reply = notice(9, Reason::Reply, 4, "I will.");
    let answered = written(true, |sender, to, now| sender.post(to, &reply, now).unwrap());
    assert_eq!(answered.conversation.as_deref(), Some("thread-4"));
    assert_letter("reply", &answered);
    let named = notice(9, Reason::Mention, 5, "Will you?");
    assert_letter("mention", &written(false, |sender, to, now| sender.post(to, &named, now).unwrap()));
}

#[test]
fn that_a_post_is_hidden() {
    let own = notice(9, Reason::Hidden, 4, "Mrs Smith said");
    assert_letter("hidden", &written(true, |sender, to, now| sender.hidden(to, &own, now).unwrap()));
}

#[test]
fn a_digest() {
    let of = |id, thread| notice(id, Reason::Thread, thread, &format!("Number {id}."));
    let all = [of(3, 4), of(4, 5), of(5, 4), of(6, 4), of(7, 4)];
    let all: Vec<&Waiting> = all.iter().collect();
    assert_letter("digest", &written(true, |sender, to, now| sender.digest(to, &all, now).unwrap()));
}

#[test]
fn a_subject_is_shortened_between_words() {
    assert_eq!(shortened("Minutes"), "Minutes");
    let short = shortened(&"network ".repeat(20));
    assert!(short.ends_with("network …") && short.chars().count() <= SUBJECT, "{short}");
    assert!(shortened(&"x".repeat(200)).chars().count() < SUBJECT);
}
