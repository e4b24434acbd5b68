//! What `benches/mail` compares with: a plain loop that sends mails over one connection of lettre's, keeps no account of
//! them, and so promises nothing. `one_connection PORT MAILS` prints mails a second.

use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;

#[actix_web::main]
#[expect(clippy::print_stdout, reason = "that is what it is for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let port: u16 = words.next().ok_or("which port?")?.parse()?;
    let mails: u32 = words.next().ok_or("how many mails?")?.parse()?;
    let hello = ClientId::Domain("loop.example.org".into());
    let mut line = AsyncSmtpConnection::connect_tokio1(("127.0.0.1", port), None, &hello, None, None).await?;
    let from: Mailbox = "Trellis <trellis@example.org>".parse()?;
    let text = "It opened this morning. ".repeat(20);
    let began = std::time::Instant::now();
    for number in 0..mails {
        let body = MultiPart::alternative_plain_html(text.clone(), format!("<p>{text}</p>"));
        let message = Message::builder()
            .from(from.clone())
            .to(format!("learner{number}@example.org").parse()?)
            .subject("Unit 5 is open")
            .message_id(Some(format!("<loop{number}@learn.example.org>")))
            .multipart(body)?;
        line.send(message.envelope(), &message.formatted()).await?;
    }
    println!("{:.0}", f64::from(mails) / began.elapsed().as_secs_f64());
    Ok(())
}
