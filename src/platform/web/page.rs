//! The frame round every page, and the ways to answer with one.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::ask::{Ask, Mode};
use super::error::Answer;

/// About as long as a page is, so that its text moves in memory seldom while it grows.
const PAGE_BYTES: usize = 32 * 1024;

pub const HTML: &str = "text/html; charset=utf-8";

/// What stands round a page's own content.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Who is signed in; nobody: `None`.
    pub person: Option<String>,
    pub form_token: String,
    /// The browser holds a session; whose, nobody asked.
    pub has_session: bool,
    pub nav: Vec<Nav>,
    /// In the menu under one's name.
    pub own: Vec<Nav>,
    /// The second row, for facilitators.
    pub staff_nav: Vec<Nav>,
    /// Where the box in the header searches. Empty: it is not there.
    pub search: String,
    pub flash: Option<Flash>,
    /// Their address, if mail to it comes back.
    pub mail_returns: Option<String>,
    /// As who or when one looks at the page, and where one stops. None: one is here as oneself.
    pub looking: Option<(String, String)>,
    /// The line above the end of the page.
    pub foot: String,
    pub language: String,
    pub mode: Mode,
}

#[derive(Clone, Debug)]
pub struct Nav {
    pub label: &'static str,
    pub href: String,
    /// `page` for this very page, `true` for a page within it, empty otherwise: the value of `aria-current`.
    pub current: &'static str,
}

impl Nav {
    pub fn new(label: &'static str, href: impl Into<String>) -> Self {
        Self { label, href: href.into(), current: "" }
    }

    /// Marks the very page, and none below it.
    pub fn only_at(mut self, path: &str) -> Self {
        self.current = if self.href == path { "page" } else { "" };
        self
    }

    /// Marks where the reader is.
    pub fn marked(mut self, path: &str) -> Self {
        self.current = if self.href == path {
            "page"
        } else if self.href.len() > 1 && path.strip_prefix(&self.href).is_some_and(|rest| rest.starts_with('/')) {
            "true"
        } else {
            ""
        };
        self
    }
}

impl Frame {
    pub fn is_demo(&self) -> bool {
        self.mode == Mode::Demo
    }

    pub fn is_preview(&self) -> bool {
        self.mode == Mode::Preview
    }

    /// A frame that knows nobody: for errors and for pages before sign-in.
    pub fn plain(ask: &Ask) -> Self {
        Self {
            form_token: ask.form_token.clone(),
            flash: ask.flash,
            has_session: ask.session.is_some(),
            foot: "Trellis is a place for people who learn together.".into(),
            language: "en-GB".into(),
            mode: ask.site.mode,
            ..Self::default()
        }
    }

    pub fn of_person(ask: &Ask, name: &str) -> Self {
        Self { person: Some(name.into()), nav: vec![Nav::new("Home", "/").marked(&ask.path)], ..Self::plain(ask) }
    }

    /// The hashed address of the style sheet.
    pub fn stylesheet(&self) -> &'static str {
        super::assets::stylesheet()
    }

    /// The hashed address of the little script.
    pub fn script(&self) -> &'static str {
        super::assets::script()
    }

    pub fn favicon(&self) -> &'static str {
        super::assets::favicon()
    }
}

/// A word about what has just been done, carried over one redirect as a code, never as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flash(usize);

