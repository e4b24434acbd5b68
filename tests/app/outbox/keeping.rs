//! What a person sees of the outbox and does to it.

use super::*;

stories! {
    async fn a_held_queue_sends_nothing_until_it_is_resumed(office: Office) {
        let now = office.clock.now();
        assert!(office.write(move |conn| store::halt(conn, "held by hand", now)).await);
        assert!(!office.write(move |conn| store::halt(conn, "again", now)).await);
        let id = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 0);
        assert_eq!(office.write(store::halted).await.unwrap().reason, "held by hand");
        assert_eq!(office.server.connections(), 0);

        assert!(office.write(move |conn| store::resume(conn, now)).await);
        assert!(!office.write(move |conn| store::resume(conn, now)).await);
        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(id).await, State::Sent);
    }

    async fn bodies_go_after_90_days_and_rows_after_a_year(office: Office) {
        let (sent, waits) = (office.queue(bulk("Sent")).await, office.queue(bulk("Waits")).await);
        office.run().await;
        let (start, forget) = (office.clock.now(), |now| move |conn: &mut Conn| store::forget_old(conn, now));
        office
            .write(move |conn| {
                use trellis::schema::messages;
                diesel::update(messages::table.find(waits)).set(messages::state.eq(State::Failed)).execute(conn)
            })
            .await;

        assert_eq!(office.write(forget(start + TimeDelta::days(90))).await, 0);
        assert_eq!(office.write(forget(start + TimeDelta::days(91))).await, 2);
        assert_eq!(office.state(sent).await, State::Sent);
        let later = start + TimeDelta::days(91);
        assert!(!office.write(move |conn| store::retry(conn, waits, later)).await, "there is nothing left to send");
        assert_eq!(office.write(forget(start + TimeDelta::days(366))).await, 2);
        assert!(office.write(move |conn| store::find(conn, sent)).await.is_none());
    }

    async fn the_states_are_counted_and_listed(office: Office) {
        office.server.set_for("gone@example.org", Behaviour::Reject);
        office.queue(bulk("Unit 5")).await;
        let failed = office.queue(to("gone@example.org", bulk("Unit 5"))).await;
        office.run().await;
        office.queue(bulk("Unit 6")).await;

        let counts = office.write(store::count_by_state).await;
        let some: Vec<_> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        assert_eq!(some, [(State::Pending, 1), (State::Sent, 1), (State::Failed, 1)]);
        let listed = office.write(|conn| store::list_in(conn, State::Failed, 10)).await;
        assert_eq!(listed.iter().map(|message| message.id).collect::<Vec<_>>(), [failed]);
    }

    async fn a_courier_who_is_stopped_ends_after_the_mail_in_hand(office: Office) {
        office.queue(bulk("Unit 5")).await;
        let courier = office.courier();
        courier.stop();
        assert_eq!(courier.run_once().await.unwrap(), 0);
        assert_eq!(courier.give_back().await.unwrap(), 0);
        assert_eq!(office.run().await, 1);
    }
}
