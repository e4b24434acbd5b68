//! Every address, one line each.

use actix_web::web::{self, ServiceConfig, get, post};

use crate::accounts::pages as account;
use crate::admin::pages as admin;
use crate::announcement::pages as announcement;
use crate::certificate::pages as certificate;
use crate::cohort::pages as cohort;
use crate::discussion::pages as discussion;
use crate::draft::pages as draft;
use crate::enrolling::pages as enrolling;
use crate::export::pages as export;
use crate::facilitator::pages as facilitator;
use crate::learner::pages as learner;
use crate::live::pages as live;
use crate::notice::pages as notice;
use crate::people::pages as people;
use crate::platform::web::{assets, error};
use crate::portfolio::pages as portfolio;
use crate::reminder::pages as reminder;
use crate::report::pages as report;
use crate::schedule::pages as schedule;
use crate::search::pages as search;
use crate::{health, preview, programme};

/// All of them, in sections. An address is compared with one after another in this order, so what is asked for most comes first.
pub fn all(config: &mut ServiceConfig) {
    config
        .configure(learning)
        .configure(talking)
        .configure(everybody)
        .configure(accounts)
        .configure(drafting)
        .configure(meeting)
        .configure(facilitating)
        .configure(planning)
        .configure(enrolling)
        .configure(administering)
        .configure(operating)
        .configure(previewing)
        .default_service(web::route().to(error::not_found));
}

/// Pages for everybody.
#[rustfmt::skip]
fn everybody(config: &mut ServiceConfig) {
    config
        .route("/", get().to(learner::home::show))
        .route("/programmes/{programme}", get().to(programme::pages::show))
        .route("/programmes/{programme}/files/{file}", get().to(programme::pages::file))
        .route("/certificates/issuer.json", get().to(certificate::check::issuer_key))
        .route("/certificates/{code}", get().to(certificate::check::show))
        .route("/certificates/{code}/credential.json", get().to(certificate::check::credential))
        .route("/help", get().to(account::words::help))
        .route("/accessibility", get().to(account::words::accessibility))
        .route("/privacy", get().to(account::words::privacy))
        .route("/static/{file}", get().to(assets::show));
}

/// Who someone is.
#[rustfmt::skip]
fn accounts(config: &mut ServiceConfig) {
    config
        .route("/sign-up", get().to(account::sign_up::show))
        .route("/sign-up", post().to(account::sign_up::submit))
        .route("/address", get().to(account::address::show))
        .route("/address", post().to(account::address::submit))
        .route("/verify/{token}", get().to(account::verify::show))
        .route("/verify/{token}", post().to(account::verify::submit))
        .route("/sign-in", get().to(account::sign_in::show))
        .route("/sign-in", post().to(account::sign_in::submit))
        .route("/sign-out", post().to(account::sign_out::submit))
        .route("/password/forgot", get().to(account::forgot::show))
        .route("/password/forgot", post().to(account::forgot::submit))
        .route("/password/reset/{token}", get().to(account::reset::show))
        .route("/password/reset/{token}", post().to(account::reset::submit))
        .route("/invitations/{token}", get().to(enrolling::invitation::show))
        .route("/invitations/{token}", post().to(enrolling::invitation::submit))
        .route("/unsubscribe/{token}", get().to(cohort::unsubscribe::show_reminders))
        .route("/unsubscribe/{token}", post().to(cohort::unsubscribe::submit_reminders))
        .route("/unsubscribe/{token}/announcements", get().to(cohort::unsubscribe::show_announcements))
        .route("/unsubscribe/{token}/announcements", post().to(cohort::unsubscribe::submit_announcements))
        .route("/unsubscribe/{token}/discussions", get().to(cohort::unsubscribe::show_discussions))
        .route("/unsubscribe/{token}/discussions", post().to(cohort::unsubscribe::submit_discussions))
        .route("/unsubscribe/{token}/reports", get().to(report::stop::show))
        .route("/unsubscribe/{token}/reports", post().to(report::stop::submit));
}

/// What somebody has not sent yet.
#[rustfmt::skip]
fn drafting(config: &mut ServiceConfig) {
    config
        .route("/drafts", post().to(draft::keep))
        .route("/drafts/discard", post().to(draft::discard));
}

