//! What a page weighs over the wire, as the browser counts it: on a first visit with nothing in its cache, and again.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trellis::programme::StepKind;

use crate::browser::{Browser, Script};
use crate::pages;
use crate::site::{LEARNER, PASSWORD, Site};

const FIRST: u64 = 40 * 1024;
const REPEAT: u64 = 12 * 1024;
const REQUESTS: usize = 4;

#[derive(Debug, Default)]
struct Weight {
    bytes: u64,
    requests: usize,
    /// Of the course's own text: each is one more request.
    pictures: usize,
}

#[tokio::test]
async fn pages_are_light() {
    let site = Site::start().await;
    let browser = Browser::logging(&site, Script::On, &["browser", "performance"]).await;
    browser.sign_in(LEARNER, PASSWORD).await;
    let thread = pages::a_thread(&browser, &site).await;
    let home = site.cohort.clone();
    let mut heavy = Vec::new();
    for page in ["/".into(), home.clone(), format!("{home}/units/1"), pages::first_of(StepKind::Article, &site), thread]
    {
        browser.driver.cdp().send_raw("Network.clearBrowserCache", json!({})).await.unwrap();
        let (first, repeat) = (visit(&browser, &page).await, visit(&browser, &page).await);
        println!(
            "{page}: {} bytes in {} requests, then {} in {}",
            first.bytes, first.requests, repeat.bytes, repeat.requests
        );
        if first.bytes > FIRST || repeat.bytes > REPEAT || first.requests > REQUESTS + first.pictures {
            heavy.push(format!("{page}: first {first:?}, repeat {repeat:?}"));
        }
    }
    assert!(heavy.is_empty(), "too heavy: {heavy:#?}");
    browser.quit().await;
}

/// Headers and the site's symbol included.
async fn visit(browser: &Browser, page: &str) -> Weight {
    browser.driver.get_log("performance").await.unwrap();
    browser.open(page).await;
    // The log comes in a moment after the page.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let log = browser.driver.get_log("performance").await.unwrap();
    let events: Vec<Value> = log.iter().map(|entry| serde_json::from_str(&entry.message).unwrap()).collect();
    let of = |method: &'static str| {
        events.iter().map(|event| &event["message"]).filter(move |m| m["method"] == method).map(|m| &m["params"])
    };
    let kept: BTreeSet<&str> = of("Network.requestServedFromCache").filter_map(|p| p["requestId"].as_str()).collect();
    // Where word of new posts will come in, no page waits for.
    let asked = of("Network.requestWillBeSent")
        .filter(|p| p["type"] != "EventSource" && p["request"]["url"].as_str().is_some_and(|u| u.starts_with("http")));
    let asked: BTreeSet<&str> = asked.filter_map(|p| p["requestId"].as_str()).filter(|id| !kept.contains(id)).collect();
    let bytes = of("Network.loadingFinished").filter(|p| p["requestId"].as_str().is_some_and(|id| asked.contains(id)));
    Weight {
        bytes: bytes.filter_map(|p| p["encodedDataLength"].as_f64()).map(|length| length as u64).sum(),
        requests: asked.len(),
        pictures: browser.run("return document.images.length").await.as_u64().unwrap() as usize,
    }
}
