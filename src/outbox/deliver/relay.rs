//! The mail server as the settings name it, by lettre's form of URL:
//! `smtp://user:password@host:587/our.name?tls=required`, `?tls=opportunistic`, `smtps://…`.

use std::net::{Ipv4Addr, Ipv6Addr};

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::extension::ClientId;

#[derive(Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub credentials: Option<Credentials>,
    /// How we introduce ourselves.
    pub hello: ClientId,
}

#[derive(Clone)]
pub enum Security {
    None,
    /// STARTTLS if it is offered.
    Opportunistic(TlsParameters),
    /// STARTTLS or nothing.
    Required(TlsParameters),
    /// TLS from the first byte.
    Wrapped(TlsParameters),
}

impl Relay {
    /// `own_host`: what we call ourselves if the URL does not say it.
    pub fn parse(url: &str, own_host: &str) -> Result<Self, String> {
        let parts = Parts::of(url)?;
        let host = parts.host.trim_matches(['[', ']']).to_owned();
        let tls = || TlsParameters::new(host.clone()).map_err(|e| format!("TLS cannot be set up: {e}"));
        let (security, port) = match (parts.scheme, parts.tls) {
            ("smtp", None) => (Security::None, 25),
            ("smtp", Some("required")) => (Security::Required(tls()?), 587),
            ("smtp", Some("opportunistic")) => (Security::Opportunistic(tls()?), 587),
            ("smtps", _) => (Security::Wrapped(tls()?), 465),
            (_, tls) => return Err(format!("tls={} is neither required nor opportunistic", tls.unwrap_or(""))),
        };
        let credentials = match parts.password {
            Some(password) => Some(Credentials::new(percent_decoded(parts.user)?, percent_decoded(password)?)),
            None => None,
        };
        let hello = client_id(if parts.name.is_empty() { own_host } else { parts.name });
        Ok(Self { host, port: parts.port.unwrap_or(port), security, credentials, hello })
    }
}

struct Parts<'u> {
    scheme: &'u str,
    user: &'u str,
    password: Option<&'u str>,
    host: &'u str,
    port: Option<u16>,
    name: &'u str,
    tls: Option<&'u str>,
}

impl<'u> Parts<'u> {
    /// Never repeats the URL in an error: it may hold a password.
    fn of(url: &'u str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("it is not of the form smtp://host:port")?;
        if scheme != "smtp" && scheme != "smtps" {
            return Err("it begins with neither smtp:// nor smtps://".into());
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (place, None),
        };
        let port = port.filter(|port| !port.is_empty());
        let port = port.map(str::parse).transpose().map_err(|_| "its port is not a number up to 65535")?;
        if host.is_empty() {
            return Err("it names no host".into());
        }
        let tls = query.split('&').find_map(|pair| pair.strip_prefix("tls="));
        Ok(Self { scheme, user, password, host, port, name: name.trim_matches('/'), tls })
    }
}

fn percent_decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| "its user or password is not UTF-8".into())
}

fn client_id(host: &str) -> ClientId {
    let name = host.split_once(']').map_or_else(|| host.split(':').next().unwrap_or(host), |(v6, _)| v6);
    let name = name.trim_start_matches('[');
    let v4 = name.parse::<Ipv4Addr>().map(ClientId::Ipv4);
    v4.or_else(|_| name.parse::<Ipv6Addr>().map(ClientId::Ipv6)).unwrap_or_else(|_| ClientId::Domain(name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(relay: &Relay) -> String {
        format!("{:?}", relay.credentials.is_some())
    }

    #[test]
    fn a_plain_server_has_a_host_and_a_port() {
        let relay = Relay::parse("smtp://127.0.0.1:2525", "learn.example.org:8080").unwrap();
        assert_eq!((relay.host.as_str(), relay.port), ("127.0.0.1", 2525));
        assert_eq!(relay.hello, ClientId::Domain("learn.example.org".into()));
        assert!(matches!(relay.security, Security::None) && relay.credentials.is_none(), "{}", login(&relay));
    }

    #[test]
    fn tls_chooses_the_usual_port() {
        for (url, port) in [
            ("smtp://mail.example.org", 25),
            ("smtp://mail.example.org?tls=required", 587),
            ("smtp://mail.example.org?tls=opportunistic", 587),
            ("smtps://mail.example.org", 465),
            ("smtp://[::1]?tls=required", 587),
            ("smtp://[::1]:26", 26),
        ] {
            assert_eq!(Relay::parse(url, "x.org").unwrap().port, port, "{url}");
        }
    }

    #[test]
    fn a_login_and_a_name_are_read_as_lettre_reads_them() {
        let relay = Relay::parse("smtp://ada%40x.org:p%3Aw%40%2F@mail.example.org/trellis.example.org", "x").unwrap();
        assert_eq!(relay.credentials, Some(Credentials::new("ada@x.org".into(), "p:w@/".into())));
        assert_eq!(relay.hello, ClientId::Domain("trellis.example.org".into()));
        assert_eq!(Relay::parse("smtp://h", "[::1]:80").unwrap().hello, ClientId::Ipv6(Ipv6Addr::LOCALHOST));
        assert_eq!(Relay::parse("smtp://h", "127.0.0.1:80").unwrap().hello, ClientId::Ipv4(Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_repeating_a_password() {
        for wrong in [
            "",
            "mail.example.org",
            "http://x.org",
            "smtp://",
            "smtp://u:secret@",
            "smtp://u:secret@h:99999",
            "smtp://u:secret@h?tls=maybe",
            "smtp://u:%ff%fesecret@h",
        ] {
            let why = Relay::parse(wrong, "x").err().unwrap();
            assert!(!why.contains("secret"), "{why}");
        }
    }
}
