use crate::world::*;
use trellis::discussion::{PostBody, poster, posting, store};
fn save(name: &str, page: &Page) {
    let i = page.html.find("/static/app.").unwrap();
    let j = page.html[i..].find('"').unwrap();
    let html = format!("{}app.css{}", &page.html[..i], &page.html[i + j..]);
    std::fs::write(format!("/tmp/dlook/{name}.html"), html).unwrap();
}
#[actix_web::test]
async fn look() {
    let course = Course::on(Backend::Sqlite).await;
    course.travel_to("2027-02-21 20:00");
    let ada = course.enrol("Amina Okafor").await;
    let ben = course.enrol("Daniel Mensah").await;
    let priya = course.facilitator().await;
    let unit = catalogue().programmes.values().next().unwrap().unit(5).unwrap();
    let step = unit.steps.iter().find(|s| s.slug.as_str() == "light-enough-strong-enough").unwrap();
    let (cohort, now, a, b, p) =
        (course.cohort, course.now(), ada.enrolment.unwrap(), ben.enrolment.unwrap(), priya.enrolment.unwrap());
    let t = course.write(move |c| {
        let t = store::step_thread_made(c, cohort, unit, step, now).unwrap();
        let w = |c: &mut _, by, parent, text: &str, m: i64| store::add_post(c, t, by, parent, &PostBody::parse(text).unwrap(), now + chrono::TimeDelta::minutes(m)).unwrap();
        let one = w(c, a, None, "Ours is who may say yes to a new member. The steering group thinks it is theirs; the coordinator has been doing it since the autumn; two care homes are still waiting for a letter.\n\nI asked both in the same email, which was **brave or foolish**:\n\n- one\n- two with a link https://example.org/averyveryveryveryveryveryverylongaddressthatdoesnotbreak/anywhere/at/all/in/the/world\n\n> quoted\n\n`code` and more", 1);
        w(c, b, Some(one), "Could you say more about how you asked? I’d like to borrow the words.", 10);
        w(c, a, Some(one), "I wrote: “Before I send the next letter, which of you would expect to be asked?”", 20);
        let gone = w(c, b, None, "gone", 30); w(c, p, Some(gone), "I’d still like to hear how that went.", 40);
        store::remove_post(c, t, gone, b, now).unwrap();
        let g = w(c, b, None, "We had the same orphan decision.", 100);
        w(c, p, Some(g), "That second half is a lovely safeguard, Gwen.", 120);
        for n in 0..30 { w(c, b, None, &format!("Another thought {n}"), 200 + n); }
        for n in 0..30 { w(c, b, Some(g), &format!("Reply {n}"), 300 + n); }
        t
    }).await;
    course.travel_to("2027-02-22 10:00");
    let th = format!("/cohorts/spring/discussions/{t}");
    save("thread", &ada.get(&th).await);
    save("reply", &ada.get(&format!("{th}?reply=2")).await);
    save("refused", &ada.submit(&format!("{th}/posts"), &[("body", ""), ("parent", "2")]).await);
    save("admin", &course.administrator().await.get(&th).await);
    save("edit", &ada.get(&format!("{th}/posts/1/edit")).await);
    save("new", &ada.get("/cohorts/spring/discussions/new?unit=3").await);
    save("newref", &ada.submit("/cohorts/spring/discussions/new", &[("title", ""), ("unit", ""), ("body", "")]).await);
    save("empty", &ada.get("/cohorts/spring/discussions?unit=3").await);
    ada.submit(
        "/cohorts/spring/discussions/new",
        &[("title", "A thread of our own about a thing that matters to all of us"), ("unit", "members"), ("body", "x")],
    )
    .await
    .expect(303);
    ada.submit("/cohorts/spring/discussions/new", &[("title", "Where are you from?"), ("unit", ""), ("body", "x")])
        .await
        .expect(303);
    save("step", &ada.get("/cohorts/spring/units/5/light-enough-strong-enough").await);
    save("steptop", &ada.submit("/cohorts/spring/units/5/light-enough-strong-enough/posts", &[("body","")]).await);
    save("list", &ada.get("/cohorts/spring/discussions").await);
    let _ = (poster, posting::PostLimits::default);
}
