//! What was done with a power that not everybody has: who, when, what, to what or whom, from where, and why. Rows are added
//! and never changed, but for the address, which is forgotten in time: the databases refuse all else.

pub mod store;

use std::net::IpAddr;

use chrono::TimeDelta;

use crate::accounts::{AccountId, Person};
use crate::cohort::CohortId;
use crate::platform::clock::Instant;

/// How long it is kept from which address somebody acted.
pub const ADDRESSES_KEPT: TimeDelta = TimeDelta::days(365);

crate::words! {
    /// An act that is kept.
    Act {
        HidePost = "hide-post",
        ShowPost = "show-post",
        KeepPost = "keep-post",
        LockThread = "lock-thread",
        UnlockThread = "unlock-thread",
        PinThread = "pin-thread",
        UnpinThread = "unpin-thread",
        MoveThread = "move-thread",
        MergeThread = "merge-thread",
        ExportDiscussions = "export-discussions",
        ChangeReminders = "change-reminders",
        /// Who gets the weekly report.
        ChangeReaders = "change-readers",
        ExportCohort = "export-cohort",
        WithdrawLearner = "withdraw-learner",
        BringBackLearner = "bring-back-learner",
        MakeCohort = "make-cohort",
        CopyCohort = "copy-cohort",
        /// Its name or its last days.
        ChangeCohort = "change-cohort",
        AppointFacilitator = "appoint-facilitator",
        DismissFacilitator = "dismiss-facilitator",
        SignIn = "sign-in",
        SuspendAccount = "suspend-account",
        LiftSuspension = "lift-suspension",
        EndSessions = "end-sessions",
        AppointAdministrator = "appoint-administrator",
        DismissAdministrator = "dismiss-administrator",
        SendLetter = "send-letter",
        LiftAddress = "lift-address",
        HoldMail = "hold-mail",
        ResumeMail = "resume-mail",
        RetryMail = "retry-mail",
        ReloadContent = "reload-content",
        ExportLog = "export-log",
        GiveEarlyAccess = "give-early-access",
        TakeEarlyAccess = "take-early-access",
        GiveExtraTime = "give-extra-time",
        ChangeSchedule = "change-schedule",
        WriteToLearners = "write-to-learners",
        LookAsLearner = "look-as-learner",
        InvitePeople = "invite-people",
        InviteAgain = "invite-again",
        WithdrawInvitation = "withdraw-invitation",
        ChangeEnrolling = "change-enrolling",
        MakeCode = "make-code",
        StopCode = "stop-code",
        AcceptRequest = "accept-request",
        DeclineRequest = "decline-request",
    }
}