/// Code and words. Codes are for cookies; nothing else reads them.
const FLASHES: &[(&str, &str)] = &[
    ("signed-out", "You are signed out."),
    ("verified", "Your email address is confirmed. You can sign in now."),
    ("verified-again", "Your email address is confirmed. All mail goes to you again."),
    ("address-link-sent", "A mail with the link is on its way. It may take a few minutes."),
    ("address-links-enough", "You have asked for three such mails this hour, the most there are. Try again later."),
    ("password-set", "Your password is saved. Sign in with it."),
    ("joined", "You have joined. Welcome."),
    ("schedule-saved", "The schedule is saved."),
    ("schedule-same", "Nothing in the schedule had to change."),
    ("live-saved", "The session is saved."),
    ("cohort-made", "The cohort is made."),
    ("cohort-changed", "The cohort is changed."),
    ("cohort-same", "Nothing of the cohort had to change."),
    ("facilitator-appointed", "The facilitator is appointed."),
    ("facilitator-dismissed", "They are a facilitator no more."),
    ("invited", "The invitation is on its way."),
    ("people-invited", "The invitations are on their way."),
    ("nobody-new-invited", "They had all been invited already. Nobody gets a second mail."),
    ("invitation-withdrawn", "The invitation is withdrawn. Its link does not work any more."),
    ("no-place-left", "No place is left, so nobody was invited. Raise the number of places first."),
    ("enrolling-saved", "It is saved how people join."),
    ("code-made", "There is a new enrolment code. Only this one works."),
    ("code-stopped", "Nobody can join with the code any more."),
    ("place-asked", "You have asked for a place. The facilitators’ answer comes by mail."),
    ("place-line", "Every place is taken. You are on the waiting list."),
    ("place-taken-back", "It is taken back. You can ask again at any time."),
    ("request-accepted", "They are in. A mail tells them."),
    ("request-in-line", "Every place is taken, so they wait for the next. A mail tells them."),
    ("request-declined", "They are told by mail."),
    ("request-gone", "Somebody had decided that already, or it was taken back. Nothing was changed."),
    ("draft-kept", "Your draft is kept. Only you can see it."),
    ("draft-discarded", "Your draft is gone."),
    ("completed", "This step is done."),
    ("incompleted", "This step is to do again."),
    ("exercise-saved", "Your answers are saved. Only you can read them."),
    ("reflection-saved", "Your note is saved. Only you can read it."),
    ("note-saved", "Your note is saved. Only you can read it."),
    ("note-removed", "You have no note on this step now."),
    ("posted", "Your post is there."),
    ("post-edited", "Your post is changed."),
    ("post-removed", "Your post is removed."),
    ("post-reported", "Your facilitators will look at it. Thank you."),
    ("post-hidden", "The post is hidden. Its author sees the reason."),
    ("post-shown", "Everybody in the cohort can read the post again."),
    ("post-kept", "The post stays. Its reports are off the list."),
    ("thread-followed", "You follow this thread."),
    ("thread-unfollowed", "You do not follow this thread."),
    ("unit-followed", "You follow what is said about this part of the course."),
    ("unit-unfollowed", "You do not follow this part of the course any more."),
    ("person-followed", "You follow what they write."),
    ("person-unfollowed", "You do not follow what they write any more."),
    ("notice-wishes-saved", "It is saved which mails you want about discussions."),
    ("notices-stopped", "You will get no more mails about discussions."),
    ("notices-resumed", "You will get mails about discussions again."),
    ("thread-pinned", "The thread is pinned."),
    ("thread-unpinned", "The thread is not pinned any more."),
    ("thread-locked", "The thread is locked. Only facilitators can write in it."),
    ("thread-unlocked", "Everybody can write in the thread again."),
    ("thread-moved", "The thread is moved."),
    ("thread-merged", "The threads are one now."),
    ("learner-withdrawn", "They are out of the course. What they did is kept."),
    ("learner-back", "They are back in the course, with all that they had done."),
    ("early-access-given", "The unit is open to them."),
    ("early-access-taken", "The unit opens to them with the others again."),
    ("extra-time-saved", "Their last day is saved."),
    ("learners-told", "Your mail is on its way to them."),
    ("team-note-kept", "The note is there, for facilitators alone."),
    ("team-note-removed", "The note is gone."),
    ("feed-stopped", "Your private address does not work any more."),
    ("certificate-renamed", "The new name is on your certificate."),
    ("name-shown", "The public page shows your name now."),
    ("name-hidden", "The public page does not show your name now."),
    ("handed-in", "Your work is handed in."),
    ("review-given", "Your comments are with their author."),
    ("reminders-stopped", "You will get no more reminders for this course."),
    ("reminders-resumed", "You will get reminders again."),
    ("announcements-stopped", "You will get no more announcements by mail. They stand on the course’s pages."),
    ("announcements-resumed", "You will get announcements by mail again."),
    ("announcement-published", "The announcement is published."),
    ("announcement-planned", "The announcement is planned."),
    ("announcement-changed", "The announcement is changed."),
    ("announcement-withdrawn", "The announcement is withdrawn."),
    ("card-saved", "Your card is saved."),
    ("product-saved", "Your text is saved."),
    ("product-removed", "Your text is removed."),
    ("product-shared", "Your cohort can read it now."),
    ("product-private", "Only you can read it now."),
    ("calendar-stopped", "Your private address does not work any more."),
    ("report-asked", "They are asked by mail whether they want the report."),
    ("report-stopped", "They get no more reports."),
    ("reminder-settings-saved", "The settings are saved."),
    ("reminder-test-sent", "It is on its way to you."),
    ("wishes-saved", "It is saved which reminders you want."),
    ("reminder-again", "It goes out again in a moment."),
    ("account-suspended", "The account is suspended. They are signed out everywhere."),
    ("suspension-lifted", "The suspension is lifted. They can sign in again."),
    ("administrator-appointed", "They are an administrator now."),
    ("administrator-dismissed", "They are an administrator no more."),
    ("sessions-ended", "They are signed out everywhere."),
    ("letter-sent", "The mail is on its way."),
    ("address-lifted", "Mail goes to this address again."),
    ("mail-held", "Nothing is sent from now on."),
    ("mail-resumed", "Mail goes out again."),
    ("mail-again", "The mail goes out again in a moment."),
    ("mail-not-again", "That mail cannot be sent again: it went out after all, or its text is not kept any more."),
    ("content-read", "The content is read. Pages show it from now on."),
    ("thread-claimed", "It is yours to answer. The others see your name there."),
    ("thread-taken", "Somebody else was quicker: this page says who answers it."),
    ("thread-waits-not", "Nobody waits here any more: it is answered."),
    ("thread-unclaimed", "Anybody can answer it again."),
    ("answer-saved", "The text is saved."),
    ("answer-removed", "The text is gone."),
];

