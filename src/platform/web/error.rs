//! What can come instead of a page. A visitor never sees a cause; the log always has it, with the request's id.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::ask::Ask;
use super::form::Sent;
use super::page::Frame;
use super::unsent;
use crate::platform::db::DbError;

/// What a handler gives.
pub type Answer = Result<HttpResponse, Error>;

#[derive(Debug)]
pub enum Error {
    /// Nobody is signed in: go to the sign-in page, and come back.
    SignIn {
        next: String,
    },
    /// Not there, or not for this person: the two look the same.
    NotFound,
    /// The request is wrong in a way that no form of ours makes.
    BadRequest(&'static str),
    /// The form was not ours, or its page is older than the session.
    ForeignForm,
    /// A page that was made already, to be sent with its status.
    Page(StatusCode, String),
    TooMany {
        seconds: u64,
    },
    TooLarge,
    /// Something was sent from a page that one only looked at.
    OnlyLooking,
    /// Neither GET, HEAD nor POST.
    Method,
    /// Asked for under a name that is not ours; holds the address that is.
    WrongHost(String),
    /// Busy or without its database: try again.
    Unavailable(String),
    Unexpected(anyhow::Error),
}

impl Error {
    /// The page for a form that was refused: nothing typed is lost.
    pub fn refused(page: impl Template) -> Self {
        Self::page(StatusCode::UNPROCESSABLE_ENTITY, page)
    }

    pub fn page(status: StatusCode, page: impl Template) -> Self {
        match page.render() {
            Ok(html) => Self::Page(status, html),
            Err(e) => Self::Unexpected(e.into()),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::Page(status, _) => *status,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OnlyLooking => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title, and what the person can do.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::SignIn { .. } | Self::Page(..) => ("Sign in", String::new()),
            Self::NotFound => (
                "There is no such page here",
                "The address may be mistyped, or it may lead to something that you cannot see from this account.".into(),
            ),
            Self::BadRequest(what) => ("That request cannot be read", (*what).to_owned()),
            Self::ForeignForm => (
                "This form is out of date",
                "You have signed in or out since the page was opened, or it came from another site. Nothing was changed. \
                 Go back, copy what you wrote, load the page again and send it once more."
                    .into(),
            ),
            Self::TooMany { seconds } => (
                "Too many tries",
                format!("Wait {} and try again.", crate::platform::text::duration((*seconds).div_ceil(60) as u32)),
            ),
            Self::TooLarge => ("That is too long", "A form may hold 64 kilobytes. Go back and send less.".into()),
            Self::OnlyLooking => (
                "You are only looking",
                "You see this page as somebody else does, so nothing can be sent from it. Nothing was changed. Go back to look on."
                    .into(),
            ),
            Self::Method => ("That cannot be done here", "Pages are read with GET and changed with POST.".into()),
            Self::WrongHost(right) => ("This is not the site's address", format!("Go to {right} instead.")),
            Self::Unavailable(_) => (
                "Trellis cannot answer just now",
                "Nothing was changed. Wait a minute, go back and try again.".into(),
            ),
            Self::Unexpected(_) => (
                "Something went wrong on our side",
                "Nothing was changed. Try again; if it happens again, tell your facilitator the reference below.".into(),
            ),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "unavailable: {why}"),
            Self::Unexpected(why) => write!(f, "unexpected: {why:#}"),
            other => write!(f, "{}", other.words().0),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    what: String,
    reference: Option<String>,
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        match self {
            Self::SignIn { next } => {
                let next: String = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
                let sign_in = format!("/sign-in?{next}");
                let mut response = response.insert_header((header::LOCATION, sign_in.clone())).finish();
                response.extensions_mut().insert(SignInFirst(sign_in));
                response
            }
            Self::Page(_, html) => response.content_type(super::page::HTML).body(html.clone()),
            _ => {
                // The guard draws the page, for it knows the request.
                let mut response = response.finish();
                response
                    .extensions_mut()
                    .insert(Undrawn { words: self.words(), server: self.status().is_server_error() });
                if let Self::TooMany { seconds } = self {
                    response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
                }
                if let Self::Unavailable(_) = self {
                    response.headers_mut().insert(header::RETRY_AFTER, 30.into());
                }
                response
            }
        }
    }
}

/// Nobody is signed in; holds the address of the sign-in page and of the way back.
pub(super) struct SignInFirst(String);

impl SignInFirst {
    /// What a form brought is shown again, so that nothing written is lost; without any there is no such page.
    pub fn draw(self, req: &HttpRequest) -> Option<String> {
        let sent = req.extensions().get::<Sent>().cloned()?;
        unsent::signed_out(&Ask::of(req)?, &self.0, &sent.0)
    }
}

/// An error whose page has yet to be drawn.
#[derive(Clone)]
pub(super) struct Undrawn {
    words: (&'static str, String),
    server: bool,
}

impl Undrawn {
    pub fn draw(self, req: &HttpRequest) -> String {
        let Some(ask) = Ask::of(req) else { return self.words.0.into() };
        let reference = self.server.then(|| ask.request_id.clone());
        let page = ErrorPage { frame: Frame::plain(&ask), title: self.words.0, what: self.words.1, reference };
        page.render().unwrap_or_else(|_| self.words.0.into())
    }
}

/// The answer to every address that there is not.
pub async fn not_found() -> Answer {
    Err(Error::NotFound)
}

impl From<DbError> for Error {
    fn from(e: DbError) -> Self {
        match e {
            DbError::Unavailable(why) => Self::Unavailable(why),
            DbError::Query(e) => e.into(),
            DbError::Broken => Self::Unexpected(e.into()),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(e: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match e {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Diesel::BrokenTransactionManager => Self::Unavailable(e.to_string()),
            Diesel::DatabaseError(_, ref said) if is_passing(said.message()) => Self::Unavailable(e.to_string()),
            other => Self::Unexpected(other.into()),
        }
    }
}

/// What PostgreSQL says where others were in the way: the same may well succeed in a minute. Diesel does not tell its code.
fn is_passing(message: &str) -> bool {
    ["canceling statement due to", "deadlock detected"].iter().any(|passing| message.starts_with(passing))
}

impl From<anyhow::Error> for Error {
    fn from(e: anyhow::Error) -> Self {
        Self::Unexpected(e)
    }
}

impl From<askama::Error> for Error {
    fn from(e: askama::Error) -> Self {
        Self::Unexpected(e.into())
    }
}
