//! Stories of somebody's first day: they write a little more slowly, lose nothing by it, and facilitators do not.

use std::net::TcpListener;

use actix_web::web::Data;
use trellis::discussion::posting::PostLimits;
use trellis::platform::config::BaseUrl;

use crate::discussion::{posted, start};
use crate::world::*;

/// Another process of the same Trellis, with the limits as they are outside stories; its address.
fn strict(course: &Course) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut app = course.app.clone();
    app.post_limits = Data::new(PostLimits::default());
    app.site.base_url = BaseUrl::parse(&base).unwrap();
    actix_web::rt::spawn(app.start(listener, 1).unwrap());
    base
}

stories! {
    async fn somebody_new_writes_five_posts_an_hour_on_the_first_day(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let there = strict(&course);
        let (ada, priya) = (course.enrol("Ada").await.at(&there), course.facilitator().await.at(&there));
        let thread = start(&ada, "Hello", "", "First").await;
        let step = "/cohorts/spring/units/1/one-strength-one-puzzle/posts";
        course.travel_to("2027-01-11 10:20");
        for n in 0..4 {
            posted(&ada, &thread, &format!("Hello again, {n}"), None).await;
        }
        let new = [("title", "One more"), ("unit", ""), ("body", "Too many of mine")];
        for (path, fields) in [(format!("{thread}/posts"), &new[2..]), (step.into(), &new[2..]), ("/cohorts/spring/discussions/new".into(), &new)] {
            let page = ada.submit(&path, fields).await.expect(429);
            assert!(page.has("<title>Error: ") && page.has("Too many of mine</textarea>"), "{}", page.html);
            assert!(page.has("On your first day you can write five posts an hour."), "{}", page.html);
            assert!(page.has("post it from Monday 11 January at 11am GMT"), "{}", page.html);
        }
        for n in 0..6 {
            posted(&priya, &thread, &format!("Welcome, {n}"), None).await;
        }
        course.travel_to("2027-01-11 11:00");
        posted(&ada, &thread, "Too many of mine", None).await;
        ada.submit(&format!("{thread}/posts"), &[("body", "And one more")]).await.expect(429);
    }

    async fn who_wrote_on_an_earlier_day_is_not_new_unless_it_was_hidden(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let there = strict(&course);
        let (ada, eve, priya) = (course.enrol("Ada").await.at(&there), course.enrol("Eve").await.at(&there), course.facilitator().await);
        let thread = start(&ada, "Hello", "", "First").await;
        let bad = posted(&eve, &thread, "Buy beds", None).await;
        priya.submit(&format!("{thread}/posts/{bad}/moderate"), &[("act", "hide"), ("reason", "It sells")]).await.expect(303);
        course.travel_to("2027-01-12 10:00");
        for n in 0..7 {
            posted(&ada, &thread, &format!("Good morning, {n}"), None).await;
        }
        for n in 0..5 {
            posted(&eve, &thread, &format!("Buy more beds, {n}"), None).await;
        }
        eve.submit(&format!("{thread}/posts"), &[("body", "Buy all beds")]).await.expect(429);
    }
}
