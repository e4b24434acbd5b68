//! Signing up, confirming an address, signing in and out, and a forgotten password.

use diesel::prelude::*;
use trellis::schema::{account_tokens, accounts, sessions};

use crate::world::*;

const ADA: &[(&str, &str)] =
    &[("name", "Ada Lovelace"), ("email", "ada@example.org"), ("password", "nine quiet herons"), ("terms", "1")];

fn ada_with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ADA.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.copied().chain(changes.iter().copied()).collect()
}

/// The link of a kind in the newest mail to an address.
async fn link(course: &Course, address: &str, kind: &str) -> String {
    course.run_jobs().await;
    let mails = course.mails_to(address).await;
    let mail = mails.last().unwrap().raw.replace("=\r\n", "");
    let token = mail.split(kind).nth(1).unwrap_or_else(|| panic!("no {kind} in {mail}"));
    format!("{kind}{}", &token[..43])
}

async fn sign_in(person: &Person, email: &str, password: &str) -> Page {
    person.get("/sign-in").await;
    person.submit("/sign-in", &[("email", email), ("password", password)]).await
}

stories! {
    async fn somebody_signs_up_confirms_the_address_and_signs_in_and_out(course: Course) {
        let ada = course.visitor();
        assert!(ada.submit("/sign-up", ADA).await.expect(200).has("Check your"));
        let early = sign_in(&ada, "ada@example.org", "nine quiet herons").await;
        assert!(early.status != 303 && early.text().to_lowercase().contains("confirm"), "{}", early.html);
        let verify = link(&course, "ada@example.org", "/verify/").await;
        for _ in 0..3 {
            ada.get(&verify).await.expect(200);
        }
        ada.submit(&verify, &[]).await.expect(303);
        ada.submit(&verify, &[]).await.expect(410);
        assert_eq!(sign_in(&ada, "ADA@example.org", "nine quiet herons").await.expect(303).location(), "/");
        assert!(ada.get("/").await.expect(200).has("Ada Lovelace"));
        let out = ada.submit("/sign-out", &[]).await.expect(303);
        assert!(out.header("clear-site-data").contains("storage"));
        ada.get("/cohorts/spring").await.expect(303);
        let left: i64 = course.write(|conn| sessions::table.count().get_result(conn).unwrap()).await;
        assert_eq!(left, 0, "the session outlived the sign-out");
    }

    async fn a_refused_form_names_each_fault_and_keeps_what_was_typed_but_the_password(course: Course) {
        let ada = course.visitor();
        for (field, value, words) in [
            ("name", "", "name"),
            ("name", "A\u{202e}da", "invisible"),
            ("email", "ada.example.org", "like name@example.org"),
            ("password", "short", "at least 12 characters"),
            ("password", "aaaaaaaaaaaaaaaa", "password"),
            ("password", "Ada Lovelace and more", "password"),
            ("terms", "", "rules"),
        ] {
            let refused = ada.submit("/sign-up", &ada_with(&[(field, value)])).await.expect(422);
            assert!(refused.text().to_lowercase().contains(words), "{field}={value:?}: {}", refused.html);
            assert!(refused.has("<title>Error:"), "{field}");
            assert!(refused.html.contains(&format!("href=\"#{field}\"")), "{field} has no link in the summary");
            assert!(!refused.has("nine quiet herons"), "the password is shown");
        }
        ada.submit("/sign-up", &ada_with(&[("is_administrator", "1")])).await.expect(400);
        let made: i64 = course.write(|conn| accounts::table.count().get_result(conn).unwrap()).await;
        assert_eq!(made, 0);
    }

    async fn nobody_learns_whether_an_address_has_an_account(course: Course) {
        let ben = course.newcomer("Ben").await;
        let pages = |page: Page| {
            ["ben@example.org", "new@example.org", "nobody@example.org"].iter().fold(page.html, |html, a| html.replace(a, "X"))
        };
        for (path, unknown) in [("/sign-up", "new@example.org"), ("/password/forgot", "nobody@example.org")] {
            let visitor = course.visitor();
            visitor.get(path).await;
            let known = visitor.submit(path, &fields(path, &ben.email)).await;
            let unknown = visitor.submit(path, &fields(path, unknown)).await;
            assert_eq!(known.status, unknown.status, "{path}");
            assert_eq!(pages(known), pages(unknown), "{path}");
        }
        let visitor = course.visitor();
        let known = sign_in(&visitor, &ben.email, "not the password").await.expect(422);
        let unknown = sign_in(&visitor, "nobody@example.org", "not the password").await.expect(422);
        assert_eq!(pages(known), pages(unknown));
        course.run_jobs().await;
        assert!(course.mails_to("nobody@example.org").await.is_empty(), "who has no account gets no mail");
    }

    async fn a_forgotten_password_is_set_once_and_ends_every_session(course: Course) {
        let ben = course.newcomer("Ben").await;
        ben.get("/").await.expect(200);
        let elsewhere = course.visitor();
        elsewhere.submit("/password/forgot", &[("email", &ben.email)]).await.expect(200);
        let first = link(&course, &ben.email, "/password/reset/").await;
        elsewhere.submit("/password/forgot", &[("email", &ben.email)]).await.expect(200);
        let second = link(&course, &ben.email, "/password/reset/").await;
        elsewhere.get(&first).await.expect(410);
        let page = elsewhere.get(&second).await.expect(200);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        elsewhere.submit(&second, &[("password", "short")]).await.expect(422);
        elsewhere.submit(&second, &[("password", "seven calm otters")]).await.expect(303);
        elsewhere.submit(&second, &[("password", "eight calm otters")]).await.expect(410);
        assert_eq!(sign_in(&elsewhere, &ben.email, PASSWORD).await.status, 422);
        assert_eq!(sign_in(&elsewhere, &ben.email, "seven calm otters").await.status, 303);
        assert!(!ben.get("/").await.has("Sign out"), "the old session goes on");
    }

    async fn a_link_lasts_as_long_as_its_mail_says(course: Course) {
        let ben = course.newcomer("Ben").await;
        course.visitor().submit("/password/forgot", &[("email", &ben.email)]).await.expect(200);
        let reset = link(&course, &ben.email, "/password/reset/").await;
        course.travel_to("2027-01-11 08:29");
        ben.get(&reset).await.expect(200);
        course.travel_to("2027-01-11 08:31");
        ben.get(&reset).await.expect(410);
    }

    async fn guessing_a_password_is_slowed_and_says_for_how_long(course: Course) {
        let ben = course.newcomer("Ben").await;
        let stranger = course.visitor();
        let mut refused = 0;
        for _ in 0..14 {
            let page = sign_in(&stranger, &ben.email, "not the password").await;
            if page.status == 429 {
                refused += 1;
                assert!(page.has("Wait") && !page.header("retry-after").is_empty());
            }
        }
        assert!(refused >= 3, "{refused} of 14 were refused");
    }

    async fn who_is_suspended_is_out_at_once(course: Course) {
        let ada = course.enrol("Ada").await;
        ada.get("/cohorts/spring").await.expect(200);
        let now = course.now();
        course.write(move |conn| diesel::update(accounts::table).set(accounts::suspended_at.eq(now)).execute(conn).unwrap()).await;
        ada.get("/cohorts/spring").await.expect(303);
        assert_eq!(sign_in(&ada, "ada@example.org", PASSWORD).await.status, 422);
    }

    async fn the_database_holds_no_secret_that_would_let_somebody_in(course: Course) {
        let ada = course.visitor();
        ada.submit("/sign-up", ADA).await.expect(200);
        let verify = link(&course, "ada@example.org", "/verify/").await;
        let token = verify.trim_start_matches("/verify/").to_owned();
        let kept: Vec<String> = course.write(|conn| account_tokens::table.select(account_tokens::token_hash).load(conn).unwrap()).await;
        assert!(!kept.is_empty() && kept.iter().all(|hash| *hash != token));
        let hash: Option<String> = course.write(|conn| accounts::table.select(accounts::password_hash).first(conn).unwrap()).await;
        assert!(hash.unwrap().starts_with("$argon2id$"));
    }

    async fn after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere(course: Course) {
        let ben = course.newcomer("Ben").await;
        let visitor = course.visitor();
        let asked = visitor.get("/cohorts/spring").await.expect(303);
        assert_eq!(asked.location(), "/sign-in?next=%2Fcohorts%2Fspring");
        for (next, to) in [("/cohorts/spring", "/cohorts/spring"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/")] {
            let visitor = course.visitor();
            visitor.get("/sign-in").await;
            let fields = [("email", ben.email.as_str()), ("password", PASSWORD), ("next", next)];
            assert_eq!(visitor.submit("/sign-in", &fields).await.expect(303).location(), to, "{next}");
        }
    }

    async fn a_session_that_is_used_goes_on_and_one_that_is_not_ends(course: Course) {
        let ben = course.visitor();
        course.newcomer("Ben").await;
        sign_in(&ben, "ben@example.org", PASSWORD).await.expect(303);
        ben.get("/cohorts/spring/join").await;
        ben.submit("/cohorts/spring/join", &[]).await.expect(303);
        for day in ["2027-01-20 08:00", "2027-01-30 08:00"] {
            course.travel_to(day);
            ben.get("/cohorts/spring").await.expect(200);
            // The visit is noted beside the answer.
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        }
        course.travel_to("2027-02-14 08:00");
        ben.get("/cohorts/spring").await.expect(303);
    }
}

fn fields<'a>(path: &str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    if path == "/sign-up" { ada_with(&[("email", email)]) } else { vec![("email", email)] }
}
