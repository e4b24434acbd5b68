//! Forms: reading what was sent, naming what is wrong with it, and keeping what was typed.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, http::header};

use super::ask::Ask;
use super::error::Error;
use crate::platform::secret::same;

/// The name of the field that shows a form to be ours.
pub const TOKEN_FIELD: &str = "form_token";
/// The one field of RFC 8058, sent by mail programs.
pub const ONE_CLICK: &str = "List-Unsubscribe";

/// What was sent, in order. Line ends are `\n`; text is as typed.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`; refuses what is not text (NUL, broken UTF-8).
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(body).map_err(|_| Error::BadRequest("It is not text in UTF-8."))?;
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(text).map_err(|_| Error::BadRequest("Its fields cannot be read."))?;
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains(['\0', '\u{fffd}'])) {
            return Err(Error::BadRequest("It holds characters that are no text."));
        }
        Ok(Self(pairs.into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect()))
    }

    /// The field's first value, as typed; empty if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Without the fields of this name.
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(n, _)| n != name).cloned().collect())
    }

    /// Names and values, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// As [`Self::parse`] reads it.
    pub fn encoded(&self) -> String {
        serde_urlencoded::to_string(&self.0).unwrap_or_default()
    }

    /// A ticked box.
    pub fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Refuses a form that holds a field it has not: nothing is bound that was not meant to be.
    pub fn only(&self, names: &[&str]) -> Result<(), Error> {
        self.only_if(|name| names.contains(&name))
    }

    pub fn only_if(&self, known: impl Fn(&str) -> bool) -> Result<(), Error> {
        match self.0.iter().all(|(name, _)| known(name)) {
            true => Ok(()),
            false => Err(Error::BadRequest("It holds a field that this form does not have.")),
        }
    }
}

/// A form that was not sent yet, as it is proposed.
impl FromIterator<(String, String)> for Fields {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// What a form brought, for the guard: if nobody is signed in, it is shown again.
#[derive(Clone)]
pub(super) struct Sent(pub Fields);

/// A form that was sent from one of our pages: the extractor checks its token.
impl FromRequest for Fields {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(req, payload);
        let request = req.clone();
        Box::pin(async move {
            let body = body.await.map_err(|e| match e.as_response_error().status_code().as_u16() {
                413 => Error::TooLarge,
                _ => BROKE_OFF,
            })?;
            let fields = Self::of_ours(&request, &body)?;
            request.extensions_mut().insert(Sent(fields.clone()));
            Ok(fields)
        })
    }
}

const BROKE_OFF: Error = Error::BadRequest("It broke off half-way.");

impl Fields {
    /// What a form holds that carries the right token, without the token.
    fn of_ours(request: &HttpRequest, body: &[u8]) -> Result<Self, Error> {
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(Error::BadRequest("Compressed forms are not taken."));
        }
        let mut fields = Self::parse(body)?;
        let expected = Ask::of(request).map(|ask| ask.form_token).unwrap_or_default();
        if expected.is_empty() || !same(fields.get(TOKEN_FIELD), &expected) {
            return Err(Error::ForeignForm);
        }
        fields.0.retain(|(name, _)| name != TOKEN_FIELD);
        Ok(fields)
    }
}

/// The fields of a form into which a long list may be pasted: 2 MB instead of the usual limit. If nobody is signed in it is
/// not shown again, for the list lies in a file.
pub struct LongFields(pub Fields);

const LONG_BYTES: usize = 2 * 1024 * 1024;

impl FromRequest for LongFields {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Payload::from_request(req, payload).into_inner();
        let request = req.clone();
        Box::pin(async move {
            let body = body.map_err(|_| BROKE_OFF)?.to_bytes_limited(LONG_BYTES).await.map_err(|_| Error::TooLarge)?;
            Fields::of_ours(&request, &body.map_err(|_| BROKE_OFF)?).map(Self)
        })
    }
}

/// What is wrong with one field, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The id of the field in the page.
    pub field: String,
    pub message: String,
}

/// All that is wrong with a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault { field: field.into(), message: message.into() });
    }

    /// Takes a result apart: the value, or a fault noted at the field.
    pub fn check<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(field, message)).ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|f| f.field == field).map_or("", |f| &f.message)
    }
}

/// A field as the page shows it: `id` is also its name.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub id: String,
    pub label: String,
    /// Empty: no hint.
    pub hint: String,
    pub value: String,
    /// Empty: nothing wrong.
    pub error: String,
}

impl Field {
    pub fn new(id: &str, label: &str) -> Self {
        Self { id: id.into(), label: label.into(), ..Self::default() }
    }

    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.into();
        self
    }

    pub fn value(mut self, value: &str) -> Self {
        self.value = value.into();
        self
    }

    /// With what was typed and what is wrong with it.
    pub fn sent(mut self, fields: &Fields, faults: &Faults) -> Self {
        self.value = fields.get(&self.id).into();
        self.error = faults.of(&self.id).into();
        self
    }

    /// The ids that describe the field to a screen reader.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}
