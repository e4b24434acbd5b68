//! What was done with a power that not everybody has: who, when, what, to what, and why. Rows are added and never changed.

pub mod store;

use crate::platform::clock::Instant;

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
        GiveEarlyAccess = "give-early-access",
        TakeEarlyAccess = "take-early-access",
        GiveExtraTime = "give-extra-time",
        ChangeSchedule = "change-schedule",
        WriteToLearners = "write-to-learners",
        LookAsLearner = "look-as-learner",
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
            Self::GiveEarlyAccess => "opened a unit to a learner before its time",
            Self::TakeEarlyAccess => "took early access back",
            Self::GiveExtraTime => "changed a learner’s last day",
            Self::ChangeSchedule => "changed the schedule",
            Self::WriteToLearners => "wrote to some learners",
            Self::LookAsLearner => "looked at the course as a learner sees it",
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
}

/// An act as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Instant,
    /// By the name they had then.
    pub actor: String,
    pub act: Act,
    pub subject: String,
    pub path: String,
    pub reason: String,
}
