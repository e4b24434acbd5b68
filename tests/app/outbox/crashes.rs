//! What is left behind when sending stops half-way.

use super::*;

/// A courier who claims and is heard of no more.
pub async fn a_crash(office: &Office, letter: Letter, after_data_began: bool) -> MessageId {
    let subject = letter.subject.clone();
    let id = office.queue(letter).await;
    let now = office.clock.now();
    let lease = TimeDelta::seconds(60);
    office
        .write(move |conn| {
            let claim = store::claim(conn, "crashed", now, lease)?;
            assert_eq!(claim.map(|claim| claim.id), Some(id));
            if after_data_began {
                assert!(store::mark_data_started(conn, (id, &subject), "crashed", now, lease)?);
            }
            Ok(())
        })
        .await;
    id
}

stories! {
    async fn a_mail_that_may_have_arrived_is_not_sent_again_by_itself(first: Office) {
        for silence in [Behaviour::DropAfterData, Behaviour::HangAfterData] {
            let office = Office::on(first.backend).await;
            office.server.set(silence);
            let id = office.queue(bulk("Unit 5")).await;

            assert_eq!(office.run().await, 1);
            assert_eq!(office.state(id).await, State::Unknown, "{silence:?}");

            office.server.set(Behaviour::Ok);
            office.travel(TimeDelta::hours(2));
            assert_eq!(office.run().await, 0);
            assert_eq!(office.server.received().len(), 1);
        }
    }

    async fn account_mail_that_may_have_arrived_is_sent_again_under_the_same_message_id(office: Office) {
        office.server.set(Behaviour::DropAfterData);
        let id = office.queue(account_mail("Reset your password")).await;
        assert_eq!(office.run().await, 0);
        assert_eq!(office.state(id).await, State::Pending);

        office.server.set(Behaviour::Ok);
        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 1);
        let ids: Vec<_> = office.server.received().iter().map(|mail| mail.header("Message-ID")).collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[0], ids[1]);
    }

    async fn a_crash_before_data_costs_only_the_lease(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), false).await;

        office.travel(TimeDelta::seconds(59));
        assert_eq!(office.run().await, 0);
        assert_eq!(office.state(id).await, State::Claimed);
        office.travel(TimeDelta::seconds(1));
        assert_eq!(office.run().await, 1);
        assert_eq!(office.subjects(), ["Unit 5"]);
    }

    async fn whoever_crashes_its_courier_again_and_again_waits_for_the_others(office: Office) {
        let id = office.queue(bulk("Deadly")).await;
        let lease = TimeDelta::seconds(60);
        for _ in 0..3 {
            let now = office.clock.now();
            office.write(move |conn| store::claim(conn, "crashed", now, lease)).await.unwrap();
            office.travel(lease);
            let now = office.clock.now();
            office.write(move |conn| store::take_back(conn, now)).await;
        }
        assert_eq!(office.standing(id).await.next_attempt_at, office.clock.now() + TimeDelta::minutes(10));
    }

    async fn a_crash_after_data_began_leaves_bulk_mail_unknown_until_a_person_decides(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), true).await;

        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Unknown);
        office.travel(TimeDelta::days(2));
        assert_eq!(office.run().await, 0);
        assert_eq!(office.subjects(), [""; 0]);

        let now = office.clock.now();
        assert!(office.write(move |conn| store::retry(conn, id, now)).await);
        assert_eq!(office.run().await, 1);
        assert_eq!(office.subjects(), ["Unit 5"]);
        assert!(!office.write(move |conn| store::retry(conn, id, now)).await);
    }

    async fn a_crash_after_data_began_sends_account_mail_again(office: Office) {
        let id = a_crash(&office, account_mail("Reset"), true).await;
        let message_id = office.standing(id).await.message_id;

        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 1);
        assert_eq!(office.server.received()[0].header("Message-ID"), Some(message_id));
    }

    async fn a_slow_courier_can_still_say_that_what_was_unknown_was_sent(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), true).await;
        office.travel(TimeDelta::minutes(2));
        office.run().await;

        let now = office.clock.now();
        assert!(office.write(move |conn| store::settle_sent(conn, id, "crashed", "250 Ok", now)).await);
        assert_eq!(office.state(id).await, State::Sent);
    }

    async fn nobody_delivers_under_a_lease_that_has_run_out_or_is_not_theirs(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), false).await;
        let (now, lease) = (office.clock.now(), TimeDelta::seconds(60));

        assert!(!office.write(move |conn| store::mark_data_started(conn, (id, "Unit 5"), "other", now, lease)).await);
        assert!(!office.write(move |conn| store::settle_sent(conn, id, "other", "250 Ok", now)).await);
        assert!(!office.write(move |conn| store::mark_data_started(conn, (id, "Unit 5"), "crashed", now + lease, lease)).await);
        assert!(office.write(move |conn| store::mark_data_started(conn, (id, "Unit 5"), "crashed", now, lease)).await);
    }

    async fn claims_that_are_given_back_wait_for_no_lease(office: Office) {
        let id = a_crash(&office, bulk("Unit 5"), false).await;
        assert_eq!(office.write(|conn| store::give_back(conn, "crashed")).await, 1);
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Sent);
    }
}