impl Flash {
    /// `None` for a code that is not in the list.
    pub fn coded(code: &str) -> Option<Self> {
        FLASHES.iter().position(|(c, _)| *c == code).map(Self)
    }

    pub fn words(self) -> &'static str {
        FLASHES[self.0].1
    }
}

impl std::str::FromStr for Flash {
    type Err = ();
    fn from_str(code: &str) -> Result<Self, ()> {
        Self::coded(code).ok_or(())
    }
}

impl Ask {
    /// A page; the word about what was just done is shown on it once.
    pub fn page(&self, page: impl Template) -> Answer {
        self.page_with(StatusCode::OK, page)
    }

    pub fn page_with(&self, status: StatusCode, page: impl Template) -> Answer {
        let mut response = HttpResponse::build(status);
        if self.flash.is_some() {
            let mut gone = self.cookie("flash", String::new());
            gone.make_removal();
            response.cookie(gone);
        }
        let mut body = String::with_capacity(PAGE_BYTES);
        page.render_into(&mut body)?;
        Ok(response.content_type(HTML).body(body))
    }

    /// After a change: see the page that shows it (303), with a word about what was done.
    pub fn done(&self, path: impl AsRef<str>, flash: &str) -> Answer {
        debug_assert!(flash.is_empty() || Flash::coded(flash).is_some(), "no such flash: {flash}");
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, path.as_ref()));
        if !flash.is_empty() {
            response.cookie(self.cookie("flash", flash.into()));
        }
        Ok(response.finish())
    }
}
