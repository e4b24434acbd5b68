//! What holds for every request: its host and origin are ours, it ends in time, its answer has the safe headers, an
//! error has a page, and a panic is one failed request.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _};
use futures_util::FutureExt as _;

use super::ask::{Ask, RequestId, Site, VisitorSecret, cookie, secret_cookie, visitor_cookie};
use super::error::{Error, SignInFirst, Undrawn};
use super::look::{self, Way};
use super::page::HTML;
use crate::platform::secret::Secret;

/// How long a request may take in all, slow bodies included.
const DEADLINE: Duration = Duration::from_secs(15);

/// What a page may load: nothing but what is ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()"),
    ("x-frame-options", "DENY"),
    ("x-robots-tag", "noindex, nofollow"),
    ("cache-control", "no-store"),
];

/// The outermost middleware.
pub async fn guard(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id: String = Secret::random().as_str().chars().take(10).collect();
    req.extensions_mut().insert(RequestId(id.clone()));
    let new_visitor = give_visitor_secret(req.request());
    let refused = refusal(req.request()).or_else(|| match look::pass(&mut req) {
        Way::Nowhere => Some(Error::NotFound),
        // The seal is for one session.
        Way::Through => Ask::of(req.request()).is_none_or(|ask| ask.look.is_none()).then_some(Error::NotFound),
        Way::Straight => None,
    });
    let mut response = match refused {
        Some(error) => req.into_response(error.error_response()),
        None => in_time(next.call(req), &id).await?.map_into_boxed_body(),
    };
    log_failure(&response, &id);
    if let Some(page) = late_page(&mut response) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
        response = response.map_body(|_, _| BoxBody::new(page));
    }
    add_headers(&mut response, &id, new_visitor);
    Ok(response)
}

/// A page that could not be drawn without knowing the request.
fn late_page(response: &mut ServiceResponse<BoxBody>) -> Option<String> {
    let undrawn = response.response_mut().extensions_mut().remove::<Undrawn>();
    if let Some(undrawn) = undrawn {
        return Some(undrawn.draw(response.request()));
    }
    let sign_in = response.response_mut().extensions_mut().remove::<SignInFirst>()?;
    let page = sign_in.draw(response.request())?;
    *response.response_mut().status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().remove(header::LOCATION);
    Some(page)
}

/// The answer, or a short error where it came too late or the handler panicked.
async fn in_time<B>(
    answer: impl Future<Output = Result<ServiceResponse<B>, actix_web::Error>>,
    id: &str,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let bounded = tokio::time::timeout(DEADLINE, std::panic::AssertUnwindSafe(answer).catch_unwind());
    let (status, words) = match bounded.await {
        Ok(Ok(answer)) => return answer,
        Ok(Err(_)) => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Nothing was changed."),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "That took too long. Nothing was changed."),
    };
    tracing::error!(request = id, status = status.as_u16(), "no answer was made");
    let response = HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(words);
    Err(actix_web::error::InternalError::from_response("no answer", response).into())
}

/// Why a request is not even looked at.
fn refusal(req: &HttpRequest) -> Option<Error> {
    let site = req.app_data::<Data<Site>>()?;
    let reads = [Method::GET, Method::HEAD].contains(req.method());
    if !reads && req.method() != Method::POST {
        return Some(Error::Method);
    }
    let for_operators = ["/healthz", "/readyz", "/metrics"].contains(&req.path());
    if !for_operators && !is_ours(site, req.connection_info().host()) {
        return Some(Error::WrongHost(site.base_url.as_str().to_owned()));
    }
    if !reads && req.path().starts_with(look::PREFIX) {
        return Some(Error::OnlyLooking);
    }
    let by_mail_program = req.path().starts_with("/unsubscribe/");
    (!reads && !by_mail_program && from_elsewhere(site, req)).then_some(Error::ForeignForm)
}

/// The site's own host; on the loopback, by any of its names.
fn is_ours(site: &Site, host: &str) -> bool {
    let own = site.base_url.host();
    let port = |host: &str| host.rsplit_once(':').map_or(String::new(), |(_, port)| port.to_owned());
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let loopback = site.base_url.is_loopback() && ["localhost", "127.0.0.1", "[::1]"].contains(&name);
    host.eq_ignore_ascii_case(own) || (loopback && port(host) == port(own))
}

fn from_elsewhere(site: &Site, req: &HttpRequest) -> bool {
    let value = |name: HeaderName| req.headers().get(name).map(|v| v.to_str().unwrap_or("?").to_owned());
    match (value(HeaderName::from_static("sec-fetch-site")), value(header::ORIGIN)) {
        (Some(site), _) => site != "same-origin" && site != "none",
        (None, Some(origin)) => {
            let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            !host.is_some_and(|host| is_ours(site, host))
        }
        (None, None) => false,
    }
}

/// A visitor without a session holds a secret too, so that forms before sign-in can be told to be ours.
fn give_visitor_secret(req: &HttpRequest) -> Option<Secret> {
    let site = req.app_data::<Data<Site>>()?;
    let (secret, new) = match secret_cookie(req, visitor_cookie(site)) {
        Some(secret) => (secret, None),
        None => {
            let secret = Secret::random();
            (secret.clone(), Some(secret))
        }
    };
    req.extensions_mut().insert(VisitorSecret(secret));
    new
}

/// Lets one page play media: ours, and those of one other host (`https://films.example.org`).
pub fn let_media_in(response: &mut HttpResponse, host: Option<&str>) {
    let policy = format!("{POLICY}; media-src 'self' {}", host.unwrap_or_default());
    if let Ok(policy) = HeaderValue::from_str(policy.trim_end()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn log_failure(response: &ServiceResponse<BoxBody>, id: &str) {
    if !response.status().is_server_error() {
        return;
    }
    let cause = response.response().error().map(ToString::to_string).unwrap_or_default();
    let req = response.request();
    // Patterns, not paths: a path may hold a secret.
    let route = req.match_pattern().unwrap_or_default();
    tracing::error!(request = id, method = %req.method(), route, status = response.status().as_u16(), cause, "request failed");
}

fn add_headers(response: &mut ServiceResponse<BoxBody>, id: &str, new_visitor: Option<Secret>) {
    let site = response.request().app_data::<Data<Site>>().cloned();
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t == HTML);
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let Some(site) = site else { return };
    if site.base_url.is_https() {
        let always = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, always);
    }
    if let (true, Some(secret)) = (is_page, new_visitor) {
        let given = cookie(&site, visitor_cookie(&site), secret.as_str().to_owned());
        if let Err(e) = response.response_mut().add_cookie(&given) {
            tracing::error!(error = %e, "the visitor's cookie could not be set");
        }
    }
}
