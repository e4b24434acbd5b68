//! What a request says, read once and cheaply, before any database: when, from whom, with which secrets.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::error::Error;
use super::look::{Asked, Look};
use super::page::Flash;
use crate::platform::clock::{Clock, Instant};
use crate::platform::config::BaseUrl;
use crate::platform::secret::{Secret, SecretHash};

/// Facts of the installation that pages need.
#[derive(Clone, Debug)]
pub struct Site {
    pub base_url: BaseUrl,
    /// The address that all mail comes from, for people to write to.
    pub contact: String,
    pub mode: Mode,
}

/// What the process serves for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Usual,
    /// A demonstration: its people sign in with fixed passwords, on the loopback only.
    Demo,
    /// An author looks at what they write, on the loopback only.
    Preview,
}

/// The request as handlers see it.
#[derive(Clone)]
pub struct Ask {
    /// When it is on the page: another time than the clock's where one looks ahead.
    pub now: Instant,
    /// What the clock says.
    pub clock_now: Instant,
    /// As who or when one looks at the page; nothing can be changed then.
    pub look: Option<Look>,
    /// The session's secret, hashed; whether there is such a session only the database knows.
    pub session: Option<SecretHash>,
    /// What forms carry to show that they are ours.
    pub form_token: String,
    pub path: String,
    /// The page it came from: where to be again after signing in. For a form, the page that holds it.
    pub page: String,
    pub query: String,
    pub flash: Option<Flash>,
    pub peer: Option<IpAddr>,
    pub request_id: String,
    pub site: Site,
}

/// Set by the guard for one request.
#[derive(Clone)]
pub(super) struct RequestId(pub String);

/// The secret that a visitor without a session holds, so that sign-in and sign-up forms are ours too.
#[derive(Clone)]
pub(super) struct VisitorSecret(pub Secret);

impl Ask {
    pub(super) fn of(req: &HttpRequest) -> Option<Self> {
        let site = req.app_data::<Data<Site>>()?.get_ref().clone();
        let clock_now = req.app_data::<Data<Clock>>()?.now();
        let session = secret_cookie(req, session_cookie(&site));
        let held = session.as_ref().map(Secret::hash);
        let look = match (req.extensions().get::<Asked>(), &held) {
            (Some(asked), Some(session)) => asked.clone().opened(session),
            _ => None,
        };
        let visitor = req.extensions().get::<VisitorSecret>().map(|v| v.0.clone());
        let form_token = session.as_ref().or(visitor.as_ref()).map(Secret::form_token).unwrap_or_default();
        let request_id = req.extensions().get::<RequestId>().map(|r| r.0.clone()).unwrap_or_default();
        let before = look.as_ref().map_or("", |look| &look.prefix);
        Some(Self {
            now: look.as_ref().and_then(|look| look.at).unwrap_or(clock_now),
            clock_now,
            session: held,
            form_token,
            path: format!("{before}{}", req.path()),
            page: format!("{before}{}", page(req)),
            query: req.query_string().to_owned(),
            flash: req.cookie("flash").and_then(|c| c.value().parse().ok()),
            peer: req.peer_addr().map(|a| a.ip()),
            request_id,
            look,
            site,
        })
    }

    /// What no browser asked, such as an answer that came by mail.
    pub fn unattended(site: &Site, now: Instant) -> Self {
        Self {
            now,
            clock_now: now,
            look: None,
            session: None,
            form_token: String::new(),
            path: String::new(),
            page: String::new(),
            query: String::new(),
            flash: None,
            peer: None,
            request_id: String::new(),
            site: site.clone(),
        }
    }

    /// The parameters after `?`; refused where they are no text.
    pub fn parameters(&self) -> Result<super::Fields, Error> {
        super::Fields::parse(self.query.as_bytes())
    }

    /// The cookie that holds a new session. `kept`: it outlives the browser's closing (not on a shared computer).
    pub fn session_cookie(&self, secret: &Secret, kept: Option<chrono::TimeDelta>) -> Cookie<'static> {
        let mut cookie = self.cookie(session_cookie(&self.site), secret.as_str().to_owned());
        if let Some(kept) = kept {
            cookie.set_max_age(actix_web::cookie::time::Duration::seconds(kept.num_seconds()));
        }
        cookie
    }

    /// The cookie that takes the session away.
    pub fn no_session_cookie(&self) -> Cookie<'static> {
        let mut cookie = self.cookie(session_cookie(&self.site), String::new());
        cookie.make_removal();
        cookie
    }

    pub(super) fn cookie(&self, name: &'static str, value: String) -> Cookie<'static> {
        cookie(&self.site, name, value)
    }
}

/// The address itself, or for a form what the browser says that it stood on: our pages tell that to ourselves alone.
fn page(req: &HttpRequest) -> String {
    if req.method() != Method::POST {
        return req.path().to_owned();
    }
    let referer = req.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.and_then(|path| path.split('#').next()).unwrap_or("/").to_owned()
}

pub(super) fn cookie(site: &Site, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(site.base_url.is_https())
        .same_site(SameSite::Lax)
        .finish()
}

/// `__Host-` binds a cookie to this very host, but browsers take it over https only.
fn session_cookie(site: &Site) -> &'static str {
    if site.base_url.is_https() { "__Host-session" } else { "session" }
}

pub(super) fn visitor_cookie(site: &Site) -> &'static str {
    if site.base_url.is_https() { "__Host-visitor" } else { "visitor" }
}

pub(super) fn secret_cookie(req: &HttpRequest, name: &str) -> Option<Secret> {
    req.cookie(name).and_then(|c| Secret::parse(c.value()))
}

impl FromRequest for Ask {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(req).ok_or_else(|| Error::Unexpected(anyhow::anyhow!("the app has no site or clock"))))
    }
}
