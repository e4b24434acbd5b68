//! The mails, word by word: what they say, to whom, and that nothing in a name becomes markup.

mod snapshots;

use super::super::sample::{at, cohort, programme, slug};
use super::*;
use crate::accounts::AccountId;
use crate::cohort::{EnrolmentId, Standing};

fn ada() -> Learner {
    Learner {
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

/// The letter that Ada gets for these: kind, unit, steps done.
fn letter(asked: &[(Kind, u16, &[&str])]) -> Letter {
    letter_while(false, asked)
}

fn letter_while(next_is_held: bool, asked: &[(Kind, u16, &[&str])]) -> Letter {
    let (cohort, programme) = (cohort("Europe/London", "2027-01-11"), programme(3));
    let base_url = BaseUrl::parse("https://learn.example.org:8443").unwrap();
    let facilitators = [
        (EnrolmentId(1), "Priya Raman".to_owned(), "priya@example.org".to_owned()),
        (EnrolmentId(2), "Tom Ashworth".to_owned(), "tom@example.org".to_owned()),
    ];
    let sender = Sender { cohort: &cohort, programme: &programme, facilitators: &facilitators, base_url: &base_url };
    let parts: Vec<Part<'_>> = asked
        .iter()
        .map(|(kind, number, done)| Part {
            unit: programme.unit(*number).unwrap(),
            kind: *kind,
            wording: if done.is_empty() { Wording::NotStarted } else { Wording::PartDone },
            done: done.iter().map(|step| slug(step)).collect(),
            note: "",
            opened_at: at(&cohort.zone, "2027-01-11 09:00"),
            next: programme
                .unit(number + 1)
                .filter(|_| !next_is_held)
                .map(|unit| (unit, at(&cohort.zone, "2027-01-18 09:00"))),
            expires_at: at(&cohort.zone, "2027-01-18 09:00") + TimeDelta::days((*number).into()),
        })
        .collect();
    reminder(&sender, &ada(), &parts).unwrap()
}

#[test]
fn a_mail_says_that_a_unit_is_open_and_where_to_begin() {
    let letter = letter(&[(Kind::Opens, 1, &[])]);
    assert_eq!(letter.subject, "Unit 1 is open: Trust, safety & belonging");
    let text = &letter.text;
    assert!(text.starts_with("Dear Ada <b>Byron</b>,\n\nUNIT 1 IS OPEN: TRUST, SAFETY & BELONGING\n"), "{text}");
    assert!(text.contains("Since Monday 11\u{a0}January 2027 at 9am\u{a0}GMT. It stays open.\n"), "{text}");
    assert!(text.contains("There are 3\nsteps: about 1 hour, and 20 minutes in your own network."), "{text}");
    assert!(
        text.contains("\nStart with step 1.1:\nhttps://learn.example.org:8443/cohorts/spring/units/1/step-1\n"),
        "{text}"
    );
    assert!(
        text.contains("\n  1.1 Loops                                             10 minutes\n")
            || text.contains("  1.1 Loops  "),
        "{text}"
    );
    assert!(text.contains("\nPriya Raman and Tom Ashworth\n"), "{text}");
    assert!(text.contains("\n-- \n"), "{text}");
    assert!(text.contains("\nhttps://learn.example.org:8443/unsubscribe/tok\n"), "{text}");
    let list = letter.list.unwrap();
    assert_eq!(list.id, "spring.learn.example.org");
    assert_eq!(list.unsubscribe_url, "https://learn.example.org:8443/unsubscribe/tok");
    assert_eq!(letter.reply_to.unwrap(), "priya@example.org, tom@example.org");
    assert_eq!((letter.class, letter.account), (Class::Bulk, Some(3)));
}

#[test]
fn the_html_says_the_same_and_runs_nothing_that_people_typed() {
    for kind in Kind::OF_UNIT {
        for done in [&[][..], &["step-1"][..]] {
            let letter = letter(&[(kind, 1, done)]);
            let html = letter.html.unwrap();
            assert!(!html.contains("<b>Byron"), "{html}");
            assert!(html.contains("Ada &#60;b&#62;Byron"), "{html}");
            assert!(html.contains("https://learn.example.org:8443/unsubscribe/tok"), "{html}");
            // Every word of the text stands in the HTML too, but for the addresses and the signature's mark.
            let plain = html.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">").to_lowercase();
            for word in letter.text.split_whitespace().filter(|word| !word.starts_with("https:") && *word != "--") {
                let word = word.trim_matches([':', ',', '?']).to_lowercase();
                assert!(plain.contains(&word), "{kind}: '{word}' is not in {html}");
            }
        }
    }
}

#[test]
fn a_nudge_speaks_to_those_who_have_begun_and_those_who_have_not() {
    let fresh = letter(&[(Kind::Nudge, 1, &[])]);
    assert_eq!(fresh.subject, "Unit 1: the first step takes 10 minutes");
    assert!(
        fresh.text.contains("If you have only 10\nminutes, take step 1.1.") || fresh.text.contains("take step 1.1"),
        "{}",
        fresh.text
    );
    let begun = letter(&[(Kind::Nudge, 1, &["old-1"])]);
    assert_eq!(begun.subject, "Unit 1: 1 step to go, 20 minutes");
    assert!(begun.text.contains("You have done 1 of 2 required steps."), "{}", begun.text);
    assert!(
        begun.text.contains("Go on with step 1.2:\nhttps://learn.example.org:8443/cohorts/spring/units/1/step-2\n")
    );
    assert!(!begun.text.contains("  1.1"), "{}", begun.text);
}

#[test]
fn a_wrap_up_names_what_opens_next() {
    let next = letter(&[(Kind::WrapUp, 2, &["step-1"])]);
    assert_eq!(next.subject, "Before unit 3 opens: 1 step to go, 20 minutes");
    assert!(
        next.text.contains("It opens Monday 18\u{a0}January 2027 at 9am\u{a0}GMT. Unit 2 stays open too."),
        "{}",
        next.text
    );
    let last = letter(&[(Kind::WrapUp, 3, &["step-1"])]);
    assert_eq!(last.subject, "Unit 3, the last: 1 step to go, 20 minutes");
    assert!(last.text.contains("until Tuesday 11\u{a0}January 2028"), "{}", last.text);
}

#[test]
fn a_wrap_up_before_a_unit_that_is_held_does_not_say_it_was_the_last() {
    let letter = letter_while(true, &[(Kind::WrapUp, 2, &["step-1"])]);
    assert_eq!(letter.subject, "Unit 2: 1 step to go, 20 minutes");
    for words in [&letter.text, letter.html.as_ref().unwrap()] {
        assert!(words.contains("The next unit has no date yet.") && !words.contains("the last"), "{words}");
    }
}

#[test]
fn one_mail_carries_what_falls_due_together() {
    let both = letter(&[(Kind::Nudge, 1, &["step-1"]), (Kind::WrapUp, 1, &["step-1"]), (Kind::Opens, 2, &[])]);
    assert_eq!(both.subject, "Unit 2 is open: Trust, safety & belonging");
    assert_eq!(both.text.matches("STILL TO DO IN UNIT 1").count(), 1, "{}", both.text);
    assert!(both.text.contains("/units/1/step-2\n") && both.text.contains("/units/2/step-1\n"), "{}", both.text);
    assert!(both.html.as_deref().unwrap().contains("Still to do in unit 1"));
    let zone = crate::platform::zone::Zone::named("Europe/London").unwrap();
    assert_eq!(both.expires_at, at(&zone, "2027-01-20 09:00"));
}

#[test]
fn lines_are_short_enough_for_every_mail_program() {
    for kind in Kind::OF_UNIT {
        let letter = letter(&[(kind, 1, &["step-1"]), (Kind::Nudge, 2, &[])]);
        assert!(
            letter.text.lines().all(|line| line.chars().count() <= 72 || line.starts_with("https:")),
            "{}",
            letter.text
        );
        assert!(!letter.text.contains("\n\n\n"));
        assert!(letter.subject.chars().count() < 60, "{}", letter.subject);
    }
}

#[test]
fn a_welcome_lists_what_is_open() {
    let (cohort, programme) = (cohort("Europe/London", "2027-01-11"), programme(2));
    let base_url = BaseUrl::parse("https://learn.example.org").unwrap();
    let sender = Sender { cohort: &cohort, programme: &programme, facilitators: &[], base_url: &base_url };
    let (first, second) = (at(&cohort.zone, "2027-01-11 09:00"), at(&cohort.zone, "2027-01-18 09:00"));
    let units = &programme.units;
    let letter = welcome(&sender, &ada(), &[(&units[0], first)], Some((&units[1], second)), first).unwrap();
    assert_eq!(letter.subject, "Welcome to Networks <for change>");
    assert!(letter.text.contains("OPEN NOW\n\n  Unit 1: Trust, safety & belonging, 1 hour\n  https://learn.example.org/cohorts/spring/units/1\n"), "{}", letter.text);
    assert!(
        letter.text.contains("Unit 2 opens Monday 18\u{a0}January 2027 at 9am\u{a0}GMT. A mail will tell you."),
        "{}",
        letter.text
    );
    assert!(letter.html.unwrap().contains("Welcome to Networks &#60;for change&#62;"));
    assert!(letter.reply_to.is_none());
}
