//! How mail servers answer, or do not.

use super::*;

stories! {
    async fn a_greylisting_server_gets_it_again_a_minute_later(office: Office) {
        office.server.set(Behaviour::Grey);
        let id = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 0);
        let waits = office.standing(id).await;
        assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
        assert!(waits.reason.unwrap().contains("451 4.7.1 Come back later"));
        let wait = waits.next_attempt_at.since(office.clock.now());
        assert!((48..=72).contains(&wait.num_seconds()), "{wait}");

        assert_eq!(office.run().await, 0);
        office.travel(TimeDelta::seconds(72));
        assert_eq!(office.run().await, 1);
        assert_eq!(office.standing(id).await.attempts, 2);
        assert_eq!(office.server.received().len(), 1);
    }

    async fn what_is_put_off_is_late_since_it_was_first_to_go(office: Office) {
        office.server.set(Behaviour::GreyForEver);
        let opening = office.clock.now();
        let goes_at = opening + TimeDelta::hours(2);
        let letters = [(bulk("Unit 5"), goes_at)];
        let id = office.write(move |conn| store::queue_all(conn, &letters, "learn.example.org", opening)).await[0];
        office.travel(TimeDelta::hours(2));
        for _ in 0..9 {
            office.run().await;
            office.travel(TimeDelta::minutes(2));
        }
        office.run().await;
        let now = office.clock.now();
        let late = office.write(move |conn| store::figures(conn, now)).await;
        assert_eq!((late.waiting, late.tried, late.oldest_due_at), (0, 1, Some(goes_at)));

        office.server.set(Behaviour::Ok);
        office.travel(TimeDelta::hours(1));
        office.run().await;
        assert_eq!(office.state(id).await, State::Sent);
        let now = office.clock.now();
        let sent = office.write(move |conn| store::figures(conn, now)).await;
        assert_eq!((sent.waiting, sent.tried, sent.oldest_due_at), (0, 0, None));
    }

    async fn what_waits_for_its_time_is_not_late(office: Office) {
        let opening = office.clock.now();
        let letters = [(bulk("Unit 6"), opening + TimeDelta::hours(5))];
        office.write(move |conn| store::queue_all(conn, &letters, "learn.example.org", opening)).await;
        let postponed = office.queue(bulk("Not yet")).await;
        for _ in 0..2 {
            office.run().await;
            office.travel(TimeDelta::minutes(30));
        }
        assert_eq!(office.standing(postponed).await.next_attempt_at, opening + TimeDelta::hours(1));
        let now = office.clock.now() - TimeDelta::minutes(1);
        let figures = office.write(move |conn| store::figures(conn, now)).await;
        assert_eq!((figures.waiting, figures.tried, figures.oldest_due_at), (0, 0, None));
    }

    async fn an_address_that_does_not_exist_is_marked_and_holds_up_nobody(office: Office) {
        office.server.set_for("gone@example.org", Behaviour::Reject);
        let account = office.account("gone@example.org").await;
        let gone = office.queue(Letter { account: Some(account), ..to("gone@example.org", bulk("Unit 5")) }).await;
        let other = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 2);
        let failed = office.standing(gone).await;
        assert_eq!(failed.state, State::Failed);
        assert_eq!(failed.server_answer.unwrap(), "550 5.1.1 No such user");
        assert!(office.is_undeliverable(account).await);
        assert_eq!(office.state(other).await, State::Sent);
        assert_eq!(office.server.connections(), 1);
    }

    async fn an_answer_in_odd_letters_costs_one_mail_and_holds_up_nobody(office: Office) {
        office.server.set_for("taken@example.org", Behaviour::OddAfterData);
        office.server.set_for("gone@example.org", Behaviour::OddReject);
        let taken = office.queue(to("taken@example.org", bulk("Unit 5"))).await;
        let gone = office.queue(to("gone@example.org", bulk("Unit 5"))).await;
        let fine = office.queue(bulk("Unit 5")).await;

        office.run().await;
        office.run().await;
        let states = (office.state(taken).await, office.state(gone).await, office.state(fine).await);
        assert_eq!(states, (State::Unknown, State::Pending, State::Sent), "the first was taken, and nobody heard so");
        assert_eq!(office.write(store::halted).await, None);
    }

    async fn a_sender_whom_a_server_does_not_know_is_a_fault_of_the_settings(office: Office) {
        office.server.set(Behaviour::UnknownSender);
        let id = office.queue(bulk("Unit 5")).await;
        office.run().await;
        assert_eq!(office.state(id).await, State::Pending);
        assert!(office.write(store::halted).await.unwrap().reason.contains("5.1.8"));
    }

    async fn a_sender_whom_a_server_refuses_costs_no_mail_and_no_address(office: Office) {
        let account = office.account("ada@example.org").await;
        office.server.set(Behaviour::RefuseSender);
        let mut ids = Vec::new();
        for subject in ["Unit 5", "Unit 6", "Unit 7"] {
            ids.push(office.queue(Letter { account: Some(account), ..bulk(subject) }).await);
        }
        for _ in 0..3 {
            assert_eq!(office.run().await, 0);
            office.travel(TimeDelta::minutes(1));
        }
        assert!(office.write(store::halted).await.unwrap().reason.contains("550 5.7.1 Nobody sends from that address"));
        assert!(!office.is_undeliverable(account).await);

        office.server.set(Behaviour::Ok);
        let now = office.clock.now();
        assert!(office.write(move |conn| store::resume(conn, now)).await);
        assert_eq!(office.run().await, 3);
        for id in ids {
            assert_eq!(office.standing(id).await.attempts, 1);
        }
    }

    async fn mails_that_are_refused_for_what_they_say_do_not_count_against_an_address(office: Office) {
        let account = office.account("ada@example.org").await;
        office.server.set(Behaviour::Data5);
        for subject in ["Unit 5", "Unit 6", "Unit 7", "Unit 8"] {
            let id = office.queue(Letter { account: Some(account), ..bulk(subject) }).await;
            office.run().await;
            let failed = office.standing(id).await;
            assert_eq!((failed.state, failed.server_answer), (State::Failed, None));
            assert!(failed.reason.unwrap().contains("554 5.7.1 It looks like spam"));
            office.travel(TimeDelta::minutes(1));
        }
        assert!(!office.is_undeliverable(account).await);
    }

    async fn three_refusals_in_a_row_mark_an_address_too(office: Office) {
        let account = office.account("ada@example.org").await;
        let mine = |subject| Letter { account: Some(account), ..bulk(subject) };
        let refuse = Behaviour::Refuse;
        for behaviour in [refuse, refuse, Behaviour::Ok, refuse, Behaviour::Data5, refuse] {
            office.server.set(behaviour);
            office.queue(mine("Unit 5")).await;
            office.run().await;
            office.travel(TimeDelta::minutes(1));
            assert!(!office.is_undeliverable(account).await);
        }
        office.server.set(refuse);
        office.queue(mine("Unit 6")).await;
        office.run().await;
        assert!(office.is_undeliverable(account).await);
    }

    async fn an_answer_after_data_is_believed(office: Office) {
        office.server.set_for("later@example.org", Behaviour::Data4);
        office.server.set_for("never@example.org", Behaviour::Data5);
        let later = office.queue(to("later@example.org", bulk("Unit 5"))).await;
        let never = office.queue(to("never@example.org", bulk("Unit 5"))).await;
        let fine = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 2);
        assert_eq!(office.state(later).await, State::Pending);
        assert_eq!(office.state(never).await, State::Failed);
        assert_eq!(office.state(fine).await, State::Sent);

        office.server.set_for("later@example.org", Behaviour::Ok);
        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 1);
    }

    async fn a_connection_that_breaks_before_the_mail_is_on_its_way_is_no_doubt(office: Office) {
        office.server.set_for("ada@example.org", Behaviour::DropBeforeData);
        let broken = office.queue(bulk("Unit 5")).await;
        let other = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(broken).await, State::Pending);
        assert_eq!(office.state(other).await, State::Sent);
    }

    async fn a_server_that_never_answers_costs_one_deadline_and_one_message(office: Office) {
        office.server.set(Behaviour::Hang);
        let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 5")).await);

        assert_eq!(office.run().await, 0);
        let waits = office.standing(first).await;
        assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
        assert!(waits.reason.unwrap().contains("cannot be reached"));
        assert_eq!(office.standing(second).await.attempts, 0);

        office.server.set(Behaviour::Ok);
        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 2);
    }

    async fn a_recipient_who_makes_the_server_hang_waits_alone(office: Office) {
        office.server.set_for("ada@example.org", Behaviour::Hang);
        let stuck = office.queue(bulk("Unit 5")).await;
        let other = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

        assert_eq!(office.run().await, 1);
        assert_eq!(office.state(stuck).await, State::Pending);
        assert_eq!(office.state(other).await, State::Sent);
    }

    async fn after_a_day_without_a_server_what_still_means_something_arrives_account_mail_first(office: Office) {
        let mut office = office;
        let hours = |hours| Instant::from_micros(OPENING) + TimeDelta::hours(hours);
        for _ in 0..4 {
            office.queue(Letter { expires_at: hours(20), ..bulk("Unit 4") }).await;
            office.queue(bulk("Unit 5")).await;
        }
        office.settings.mail = MailRoute::Smtp("smtp://127.0.0.1:9".into());
        let courier = office.courier();
        for hour in 0..12 {
            assert_eq!(courier.run_once().await.unwrap(), 0, "{hour}");
            office.travel(TimeDelta::hours(1));
        }
        office.settings.mail = MailRoute::Smtp(office.server.url());
        office.server.set(Behaviour::Hang);
        let courier = office.courier();
        office.queue(account_mail("Reset")).await;
        for _ in 0..4 {
            courier.run_once().await.unwrap();
            office.travel(TimeDelta::hours(3));
        }
        courier.run_once().await.unwrap();
        office.server.set(Behaviour::Ok);
        assert_eq!(courier.run_once().await.unwrap(), 5, "at once, without waiting for the next attempt");

        assert_eq!(office.subjects(), ["Reset", "Unit 5", "Unit 5", "Unit 5", "Unit 5"]);
        let counts: Vec<_> = office.write(store::count_by_state).await.into_iter().filter(|(_, n)| *n > 0).collect();
        let stale: i64 = counts.iter().filter(|(state, _)| *state != State::Sent).map(|(_, n)| n).sum();
        assert_eq!(stale, 4, "{counts:?}");
        assert!(counts.iter().all(|(state, _)| [State::Sent, State::Failed, State::Missed].contains(state)), "{counts:?}");
    }

    async fn a_busy_server_is_left_alone_for_a_while(office: Office) {
        office.server.set(Behaviour::Busy);
        let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 6")).await);

        assert_eq!(office.run().await, 0);
        assert_eq!(office.server.connections(), 1);
        assert!(office.standing(first).await.reason.unwrap().contains("421"));
        assert_eq!(office.standing(second).await.attempts, 0);
    }

    async fn a_server_that_is_down_is_tried_by_one_message_at_a_time(office: Office) {
        let mut office = office;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        office.settings.mail = MailRoute::Smtp(format!("smtp://{free}"));
        let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(bulk("Unit 6")).await);

        assert_eq!(office.run().await, 0);
        assert_eq!((office.standing(first).await.attempts, office.standing(second).await.attempts), (1, 0));

        office.settings.mail = MailRoute::Smtp(office.server.url());
        office.travel(TimeDelta::minutes(2));
        assert_eq!(office.run().await, 2);
        assert_eq!(office.server.connections(), 1);
    }

    async fn a_connection_that_the_server_ends_after_a_mail_is_opened_anew(office: Office) {
        office.server.set(Behaviour::OneMailEach);
        for subject in ["1", "2", "3"] {
            office.queue(bulk(subject)).await;
        }
        assert_eq!(office.run().await, 3);
        assert_eq!(office.subjects(), ["1", "2", "3"]);
        assert_eq!(office.server.connections(), 3);
    }

    async fn wrong_settings_halt_the_queue_and_cost_no_mail(first: Office) {
        for (behaviour, query) in [
            (Behaviour::AuthRequired, ""),
            (Behaviour::BadLogin, "login"),
            (Behaviour::BadTls, "?tls=required"),
            (Behaviour::Ok, "?tls=required"),
        ] {
            let mut office = Office::on(first.backend).await;
            office.server.set(behaviour);
            let plain = office.server.url();
            let url = match query {
                "login" => plain.replace("smtp://", "smtp://ada:wrong@"),
                query => format!("{plain}{query}"),
            };
            office.settings.mail = MailRoute::Smtp(url);
            let (first, second) = (office.queue(bulk("Unit 5")).await, office.queue(account_mail("Reset")).await);

            assert_eq!(office.run().await, 0);
            assert!(office.write(store::halted).await.is_some(), "{behaviour:?}");
            for id in [first, second] {
                let waits = office.standing(id).await;
                assert_eq!((waits.state, waits.attempts), (State::Pending, 0), "{behaviour:?}");
            }
            let connections = office.server.connections();
            assert_eq!(office.run().await, 0);
            assert_eq!(office.server.connections(), connections);

            office.server.set(Behaviour::Ok);
            office.settings.mail = MailRoute::Smtp(plain);
            let now = office.clock.now();
            assert!(office.write(move |conn| store::resume(conn, now)).await);
            assert_eq!(office.run().await, 2);
        }
    }
}