/// A learner's course.
#[rustfmt::skip]
fn learning(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}", get().to(learner::course::show))
        .route("/cohorts/{cohort}/units/{unit}", get().to(learner::unit::show))
        .route("/cohorts/{cohort}/units/{unit}/print", get().to(learner::print::show))
        .route("/cohorts/{cohort}/units/{unit}/offline.html", get().to(learner::print::keep))
        .route("/cohorts/{cohort}/units/{unit}/{step}", get().to(learner::step::show))
        .route("/cohorts/{cohort}/join", get().to(enrolling::join::show))
        .route("/cohorts/{cohort}/join", post().to(enrolling::join::submit))
        .route("/cohorts/{cohort}/join/leave", post().to(enrolling::join::take_back))
        .route("/cohorts/{cohort}/search", get().to(search::show))
        .route("/cohorts/{cohort}/library", get().to(learner::library::show))
        .route("/cohorts/{cohort}/library.bib", get().to(learner::citations::bibtex))
        .route("/cohorts/{cohort}/library.ris", get().to(learner::citations::ris))
        .route("/cohorts/{cohort}/library/{entry}.bib", get().to(learner::citations::entry_bibtex))
        .route("/cohorts/{cohort}/library/{entry}.ris", get().to(learner::citations::entry_ris))
        .route("/cohorts/{cohort}/glossary", get().to(learner::glossary::show))
        .route("/cohorts/{cohort}/progress", get().to(learner::progress::show))
        .route("/cohorts/{cohort}/certificate", get().to(certificate::own::show))
        .route("/cohorts/{cohort}/certificate.pdf", get().to(certificate::files::pdf))
        .route("/cohorts/{cohort}/certificate.json", get().to(certificate::files::credential))
        .route("/cohorts/{cohort}/certificate/name", post().to(certificate::name::change))
        .route("/cohorts/{cohort}/certificate/consent", post().to(certificate::own::consent))
        .route("/cohorts/{cohort}/notes", get().to(learner::notes::show))
        .route("/cohorts/{cohort}/calendar", get().to(learner::calendar::show))
        .route("/cohorts/{cohort}/calendar", post().to(learner::calendar::make_address))
        .route("/cohorts/{cohort}/calendar/{month}", get().to(learner::month::show))
        .route("/cohorts/{cohort}/calendar/stop", post().to(learner::calendar::stop))
        .route("/calendar/{token}.ics", get().to(learner::feed::show))
        .route("/cohorts/{cohort}/portfolio", get().to(portfolio::own::show))
        .route("/cohorts/{cohort}/portfolio/shared", get().to(portfolio::shared::show))
        .route("/cohorts/{cohort}/portfolio/{unit}", get().to(portfolio::product::show))
        .route("/cohorts/{cohort}/portfolio/{unit}", post().to(portfolio::product::save))
        .route("/cohorts/{cohort}/portfolio/{unit}/share", post().to(portfolio::product::share))
        .route("/cohorts/{cohort}/reminders", get().to(reminder::own::show))
        .route("/cohorts/{cohort}/reminders", post().to(reminder::own::submit))
        .route("/cohorts/{cohort}/reminders/wishes", post().to(reminder::wishes::save))
        .route("/cohorts/{cohort}/units/{unit}/{step}/complete", post().to(learner::mark::complete))
        .route("/cohorts/{cohort}/units/{unit}/{step}/incomplete", post().to(learner::mark::incomplete))
        .route("/cohorts/{cohort}/units/{unit}/{step}/attendance", post().to(learner::live::attend))
        .route("/cohorts/{cohort}/units/{unit}/{step}/note", post().to(learner::note::save))
        .route("/cohorts/{cohort}/units/{unit}/{step}/position", post().to(learner::film::keep))
        .route("/cohorts/{cohort}/units/{unit}/{step}/answers", post().to(learner::quiz::hand_in))
        .route("/cohorts/{cohort}/units/{unit}/{step}/exercise", post().to(learner::exercise::save))
        .route("/cohorts/{cohort}/units/{unit}/{step}/sheet", get().to(learner::exercise::sheet_page))
        .route("/cohorts/{cohort}/units/{unit}/{step}/reflection", post().to(learner::reflection::save))
        .route("/cohorts/{cohort}/units/{unit}/{step}/reading", post().to(learner::diagnostic::hand_in))
        .route("/cohorts/{cohort}/units/{unit}/{step}/submission", post().to(learner::assignment::hand_in))
        .route("/cohorts/{cohort}/units/{unit}/{step}/reviews/{submission}", post().to(learner::assignment::review))
        .route("/cohorts/{cohort}/units/{unit}/{step}/posts", post().to(learner::talk::post));
}

