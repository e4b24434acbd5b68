//! Somebody with a browser without JavaScript: keeps cookies, follows links, sends forms with their tokens.

use std::cell::RefCell;

use reqwest::cookie::Jar;
use reqwest::header::LOCATION;
use reqwest::{Client, Url, redirect};
use trellis::cohort::EnrolmentId;
use trellis::platform::secret::Secret;

pub struct Person {
    client: Client,
    base: String,
    token: RefCell<Option<String>>,
    pub email: String,
    pub enrolment: Option<EnrolmentId>,
}

/// What came back; redirects are not followed.
pub struct Page {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub html: String,
}

impl Page {
    /// Whether the page holds these words, entities and no-break spaces undone.
    pub fn has(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    pub fn text(&self) -> String {
        self.html
            .replace('\u{a0}', " ")
            .replace("&nbsp;", " ")
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&#34;", "\"")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The hidden fields of the last form on the page, without its token: what its button would send.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let form = &self.html[self.html.rfind("<form").unwrap()..];
        let inputs = form.split("<input type=\"hidden\" ").skip(1);
        let read = |input: &str| {
            let value = |name: &str| between(input, &format!("{name}=\""), "\"").unwrap().to_owned();
            (value("name"), value("value"))
        };
        inputs.map(read).filter(|(name, _)| name != "form_token").collect()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.html);
        self
    }
}

impl Person {
    pub fn visiting(base: &str) -> Self {
        Self::with(base, Jar::default(), String::new(), None)
    }

    pub fn signed_in(base: &str, session: &Secret, enrolment: Option<EnrolmentId>, email: String) -> Self {
        let jar = Jar::default();
        let url: Url = base.parse().unwrap();
        jar.add_cookie_str(&format!("session={}; Path=/", session.as_str()), &url);
        let person = Self::with(base, jar, email, enrolment);
        *person.token.borrow_mut() = Some(session.form_token());
        person
    }

    fn with(base: &str, jar: Jar, email: String, enrolment: Option<EnrolmentId>) -> Self {
        let client = Client::builder()
            .cookie_provider(jar.into())
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { client, base: base.into(), token: RefCell::new(None), email, enrolment }
    }

    /// The same browser at another process of the same Trellis.
    pub fn at(&self, base: &str) -> Self {
        let token = self.token.clone();
        Self {
            client: self.client.clone(),
            base: base.into(),
            token,
            email: self.email.clone(),
            enrolment: self.enrolment,
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.read(self.client.get(self.url(path))).await
    }

    /// Sends a form as our pages do, with the token of the page that was read last.
    /// As [`Self::submit`], with fields that were made.
    pub async fn submit_all(&self, path: &str, fields: &[(String, String)]) -> Page {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.submit(path, &fields).await
    }

    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        if self.token.borrow().is_none() {
            self.get("/sign-in").await;
        }
        let token = self.token.borrow().clone().unwrap_or_default();
        let all: Vec<(&str, &str)> =
            [("form_token", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.send_raw(path, &all).await
    }

    /// Sends exactly these fields.
    pub async fn send_raw(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.read(self.client.post(self.url(path)).form(fields)).await
    }

    /// That of the page that was read last.
    pub fn token(&self) -> String {
        self.token.borrow().clone().unwrap_or_default()
    }

    /// Any request at all, for what no page of ours would send.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    pub async fn read(&self, request: reqwest::RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let html = response.text().await.unwrap();
        if let Some(token) = between(&html, "name=\"form_token\" value=\"", "\"") {
            *self.token.borrow_mut() = Some(token.to_owned());
        }
        Page { status, headers, html }
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }
}

pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(&rest[..rest.find(after)?])
}
