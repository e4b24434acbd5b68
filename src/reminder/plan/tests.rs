//! The planner against real databases: SQLite always, PostgreSQL where `TRELLIS_TEST_POSTGRES` names a server.

mod many;
mod model;
mod world;

use chrono::TimeDelta;

use self::world::{World, worlds};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::reminder::{Kind, NotSent};

/// What the ledger says of Ada, by unit and kind.
fn fate(world: &World, unit: u16, kind: Kind) -> Option<Result<State, NotSent>> {
    world.fate("ada@example.org", unit, kind)
}

const SENT: Option<Result<State, NotSent>> = Some(Ok(State::Pending));

#[actix_web::test]
async fn three_mails_go_out_when_they_are_due_and_once() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        let mut subjects = Vec::new();
        for (when, mails) in [
            ("2027-01-11 08:59", 0),
            ("2027-01-11 09:00", 1),
            ("2027-01-11 09:00", 0),
            ("2027-01-15 08:59", 0),
            ("2027-01-15 09:00", 1),
            ("2027-01-17 09:00", 1),
            ("2027-01-18 09:00", 1),
            ("2027-01-18 12:00", 0),
        ] {
            assert_eq!(world.plan(when).await, mails, "{when}");
            if mails > 0 {
                subjects.push(world.subject("ada@example.org", when));
            }
            world.settle(when);
        }
        assert_eq!(
            subjects,
            [
                "Unit 1 is open: Trust, safety & belonging",
                "Unit 1: the first step takes 10 minutes",
                "Before unit 2 opens: 2 steps to go, 30 minutes",
                "Unit 2 is open: Trust, safety & belonging",
            ]
        );
    }
}

#[actix_web::test]
async fn whoever_has_done_it_left_or_stopped_gets_none_and_the_ledger_says_why() {
    for world in worlds(3) {
        for name in ["ada", "ben", "cat", "dan", "eve", "fay", "gil"] {
            world.enrol(name, "2027-01-01 12:00");
        }
        world.plan("2027-01-11 09:00").await;
        world.settle("2027-01-11 09:01");
        world.complete("ada", 1, &["step-1", "step-2"]);
        world.complete("ben", 1, &["step-1", "step-3"]);
        world.withdraw("cat");
        world.account("dan", Kept::Suspended);
        world.account("eve", Kept::Undeliverable);
        world.account("fay", Kept::Unverified);
        world.stop("gil", true);
        world.enrol("hal", "2027-01-15 09:01");
        assert_eq!(world.plan("2027-01-15 09:02").await, 1);
        for (name, expected) in [
            ("ada", Err(NotSent::Done)),
            ("ben", Ok(State::Pending)),
            ("cat", Err(NotSent::Withdrawn)),
            ("dan", Err(NotSent::Suspended)),
            ("eve", Err(NotSent::Undeliverable)),
            ("fay", Err(NotSent::Unverified)),
            ("gil", Err(NotSent::Stopped)),
            ("hal", Err(NotSent::EnrolledLater)),
        ] {
            assert_eq!(world.fate(&format!("{name}@example.org"), 1, Kind::Nudge), Some(expected), "{name}");
        }
        assert_eq!(world.subject("ben@example.org", "2027-01-15 09:02"), "Unit 1: 1 step to go, 20 minutes");
    }
}

pub enum Kept {
    Suspended,
    Undeliverable,
    Unverified,
}

#[actix_web::test]
async fn ten_hours_down_are_made_up_for_and_three_days_are_missed() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        assert_eq!(world.plan("2027-01-11 19:00").await, 1);
        world.settle("2027-01-11 19:00");
        assert_eq!(world.plan("2027-01-20 09:00").await, 0);
        assert_eq!(fate(&world, 1, Kind::Nudge), Some(Err(NotSent::Missed)));
        assert_eq!(fate(&world, 1, Kind::WrapUp), Some(Err(NotSent::Missed)));
        assert_eq!(fate(&world, 2, Kind::Opens), Some(Err(NotSent::Missed)));
        assert_eq!(world.plan("2027-01-20 09:00").await, 0);
        assert_eq!(world.plan("2027-01-22 09:00").await, 1);
    }
}

#[actix_web::test]
async fn a_course_that_was_entered_late_brings_no_flood() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-20 12:00");
        assert_eq!(world.plan("2027-01-20 12:01").await, 0);
        assert_eq!(fate(&world, 1, Kind::Opens), None);
        assert_eq!(world.plan("2027-01-22 09:00").await, 1);
    }
}

