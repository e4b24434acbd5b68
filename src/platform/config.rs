//! Every setting, in one struct, read once and handed down. `--help` is its reference.

use std::net::SocketAddr;
use std::path::PathBuf;

use std::sync::Arc;

use lettre::Address;
use lettre::message::Mailbox;

use super::db::Url;
use super::dkim::Signer;

/// The flags that most commands share, as typed.
#[derive(Debug, Clone, clap::Args)]
pub struct Flags {
    /// Address and port to listen on
    #[arg(long, env = "TRELLIS_BIND", default_value = "127.0.0.1:8080", global = true)]
    pub bind: String,
    /// Folder for the embedded database and for mail that is written to files
    #[arg(long, env = "TRELLIS_DATA", default_value = "./data", global = true)]
    pub data: PathBuf,
    /// sqlite:<path> or postgres://user@host/database [default: sqlite:<data>/trellis.sqlite3]
    #[arg(long, env = "TRELLIS_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// The address people type, for links in pages and mails [default: http://<bind>]
    #[arg(long, env = "TRELLIS_BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// Folder with the programmes
    #[arg(long, env = "TRELLIS_CONTENT", default_value = "./course_content", global = true)]
    pub content: PathBuf,
    /// smtp://user:password@host:587?tls=required; without it mail becomes <data>/mail/*.eml
    #[arg(long, env = "TRELLIS_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of every mail
    #[arg(long, env = "TRELLIS_MAIL_FROM", default_value = "Trellis <trellis@localhost>", global = true)]
    pub mail_from: String,
    /// Where mail servers return what they cannot deliver: bounces@example.org becomes bounces+TOKEN@example.org, another
    /// for each mail, and is to be piped to `trellis mail receive` [default: the address of --mail-from]
    #[arg(long, env = "TRELLIS_BOUNCE_ADDRESS", global = true)]
    pub bounce_address: Option<String>,
    /// Where answers to mails about discussions go, to become posts: replies@example.org becomes replies+TOKEN@example.org,
    /// another for each mail, and is to be piped to `trellis mail receive` [default: answers go to the facilitators]
    #[arg(long, env = "TRELLIS_REPLY_ADDRESS", global = true)]
    pub reply_address: Option<String>,
    /// Private key to sign mail with (DKIM): RSA of 2048 bits or more, or Ed25519, in PEM
    #[arg(long, env = "TRELLIS_DKIM_KEY", global = true, requires = "dkim_selector")]
    pub dkim_key: Option<PathBuf>,
    /// The name under which the DNS has the public key: <selector>._domainkey.<domain>
    #[arg(long, env = "TRELLIS_DKIM_SELECTOR", global = true, requires = "dkim_key")]
    pub dkim_selector: Option<String>,
    /// The domain that signs [default: that of --mail-from]
    #[arg(long, env = "TRELLIS_DKIM_DOMAIN", global = true)]
    pub dkim_domain: Option<String>,
    /// Bulk mails a second, for each process that sends; 0 for no limit. Account mail is never held up
    #[arg(long, env = "TRELLIS_MAIL_RATE", default_value_t = 50, global = true)]
    pub mail_rate: u32,
    /// Bulk mails a second to the addresses of one domain, for each process that sends; 0 for no limit
    #[arg(long, env = "TRELLIS_MAIL_RATE_DOMAIN", default_value_t = 20, global = true)]
    pub mail_rate_domain: u32,
    /// Mails over one connection to the mail server; 0 for no limit
    #[arg(long, env = "TRELLIS_MAILS_PER_CONNECTION", default_value_t = 100, global = true)]
    pub mails_per_connection: u32,
    /// What /metrics asks for as a bearer token [default: it answers on the loopback alone]
    #[arg(long, env = "TRELLIS_METRICS_TOKEN", global = true, hide_env_values = true)]
    pub metrics_token: Option<String>,
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    pub bind: SocketAddr,
    pub data: PathBuf,
    pub database: Url,
    pub base_url: BaseUrl,
    pub content: PathBuf,
    pub mail: MailRoute,
    pub mail_from: Mailbox,
    pub delivery: Delivery,
    pub metrics_token: Option<String>,
}

/// How mail goes out. The default: unsigned, unhurried by nothing, and back to its sender.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    pub bounces: Option<Address>,
    /// Where answers to mails about discussions become posts.
    pub replies: Option<Address>,
    pub dkim: Option<Arc<Signer>>,
    /// Bulk mails a second.
    pub per_second: Option<u32>,
    /// Bulk mails a second to one domain.
    pub per_domain: Option<u32>,
    pub per_connection: Option<u32>,
}

