//! What hangs from one cohort is not there under another, not even for somebody who facilitates that.

use super::names::Names;
use super::rows;
use crate::world::*;

/// What stands for a row of the cohort `spring`.
const OWN: [&str; 11] = [
    "{learner}",
    "{thread}",
    "{hidden}",
    "{post}",
    "{announcement}",
    "{work}",
    "{submission}",
    "{enrolment}",
    "{answer}",
    "{spare}",
    "{reader}",
];

/// What is refused before it is looked for: who facilitates comments on works under an address of its own.
const REFUSED: [(&str, u16); 1] = [("/cohorts/{cohort}/units/2/{assignment}/reviews/{submission}", 403)];

stories! {
    async fn what_hangs_from_one_cohort_is_not_there_under_another(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let (ada, priya) = (course.enrol("Ada").await, course.facilitator().await);
        let finn = course.facilitator_elsewhere("Finn").await;
        let names = Names::make(&course, ada.enrolment.unwrap(), priya.enrolment.unwrap()).await;
        finn.get("/cohorts/other-finn/manage").await.expect(200);
        let (mut wrong, mut asked) = (Vec::new(), 0);
        for row in rows() {
            if !row.address.starts_with("/cohorts/{cohort}/") || !OWN.iter().any(|name| row.address.contains(name)) {
                continue;
            }
            let expected = REFUSED.iter().find(|(address, _)| *address == row.address).map_or(404, |(_, status)| *status);
            let address = names.fill(&row.address.replace("{cohort}", "other-finn"));
            let page = match row.method {
                "GET" => finn.get(&address).await,
                _ => finn.submit(&address, &[]).await,
            };
            asked += 1;
            if page.status != expected {
                wrong.push(format!("{} {address}: {} instead of {expected}", row.method, page.status));
            }
        }
        assert!(wrong.is_empty() && asked > 30, "{asked} asked\n{}", wrong.join("\n"));
    }
}
