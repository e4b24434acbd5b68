//! The tables, as diesel sees them: one text for both databases.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Nullable<Text>,
        is_administrator -> Bool,
        created_at -> Timestamp,
        verified_at -> Nullable<Timestamp>,
        suspended_at -> Nullable<Timestamp>,
        undeliverable_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        account_id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    account_tokens (id) {
        id -> BigInt,
        account_id -> BigInt,
        purpose -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    messages (id) {
        id -> BigInt,
        message_id -> Text,
        class -> Text,
        account_id -> Nullable<BigInt>,
        recipient_name -> Text,
        recipient -> Text,
        subject -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        server_answer -> Nullable<Text>,
        attempts -> Integer,
        created_at -> Timestamp,
        next_attempt_at -> Timestamp,
        expires_at -> Timestamp,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
        settled_at -> Nullable<Timestamp>,
        conversation -> Nullable<Text>,
        first_due_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    letters (message_id) {
        message_id -> BigInt,
        text_body -> Text,
        html_body -> Nullable<Text>,
        reply_to -> Nullable<Text>,
        list_id -> Nullable<Text>,
        unsubscribe_url -> Nullable<Text>,
        calendar -> Nullable<Text>,
        attached_name -> Nullable<Text>,
        attached -> Nullable<Binary>,
    }
}

diesel::table! {
    outbox_halts (id) {
        id -> BigInt,
        reason -> Text,
        halted_at -> Timestamp,
        resumed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    heartbeats (process, job) {
        process -> Text,
        job -> Text,
        beat_at -> Timestamp,
    }
}

diesel::table! {
    cohorts (id) {
        id -> BigInt,
        slug -> Text,
        programme -> Text,
        name -> Text,
        starts_on -> Date,
        release_time -> Time,
        time_zone -> Text,
        orientation_days -> Integer,
        closes_on -> Nullable<Date>,
        access_ends_on -> Nullable<Date>,
        schedule_version -> Integer,
        created_at -> Timestamp,
        joining -> Text,
    }
}

diesel::table! {
    breaks (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        name -> Text,
        first_day -> Date,
        last_day -> Date,
    }
}

diesel::table! {
    enrolments (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        account_id -> BigInt,
        role -> Text,
        state -> Text,
        enrolled_at -> Timestamp,
        last_seen_at -> Nullable<Timestamp>,
        unsubscribe_token -> Text,
        reminders_stopped_at -> Nullable<Timestamp>,
        announcements_stopped_at -> Nullable<Timestamp>,
        announcements_seen_at -> Nullable<Timestamp>,
        discussions_stopped_at -> Nullable<Timestamp>,
        extra_until -> Nullable<Date>,
        has_certificate -> Bool,
        has_begun -> Bool,
        has_written -> Bool,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        email -> Text,
        email_key -> Text,
        role -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
        name -> Text,
        second_token_hash -> Nullable<Text>,
        mailed_at -> Nullable<Timestamp>,
        reminded_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
        message_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    releases (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        local_time -> Timestamp,
        opens_at -> Timestamp,
        set_by_hand -> Bool,
        held -> Bool,
        opened_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    completions (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        completed_at -> Timestamp,
        how -> Nullable<Text>,
    }
}

diesel::table! {
    quiz_attempts (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        answers -> Text,
        right_count -> Integer,
        question_count -> Integer,
        handed_in_at -> Timestamp,
    }
}

diesel::table! {
    exercise_answers (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        answers -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    notes (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        body -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    reflections (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        body -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    submissions (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        step -> Text,
        body -> Text,
        html -> Text,
        handed_in_at -> Timestamp,
        review_count -> Integer,
    }
}

diesel::table! {
    peer_reviews (id) {
        id -> BigInt,
        submission_id -> BigInt,
        reviewer_id -> BigInt,
        answers -> Text,
        given_at -> Timestamp,
    }
}

diesel::table! {
    threads (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Nullable<Text>,
        step -> Nullable<Text>,
        title -> Text,
        created_at -> Timestamp,
        last_post_at -> Timestamp,
        post_count -> Integer,
        started_by -> Nullable<BigInt>,
        last_post_id -> BigInt,
        is_answered -> Bool,
        waiting_since -> Nullable<Timestamp>,
        pinned_at -> Nullable<Timestamp>,
        locked_at -> Nullable<Timestamp>,
        first_post_waits -> Bool,
        answered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        thread_id -> BigInt,
        enrolment_id -> BigInt,
        parent_id -> Nullable<BigInt>,
        body -> Text,
        html -> Text,
        created_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        removed_at -> Nullable<Timestamp>,
        answers_id -> Nullable<BigInt>,
        hidden_at -> Nullable<Timestamp>,
        hidden_reason -> Text,
        helpful_count -> Integer,
        reply_count -> Integer,
    }
}

diesel::table! {
    reminder_runs (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        kind -> Text,
        due_at -> Timestamp,
        planned_at -> Timestamp,
        missed -> Bool,
        occasion -> Text,
    }
}

diesel::table! {
    reminders (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        kind -> Text,
        enrolment_id -> BigInt,
        due_at -> Timestamp,
        decided_at -> Timestamp,
        not_sent_because -> Nullable<Text>,
        message_id -> Nullable<BigInt>,
        occasion -> Text,
    }
}

diesel::table! {
    readings (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        point -> Text,
        answers -> Text,
        handed_in_at -> Timestamp,
    }
}

diesel::table! {
    calendar_tokens (enrolment_id) {
        enrolment_id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    search_programmes (programme) {
        programme -> Text,
        fingerprint -> Text,
        is_english -> Bool,
    }
}

diesel::table! {
    search_texts (id) {
        id -> BigInt,
        kind -> Text,
        programme -> Nullable<Text>,
        thread_id -> Nullable<BigInt>,
        post_id -> Nullable<BigInt>,
        enrolment_id -> Nullable<BigInt>,
        unit -> Nullable<Text>,
        step -> Nullable<Text>,
        title -> Text,
        body -> Text,
        is_english -> Bool,
    }
}

diesel::table! {
    certificates (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        code -> Text,
        name -> Text,
        name_changed_at -> Nullable<Timestamp>,
        name_shown_since -> Nullable<Timestamp>,
        programme -> Text,
        title -> Text,
        language -> Text,
        cohort -> Text,
        starts_on -> Date,
        ends_on -> Date,
        minutes -> Integer,
        asked -> Text,
        issued_on -> Date,
        issued_at -> Timestamp,
    }
}

diesel::table! {
    signing_keys (name) {
        name -> Text,
        seed -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    film_positions (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        seconds -> Integer,
        kept_at -> Timestamp,
    }
}

diesel::table! {
    drafts (account_id, page, part) {
        account_id -> BigInt,
        page -> Text,
        part -> Text,
        fields -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    live_sessions (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        step -> Text,
        local_time -> Timestamp,
        starts_at -> Timestamp,
        minutes -> Integer,
        link -> Text,
        recording -> Text,
        version -> Integer,
        called_off -> Bool,
    }
}

diesel::table! {
    attendances (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        presence -> Text,
        said_at -> Timestamp,
    }
}

diesel::table! {
    thread_marks (enrolment_id, thread_id) {
        enrolment_id -> BigInt,
        thread_id -> BigInt,
        seen_post_id -> BigInt,
        follows -> Bool,
        declined -> Bool,
        seen_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    merged_threads (thread_id) {
        thread_id -> BigInt,
        cohort_id -> BigInt,
        into_id -> BigInt,
    }
}

diesel::table! {
    post_versions (id) {
        id -> BigInt,
        post_id -> BigInt,
        html -> Text,
        replaced_at -> Timestamp,
    }
}

diesel::table! {
    helpful_marks (post_id, enrolment_id) {
        post_id -> BigInt,
        enrolment_id -> BigInt,
        marked_at -> Timestamp,
    }
}

diesel::table! {
    post_reports (post_id, enrolment_id) {
        post_id -> BigInt,
        enrolment_id -> BigInt,
        reason -> Text,
        reported_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    discussion_feeds (enrolment_id) {
        enrolment_id -> BigInt,
        token_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> Timestamp,
        account_id -> Nullable<BigInt>,
        actor -> Text,
        cohort_id -> Nullable<BigInt>,
        act -> Text,
        subject -> Text,
        path -> Text,
        reason -> Text,
        about_id -> Nullable<BigInt>,
        came_from -> Text,
    }
}

diesel::table! {
    cards (enrolment_id) {
        enrolment_id -> BigInt,
        role -> Text,
        shows_role -> Bool,
        network -> Text,
        shows_network -> Bool,
        offers -> Text,
        shows_offers -> Bool,
        needs -> Text,
        shows_needs -> Bool,
        place -> Text,
        shows_place -> Bool,
        findable -> Text,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    products (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        body -> Text,
        html -> Text,
        saved_at -> Timestamp,
        shared_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    announcements (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        author_id -> BigInt,
        form_key -> Text,
        title -> Text,
        body -> Text,
        html -> Text,
        by_mail -> Bool,
        publish_at -> Timestamp,
        published_at -> Nullable<Timestamp>,
        changed_at -> Nullable<Timestamp>,
        withdrawn_at -> Nullable<Timestamp>,
        mailed_at -> Nullable<Timestamp>,
        audience -> Text,
    }
}

diesel::table! {
    announcement_mails (announcement_id, enrolment_id) {
        announcement_id -> BigInt,
        enrolment_id -> BigInt,
        message_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    reminder_choices (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        unit -> Text,
        version -> Integer,
        starting_soon -> Nullable<Bool>,
        opens -> Nullable<Bool>,
        nudge -> Nullable<Bool>,
        wrap_up -> Nullable<Bool>,
        live -> Nullable<Bool>,
        nudge_days -> Nullable<Integer>,
        hour -> Nullable<Time>,
        opens_note -> Text,
        nudge_note -> Text,
        wrap_up_note -> Text,
    }
}

diesel::table! {
    reminder_wishes (enrolment_id) {
        enrolment_id -> BigInt,
        opens -> Bool,
        nudge -> Bool,
        wrap_up -> Bool,
        live -> Bool,
        paused_until -> Nullable<Date>,
        daily_cap -> Integer,
    }
}

diesel::table! {
    untold_posts (post_id) {
        post_id -> BigInt,
        is_edit -> Bool,
        due_at -> Timestamp,
    }
}

diesel::table! {
    post_mentions (post_id, enrolment_id) {
        post_id -> BigInt,
        enrolment_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    unit_follows (enrolment_id, unit) {
        enrolment_id -> BigInt,
        unit -> Text,
        followed_at -> Timestamp,
    }
}

diesel::table! {
    person_follows (enrolment_id, followed_id) {
        enrolment_id -> BigInt,
        followed_id -> BigInt,
        followed_at -> Timestamp,
    }
}

diesel::table! {
    notice_wishes (enrolment_id) {
        enrolment_id -> BigInt,
        mentions -> Text,
        replies -> Text,
        threads -> Text,
        units -> Text,
        people -> Text,
    }
}

diesel::table! {
    notices (id) {
        id -> BigInt,
        post_id -> BigInt,
        enrolment_id -> BigInt,
        reason -> Text,
        how -> Text,
        due_at -> Timestamp,
        made_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        not_sent -> Nullable<Text>,
        message_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    received_mails (message_id) {
        message_id -> Text,
        enrolment_id -> BigInt,
        received_at -> Timestamp,
    }
}

diesel::table! {
    team_notes (id) {
        id -> BigInt,
        enrolment_id -> BigInt,
        author_id -> Nullable<BigInt>,
        author -> Text,
        body -> Text,
        written_at -> Timestamp,
    }
}

diesel::table! {
    enrolling_settings (cohort_id) {
        cohort_id -> BigInt,
        code -> Nullable<Text>,
        places -> Nullable<Integer>,
        domains -> Text,
        remind_after_days -> Nullable<Integer>,
    }
}

diesel::table! {
    thread_claims (thread_id) {
        thread_id -> BigInt,
        account_id -> BigInt,
        claimed_at -> Timestamp,
    }
}

diesel::table! {
    saved_answers (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        account_id -> BigInt,
        title -> Text,
        body -> Text,
        is_shared -> Bool,
        saved_at -> Timestamp,
    }
}

diesel::table! {
    early_access (enrolment_id, unit) {
        enrolment_id -> BigInt,
        unit -> Text,
        given_at -> Timestamp,
    }
}

diesel::table! {
    place_requests (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        account_id -> BigInt,
        state -> Text,
        since -> Timestamp,
        why -> Text,
        answer -> Text,
    }
}

diesel::table! {
    schedule_changes (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        version -> Integer,
        changed_at -> Timestamp,
        actor -> Text,
        title -> Text,
        reason -> Text,
        before -> Text,
        after -> Text,
    }
}

diesel::table! {
    announcement_recipients (announcement_id, enrolment_id) {
        announcement_id -> BigInt,
        enrolment_id -> BigInt,
    }
}

diesel::table! {
    step_openings (enrolment_id, unit, step) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        opened_at -> Timestamp,
    }
}

diesel::table! {
    step_days (cohort_id, unit, step, day) {
        cohort_id -> BigInt,
        unit -> Text,
        step -> Text,
        day -> Date,
        opened -> BigInt,
        done -> BigInt,
    }
}

diesel::table! {
    done_hours (cohort_id, hour) {
        cohort_id -> BigInt,
        hour -> Timestamp,
        done -> BigInt,
    }
}

diesel::table! {
    last_steps (enrolment_id) {
        enrolment_id -> BigInt,
        unit -> Text,
        step -> Text,
        completed_at -> Timestamp,
    }
}

diesel::table! {
    first_answers (cohort_id, unit, step, answers) {
        cohort_id -> BigInt,
        unit -> Text,
        step -> Text,
        answers -> Text,
        attempts -> BigInt,
    }
}

diesel::table! {
    writer_weeks (cohort_id, week, enrolment_id) {
        cohort_id -> BigInt,
        week -> Date,
        enrolment_id -> BigInt,
        posts -> BigInt,
    }
}

diesel::table! {
    report_readers (id) {
        id -> BigInt,
        cohort_id -> BigInt,
        email -> Text,
        email_key -> Text,
        token -> Text,
        added_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        stopped_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report_mails (reader_id, week) {
        reader_id -> BigInt,
        week -> Date,
        message_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    report_weeks (cohort_id, week) {
        cohort_id -> BigInt,
        week -> Date,
        told -> Text,
    }
}

diesel::table! {
    course_mails (message_id) {
        message_id -> BigInt,
        enrolment_id -> BigInt,
    }
}

diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(account_tokens -> accounts (account_id));
diesel::joinable!(messages -> accounts (account_id));
diesel::joinable!(letters -> messages (message_id));
diesel::joinable!(breaks -> cohorts (cohort_id));
diesel::joinable!(enrolments -> cohorts (cohort_id));
diesel::joinable!(enrolments -> accounts (account_id));
diesel::joinable!(invitations -> cohorts (cohort_id));
diesel::joinable!(releases -> cohorts (cohort_id));
diesel::joinable!(completions -> enrolments (enrolment_id));
diesel::joinable!(quiz_attempts -> enrolments (enrolment_id));
diesel::joinable!(exercise_answers -> enrolments (enrolment_id));
diesel::joinable!(notes -> enrolments (enrolment_id));
diesel::joinable!(reflections -> enrolments (enrolment_id));
diesel::joinable!(submissions -> enrolments (enrolment_id));
diesel::joinable!(submissions -> cohorts (cohort_id));
diesel::joinable!(peer_reviews -> submissions (submission_id));
diesel::joinable!(peer_reviews -> enrolments (reviewer_id));
diesel::joinable!(threads -> cohorts (cohort_id));
diesel::joinable!(posts -> threads (thread_id));
diesel::joinable!(posts -> enrolments (enrolment_id));
diesel::joinable!(reminder_runs -> cohorts (cohort_id));
diesel::joinable!(reminders -> cohorts (cohort_id));
diesel::joinable!(reminders -> enrolments (enrolment_id));
diesel::joinable!(reminders -> messages (message_id));
diesel::joinable!(readings -> enrolments (enrolment_id));
diesel::joinable!(calendar_tokens -> enrolments (enrolment_id));
diesel::joinable!(certificates -> enrolments (enrolment_id));
diesel::joinable!(film_positions -> enrolments (enrolment_id));
diesel::joinable!(drafts -> accounts (account_id));
diesel::joinable!(live_sessions -> cohorts (cohort_id));
diesel::joinable!(attendances -> enrolments (enrolment_id));
diesel::joinable!(thread_marks -> enrolments (enrolment_id));
diesel::joinable!(thread_marks -> threads (thread_id));
diesel::joinable!(merged_threads -> threads (into_id));
diesel::joinable!(post_versions -> posts (post_id));
diesel::joinable!(helpful_marks -> posts (post_id));
diesel::joinable!(helpful_marks -> enrolments (enrolment_id));
diesel::joinable!(post_reports -> posts (post_id));
diesel::joinable!(post_reports -> enrolments (enrolment_id));
diesel::joinable!(discussion_feeds -> enrolments (enrolment_id));
diesel::joinable!(audit_log -> cohorts (cohort_id));
diesel::joinable!(cards -> enrolments (enrolment_id));
diesel::joinable!(products -> enrolments (enrolment_id));
diesel::joinable!(products -> cohorts (cohort_id));
diesel::joinable!(announcements -> cohorts (cohort_id));
diesel::joinable!(announcements -> accounts (author_id));
diesel::joinable!(course_mails -> messages (message_id));
diesel::joinable!(course_mails -> enrolments (enrolment_id));
diesel::joinable!(announcement_mails -> announcements (announcement_id));
diesel::joinable!(announcement_mails -> enrolments (enrolment_id));
diesel::joinable!(announcement_mails -> messages (message_id));
diesel::joinable!(reminder_choices -> cohorts (cohort_id));
diesel::joinable!(reminder_wishes -> enrolments (enrolment_id));
diesel::joinable!(untold_posts -> posts (post_id));
diesel::joinable!(post_mentions -> posts (post_id));
diesel::joinable!(post_mentions -> enrolments (enrolment_id));
diesel::joinable!(unit_follows -> enrolments (enrolment_id));
diesel::joinable!(person_follows -> enrolments (followed_id));
diesel::joinable!(notice_wishes -> enrolments (enrolment_id));
diesel::joinable!(notices -> posts (post_id));
diesel::joinable!(notices -> messages (message_id));
diesel::joinable!(received_mails -> enrolments (enrolment_id));
diesel::joinable!(team_notes -> enrolments (enrolment_id));
diesel::joinable!(team_notes -> accounts (author_id));
diesel::joinable!(thread_claims -> threads (thread_id));
diesel::joinable!(thread_claims -> accounts (account_id));
diesel::joinable!(saved_answers -> cohorts (cohort_id));
diesel::joinable!(saved_answers -> accounts (account_id));
diesel::joinable!(early_access -> enrolments (enrolment_id));
diesel::joinable!(schedule_changes -> cohorts (cohort_id));
diesel::joinable!(announcement_recipients -> announcements (announcement_id));
diesel::joinable!(announcement_recipients -> enrolments (enrolment_id));
diesel::joinable!(enrolling_settings -> cohorts (cohort_id));
diesel::joinable!(place_requests -> cohorts (cohort_id));
diesel::joinable!(place_requests -> accounts (account_id));
diesel::joinable!(step_openings -> enrolments (enrolment_id));
diesel::joinable!(last_steps -> enrolments (enrolment_id));
diesel::joinable!(writer_weeks -> enrolments (enrolment_id));
diesel::joinable!(report_readers -> cohorts (cohort_id));
diesel::joinable!(report_mails -> report_readers (reader_id));
diesel::joinable!(report_mails -> messages (message_id));
diesel::joinable!(report_weeks -> cohorts (cohort_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    sessions,
    account_tokens,
    messages,
    letters,
    outbox_halts,
    heartbeats,
    cohorts,
    breaks,
    enrolments,
    invitations,
    releases,
    completions,
    quiz_attempts,
    exercise_answers,
    notes,
    reflections,
    submissions,
    peer_reviews,
    threads,
    posts,
    reminder_runs,
    reminders,
    readings,
    calendar_tokens,
    search_programmes,
    search_texts,
    certificates,
    signing_keys,
    film_positions,
    drafts,
    live_sessions,
    attendances,
    thread_marks,
    merged_threads,
    post_versions,
    helpful_marks,
    post_reports,
    discussion_feeds,
    audit_log,
    cards,
    products,
    announcements,
    announcement_mails,
    course_mails,
    reminder_choices,
    reminder_wishes,
    untold_posts,
    post_mentions,
    unit_follows,
    person_follows,
    notice_wishes,
    notices,
    received_mails,
    team_notes,
    thread_claims,
    saved_answers,
    early_access,
    schedule_changes,
    announcement_recipients,
    enrolling_settings,
    place_requests,
    step_openings,
    step_days,
    done_hours,
    last_steps,
    first_answers,
    writer_weeks,
    report_readers,
    report_mails,
    report_weeks
);