impl Act {
    /// What somebody did, after their name: 'Priya Raman hid a post'.
    pub fn words(self) -> &'static str {
        match self {
            Self::HidePost => "hid a post",
            Self::ShowPost => "showed a post again",
            Self::KeepPost => "kept a post that was reported",
            Self::LockThread => "locked the thread",
            Self::UnlockThread => "unlocked the thread",
            Self::PinThread => "pinned the thread",
            Self::UnpinThread => "unpinned the thread",
            Self::MoveThread => "moved the thread",
            Self::MergeThread => "merged the thread",
            Self::ExportDiscussions => "exported the discussions",
            Self::ChangeReminders => "changed the reminders",
            Self::ChangeReaders => "changed who gets the weekly report",
            Self::ExportCohort => "exported the cohort",
            Self::WithdrawLearner => "took a learner out of the course",
            Self::BringBackLearner => "brought a learner back",
            Self::MakeCohort => "made a cohort",
            Self::CopyCohort => "copied a cohort",
            Self::ChangeCohort => "changed a cohort’s name or last days",
            Self::AppointFacilitator => "appointed a facilitator",
            Self::DismissFacilitator => "dismissed a facilitator",
            Self::SignIn => "signed in as an administrator",
            Self::SuspendAccount => "suspended an account",
            Self::LiftSuspension => "lifted a suspension",
            Self::EndSessions => "signed somebody out everywhere",
            Self::AppointAdministrator => "appointed an administrator",
            Self::DismissAdministrator => "dismissed an administrator",
            Self::SendLetter => "sent a mail about an account again",
            Self::LiftAddress => "let mail go to an address again",
            Self::HoldMail => "held all mail",
            Self::ResumeMail => "let mail flow again",
            Self::RetryMail => "sent a mail again",
            Self::ReloadContent => "had the content read again",
            Self::ExportLog => "downloaded the log of acts",
            Self::GiveEarlyAccess => "opened a unit to a learner before its time",
            Self::TakeEarlyAccess => "took early access back",
            Self::GiveExtraTime => "changed a learner’s last day",
            Self::ChangeSchedule => "changed the schedule",
            Self::WriteToLearners => "wrote to some learners",
            Self::LookAsLearner => "looked at the course as a learner sees it",
            Self::InvitePeople => "invited people",
            Self::InviteAgain => "invited somebody again",
            Self::WithdrawInvitation => "withdrew an invitation",
            Self::ChangeEnrolling => "changed how people join",
            Self::MakeCode => "made an enrolment code",
            Self::StopCode => "switched the enrolment code off",
            Self::AcceptRequest => "gave somebody a place",
            Self::DeclineRequest => "declined somebody’s request for a place",
        }
    }

    /// Whether it was done to what people say to one another.
    pub fn is_of_discussions(self) -> bool {
        matches!(
            self,
            Self::HidePost
                | Self::ShowPost
                | Self::KeepPost
                | Self::LockThread
                | Self::UnlockThread
                | Self::PinThread
                | Self::UnpinThread
                | Self::MoveThread
                | Self::MergeThread
                | Self::ExportDiscussions
        )
    }

    /// Whether it was done to how people come in.
    pub fn is_of_enrolling(self) -> bool {
        matches!(
            self,
            Self::InvitePeople
                | Self::InviteAgain
                | Self::WithdrawInvitation
                | Self::ChangeEnrolling
                | Self::MakeCode
                | Self::StopCode
                | Self::AcceptRequest
                | Self::DeclineRequest
        )
    }
}

/// An act to keep.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    pub act: Act,
    /// To what or whom, as people call it.
    pub subject: &'a str,
    /// The page where it stands. Empty: none.
    pub path: &'a str,
    /// Or what was changed. Empty: none was asked for.
    pub reason: &'a str,
    /// Whose account it was done to. None: nobody's, or an address that has none.
    pub about: Option<AccountId>,
}

/// Who acts, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    pub account: Option<AccountId>,
    pub name: &'a str,
    /// None: no request brought it.
    pub from: Option<IpAddr>,
}

impl Actor<'static> {
    /// Whoever can use the command line.
    pub const MACHINE: Self = Self { account: None, name: "Somebody on the machine itself", from: None };
}

impl<'a> From<&'a Person> for Actor<'a> {
    fn from(person: &'a Person) -> Self {
        Self { account: Some(person.id), name: &person.name, from: person.from }
    }
}

/// An act as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: i64,
    pub at: Instant,
    /// By the name they had then.
    pub actor: String,
    pub act: Act,
    pub subject: String,
    pub path: String,
    pub reason: String,
    /// The address that it was done from. Empty: none was there, or it is forgotten by now.
    pub came_from: String,
    /// Name and path of the cohort, if there is one and it is still there.
    pub cohort: Option<(String, String)>,
}

/// Which acts are listed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Part of the name of who did it, or of what or whom it was done to. Empty: anybody.
    pub words: String,
    pub act: Option<Act>,
    pub cohort: Option<CohortId>,
    /// From then on, and before then.
    pub when: Option<(Instant, Instant)>,
    /// What they did, or what was done to them.
    pub account: Option<AccountId>,
}
