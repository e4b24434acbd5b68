//! Every mail as it is, text and HTML, word for word. `INSTA_UPDATE=always` writes what has changed; read the diff.

use chrono::{NaiveDateTime, TimeDelta};

use super::{ada, letter};
use crate::cohort::EnrolmentId;
use crate::live::Session;
use crate::outbox::Letter;
use crate::platform::config::BaseUrl;
use crate::programme::StepKind;
use crate::reminder::Kind;
use crate::reminder::emails::{Sender, SessionMail, session};
use crate::reminder::live::Planned;
use crate::reminder::sample::{cohort, programme, slug};

fn check(name: &str, letter: &Letter) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("{name}.txt"), format!("Subject: {}\n\n{}", letter.subject, letter.text));
        insta::assert_snapshot!(format!("{name}.html"), letter.html.as_deref().unwrap_or_default());
        if let Some(calendar) = &letter.calendar {
            insta::assert_snapshot!(format!("{name}.ics"), calendar.replace('\r', ""));
        }
    });
}

#[test]
fn the_mails_about_units() {
    check("starting_soon", &letter(&[(Kind::StartingSoon, 1, &[])]));
    check("opens", &letter(&[(Kind::Opens, 2, &[])]));
    check("nudge_not_begun", &letter(&[(Kind::Nudge, 1, &[])]));
    check("nudge_begun", &letter(&[(Kind::Nudge, 1, &["step-1"])]));
    check("wrap_up", &letter(&[(Kind::WrapUp, 2, &["step-1"])]));
    check("wrap_up_of_the_last", &letter(&[(Kind::WrapUp, 3, &[])]));
    check("three_in_one", &letter(&[(Kind::Nudge, 1, &[]), (Kind::WrapUp, 2, &["step-1"]), (Kind::Opens, 3, &[])]));
}

fn about(kind: Kind, is_open: bool, called_off: bool) -> Letter {
    let cohort = cohort("Europe/London", "2027-01-11");
    let mut programme = programme(2);
    programme.units[0].steps[0].kind = StepKind::LiveSession;
    programme.units[0].steps[0].title = "Meet your cohort, and bring a question".into();
    let base_url = BaseUrl::parse("https://learn.example.org").unwrap();
    let facilitators = [(EnrolmentId(1), "Priya \"P\" Raman".to_owned(), "priya@example.org".to_owned())];
    let sender = Sender { cohort: &cohort, programme: &programme, facilitators: &facilitators, base_url: &base_url };
    let local_time: NaiveDateTime = "2027-01-14T12:30:00".parse().unwrap();
    let starts_at = cohort.zone.instant(local_time);
    let planned = Session {
        unit: slug("unit-1"),
        step: slug("step-1"),
        local_time,
        starts_at,
        minutes: 60,
        link: String::new(),
        recording: String::new(),
        version: 2,
        called_off,
    };
    let unit = &programme.units[0];
    let planned = Planned { unit, step: &unit.steps[0], session: &planned };
    let ahead = if kind == Kind::LiveHour { TimeDelta::hours(1) } else { TimeDelta::hours(24) };
    let mail = SessionMail { planned, kind, is_open, now: starts_at - ahead };
    session(&sender, &ada(), &mail, starts_at).unwrap()
}

#[test]
fn the_mails_about_live_sessions() {
    check("live_day", &about(Kind::LiveDay, true, false));
    check("live_day_before_its_unit", &about(Kind::LiveDay, false, false));
    check("live_hour", &about(Kind::LiveHour, true, false));
    check("live_moved", &about(Kind::LiveChanged, true, false));
    check("live_called_off", &about(Kind::LiveChanged, true, true));
}