/// Who is here, and what facilitators tell them.
#[rustfmt::skip]
fn meeting(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}/people", get().to(people::list::show))
        .route("/cohorts/{cohort}/people/me", get().to(people::own::show))
        .route("/cohorts/{cohort}/people/me", post().to(people::own::save))
        .route("/cohorts/{cohort}/people/names", get().to(people::names::show))
        .route("/cohorts/{cohort}/people/{enrolment}", get().to(people::person::show))
        .route("/cohorts/{cohort}/people/{enrolment}/follow", post().to(people::person::follow))
        .route("/cohorts/{cohort}/announcements", get().to(announcement::list::show));
}

/// Its conversations.
#[rustfmt::skip]
fn talking(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}/discussions", get().to(discussion::list))
        .route("/cohorts/{cohort}/discussions/new", get().to(discussion::new))
        .route("/cohorts/{cohort}/discussions/new", post().to(discussion::create))
        .route("/cohorts/{cohort}/discussions/follow", post().to(discussion::follow_unit))
        .route("/cohorts/{cohort}/discussions/mails", get().to(notice::show))
        .route("/cohorts/{cohort}/discussions/mails", post().to(notice::save))
        .route("/cohorts/{cohort}/discussions/mails/stop", post().to(notice::stop))
        .route("/cohorts/{cohort}/discussions/feed", get().to(discussion::show_address))
        .route("/cohorts/{cohort}/discussions/feed", post().to(discussion::make_address))
        .route("/cohorts/{cohort}/discussions/feed/stop", post().to(discussion::stop))
        .route("/feeds/{token}.atom", get().to(discussion::feed))
        .route("/cohorts/{cohort}/discussions/{thread}.md", get().to(discussion::markdown))
        .route("/cohorts/{cohort}/discussions/{thread}", get().to(discussion::show))
        .route("/cohorts/{cohort}/discussions/{thread}/events", get().to(discussion::listen))
        .route("/cohorts/{cohort}/discussions/{thread}/follow", post().to(discussion::follow))
        .route("/cohorts/{cohort}/discussions/{thread}/claim", post().to(discussion::change_claim))
        .route("/cohorts/{cohort}/discussions/{thread}/manage", get().to(discussion::manage_thread))
        .route("/cohorts/{cohort}/discussions/{thread}/manage", post().to(discussion::change_thread))
        .route("/cohorts/{cohort}/discussions/{thread}/posts", post().to(discussion::add_post))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/edit", get().to(discussion::edit))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/edit", post().to(discussion::change))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/remove", post().to(discussion::remove))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/helpful", post().to(discussion::helpful))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/report", get().to(discussion::ask_report))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/report", post().to(discussion::send_report))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/moderate", get().to(discussion::show_post))
        .route("/cohorts/{cohort}/discussions/{thread}/posts/{post}/moderate", post().to(discussion::moderate_post))
        .route("/cohorts/{cohort}/manage/answers", get().to(discussion::saved::list))
        .route("/cohorts/{cohort}/manage/answers", post().to(discussion::saved::add))
        .route("/cohorts/{cohort}/manage/answers/{answer}", get().to(discussion::saved::show))
        .route("/cohorts/{cohort}/manage/answers/{answer}", post().to(discussion::saved::change))
        .route("/cohorts/{cohort}/manage/answers/{answer}/remove", post().to(discussion::saved::remove))
        .route("/cohorts/{cohort}/manage/discussions", get().to(discussion::queue))
        .route("/cohorts/{cohort}/manage/discussions.jsonl", get().to(discussion::all));
}

