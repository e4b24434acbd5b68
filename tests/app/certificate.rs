//! Certificates: issued once, printed, signed, and checked by anybody; the name on them is its holder's affair.

use std::path::Path;
use std::process::Command;

use diesel::prelude::*;
use serde_json::Value;
use trellis::certificate::{Certificate, store};
use trellis::cohort::EnrolmentId;
use trellis::completion::How;
use trellis::platform::text::Slug;
use trellis::programme::{Programme, StepKind};
use trellis::schema::{accounts, certificates, completions, enrolments};

use crate::person::between;
use crate::world::*;

const CERTIFICATE: &str = "/cohorts/spring/certificate";
const DISCUSSION: &str = "/cohorts/spring/units/1/one-strength-one-puzzle";
const QUIZ: &str = "/cohorts/spring/units/1/check-your-understanding";
const ARTICLE: &str = "/cohorts/spring/units/1/why-work-as-a-network";
const ANSWERS: [(&str, &str); 6] = [
    ("best-reason", "d"),
    ("brown-review", "c"),
    ("five-features", "a"),
    ("five-features", "c"),
    ("collaborative-inertia", "b"),
    ("single-view", "a"),
];

fn programme() -> &'static Programme {
    &catalogue().programmes[&Slug::parse("effective-networks").unwrap()]
}

/// As if the learner had done all that the certificate asks for, but `left`, as `unit/step`.
async fn nearly_finish(course: &Course, person: &Person, left: &[&str]) {
    let (me, now) = (person.enrolment.unwrap(), course.now());
    let mut steps: Vec<(Slug, Slug)> = Vec::new();
    // No more of a kind than are asked for.
    for (kind, most) in
        [(StepKind::Diagnostic, 2), (StepKind::Quiz, 8), (StepKind::Discussion, 6), (StepKind::PeerAssignment, 99)]
    {
        let of_kind = programme().required_steps().filter(|(_, step)| step.kind == kind).take(most);
        steps.extend(of_kind.map(|(unit, step)| (unit.slug.clone(), step.slug.clone())));
    }
    let is_left = |(unit, step): &(Slug, Slug)| left.contains(&format!("{unit}/{step}").as_str());
    assert_eq!(steps.iter().filter(|step| is_left(step)).count(), left.len(), "{left:?}");
    steps.retain(|step| !is_left(step));
    course
        .write(move |conn| {
            for (unit, step) in &steps {
                trellis::completion::store::mark(conn, me, (unit, step), How::Mark, now).unwrap();
            }
        })
        .await;
}

/// The slug of unit 1, in which the last steps are left.
fn left(step: &str) -> String {
    format!("{}/{step}", programme().unit(1).unwrap().slug)
}

/// A learner who has just finished, by a post.
async fn finisher(course: &Course, name: &str) -> Person {
    let person = course.enrol(name).await;
    nearly_finish(course, &person, &[&left("one-strength-one-puzzle")]).await;
    person.submit(&format!("{DISCUSSION}/posts"), &[("body", "We help one another.")]).await.expect(303);
    person
}

async fn issued(course: &Course, of: &Person) -> Option<Certificate> {
    let me = of.enrolment.unwrap();
    course.write(move |conn| store::own(conn, me).unwrap()).await
}

async fn count(course: &Course) -> i64 {
    course.write(|conn| certificates::table.count().get_result(conn).unwrap()).await
}

async fn bytes(person: &Person, path: &str) -> Vec<u8> {
    person.request("GET", path).send().await.unwrap().bytes().await.unwrap().to_vec()
}

/// What the independent verifier says of the credential: nothing where it is genuine.
fn verify(credential: &str, issuer: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let [credential_file, issuer_file] = ["credential.json", "issuer.json"].map(|name| folder.path().join(name));
    std::fs::write(&credential_file, credential).unwrap();
    std::fs::write(&issuer_file, issuer).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/verify-credential.mjs");
    let answer = Command::new("node").arg(script).args([credential_file, issuer_file]).output().unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    if answer.status.success() { Ok(()) } else { Err(said) }
}