#[derive(Debug, Clone)]
pub enum MailRoute {
    /// A folder that gets one `.eml` file for each mail.
    Files(PathBuf),
    /// An SMTP server, by lettre's form of URL.
    Smtp(String),
}

/// Scheme and host, without a path: `https://learn.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
}

impl BaseUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not an address like https://learn.example.org, without a path");
        let text_ = text.trim_end_matches('/');
        let host = text_.strip_prefix("https://").or_else(|| text_.strip_prefix("http://")).ok_or_else(wrong)?;
        let uri: actix_web::http::Uri = text_.parse().map_err(|_| wrong())?;
        if host.contains(['/', '?', '#', '@']) || uri.host().is_none() {
            return Err(wrong());
        }
        Ok(Self { text: text_.into(), host: host.to_ascii_lowercase() })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Host and port, as a browser sends them in `Host`.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    pub fn is_loopback(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    }

    /// The absolute address of a path on this site.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl Flags {
    /// Checks everything and tells every fault at once.
    pub fn check(&self) -> Result<Settings, Vec<String>> {
        let mut faults = Vec::new();
        let mut note = |flag: &str, why: String| faults.push(format!("{flag}: {why}"));

        let bind = self.bind.parse::<SocketAddr>().map_err(|_| {
            note("--bind", format!("'{}' is not an address and port like 127.0.0.1:8080", self.bind));
        });
        let url = self.database_url.clone().unwrap_or_else(|| self.embedded_database());
        let database = url.parse::<Url>().map_err(|why| note("--database-url", why));
        let base = self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.bind));
        let base_url = BaseUrl::parse(&base).map_err(|why| note("--base-url", why));
        let mail_from = self.mail_from.parse::<Mailbox>().map_err(|_| {
            note("--mail-from", format!("'{}' is not of the form Name <name@example.org>", self.mail_from));
        });
        let delivery = self.delivery(mail_from.as_ref().ok(), &mut note);
        let mail = match &self.smtp_url {
            None => MailRoute::Files(self.data.join("mail")),
            Some(url) => {
                if let Err(why) = lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(url) {
                    note("--smtp-url", format!("it is not of the form smtp://host:port: {why}"));
                }
                MailRoute::Smtp(url.clone())
            }
        };
        if !self.content.is_dir() {
            note("--content", format!("there is no folder {}", self.content.display()));
        }
        match (bind, database, base_url, mail_from) {
            (Ok(bind), Ok(database), Ok(base_url), Ok(mail_from)) if faults.is_empty() => Ok(Settings {
                bind,
                data: self.data.clone(),
                database,
                base_url,
                content: self.content.clone(),
                mail,
                mail_from,
                delivery,
                metrics_token: self.metrics_token.clone(),
            }),
            _ => Err(faults),
        }
    }

    fn delivery(&self, from: Option<&Mailbox>, note: &mut impl FnMut(&str, String)) -> Delivery {
        let mut address = |name: &str, text: &Option<String>| {
            let text = text.as_ref()?;
            let address = text.parse::<Address>();
            address.inspect_err(|_| note(name, format!("'{text}' is not an email address"))).ok()
        };
        let bounces = address("--bounce-address", &self.bounce_address);
        let replies = address("--reply-address", &self.reply_address);
        let domain = self.dkim_domain.clone().or_else(|| Some(from?.email.domain().to_owned())).unwrap_or_default();
        let dkim = self.dkim_key.as_ref().and_then(|path| {
            let key = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
            let signer = key.and_then(|pem| Signer::new(&pem, self.dkim_selector.as_deref().unwrap_or(""), &domain));
            signer.map(Arc::new).inspect_err(|why| note("--dkim-key", why.clone())).ok()
        });
        let limit = |rate: u32| Some(rate).filter(|rate| *rate > 0);
        Delivery {
            bounces,
            replies,
            dkim,
            per_second: limit(self.mail_rate),
            per_domain: limit(self.mail_rate_domain),
            per_connection: limit(self.mails_per_connection),
        }
    }

    fn embedded_database(&self) -> String {
        format!("sqlite:{}", self.data.join("trellis.sqlite3").display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_has_no_path() {
        assert_eq!(BaseUrl::parse("https://Learn.example.org/").unwrap().host(), "learn.example.org");
        for wrong in
            ["", "learn.example.org", "ftp://x.org", "https://x.org/a", "https://u@x.org", "https://", "https://a b"]
        {
            assert!(BaseUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
