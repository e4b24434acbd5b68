//! A cohort's conversations: threads, posts, replies.
