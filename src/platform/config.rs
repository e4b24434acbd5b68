//! Every setting, in one struct, read once and handed down. `--help` is its reference.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::db::Url;

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
    pub mail_from: lettre::message::Mailbox,
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
        let mail_from = self.mail_from.parse().map_err(|_| {
            note("--mail-from", format!("'{}' is not of the form Name <name@example.org>", self.mail_from));
        });
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
            }),
            _ => Err(faults),
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
