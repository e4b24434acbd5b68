//! Every address × who asks for it: the status that it must answer. An address without a row fails the run.

mod elsewhere;
mod names;

use std::collections::BTreeSet;

use trellis::cohort::Role;

use crate::world::*;
use names::Names;
pub use names::make_certificate;

/// Method, address, and the answers to a visitor, a learner, somebody of another cohort, a facilitator, and an administrator
/// who is not enrolled. Forms are sent with a right token and no fields. Unit 1 is open, unit 7 is not. A learner of another
/// cohort and a facilitator of another cohort are both asked: here the one is as little as the other. What the facilitator has
/// removed is not there any more when the administrator comes.
const TABLE: &str = "
GET  /                                                            200 200 200 200 200
GET  /help                                                        200 200 200 200 200
GET  /accessibility                                               200 200 200 200 200
GET  /privacy                                                     200 200 200 200 200
GET  /healthz                                                     200 200 200 200 200
GET  /readyz                                                      200 200 200 200 200
GET  /metrics                                                     200 200 200 200 200
GET  /preview                                                     404 404 404 404 404
GET  /preview/changes                                             404 404 404 404 404
GET  /preview/reload.js                                           404 404 404 404 404
GET  /programmes/{programme}                                      200 200 200 200 200
GET  /programmes/{programme}/files/{picture}                      200 200 200 200 200
GET  /programmes/{programme}/files/{token}                        404 404 404 404 404
GET  /static/{file}                                               200 200 200 200 200
GET  /sign-up                                                     200 303 303 303 303
POST /sign-up                                                     422 422 422 422 422
GET  /sign-in                                                     200 303 303 303 303
POST /sign-in                                                     422 422 422 422 422
GET  /password/forgot                                             200 200 200 200 200
POST /password/forgot                                             422 422 422 422 422
GET  /password/reset/{token}                                      410 410 410 410 410
POST /password/reset/{token}                                      410 410 410 410 410
GET  /address                                                     303 200 200 200 200
POST /address                                                     303 303 303 303 303
GET  /verify/{token}                                              410 410 410 410 410
POST /verify/{token}                                              410 410 410 410 410
GET  /invitations/{token}                                         404 404 404 404 404
POST /invitations/{token}                                         303 404 404 404 404
GET  /unsubscribe/{token}                                         404 404 404 404 404
POST /unsubscribe/{token}                                         404 404 404 404 404
GET  /unsubscribe/{token}/announcements                           404 404 404 404 404
POST /unsubscribe/{token}/announcements                           404 404 404 404 404
GET  /unsubscribe/{token}/discussions                             404 404 404 404 404
POST /unsubscribe/{token}/discussions                             404 404 404 404 404
GET  /unsubscribe/{token}/reports                                 404 404 404 404 404
POST /unsubscribe/{token}/reports                                 404 404 404 404 404
POST /drafts                                                      303 400 400 400 400
POST /drafts/discard                                              303 400 400 400 400
GET  /cohorts/{cohort}                                            303 200 404 200 200
GET  /cohorts/{cohort}/join                                       303 303 200 303 200
GET  /cohorts/{cohort}/library                                    303 200 404 200 200
GET  /cohorts/{cohort}/library.bib                                303 200 404 200 200
GET  /cohorts/{cohort}/library.ris                                303 200 404 200 200
GET  /cohorts/{cohort}/library/{entry}.bib                        303 200 404 200 200
GET  /cohorts/{cohort}/library/{entry}.ris                        303 200 404 200 200
GET  /cohorts/{cohort}/search                                     303 200 404 200 200
GET  /cohorts/{cohort}/glossary                                   303 200 404 200 200
GET  /cohorts/{cohort}/progress                                   303 200 404 404 404
GET  /cohorts/{cohort}/certificate                                303 200 404 404 404
GET  /cohorts/{cohort}/certificate.pdf                            303 200 404 404 404
GET  /cohorts/{cohort}/certificate.json                           303 200 404 404 404
POST /cohorts/{cohort}/certificate/name                           303 422 404 404 404
POST /cohorts/{cohort}/certificate/consent                        303 303 404 404 404
GET  /certificates/{code}                                         200 200 200 200 200
GET  /certificates/{code}/credential.json                         404 404 404 404 404
GET  /certificates/{token}                                        404 404 404 404 404
GET  /certificates/issuer.json                                    200 200 200 200 200
GET  /cohorts/{cohort}/notes                                      303 200 404 200 404
GET  /cohorts/{cohort}/calendar                                   303 200 404 200 200
GET  /cohorts/{cohort}/calendar/{month}                           303 200 404 200 200
GET  /cohorts/{cohort}/calendar/2031-03                           303 404 404 404 404
GET  /calendar/{feed}.ics                                         200 200 200 200 200
GET  /calendar/{token}.ics                                        404 404 404 404 404
POST /cohorts/{cohort}/calendar                                   303 200 404 200 404
POST /cohorts/{cohort}/calendar/stop                              303 303 404 303 404
GET  /cohorts/{cohort}/reminders                                  303 200 404 200 404
POST /cohorts/{cohort}/reminders                                  400 400 400 400 400
GET  /cohorts/{cohort}/portfolio                                  303 200 404 404 404
GET  /cohorts/{cohort}/portfolio/shared                           303 200 404 200 200
GET  /cohorts/{cohort}/portfolio/{unit}                           303 200 404 404 404
POST /cohorts/{cohort}/portfolio/{unit}                           303 303 404 404 404
POST /cohorts/{cohort}/portfolio/{unit}/share                     400 400 400 400 400
GET  /cohorts/{cohort}/portfolio/7                                303 403 404 404 404
GET  /cohorts/{cohort}/people                                     303 200 404 200 200
GET  /cohorts/{cohort}/people/me                                  303 200 404 200 404
POST /cohorts/{cohort}/people/me                                  303 303 404 303 404
GET  /cohorts/{cohort}/people/names                               303 200 404 200 200
GET  /cohorts/{cohort}/people/{enrolment}                         303 200 404 200 200
POST /cohorts/{cohort}/people/{enrolment}/follow                  303 400 404 400 404
GET  /cohorts/{cohort}/announcements                              303 200 404 200 200
GET  /cohorts/{cohort}/units/{unit}                               303 200 404 200 200
GET  /cohorts/{cohort}/units/{unit}/{step}                        303 200 404 200 200
POST /cohorts/{cohort}/units/{unit}/{step}/complete               303 303 404 403 403
POST /cohorts/{cohort}/units/{unit}/{step}/incomplete             303 303 404 403 403
POST /cohorts/{cohort}/units/{unit}/{live}/attendance             303 400 404 400 400
POST /cohorts/{cohort}/units/{unit}/{step}/note                   303 303 404 303 404
POST /cohorts/{cohort}/units/7/{step7}/note                       303 403 404 303 404
POST /cohorts/{cohort}/units/{unit}/{step}/position               303 404 404 404 404
POST /cohorts/{cohort}/units/{unit}/{quiz}/answers                303 422 404 403 403
GET  /cohorts/{cohort}/units/0/{exercise}/sheet                   303 200 404 200 200
GET  /cohorts/{cohort}/units/7/{exercise7}/sheet                  303 403 404 200 200
POST /cohorts/{cohort}/units/0/{exercise}/exercise                303 303 404 403 403
POST /cohorts/{cohort}/units/{unit}/{diagnostic}/reading          303 422 404 403 403
POST /cohorts/{cohort}/units/0/{reflection}/reflection            303 422 404 403 403
POST /cohorts/{cohort}/units/{unit}/{discussion}/posts            303 422 404 422 403
POST /cohorts/{cohort}/units/2/{assignment}/submission            303 403 404 422 403
POST /cohorts/{cohort}/units/2/{assignment}/reviews/{submission}  303 403 404 403 403
GET  /cohorts/{cohort}/units/{unit}/print                         303 200 404 200 200
GET  /cohorts/{cohort}/units/{unit}/offline.html                  303 200 404 200 200
GET  /cohorts/{cohort}/units/7/print                              303 403 404 200 200
GET  /cohorts/{cohort}/units/7/offline.html                       303 403 404 200 200
GET  /cohorts/{cohort}/units/7                                    303 403 404 200 200
GET  /cohorts/{cohort}/units/7/{step7}                            303 403 404 200 200
POST /cohorts/{cohort}/units/7/{step7}/complete                   303 403 404 403 403
GET  /cohorts/{cohort}/units/99                                   303 404 404 404 404
GET  /cohorts/{cohort}/discussions                                303 200 404 200 200
GET  /cohorts/{cohort}/discussions/new                            303 200 404 200 403
POST /cohorts/{cohort}/discussions/new                            303 422 404 422 403
GET  /cohorts/{cohort}/discussions/{thread}                       303 200 404 200 200
POST /cohorts/{cohort}/discussions/{thread}/posts                 303 422 404 422 403
GET  /cohorts/{cohort}/discussions/{hidden}                       303 404 404 200 200
POST /cohorts/{cohort}/discussions/{hidden}/posts                 303 404 404 422 403
GET  /cohorts/{cohort}/discussions/{thread}/posts/{post}/edit     303 200 404 404 404
POST /cohorts/{cohort}/discussions/{thread}/posts/{post}/edit     303 422 404 404 404
POST /cohorts/{cohort}/discussions/{thread}/posts/{post}/helpful  303 400 404 400 400
GET  /cohorts/{cohort}/discussions/{thread}/posts/{post}/report   303 404 404 200 403
POST /cohorts/{cohort}/discussions/{thread}/posts/{post}/report   303 404 404 422 403
GET  /cohorts/{cohort}/discussions/{thread}/posts/{post}/moderate 303 404 404 200 200
POST /cohorts/{cohort}/discussions/{thread}/posts/{post}/moderate 303 404 404 400 400
POST /cohorts/{cohort}/discussions/{thread}/posts/{post}/remove   303 303 404 404 404
GET  /cohorts/{cohort}/discussions/{thread}.md                    303 200 404 200 200
GET  /cohorts/{cohort}/discussions/{hidden}.md                    303 404 404 200 200
GET  /cohorts/{cohort}/discussions/{thread}/events                303 400 404 400 400
GET  /cohorts/{cohort}/discussions/{hidden}/events                303 404 404 400 400
POST /cohorts/{cohort}/discussions/{thread}/follow                303 400 404 400 400
GET  /cohorts/{cohort}/discussions/{thread}/manage                303 404 404 200 200
POST /cohorts/{cohort}/discussions/{thread}/manage                303 404 404 400 400
POST /cohorts/{cohort}/discussions/follow                         303 400 404 400 400
GET  /cohorts/{cohort}/discussions/mails                          303 200 404 200 404
POST /cohorts/{cohort}/discussions/mails                          303 400 404 400 404
POST /cohorts/{cohort}/discussions/mails/stop                     303 400 404 400 404
GET  /cohorts/{cohort}/discussions/feed                           303 200 404 200 404
POST /cohorts/{cohort}/discussions/feed                           303 200 404 200 404
POST /cohorts/{cohort}/discussions/feed/stop                      303 303 404 303 404
GET  /feeds/{token}.atom                                          404 404 404 404 404
POST /cohorts/{cohort}/discussions/{thread}/claim                 303 404 404 400 400
POST /cohorts/{cohort}/discussions/{hidden}/claim                 303 404 404 400 400
GET  /cohorts/{cohort}/manage/answers                             303 404 404 200 200
POST /cohorts/{cohort}/manage/answers                             303 404 404 422 422
GET  /cohorts/{cohort}/manage/answers/{answer}                    303 404 404 200 200
POST /cohorts/{cohort}/manage/answers/{answer}                    303 404 404 422 422
POST /cohorts/{cohort}/manage/answers/999999/remove               303 404 404 404 404
POST /cohorts/{cohort}/manage/answers/{spare}/remove              303 404 404 303 404
GET  /cohorts/{cohort}/manage/discussions                         303 404 404 200 200
GET  /cohorts/{cohort}/manage/discussions.jsonl                   303 404 404 200 200
GET  /cohorts/{cohort}/manage/analytics                           303 404 404 200 200
GET  /cohorts/{cohort}/manage/analytics/{unit}                    303 404 404 200 200
GET  /cohorts/{cohort}/manage/analytics/7                         303 404 404 200 200
GET  /cohorts/{cohort}/manage/analytics/99                        303 404 404 404 404
GET  /cohorts/{cohort}/manage/analytics/{table}.csv               303 404 404 200 200
GET  /cohorts/{cohort}/manage/reports                             303 404 404 200 200
POST /cohorts/{cohort}/manage/reports/readers                     303 404 404 422 422
POST /cohorts/{cohort}/manage/reports/readers/{reader}/stop       303 404 404 303 303
GET  /cohorts/{cohort}/manage/reports/{week}                      303 404 404 404 404
GET  /cohorts/{cohort}/manage/reports/{week}.pdf                  303 404 404 404 404
GET  /cohorts/{cohort}/manage/export                              303 404 404 200 200
POST /cohorts/{cohort}/manage/export                              303 404 404 400 400
GET  /cohorts/{cohort}/manage/assignments                         303 404 404 200 200
GET  /cohorts/{cohort}/manage/assignments/{work}                  303 404 404 200 200
POST /cohorts/{cohort}/manage/assignments/{work}                  303 404 404 422 404
GET  /cohorts/{cohort}/manage/guide                               303 404 404 200 200
GET  /cohorts/{cohort}/manage/guide/{unit}                        303 404 404 200 200
GET  /cohorts/{cohort}/manage                                     303 404 404 200 200
GET  /cohorts/{cohort}/manage/learners/{learner}                  303 404 404 200 200
GET  /cohorts/{cohort}/manage/learners/{facilitator}              303 404 404 404 404
POST /cohorts/{cohort}/manage/learners/{learner}/place            303 404 404 400 400
POST /cohorts/{cohort}/manage/learners/{learner}/early-access     303 404 404 422 422
POST /cohorts/{cohort}/manage/learners/{learner}/early-access/7/take-back 303 404 404 303 303
POST /cohorts/{cohort}/manage/learners/{learner}/extra-time       303 404 404 422 422
POST /cohorts/{cohort}/manage/learners/{learner}/notes            303 404 404 422 422
POST /cohorts/{cohort}/manage/learners/{learner}/notes/1/remove   303 404 404 303 303
GET  /cohorts/{cohort}/manage/look                                303 404 404 200 200
POST /cohorts/{cohort}/manage/look                                303 404 404 422 422
GET  /cohorts/{cohort}/manage/learners/write                      303 404 404 200 200
POST /cohorts/{cohort}/manage/learners/write                      303 404 404 422 422
POST /cohorts/{cohort}/manage/learners/write/preview              303 404 404 422 422
GET  /cohorts/{cohort}/manage/learners                            303 404 404 200 200
GET  /cohorts/{cohort}/manage/learners.csv                        303 404 404 200 200
GET  /cohorts/{cohort}/manage/live                                303 404 404 200 200
GET  /cohorts/{cohort}/manage/live/{unit}/{live}                  303 404 404 200 200
GET  /cohorts/{cohort}/manage/live/{unit}/{step}                  303 404 404 404 404
POST /cohorts/{cohort}/manage/live/{unit}/{live}                  303 404 404 400 400
GET  /cohorts/{cohort}/manage/reminders                           303 404 404 200 200
POST /cohorts/{cohort}/manage/reminders                           303 404 404 404 404
GET  /cohorts/{cohort}/manage/reminders/ledger                    303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/ledger.csv                303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/preview                   303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/preview/{unit}/{mail}     303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/preview/{unit}/{token}    303 404 404 404 404
POST /cohorts/{cohort}/manage/reminders/preview/{unit}/{mail}     303 404 404 303 303
GET  /cohorts/{cohort}/manage/reminders/preview/{unit}/{mail}/mail.html 303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/settings                  303 404 404 200 200
GET  /cohorts/{cohort}/manage/reminders/settings/{unit}           303 404 404 200 200
POST /cohorts/{cohort}/manage/reminders/settings                  303 404 404 400 400
POST /cohorts/{cohort}/manage/reminders/settings/{unit}           303 404 404 400 400
POST /cohorts/{cohort}/reminders/wishes                           303 422 404 404 404
GET  /cohorts/{cohort}/manage/announcements                       303 404 404 200 200
GET  /cohorts/{cohort}/manage/announcements/new                   303 404 404 200 200
GET  /cohorts/{cohort}/manage/announcements/{announcement}        303 404 404 200 200
GET  /cohorts/{cohort}/manage/announcements/{announcement}/withdraw 303 404 404 200 200
POST /cohorts/{cohort}/manage/announcements/preview               303 404 404 422 422
POST /cohorts/{cohort}/manage/announcements                       303 404 404 422 422
POST /cohorts/{cohort}/manage/announcements/{announcement}/withdraw 303 404 404 303 303
GET  /cohorts/{cohort}/manage/schedule                            303 404 404 200 200
GET  /cohorts/{cohort}/manage/schedule/breaks                     303 404 404 200 200
GET  /cohorts/{cohort}/manage/schedule/history                    303 404 404 200 200
GET  /cohorts/{cohort}/manage/schedule/{unit}                     303 404 404 200 200
POST /cohorts/{cohort}/manage/schedule/preview                    303 404 404 400 400
POST /cohorts/{cohort}/manage/schedule                            303 404 404 400 400
GET  /cohorts/{cohort}/manage/enrol                               303 404 404 200 200
GET  /cohorts/{cohort}/manage/enrol/invite                        303 404 404 200 200
POST /cohorts/{cohort}/manage/enrol/invite                        303 404 404 422 422
POST /cohorts/{cohort}/manage/enrol/invite/preview                303 404 404 422 422
POST /cohorts/{cohort}/manage/enrol/invitations/1                 303 404 404 400 400
POST /cohorts/{cohort}/manage/enrol/requests/1                    303 404 404 400 400
GET  /cohorts/{cohort}/manage/enrol/settings                      303 404 404 200 200
POST /cohorts/{cohort}/manage/enrol/settings                      303 404 404 422 422
POST /cohorts/{cohort}/manage/enrol/code                          303 404 404 400 400
GET  /admin/cohorts                                               303 404 404 404 200
GET  /admin/cohorts/new                                           303 404 404 404 200
POST /admin/cohorts/new                                           303 404 404 404 422
GET  /admin/cohorts/{cohort}                                      303 404 404 404 200
GET  /admin/cohorts/{cohort}/copy                                 303 404 404 404 200
GET  /admin/cohorts/{cohort}/copy?starts_on=2028-01-10            303 404 404 404 200
POST /admin/cohorts/{cohort}/copy                                 303 404 404 404 422
GET  /admin/cohorts/{cohort}/details                              303 404 404 404 200
POST /admin/cohorts/{cohort}/details                              303 404 404 404 422
POST /admin/cohorts/{cohort}/facilitators                         303 404 404 404 422
POST /admin/cohorts/{cohort}/invitations                          303 404 404 404 422
POST /admin/cohorts/{cohort}/facilitators/{enrolment}/dismiss     303 404 404 404 303
GET  /admin                                                       303 404 404 404 200
GET  /admin/people                                                303 404 404 404 200
GET  /admin/people/{account}                                      303 404 404 404 200
GET  /admin/people/999999                                         303 404 404 404 404
POST /admin/people/{account}/standing                             303 404 404 404 400
POST /admin/people/{account}/administrator                        303 404 404 404 400
POST /admin/people/{account}/sessions/end                         303 404 404 404 303
POST /admin/people/{account}/letter                               303 404 404 404 303
POST /admin/people/{account}/deliverable                          303 404 404 404 303
GET  /admin/mail                                                  303 404 404 404 200
POST /admin/mail/hold                                             303 404 404 404 422
POST /admin/mail/resume                                           303 404 404 404 303
POST /admin/mail/messages/999999/retry                            303 404 404 404 404
POST /admin/mail/messages/{failed}/retry                          303 404 404 404 303
GET  /admin/content                                               303 404 404 404 200
POST /admin/content/reload                                        303 404 404 404 303
GET  /admin/status                                                303 404 404 404 200
GET  /admin/audit                                                 303 404 404 404 200
POST /admin/audit.csv                                             303 404 404 404 200
POST /cohorts/{cohort}/join                                       303 303 303 303 303
POST /cohorts/{cohort}/join/leave                                 303 404 404 404 404
POST /sign-out                                                    303 303 303 303 303
GET  /no-such-address                                             404 404 404 404 404
";

