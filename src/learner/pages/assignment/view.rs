//! A peer assignment as its page shows it.

use super::{Found, OWN_FORM, author, review_form};
use crate::cohort::Role;
use crate::completion::comments::{self, PATIENCE_DAYS};
use crate::completion::store::peers;
use crate::draft::{self, Drafts};
use crate::learner::here::Here;
use crate::learner::words;
use crate::platform::web::Field;

pub(in crate::learner::pages) struct Assignment {
    pub own: Own,
    /// What others said about it.
    pub received: Vec<Comments>,
    /// `You have commented on one of two.` Empty: a facilitator's page.
    pub given: String,
    pub others: Others,
    /// What one said oneself, the latest first.
    pub said: Vec<Said>,
}

pub(in crate::learner::pages) struct Own {
    pub title: &'static str,
    pub action: String,
    /// None: it stands as it is.
    pub body: Option<Field>,
    pub html: String,
    pub when: String,
    /// Who will comment on it, and by when. Empty: they have.
    pub promise: String,
    pub handed_in: bool,
    pub draft: draft::Form,
}

pub(in crate::learner::pages) struct Comments {
    pub when: String,
    pub by_facilitator: bool,
    pub answers: Vec<(String, String)>,
}

pub(in crate::learner::pages) struct Said {
    pub to: String,
    pub when: String,
    pub answers: Vec<(String, String)>,
}

pub(in crate::learner::pages) enum Others {
    /// Why there is nothing to comment on, and who must come first.
    Nothing(String),
    Offered {
        action: String,
        author: String,
        by_facilitator: bool,
        html: String,
        questions: Vec<Field>,
        draft: draft::Form,
    },
}

impl Assignment {
    pub fn bring_back(&mut self, drafts: &Drafts) {
        self.own.draft.bring_back(drafts, &mut self.own.body);
        if let Others::Offered { questions, draft, .. } = &mut self.others {
            draft.bring_back(drafts, questions);
        }
    }
}

pub(super) fn assignment(here: &Here<'_>, found: Found) -> Assignment {
    let when = |at| here.place.cohort.zone.recent(at, here.now);
    let needed = usize::from(here.step().reviews);
    let given = match here.place.learner() {
        Some(_) => commented(found.given.len(), needed),
        None => String::new(),
    };
    let others = others(here, &found);
    let said = found.given.into_iter();
    let received = found.own.iter().flat_map(|own| &own.reviews).map(|review| Comments {
        when: when(review.given_at),
        by_facilitator: review.by == Role::Facilitator,
        answers: review.answers.clone(),
    });
    Assignment {
        received: received.collect(),
        own: own(here, found.own.as_ref()),
        given,
        others,
        said: said.map(|g| Said { to: g.author, when: when(g.given_at), answers: g.answers }).collect(),
    }
}

pub(super) fn own_field(here: &Here<'_>) -> Field {
    let (label, hint) = match here.place.learner() {
        Some(_) => ("Your work", "Other learners of your cohort will read it. You can use simple Markdown."),
        None => (
            "A piece of your own",
            "Learners are given it to comment on when no other learner’s work is left, so that nobody has to wait. You can \
             use simple Markdown.",
        ),
    };
    Field::new("body", label).hint(hint)
}

fn own(here: &Here<'_>, work: Option<&peers::Submission>) -> Own {
    let comments = work.map_or(0, |work| work.reviews.len());
    let may_write = author(here).is_some() && comments == 0;
    let field = own_field(here).value(work.map_or("", |work| &work.body));
    Own {
        title: if here.place.learner().is_some() { "Your work" } else { "A piece for learners who would wait" },
        action: format!("{}/submission", here.path()),
        body: may_write.then_some(field),
        html: work.map(|work| work.html.clone()).unwrap_or_default(),
        when: work.map(|work| here.place.cohort.zone.recent(work.handed_in_at, here.now)).unwrap_or_default(),
        promise: promise(here, comments),
        handed_in: work.is_some(),
        draft: here.draft_form(OWN_FORM, "handed in"),
    }
}

fn promise(here: &Here<'_>, comments: usize) -> String {
    let needed = usize::from(here.step().reviews);
    if here.may_do().is_none() || comments >= needed {
        return String::new();
    }
    let whom = if needed == 1 { "Another learner".into() } else { words::sentence(&words::number(needed)) + " others" };
    format!(
        "{whom} will comment on it. What is missing after {} days comes from your facilitators.",
        words::number(usize::try_from(PATIENCE_DAYS).unwrap_or(0))
    )
}

fn commented(given: usize, needed: usize) -> String {
    match given {
        n if n >= needed => {
            let pieces = if n == 1 { "piece" } else { "pieces" };
            format!("You have commented on {} {pieces} of work. More are welcome.", words::number(n))
        }
        n => format!("You have commented on {} of {}.", words::number(n), words::number(needed)),
    }
}

fn others(here: &Here<'_>, found: &Found) -> Others {
    let nothing = |words: &str| Others::Nothing(words.into());
    match (&found.offered, &found.own) {
        _ if here.place.learner().is_none() => {
            nothing("Work that still lacks comments is on the page ‘Assignments’, where you can give them.")
        }
        _ if here.may_do().is_none() => Others::Nothing(here.why_not()),
        (_, None) => nothing("Hand in your own work first. Then you will find that of others here."),
        (None, _) if found.is_enough(here.step(), 0) => nothing("There is no more work to comment on now."),
        (None, _) => nothing(
            "There is no work to comment on now: somebody else has to hand theirs in first. It will appear here as soon \
             as they do, and nothing is lost by waiting. If nobody has after five days, your facilitators put in a piece of \
             their own for you to comment on.",
        ),
        (Some(work), _) => Others::Offered {
            action: format!("{}/reviews/{}", here.path(), work.id),
            author: work.author.clone(),
            by_facilitator: work.by == Role::Facilitator,
            html: work.html.clone(),
            questions: comments::fields(here.step()),
            draft: here.draft_form(review_form(work.id), "sent"),
        },
    }
}