#[actix_web::test]
async fn what_falls_due_together_goes_in_one_mail() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        world.plan("2027-01-11 09:00").await;
        world.settle("2027-01-11 09:01");
        // Unit 2 opens with the nudge of unit 1, four days after it.
        world.move_unit(2, "2027-01-15 09:00");
        world.plan("2027-01-14 08:00").await;
        assert_eq!(world.plan("2027-01-15 09:00").await, 1);
        assert_eq!(world.message("ada@example.org", 1, Kind::Nudge), world.message("ada@example.org", 2, Kind::Opens));
        assert_eq!(world.subject("ada@example.org", "2027-01-15 09:00"), "Unit 2 is open: Trust, safety & belonging");
    }
}

#[actix_web::test]
async fn within_twenty_hours_an_opening_waits_and_a_nudge_is_dropped() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        world.plan("2027-01-11 09:00").await;
        world.settle("2027-01-11 09:00");
        // Opened by hand two hours later: told twenty hours after the first mail.
        world.move_unit(2, "2027-01-11 11:00");
        assert_eq!(world.plan("2027-01-11 11:00").await, 1);
        assert_eq!(world.next_attempt("ada@example.org", 2, Kind::Opens), world.at("2027-01-12 05:00"));
        world.settle("2027-01-12 05:00");
        // The nudge of unit 1 falls on the 15th; unit 3 opens at half past one in the morning.
        world.move_unit(3, "2027-01-15 01:30");
        assert_eq!(world.plan("2027-01-15 01:30").await, 1);
        world.settle("2027-01-15 01:30");
        assert_eq!(world.plan("2027-01-15 09:00").await, 0);
        assert_eq!(fate(&world, 1, Kind::Nudge), Some(Err(NotSent::TooSoon)));
    }
}

#[actix_web::test]
async fn a_moved_unit_takes_along_what_has_not_gone_and_leaves_what_has() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        world.enrol("ben", "2027-01-01 12:00");
        assert_eq!(world.plan("2027-01-11 09:00").await, 2);
        world.settle_one("ada@example.org", "2027-01-11 09:01");
        world.move_unit(1, "2027-01-13 09:00");
        let reason = world.claim("ben@example.org", "2027-01-11 09:02");
        assert_eq!(reason.as_deref(), Some(NotSent::Moved.because()));
        assert_eq!(world.plan("2027-01-12 09:00").await, 0);
        assert_eq!(world.plan("2027-01-13 09:00").await, 1);
        assert_eq!(world.fate("ben@example.org", 1, Kind::Opens), SENT);
        assert_eq!(world.fate("ada@example.org", 1, Kind::Opens), Some(Ok(State::Sent)));
        assert_eq!(world.plan("2027-01-13 09:01").await, 0);
        // The nudge follows: four days after the new release.
        world.settle("2027-01-13 09:01");
        assert_eq!(world.plan("2027-01-15 09:00").await, 0);
        assert_eq!(world.plan("2027-01-17 09:00").await, 2);
    }
}

#[actix_web::test]
async fn what_nobody_sent_has_another_chance_when_its_unit_moves_on() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        assert_eq!(world.plan("2027-01-14 09:00").await, 0, "nobody was there for three days");
        assert_eq!(world.fate("ada@example.org", 1, Kind::Opens), Some(Err(NotSent::Missed)));
        world.move_unit(1, "2027-01-16 09:00");
        assert_eq!(world.plan("2027-01-16 09:00").await, 1);
        assert_eq!(world.fate("ada@example.org", 1, Kind::Opens), SENT);
        assert_eq!(world.plan("2027-01-16 09:01").await, 0);
    }
}

#[actix_web::test]
async fn what_failed_has_another_chance_too() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        assert_eq!(world.plan("2027-01-11 09:00").await, 1);
        world.fail("ada@example.org", 1, Kind::Opens);
        assert_eq!(world.plan("2027-01-11 09:01").await, 0, "it is not sent again by itself");
        world.move_unit(1, "2027-01-14 09:00");
        assert_eq!(world.plan("2027-01-14 09:00").await, 1);
        assert_eq!(world.fate("ada@example.org", 1, Kind::Opens), SENT);
    }
}

#[actix_web::test]
async fn a_wrap_up_that_waited_until_the_next_unit_was_opened_says_nothing_any_more() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-13 12:00");
        assert_eq!(world.plan("2027-01-17 09:00").await, 1, "the nudge of two days ago is missed");
        world.move_unit(2, "2027-01-17 12:00");
        assert_eq!(world.claim("ada@example.org", "2027-01-17 14:00").as_deref(), Some(NotSent::Missed.because()));
    }
}