/// What facilitators do.
#[rustfmt::skip]
fn facilitating(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}/manage", get().to(facilitator::overview::show))
        .route("/cohorts/{cohort}/manage/look", get().to(facilitator::look::show))
        .route("/cohorts/{cohort}/manage/look", post().to(facilitator::look::go))
        .route("/cohorts/{cohort}/manage/learners", get().to(facilitator::learners::show))
        .route("/cohorts/{cohort}/manage/learners/write", get().to(facilitator::write::show))
        .route("/cohorts/{cohort}/manage/learners/write", post().to(facilitator::write::send))
        .route("/cohorts/{cohort}/manage/learners/write/preview", post().to(facilitator::write::preview))
        .route("/cohorts/{cohort}/manage/learners/{learner}", get().to(facilitator::learner::show))
        .route("/cohorts/{cohort}/manage/learners/{learner}/place", post().to(facilitator::learner::change_place))
        .route("/cohorts/{cohort}/manage/learners/{learner}/early-access", post().to(facilitator::learner::give_early_access))
        .route("/cohorts/{cohort}/manage/learners/{learner}/early-access/{unit}/take-back", post().to(facilitator::learner::take_early_access))
        .route("/cohorts/{cohort}/manage/learners/{learner}/extra-time", post().to(facilitator::learner::give_extra_time))
        .route("/cohorts/{cohort}/manage/learners/{learner}/notes", post().to(facilitator::learner::write_note))
        .route("/cohorts/{cohort}/manage/learners/{learner}/notes/{note}/remove", post().to(facilitator::learner::remove_note))
        .route("/cohorts/{cohort}/manage/learners.csv", get().to(facilitator::learners_csv::show))
        .route("/cohorts/{cohort}/manage/analytics", get().to(facilitator::analytics::show::show))
        .route("/cohorts/{cohort}/manage/analytics/{table}.csv", get().to(facilitator::analytics::tables::show))
        .route("/cohorts/{cohort}/manage/analytics/{unit}", get().to(facilitator::analytics::unit::show))
        .route("/cohorts/{cohort}/manage/assignments", get().to(facilitator::assignments::list))
        .route("/cohorts/{cohort}/manage/assignments/{submission}", get().to(facilitator::assignments::show))
        .route("/cohorts/{cohort}/manage/assignments/{submission}", post().to(facilitator::assignments::comment))
        .route("/cohorts/{cohort}/manage/guide", get().to(facilitator::guide::list))
        .route("/cohorts/{cohort}/manage/guide/{unit}", get().to(facilitator::guide::show))
        .route("/cohorts/{cohort}/manage/reports", get().to(report::list::show))
        .route("/cohorts/{cohort}/manage/reports/readers", post().to(report::readers::add))
        .route("/cohorts/{cohort}/manage/reports/readers/{reader}/stop", post().to(report::readers::stop))
        .route("/cohorts/{cohort}/manage/reports/{week}.pdf", get().to(report::week::pdf))
        .route("/cohorts/{cohort}/manage/reports/{week}", get().to(report::week::show))
        .route("/cohorts/{cohort}/manage/export", get().to(export::show))
        .route("/cohorts/{cohort}/manage/export", post().to(export::download));
}

/// How facilitators plan, and what goes out by the plan.
#[rustfmt::skip]
fn planning(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}/manage/live", get().to(live::show))
        .route("/cohorts/{cohort}/manage/live/{unit}/{step}", get().to(live::show_session))
        .route("/cohorts/{cohort}/manage/live/{unit}/{step}", post().to(live::save))
        .route("/cohorts/{cohort}/manage/reminders", get().to(reminder::manage::show))
        .route("/cohorts/{cohort}/manage/reminders", post().to(reminder::manage::send_again))
        .route("/cohorts/{cohort}/manage/reminders/ledger", get().to(reminder::manage::show_ledger))
        .route("/cohorts/{cohort}/manage/reminders/ledger.csv", get().to(reminder::manage::show_ledger_csv))
        .route("/cohorts/{cohort}/manage/reminders/preview", get().to(reminder::manage::show_preview))
        .route("/cohorts/{cohort}/manage/reminders/preview/{unit}/{kind}", get().to(reminder::manage::show_mail))
        .route("/cohorts/{cohort}/manage/reminders/preview/{unit}/{kind}", post().to(reminder::manage::send_test))
        .route("/cohorts/{cohort}/manage/reminders/preview/{unit}/{kind}/mail.html", get().to(reminder::manage::show_mail_html))
        .route("/cohorts/{cohort}/manage/reminders/settings", get().to(reminder::manage::show_settings))
        .route("/cohorts/{cohort}/manage/reminders/settings", post().to(reminder::manage::save_settings))
        .route("/cohorts/{cohort}/manage/reminders/settings/{unit}", get().to(reminder::manage::show_unit_settings))
        .route("/cohorts/{cohort}/manage/reminders/settings/{unit}", post().to(reminder::manage::save_unit_settings))
        .route("/cohorts/{cohort}/manage/announcements", get().to(announcement::manage::show))
        .route("/cohorts/{cohort}/manage/announcements", post().to(announcement::manage::save))
        .route("/cohorts/{cohort}/manage/announcements/new", get().to(announcement::manage::new))
        .route("/cohorts/{cohort}/manage/announcements/preview", post().to(announcement::manage::preview))
        .route("/cohorts/{cohort}/manage/announcements/{announcement}", get().to(announcement::manage::edit))
        .route("/cohorts/{cohort}/manage/announcements/{announcement}/withdraw", get().to(announcement::manage::ask_withdraw))
        .route("/cohorts/{cohort}/manage/announcements/{announcement}/withdraw", post().to(announcement::manage::withdraw))
        .route("/cohorts/{cohort}/manage/schedule", get().to(schedule::show))
        .route("/cohorts/{cohort}/manage/schedule", post().to(schedule::save))
        .route("/cohorts/{cohort}/manage/schedule/preview", post().to(schedule::preview))
        .route("/cohorts/{cohort}/manage/schedule/breaks", get().to(schedule::show_breaks))
        .route("/cohorts/{cohort}/manage/schedule/history", get().to(schedule::show_history))
        .route("/cohorts/{cohort}/manage/schedule/{unit}", get().to(schedule::show_unit));
}