stories! {
    async fn the_last_step_brings_the_certificate_and_one_letter(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, _priya) = (course.enrol("Ada").await, course.facilitator().await);
        nearly_finish(&course, &ada, &[&left("one-strength-one-puzzle")]).await;
        let waiting = ada.get(CERTIFICATE).await.expect(200);
        assert!(waiting.has("It is not here yet. It asks for 4 things, and one of them is still to do."), "{}", waiting.html);
        for ending in [".pdf", ".json"] {
            ada.get(&format!("{CERTIFICATE}{ending}")).await.expect(404);
        }
        ada.submit(&format!("{ARTICLE}/complete"), &[]).await.expect(303);
        assert_eq!(count(&course).await, 0, "this step is not asked for");
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "We help one another.")]).await.expect(303);
        let page = ada.get(CERTIFICATE).await.expect(200);
        for words in [
            "Developing networks for change and improvement", "spring 2027, 11 January to 9 May 2027", "12 April 2027",
            "6 discussions, 8 quizzes, 2 diagnostics and ‘", "hours of learning", "Trellis at 127.0.0.1",
        ] {
            assert!(page.has(words), "{words}: {}", page.html);
        }
        let progress = ada.get("/cohorts/spring/progress").await.expect(200);
        assert!(progress.has("Your certificate, issued on Monday 12 April") && progress.html.contains(CERTIFICATE), "{}", progress.html);
        course.run_jobs().await;
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "And again.")]).await.expect(303);
        trellis::worker::run_daily(&course.app).await;
        course.run_jobs().await;
        let letters: Vec<_> = course.mails_to("ada@example.org").await.into_iter().filter(|mail| mail.subject.contains("certificate")).collect();
        assert_eq!(letters.len(), 1, "{:?}", letters.iter().map(|l| &l.subject).collect::<Vec<_>>());
        let text = letters[0].text();
        assert!(text.contains(CERTIFICATE) && text.contains("/unsubscribe/"), "{text}");
        assert!(letters[0].header("List-Unsubscribe-Post").is_some() && letters[0].header("Reply-To").unwrap().contains("priya@example.org"));
        assert_eq!(count(&course).await, 1);
    }

    async fn two_steps_at_the_same_moment_bring_one_certificate(course: Course) {
        course.travel_to("2027-04-12 10:00");
        for n in 0..4 {
            let ada = course.enrol(&format!("Ada{n}")).await;
            nearly_finish(&course, &ada, &[&left("one-strength-one-puzzle"), &left("check-your-understanding")]).await;
            let (quiz, posts) = (format!("{QUIZ}/answers"), format!("{DISCUSSION}/posts"));
            let (one, other) = tokio::join!(ada.submit(&quiz, &ANSWERS), ada.submit(&posts, &[("body", "Both at once.")]));
            assert_eq!((one.status, other.status), (303, 303));
            assert!(issued(&course, &ada).await.is_some(), "neither of two steps at once saw the other");
            assert_eq!(count(&course).await, n + 1);
        }
    }

    async fn what_is_issued_stays_issued(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Ada").await;
        let before = issued(&course, &ada).await.unwrap();
        // Whatever takes steps back: a unit that closes again, content that asks for others.
        let me = ada.enrolment.unwrap();
        course
            .write(move |conn| {
                let own = completions::table.filter(completions::enrolment_id.eq(me));
                diesel::delete(own).execute(conn).unwrap()
            })
            .await;
        let progress = ada.get("/cohorts/spring/progress").await.expect(200);
        assert!(progress.has("None of them is done yet") && progress.has("Your certificate, issued on"), "{}", progress.html);
        trellis::worker::run_daily(&course.app).await;
        ada.get(CERTIFICATE).await.expect(200);
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "Here again.")]).await.expect(303);
        assert_eq!(issued(&course, &ada).await, Some(before));
    }

    async fn where_no_step_does_it_the_daily_job_issues(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (ada, ben) = (course.enrol("Ada").await, course.enrol("Ben").await);
        // As where the rule was eased: everything is done, and nothing issued.
        nearly_finish(&course, &ada, &[]).await;
        nearly_finish(&course, &ben, &[&left("check-your-understanding")]).await;
        assert!(ada.get(CERTIFICATE).await.expect(200).has("It will be here by tomorrow."));
        for _ in 0..2 {
            trellis::worker::run_daily(&course.app).await;
        }
        assert!(issued(&course, &ada).await.is_some() && issued(&course, &ben).await.is_none());
        assert_eq!(count(&course).await, 1);
    }

    async fn a_letter_goes_only_where_mail_is_wanted(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = course.enrol("Ada").await;
        ada.submit("/cohorts/spring/reminders", &[("reminders", "stop")]).await.expect(303);
        nearly_finish(&course, &ada, &[&left("one-strength-one-puzzle")]).await;
        ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "We help one another.")]).await.expect(303);
        course.run_jobs().await;
        assert!(issued(&course, &ada).await.is_some() && course.mails_to("ada@example.org").await.is_empty());
    }

    async fn a_facilitator_gets_none(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let (priya, root) = (course.facilitator().await, course.administrator().await);
        nearly_finish(&course, &priya, &[&left("one-strength-one-puzzle")]).await;
        priya.submit(&format!("{DISCUSSION}/posts"), &[("body", "Welcome.")]).await.expect(303);
        trellis::worker::run_daily(&course.app).await;
        assert_eq!(count(&course).await, 0);
        for person in [&priya, &root] {
            person.get(CERTIFICATE).await.expect(404);
        }
    }

    async fn the_pdf_is_its_holders_alone(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Ada").await;
        let others = [course.enrol("Ben").await, course.facilitator().await, course.administrator().await, course.outsider("Eve").await];
        let path = format!("{CERTIFICATE}.pdf");
        let pdf = bytes(&ada, &path).await;
        assert!(pdf.starts_with(b"%PDF-1.7") && pdf.len() < 60_000, "{} bytes", pdf.len());
        assert_eq!(pdf, bytes(&ada, &path).await, "the same certificate gives the same bytes");
        assert_eq!(ada.get(&path).await.header("content-type"), "application/pdf");
        for other in &others {
            other.get(&path).await.expect(404);
            other.get(&format!("{CERTIFICATE}.json")).await.expect(404);
        }
        course.visitor().get(&path).await.expect(303);
    }

    async fn anybody_checks_a_certificate_and_its_holder_decides_on_the_name(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Ada Okafor").await;
        let certificate = issued(&course, &ada).await.unwrap();
        let (visitor, public) = (course.visitor(), certificate.code.path());
        let page = visitor.get(&public).await.expect(200);
        assert!(page.has("This certificate is genuine") && page.has("The holder has chosen not to show their name here."), "{}", page.html);
        assert!(!page.html.contains("Okafor") && page.has("11 January to 9 May 2027") && page.header("x-robots-tag").contains("noindex"), "{}", page.html);
        visitor.get(&format!("{public}/credential.json")).await.expect(404);
        ada.submit(&format!("{CERTIFICATE}/consent"), &[("show", "1")]).await.expect(303);
        assert!(ada.get(CERTIFICATE).await.has("Do not show my name there"));
        let page = visitor.get(&public).await.expect(200);
        assert!(page.has("<bdi>Ada Okafor</bdi> has completed Developing networks"), "{}", page.html);
        let shown = visitor.get(&format!("{public}/credential.json")).await.expect(200);
        assert_eq!(shown.html, ada.get(&format!("{CERTIFICATE}.json")).await.expect(200).html);
        for _ in 0..2 {
            ada.submit(&format!("{CERTIFICATE}/consent"), &[]).await.expect(303);
        }
        assert!(!visitor.get(&public).await.expect(200).html.contains("Okafor"));
        visitor.get(&format!("{public}/credential.json")).await.expect(404);
    }

    async fn a_code_is_found_however_it_is_typed(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Ada").await;
        let code = issued(&course, &ada).await.unwrap().code;
        let visitor = course.visitor();
        let lower = code.as_str().to_lowercase();
        let letters = code.as_str().replace('0', "o").replace('1', "L");
        for typed in [lower.clone(), lower.replace('-', ""), code.as_str().replace('-', "%20"), letters] {
            if typed == code.as_str() {
                continue;
            }
            let found = visitor.get(&format!("/certificates/{typed}")).await.expect(301);
            assert_eq!(found.location(), code.path(), "{typed}");
        }
        for wrong in ["0000-0000-0000-0000", "nonsense", "%F0%9F%98%80"] {
            let page = visitor.get(&format!("/certificates/{wrong}")).await.expect(404);
            assert!(page.has("No certificate has this code"), "{}", page.html);
        }
    }

    async fn the_name_is_changed_once_and_looked_at_first(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Ada").await;
        let change = format!("{CERTIFICATE}/name");
        for (name, why) in [("", "Enter the name"), ("Ada", "this is the one on the certificate now"), ("张伟", "the certificate cannot show 张 伟")] {
            let refused = ada.submit(&change, &[("name", name)]).await.expect(422);
            assert!(refused.html.contains("<title>Error:") && refused.html.contains("href=\"#name\"") && refused.has(why), "{}", refused.html);
            assert!(refused.has(&format!("value=\"{name}\"")), "{}", refused.html);
        }
        let look = ada.submit(&change, &[("name", " Dr  Ada Ní Dhónaill ")]).await.expect(200);
        assert!(look.has("Print this name?") && look.has("Dr Ada Ní Dhónaill") && look.has("only once"), "{}", look.html);
        assert_eq!(issued(&course, &ada).await.unwrap().name, "Ada");
        let confirmed = [("name", "Dr Ada Ní Dhónaill"), ("confirmed", "1")];
        for _ in 0..2 {
            ada.submit(&change, &confirmed).await.expect(303);
        }
        assert_eq!(issued(&course, &ada).await.unwrap().name, "Dr Ada Ní Dhónaill");
        let page = ada.get(CERTIFICATE).await.expect(200);
        assert!(page.has("You changed it on 12 April 2027.") && !page.html.contains("name=\"name\""), "{}", page.html);
        ada.submit(&change, &[("name", "Somebody Else"), ("confirmed", "1")]).await.expect(400);
        assert_eq!(issued(&course, &ada).await.unwrap().name, "Dr Ada Ní Dhónaill");
    }

    async fn a_name_in_other_letters_is_not_printed_as_boxes(course: Course) {
        course.travel_to("2027-04-12 10:00");
        for (n, (name, printed)) in [
            ("Zoë Łukasz Ní Dhónaill", true), ("Ελένη Παπαδοπούλου", true), ("Олександра Шевченко", true),
            ("محمد الفارسي", false), ("张伟", false), ("Ann \u{1f600}", false),
        ].into_iter().enumerate() {
            let ada = course.enrol(&format!("Person{n}")).await;
            let me = ada.enrolment.unwrap();
            course.write(move |conn| rename_account(conn, me, name)).await;
            nearly_finish(&course, &ada, &[&left("one-strength-one-puzzle")]).await;
            ada.submit(&format!("{DISCUSSION}/posts"), &[("body", "We help one another.")]).await.expect(303);
            let page = ada.get(CERTIFICATE).await.expect(200);
            assert!(page.has(name) && page.has("The certificate cannot be printed yet") != printed, "{name}: {}", page.html);
            let pdf = ada.request("GET", &format!("{CERTIFICATE}.pdf")).send().await.unwrap();
            assert_eq!(pdf.status().as_u16(), if printed { 200 } else { 303 }, "{name}");
            if !printed {
                ada.submit(&format!("{CERTIFICATE}/name"), &[("name", "Ann Example"), ("confirmed", "1")]).await.expect(303);
                ada.request("GET", &format!("{CERTIFICATE}.pdf")).send().await.unwrap().error_for_status().unwrap();
            }
        }
    }

    async fn an_independent_verifier_accepts_the_credential_and_no_changed_one(course: Course) {
        course.travel_to("2027-04-12 10:00");
        let ada = finisher(&course, "Zoë \"Łukasz\" Ní Dhónaill").await;
        let credential = ada.get(&format!("{CERTIFICATE}.json")).await.expect(200).html;
        let issuer = course.visitor().get("/certificates/issuer.json").await.expect(200).html;
        verify(&credential, &issuer).unwrap();
        let document: Value = serde_json::from_str(&credential).unwrap();
        assert_eq!(document["credentialSubject"]["identifier"][0]["identityHash"], "Zoë \"Łukasz\" Ní Dhónaill");
        let changed: [(&str, Value); 4] = [
            ("/credentialSubject/identifier/0/identityHash", "Mallory".into()),
            ("/credentialSubject/achievement/name", "Brain surgery".into()),
            ("/validFrom", "2020-01-01T00:00:00Z".into()),
            ("/proof/created", "2027-04-12T09:00:01Z".into()),
        ];
        for (place, value) in changed {
            let mut tampered = document.clone();
            *tampered.pointer_mut(place).unwrap() = value;
            assert!(verify(&tampered.to_string(), &issuer).is_err(), "{place}");
        }
        // Another key is no better.
        let other = issuer.replace(between(&issuer, "\"publicKeyMultibase\": \"", "\"").unwrap(), "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
        assert!(verify(&credential, &other).is_err());
    }
}

fn rename_account(conn: &mut trellis::platform::db::Conn, enrolment: EnrolmentId, name: &str) {
    let account = enrolments::table.find(enrolment).select(enrolments::account_id).first::<i64>(conn).unwrap();
    diesel::update(accounts::table.find(account)).set(accounts::name.eq(name)).execute(conn).unwrap();
}