#[actix_web::test]
async fn who_was_not_told_while_a_unit_was_closed_is_told_when_it_is_open_again() {
    for world in worlds(3) {
        for name in ["ada", "ben"] {
            world.enrol(name, "2027-01-01 12:00");
        }
        assert_eq!(world.plan("2027-01-11 09:00").await, 2);
        world.settle_one("ada@example.org", "2027-01-11 09:01");
        world.hold(1, true);
        assert_eq!(world.claim("ben@example.org", "2027-01-11 09:02").as_deref(), Some(NotSent::Moved.because()));
        assert_eq!(world.plan("2027-01-11 09:03").await, 0);
        world.hold(1, false);
        assert_eq!(world.plan("2027-01-11 09:07").await, 1, "to Ben alone");
        assert_eq!(world.fate("ben@example.org", 1, Kind::Opens), SENT);
        assert_eq!(world.fate("ada@example.org", 1, Kind::Opens), Some(Ok(State::Sent)));
        assert_eq!(world.plan("2027-01-11 09:08").await, 0);
    }
}

#[actix_web::test]
async fn an_opening_that_waited_for_the_mail_server_still_leaves_twenty_hours() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        assert_eq!(world.plan("2027-01-11 09:00").await, 1);
        // The server is away; meanwhile the next unit is opened, and its mail is planned for after the first.
        world.move_unit(2, "2027-01-11 11:00");
        assert_eq!(world.plan("2027-01-11 11:00").await, 1);
        world.deliver(world.at("2027-01-12 07:00"));
        world.deliver(world.at("2027-01-12 07:20"));
        assert_eq!(world.sent_at("ada@example.org"), [world.at("2027-01-12 07:00")]);
        assert_eq!(world.next_attempt("ada@example.org", 2, Kind::Opens), world.at("2027-01-13 03:00"));
        world.deliver(world.at("2027-01-13 03:00"));
        assert_eq!(world.sent_at("ada@example.org").len(), 2);
    }
}

#[actix_web::test]
async fn a_queued_mail_is_asked_again_before_it_goes() {
    for world in worlds(3) {
        world.enrol("ada", "2027-01-01 12:00");
        world.plan("2027-01-11 09:00").await;
        world.settle("2027-01-11 09:00");
        world.plan("2027-01-15 09:00").await;
        let id = world.message("ada@example.org", 1, Kind::Nudge).unwrap();
        let ask = |when: &str| world.ask(id, world.at(when));
        assert_eq!(ask("2027-01-15 09:01"), None);
        // A clock that was set back is no reason.
        assert_eq!(ask("2027-01-15 03:00"), None);
        assert_eq!(ask("2027-03-01 09:00").as_deref(), Some(NotSent::Closed.because()));
        world.complete("ada", 1, &["old-1", "step-2"]);
        assert_eq!(ask("2027-01-15 09:01").as_deref(), Some(NotSent::Done.because()));
        world.stop("ada", true);
        assert_eq!(ask("2027-01-15 09:01").as_deref(), Some(NotSent::Stopped.because()));
        world.stop("ada", false);
        world.withdraw("ada");
        assert_eq!(ask("2027-01-15 09:01").as_deref(), Some(NotSent::Withdrawn.because()));
    }
}

#[actix_web::test]
async fn two_planners_at_once_queue_each_mail_once() {
    for world in worlds(3) {
        for n in 0..40 {
            world.enrol(&format!("l{n}"), "2027-01-01 12:00");
        }
        let (one, two) = tokio::join!(world.plan("2027-01-11 09:00"), world.plan("2027-01-11 09:00"));
        assert_eq!(one + two, 40);
        assert_eq!(world.count_messages(), 40);
    }
}

#[actix_web::test]
async fn a_large_cohort_takes_few_statements_and_an_idle_one_four() {
    for world in worlds(3) {
        world.enrol_many(1_200);
        let before = world.db.statements();
        assert_eq!(world.plan("2027-01-11 09:00").await, 1_200);
        let took = world.db.statements() - before;
        assert!(took < 60, "{took} statements");
        let before = world.db.statements();
        assert_eq!(world.plan("2027-01-11 09:01").await, 0);
        assert_eq!(world.db.statements() - before, 4);
    }
}

#[actix_web::test]
async fn nobody_gets_two_mails_within_twenty_hours_however_the_schedule_moves() {
    for world in worlds(10) {
        world.enrol("ada", "2027-01-01 12:00");
        let mut random = fastrand::Rng::with_seed(7);
        let mut now: Instant = world.at("2027-01-11 08:00");
        for _ in 0..24 * 40 {
            now = now + TimeDelta::hours(1);
            if random.u8(..) < 40 {
                let unit = random.u16(1..=10);
                world.move_unit_to(unit, now + TimeDelta::hours(random.i64(-30..60)));
            }
            world.plan_at(now).await;
            world.deliver(now);
        }
        let sent = world.sent_at("ada@example.org");
        assert!(sent.len() > 9);
        for pair in sent.windows(2) {
            assert!(pair[1].since(pair[0]) >= TimeDelta::hours(20), "{sent:?}");
        }
    }
}
