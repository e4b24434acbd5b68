//! What is sent, to whom and in what order.

use super::*;

stories! {
    async fn a_mail_goes_out_once_and_the_servers_answer_is_kept(office: Office) {
        let id = office.queue(bulk("Unit 5 is open")).await;

        assert_eq!(office.run().await, 1);
        assert_eq!(office.run().await, 0);

        let standing = office.standing(id).await;
        assert_eq!((standing.state, standing.attempts), (State::Sent, 1));
        assert_eq!(standing.server_answer.unwrap(), "250 2.0.0 Ok: queued as 1");
        assert_eq!(standing.settled_at, Some(office.clock.now()));
        let received = office.server.received();
        assert_eq!(received.len(), 1);
        assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("trellis@example.org", "ada@example.org"));
        assert_eq!(received[0].text(), "Unit 5 is open.\n.\nSee you there.");
    }

    async fn bulk_mail_says_who_sent_it_and_how_to_stop_it(office: Office) {
        let id = office.queue(bulk("Unit 5 \u{2013} opens")).await;
        office.run().await;

        let mail = office.server.received().remove(0);
        let message_id = office.standing(id).await.message_id;
        for (name, value) in [
            ("From", "Trellis <trellis@example.org>"),
            ("To", "\"Ada Lovelace\" <ada@example.org>"),
            ("Message-ID", message_id.as_str()),
            ("Date", "Mon, 01 Mar 2027 09:00:00 +0000"),
            ("Reply-To", "\"Priya Raman\" <priya@example.org>, Tom <tom@example.org>"),
            ("List-Id", "<spring-2027.learn.example.org>"),
            ("List-Unsubscribe", "<https://learn.example.org/unsubscribe/k3v9kJ2mQ7xT4wZ8bN1cR5>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Auto-Submitted", "auto-generated"),
        ] {
            assert_eq!(mail.header(name).as_deref(), Some(value), "{name}\n{}", mail.raw);
        }
        assert_eq!(mail.subject, "Unit 5 \u{2013} opens");
        assert!(mail.header("Content-Type").unwrap().starts_with("multipart/alternative"), "{}", mail.raw);
        assert!(mail.raw.contains("text/html") && mail.raw.contains("<p>Unit 5 is open.</p>"), "{}", mail.raw);
        assert!(message_id.starts_with('<') && message_id.ends_with("@learn.example.org>"), "{message_id}");
    }

    async fn account_mail_without_html_is_plain_text(office: Office) {
        office.queue(account_mail("Reset your password")).await;
        office.run().await;

        let mail = office.server.received().remove(0);
        assert!(mail.header("Content-Type").unwrap().starts_with("text/plain"), "{}", mail.raw);
        assert_eq!(mail.header("List-Unsubscribe"), None);
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    }

    async fn couriers_who_run_at_once_send_each_mail_once(office: Office) {
        let subjects: Vec<String> = (0..40).map(|n| format!("Mail {n:02}")).collect();
        for subject in &subjects {
            office.queue(bulk(subject)).await;
        }
        let couriers = [office.courier(), office.courier(), office.courier()];
        let rounds = couriers.iter().map(Courier::run_once);
        let sent = futures_util::future::try_join_all(rounds).await.unwrap();

        assert_eq!(sent.iter().sum::<usize>(), 40, "{sent:?}");
        let mut received = office.subjects();
        received.sort();
        assert_eq!(received, subjects);
        assert!(sent.iter().all(|n| *n > 0), "{sent:?}");
    }

    async fn a_mail_that_cannot_be_written_fails_alone(office: Office) {
        let poison = office.queue(to("no address at all", bulk("Poison"))).await;
        let unreadable = Letter { reply_to: Some("<<<".into()), ..bulk("Poison") };
        let second = office.queue(unreadable).await;
        let accented = office.queue(to("s\u{e9}b@example.org", bulk("Poison"))).await;
        let fine = office.queue(Letter { to_name: "Eve\r\nBcc: x@y.org".into(), ..bulk("Fine\0") }).await;

        assert_eq!(office.run().await, 4);
        for id in [poison, second, accented] {
            let failed = office.standing(id).await;
            assert_eq!((failed.state, failed.server_answer), (State::Failed, None));
        }
        assert_eq!(office.state(fine).await, State::Sent);
        assert_eq!(office.subjects(), ["Fine"]);
    }

    async fn account_mail_goes_first_and_then_what_waited_longest(office: Office) {
        office.queue(bulk("Bulk 1")).await;
        office.queue(bulk("Bulk 2")).await;
        office.travel(TimeDelta::minutes(1));
        office.queue(account_mail("Account 1")).await;
        office.queue(account_mail("Account 2")).await;

        assert_eq!(office.run().await, 4);
        assert_eq!(office.subjects(), ["Account 1", "Account 2", "Bulk 1", "Bulk 2"]);
        assert_eq!(office.server.connections(), 1);
    }

    async fn what_has_lost_its_meaning_is_not_sent_late(office: Office) {
        office.server.set(Behaviour::Grey);
        let tried = office.queue(bulk("Unit 5")).await;
        office.run().await;
        let untried = office.queue(to("ben@example.org", bulk("Unit 5"))).await;

        office.travel(TimeDelta::hours(72));
        assert_eq!(office.run().await, 2);
        let (failed, missed) = (office.standing(tried).await, office.standing(untried).await);
        assert_eq!((failed.state, missed.state), (State::Failed, State::Missed));
        assert!(failed.reason.unwrap().contains("451 4.7.1"));
        assert!(missed.reason.unwrap().contains("its time had passed"));
        assert_eq!(office.server.received().len(), 0);
    }

    async fn what_is_no_longer_wanted_is_cancelled_with_its_reason(office: Office) {
        let id = office.queue(bulk("Withdrawn")).await;
        let other = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 2);
        let cancelled = office.standing(id).await;
        assert_eq!((cancelled.state, cancelled.reason.as_deref()), (State::Cancelled, Some("has withdrawn")));
        assert_eq!(office.state(other).await, State::Sent);
        assert_eq!(office.subjects(), ["Unit 5"]);
    }

    async fn a_question_that_fails_holds_up_only_its_own_message(office: Office) {
        let id = office.queue(bulk("Unanswerable")).await;
        office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 1);
        let waits = office.standing(id).await;
        assert_eq!((waits.state, waits.attempts), (State::Pending, 1));
        assert_eq!(office.subjects(), ["Unit 5"]);
    }

    async fn without_a_mail_server_mail_becomes_files(office: Office) {
        let mut office = office;
        let mails = office.folder.path().join("mail");
        office.settings.mail = MailRoute::Files(mails.clone());
        let id = office.queue(to("a/da@example.org", bulk("Unit 5"))).await;

        assert_eq!(office.run().await, 1);
        let names: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, [format!("{id}-a_da@example.org.eml").as_str()]);
        let mail = std::fs::read_to_string(mails.join(&names[0])).unwrap();
        assert!(mail.contains("Subject: Unit 5\r\n"), "{mail}");
        assert!(office.standing(id).await.server_answer.unwrap().starts_with("written to "));
    }

    async fn a_mail_folder_that_cannot_be_written_to_loses_nothing(office: Office) {
        let mut office = office;
        let file = office.folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        office.settings.mail = MailRoute::Files(file.join("mail"));
        let id = office.queue(bulk("Unit 5")).await;

        assert_eq!(office.run().await, 0);
        assert!(office.standing(id).await.reason.unwrap().contains("cannot be written to"));
    }
}