struct Row<'t> {
    method: &'t str,
    address: &'t str,
    answers: Vec<u16>,
}

fn rows() -> Vec<Row<'static>> {
    TABLE
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            let (method, address) = (words.next().unwrap(), words.next().unwrap());
            Row { method, address, answers: words.map(|word| word.parse().unwrap()).collect() }
        })
        .collect()
}

/// An address with every placeholder and number as `*`, so that rows and routes compare.
fn shape(address: &str) -> String {
    let parts = address.split('/').map(|part| {
        let free = part.contains('{') || (!part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
        if free { "*" } else { part }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_address_has_a_row() {
    let rows: BTreeSet<(String, String)> = rows().iter().map(|r| (r.method.to_lowercase(), shape(r.address))).collect();
    let routes = include_str!("../../src/routes.rs");
    let mut count = 0;
    for route in routes.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (address, rest) = route.split_once("\", ").unwrap();
        let method = rest.split("()").next().unwrap();
        count += 1;
        assert!(rows.contains(&(method.into(), shape(address))), "{method} {address} has no row in the access table");
    }
    assert!(count > 50, "only {count} routes were found in routes.rs");
}

stories! {
    async fn every_address_answers_each_as_it_must(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let people = [
            course.visitor(),
            course.enrol("Ada").await,
            course.outsider("Eve").await,
            course.facilitator().await,
            course.administrator().await,
            course.facilitator_elsewhere("Finn").await,
        ];
        // Somebody plans and sends, so the process is ready.
        course.run_jobs().await;
        let learner = people[1].enrolment.unwrap();
        let facilitator = people[3].enrolment.unwrap();
        let names = Names::make(&course, learner, facilitator).await;
        let mut wrong = Vec::new();
        for row in rows() {
            let address = names.fill(row.address);
            for (person, expected) in people.iter().zip(row.answers.iter().chain([&row.answers[2]])) {
                let page = match row.method {
                    "GET" => person.get(&address).await,
                    _ => person.submit(&address, &[]).await,
                };
                if page.status != *expected {
                    let who = if person.email.is_empty() { "a visitor" } else { &person.email };
                    wrong.push(format!("{} {address} by {who}: {} instead of {expected}", row.method, page.status));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    async fn what_one_may_not_see_looks_like_what_is_not_there(course: Course) {
        let eve = course.outsider("Eve").await;
        let body = |page: Page| page.html.replace(char::is_whitespace, "");
        let hidden = eve.get("/cohorts/spring/units/1").await.expect(404);
        let missing = eve.get("/cohorts/nowhere/units/1").await.expect(404);
        assert_eq!(body(hidden), body(missing));
    }
}

/// The roles that the table speaks of are all that there are.
#[test]
fn no_role_is_missing_from_the_table() {
    assert_eq!(Role::ALL.len(), 2);
}
