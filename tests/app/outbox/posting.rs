//! In whose name and how fast mail leaves: return paths, signatures, pace, lanes.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Moment};

use trellis::outbox::return_path::ReturnPath;
use trellis::platform::dkim::Signer;

use super::*;

fn openssl(words: &[&str], input: &[u8]) -> Vec<u8> {
    let (stdin, stdout) = (Stdio::piped(), Stdio::piped());
    let mut child =
        Command::new("openssl").args(words).stdin(stdin).stdout(stdout).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().stdout
}

/// A fresh key in PEM, and the record that the DNS holds of it.
fn key(algorithm: &str) -> (String, String) {
    let bits: &[&str] = if algorithm == "RSA" { &["-pkeyopt", "rsa_keygen_bits:2048"] } else { &[] };
    let pem = openssl(&[&["genpkey", "-algorithm", algorithm], bits].concat(), b"");
    let public = openssl(&["pkey", "-pubout", "-outform", "DER"], &pem);
    // Of Ed25519 the DNS holds the 32 bytes of the key alone (RFC 8463 §4.2).
    let kept = if algorithm == "RSA" { &public[..] } else { &public[public.len() - 32..] };
    let encoded = openssl(&["base64", "-A"], kept);
    let record = format!("v=DKIM1; k={}; p={}", algorithm.to_lowercase(), String::from_utf8(encoded).unwrap());
    (String::from_utf8(pem).unwrap(), record)
}

/// Another program's opinion (dkimpy): whether the signature is right, with this record in the DNS.
fn is_signed(mail: &str, record: &str) -> bool {
    let script = "import sys, dkim\n\
        dns = lambda name, timeout=5: sys.argv[1].encode() if b's1._domainkey.example.org' in name else None\n\
        try: print(dkim.DKIM(sys.stdin.buffer.read()).verify(dnsfunc=dns))\n\
        except dkim.ValidationError: print(False)";
    let (stdin, stdout) = (Stdio::piped(), Stdio::piped());
    let mut child =
        Command::new("/usr/bin/python3").args(["-c", script, record]).stdin(stdin).stdout(stdout).spawn().unwrap();
    child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    match child.wait_with_output().unwrap().stdout.as_slice() {
        b"True\n" => true,
        b"False\n" => false,
        other => panic!("{}", String::from_utf8_lossy(other)),
    }
}

