//! A learner in a cohort that starts on Monday 11 January 2027, for the tests of what pages say.

use chrono::{NaiveDate, NaiveTime};

use crate::accounts::{AccountId, Person, SessionId};
use crate::cohort::{Cohort, CohortId, Enrolment, EnrolmentId, Joining, Place, Role};
use crate::completion::sample::{at, slug};
use crate::platform::zone::Zone;

pub fn learners_place() -> Place {
    Place {
        looking: None,
        cohort: Cohort {
            id: CohortId(1),
            slug: slug("spring"),
            programme: slug("networks"),
            name: "Networks, spring 2027".into(),
            starts_on: NaiveDate::from_ymd_opt(2027, 1, 11).unwrap(),
            release_time: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            zone: Zone::named("Europe/London").unwrap(),
            orientation_days: 7,
            closes_on: None,
            access_ends_on: None,
            joining: Joining::Open,
            schedule_version: 1,
            extra_until: None,
            before: String::new(),
        },
        person: Person {
            id: AccountId(1),
            session: SessionId(1),
            name: "Ada".into(),
            email: "ada@example.org".into(),
            is_administrator: false,
            undeliverable_at: None,
            seen_at: at("2027-01-01 09:00"),
            from: None,
        },
        enrolment: Some(Enrolment {
            id: EnrolmentId(1),
            role: Role::Learner,
            enrolled_at: at("2027-01-01 09:00"),
            last_seen_at: None,
            reminders_stopped: false,
            announcements_stopped: false,
            announcements_seen_at: None,
            discussions_stopped: false,
        }),
    }
}