/// How facilitators let people in.
#[rustfmt::skip]
fn enrolling(config: &mut ServiceConfig) {
    config
        .route("/cohorts/{cohort}/manage/enrol", get().to(enrolling::manage::show))
        .route("/cohorts/{cohort}/manage/enrol/invite", get().to(enrolling::manage::invite_form))
        .route("/cohorts/{cohort}/manage/enrol/invite", post().to(enrolling::manage::save_invitations))
        .route("/cohorts/{cohort}/manage/enrol/invite/preview", post().to(enrolling::manage::preview_invitations))
        .route("/cohorts/{cohort}/manage/enrol/invitations/{invitation}", post().to(enrolling::manage::change_invitation))
        .route("/cohorts/{cohort}/manage/enrol/requests/{request}", post().to(enrolling::manage::answer_request))
        .route("/cohorts/{cohort}/manage/enrol/settings", get().to(enrolling::manage::show_settings))
        .route("/cohorts/{cohort}/manage/enrol/settings", post().to(enrolling::manage::save_settings))
        .route("/cohorts/{cohort}/manage/enrol/code", post().to(enrolling::manage::change_code));
}

/// What administrators do.
#[rustfmt::skip]
fn administering(config: &mut ServiceConfig) {
    config
        .route("/admin", get().to(admin::start::show))
        .route("/admin/cohorts", get().to(admin::cohorts::show))
        .route("/admin/cohorts/new", get().to(admin::new_cohort::show))
        .route("/admin/cohorts/new", post().to(admin::new_cohort::submit))
        .route("/admin/cohorts/{cohort}", get().to(admin::cohort::show))
        .route("/admin/cohorts/{cohort}/copy", get().to(admin::copy::show))
        .route("/admin/cohorts/{cohort}/copy", post().to(admin::copy::submit))
        .route("/admin/cohorts/{cohort}/details", get().to(admin::details::show))
        .route("/admin/cohorts/{cohort}/details", post().to(admin::details::submit))
        .route("/admin/cohorts/{cohort}/facilitators", post().to(admin::cohort::appoint))
        .route("/admin/cohorts/{cohort}/facilitators/{enrolment}/dismiss", post().to(admin::cohort::dismiss))
        .route("/admin/cohorts/{cohort}/invitations", post().to(admin::cohort::invite))
        .route("/admin/people", get().to(admin::people::show))
        .route("/admin/people/{account}", get().to(admin::person::show))
        .route("/admin/people/{account}/standing", post().to(admin::person::change_standing))
        .route("/admin/people/{account}/administrator", post().to(admin::person::change_administrator))
        .route("/admin/people/{account}/sessions/end", post().to(admin::person::end_sessions))
        .route("/admin/people/{account}/letter", post().to(admin::person::send_letter))
        .route("/admin/people/{account}/deliverable", post().to(admin::person::lift_address))
        .route("/admin/mail", get().to(admin::mail::show))
        .route("/admin/mail/hold", post().to(admin::mail::hold))
        .route("/admin/mail/resume", post().to(admin::mail::resume))
        .route("/admin/mail/messages/{message}/retry", post().to(admin::mail::retry))
        .route("/admin/content", get().to(admin::content::show))
        .route("/admin/content/reload", post().to(admin::content::reload))
        .route("/admin/status", get().to(admin::status::show))
        .route("/admin/audit", get().to(admin::audit::show))
        .route("/admin/audit.csv", post().to(admin::audit::download));
}

/// What operators ask.
#[rustfmt::skip]
fn operating(config: &mut ServiceConfig) {
    config
        .route("/healthz", get().to(health::alive))
        .route("/readyz", get().to(health::ready))
        .route("/metrics", get().to(health::metrics));
}

/// What an author's own process answers; in any other there is no such page.
#[rustfmt::skip]
fn previewing(config: &mut ServiceConfig) {
    config
        .route("/preview", get().to(preview::enter))
        .route("/preview/changes", get().to(preview::changes))
        .route("/preview/reload.js", get().to(preview::script));
}