stories! {
    async fn a_mail_comes_back_to_an_address_of_its_own(office: Office) {
        let mut office = office;
        let bounces = "bounces@mail.example.org".parse::<lettre::Address>().unwrap();
        office.settings.delivery.bounces = Some(bounces.clone());
        office.queue(bulk("Unit 5")).await;
        office.queue(bulk("Unit 6")).await;
        office.run().await;

        let received = office.server.received();
        assert_ne!(received[0].from, received[1].from);
        for mail in received {
            let path = ReturnPath::new(bounces.clone()).unwrap();
            assert!(mail.from.starts_with("bounces+") && mail.from.ends_with("@mail.example.org"), "{}", mail.from);
            assert_eq!(path.message_id(&mail.from, "learn.example.org"), mail.header("Message-ID"));
            assert_eq!(mail.header("From").unwrap(), "Trellis <trellis@example.org>");
        }
    }

    async fn a_signed_mail_is_what_its_domain_sent(office: Office) {
        let mut office = office;
        // The verifier's clock is today's.
        office.clock.set(Clock::system().now());
        for algorithm in ["RSA", "Ed25519"] {
            let (pem, record) = key(algorithm);
            office.settings.delivery.dkim = Some(Arc::new(Signer::new(&pem, "s1", "example.org").unwrap()));
            let spaced = Letter { text: "Two  spaces \n\n\nand a line.\n\n".into(), ..bulk("Unit 5 \u{2013} opens") };
            office.queue(spaced).await;
            office.queue(account_mail("Reset your password")).await;
            office.run().await;
            let mut received = office.server.received();
            let (reminder, reset) = (received.pop().unwrap(), received.pop().unwrap());
            let _ = received;

            for mail in [&reminder, &reset] {
                assert!(is_signed(&mail.raw, &record), "{algorithm}\n{}", mail.raw);
            }
            for (from, to) in [
                ("Unit_5", "Unit_6"),
                ("opens.", "opened."),
                ("/unsubscribe/", "/elsewhere/"),
                ("List-Unsubscribe=One-Click", "List-Unsubscribe=Two-Clicks"),
                ("From: Trellis", "From: Eve <eve@example.org>\r\nFrom: Trellis"),
            ] {
                let changed = reminder.raw.replace(from, to);
                assert!(changed == reminder.raw || !is_signed(&changed, &record), "{from} → {to}");
            }
            assert!(reminder.raw.contains("/unsubscribe/") && reminder.raw.contains("From: Trellis"));
            assert!(!is_signed(&reminder.raw, &key(algorithm).1), "under another key");
        }
    }

    async fn bulk_mail_leaves_no_faster_than_it_should_and_account_mail_does_not_wait(office: Office) {
        let mut office = office;
        office.settings.delivery.per_second = Some(20);
        for number in 0..26 {
            office.queue(bulk(&format!("Unit {number:02}"))).await;
        }
        let began = Moment::now();
        let late = async {
            while office.server.received().len() < 20 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            office.queue(account_mail("Reset")).await;
        };
        let (settled, ()) = tokio::join!(office.run(), late);
        assert_eq!(settled, 27);
        assert!(began.elapsed() >= Duration::from_millis(250), "{:?}", began.elapsed());
        let place = office.subjects().iter().position(|subject| subject == "Reset").unwrap();
        assert!((20..25).contains(&place), "{place}");
    }

    async fn a_domain_that_gets_much_does_not_hold_up_another(office: Office) {
        let mut office = office;
        office.settings.delivery.per_domain = Some(4);
        for number in 0..12 {
            office.queue(to(&format!("nurse{number}@NHS.example"), bulk("Unit 5"))).await;
        }
        for number in 0..5 {
            office.queue(to(&format!("ada{number}@other.example"), bulk("Unit 5"))).await;
        }
        let began = Moment::now();
        assert_eq!(office.run().await, 17);
        assert!(began.elapsed() >= Duration::from_millis(1_800), "{:?}", began.elapsed());
        let to: Vec<String> = office.server.received().into_iter().map(|mail| mail.to).collect();
        let last = |domain: &str| to.iter().rposition(|to| to.to_lowercase().ends_with(domain)).unwrap();
        assert!(last("@other.example") < last("@nhs.example"), "{to:?}");
    }

    async fn a_domain_that_hangs_holds_up_no_other(office: Office) {
        let patient = Deadlines { command: Duration::from_millis(1_500), ..Deadlines::short() };
        let mut stuck = Vec::new();
        for number in 0..5 {
            let slow = format!("ada{number}@slow.example");
            office.server.set_for(&slow, Behaviour::Hang);
            stuck.push(office.queue(to(&slow, bulk("Unit 5"))).await);
        }
        for number in 0..20 {
            office.queue(to(&format!("ben{number}@example.org"), bulk("Unit 5"))).await;
        }
        let courier = office.courier().with_deadlines(patient);
        let began = Moment::now();
        let others_left = async {
            while office.server.received().len() < 20 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            began.elapsed()
        };
        let (settled, took) = tokio::join!(courier.run_once(), others_left);
        assert_eq!(settled.unwrap(), 20);
        assert!(took < Duration::from_millis(1_400), "they waited behind it: {took:?}");
        let first = office.standing(stuck[0]).await;
        assert!(first.reason.unwrap().contains("no answer within"), "the row says why");
        // Two were waited for in vain; then the domain is left alone for a minute.
        assert_eq!(office.standing(stuck[1]).await.attempts, 1);
        assert_eq!(office.standing(stuck[4]).await.attempts, 0);
    }

    async fn a_connection_carries_no_more_mails_than_it_should(office: Office) {
        let mut office = office;
        office.settings.delivery.per_connection = Some(4);
        for _ in 0..10 {
            office.queue(bulk("Unit 5")).await;
        }
        assert_eq!(office.run().await, 10);
        assert_eq!(office.server.connections(), 3);
    }

    async fn one_mail_that_cannot_be_written_is_marked_and_the_others_leave(office: Office) {
        // A name with a line break would make lettre panic; an address without a domain can never be sent.
        let broken = office.queue(Letter { to_name: "Eve\nx".into(), ..to("nobody", bulk("Unit 5")) }).await;
        for _ in 0..30 {
            office.queue(Letter { to_name: "Ada\r\nBcc: x@y.org".into(), ..bulk("Unit 5") }).await;
        }
        assert_eq!(office.run().await, 31);
        let row = office.standing(broken).await;
        assert_eq!((row.state, row.server_answer), (State::Failed, None));
        assert!(row.reason.unwrap().contains("the mail could not be written"));
        assert_eq!(office.server.received().len(), 30);
    }
}
