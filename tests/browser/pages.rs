//! Which pages are looked at: a list that is always looked at, and what links lead to from there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use trellis::programme::{Catalogue, StepKind, load};

use crate::browser::Browser;
use crate::site::Site;

/// How many pages of one shape are looked at: units differ by content, not by markup.
const OF_ONE_SHAPE: usize = 2;

/// The pages that a visitor can ask for.
pub fn for_visitors() -> Vec<String> {
    let all = ["/", "/sign-up", "/sign-in", "/password/forgot", "/help", "/accessibility", "/privacy", "/nowhere"];
    let dead = [
        "/verify/nothing",
        "/password/reset/nothing",
        "/invitations/nothing",
        "/unsubscribe/nothing",
        "/certificates/nothing",
    ];
    let programmes = catalogue().programmes.into_keys().map(|slug| format!("/programmes/{slug}"));
    all.iter().chain(&dead).map(|&path| path.to_owned()).chain(programmes).collect()
}

pub fn for_learners(site: &Site) -> Vec<String> {
    let cohort = &site.cohort;
    let own = [
        "",
        "/units/1",
        "/units/6",
        "/units/7",
        "/units/1/what-does-the-evidence-say",
        "/library",
        "/library?kind=report",
        "/library?topic=clinical-networks&kind=report&unit=1",
        "/glossary",
        "/glossary?by=unit",
        "/search",
        "/search?q=trust",
        "/search?q=quokkas",
        "/units/1/print",
        "/discussions",
        "/discussions/new",
        "/discussions?show=unread&unit=1",
        "/discussions/feed",
        "/discussions/mails",
        "/reminders",
        "/progress",
        "/certificate",
        "/notes",
        "/calendar",
        "/people",
        "/people/me",
        "/portfolio",
        "/portfolio/2",
        "/portfolio/shared",
        "/announcements",
    ];
    let steps = first_steps();
    ["/".to_owned()]
        .into_iter()
        .chain(own.iter().map(|end| format!("{cohort}{end}")))
        .chain(steps.values().map(|step| format!("{cohort}/units/{step}")))
        .chain(sheets(site).into_iter().take(1))
        .collect()
}

pub fn for_facilitators(site: &Site) -> Vec<String> {
    let own = [
        "schedule",
        "schedule/7",
        "",
        "learners",
        "learners?stage=active&sort=last-here",
        "learners/3",
        "discussions",
        "answers",
        "assignments",
        "live",
        "live/1/live-session",
        "reminders",
        "reminders/ledger?unit=3&kind=opens",
        "reminders/preview",
        "reminders/preview?unit=11&change=move&by=1&of=weeks",
        "reminders/preview/11/nudge",
        "reminders/settings",
        "reminders/settings/3",
        "analytics",
        "analytics/1",
        "reports",
        "export",
        "guide",
        "guide/5",
        "announcements",
        "announcements/new",
        "enrol",
        "enrol/invite",
        "enrol/settings",
    ];
    let manage = own.iter().map(|end| format!("{}/manage/{end}", site.cohort).trim_end_matches('/').to_owned());
    ["/".to_owned(), site.cohort.clone(), format!("{}/units/8", site.cohort)].into_iter().chain(manage).collect()
}

pub fn for_administrators(site: &Site) -> Vec<String> {
    let cohort = format!("/admin{}", site.cohort);
    let (copy, copied) = (format!("{cohort}/copy"), format!("{cohort}/copy?starts_on=2190-01-04"));
    let own = [
        "/",
        "/admin",
        "/admin/cohorts",
        "/admin/cohorts/new",
        &cohort,
        &copy,
        &copied,
        "/admin/people",
        "/admin/people?show=administrators&words=nobody",
        "/admin/people/1",
        "/admin/people/4",
        "/admin/mail",
        "/admin/content",
        "/admin/status",
        "/admin/audit",
    ];
    own.map(str::to_owned).into()
}

/// The sheets of all exercises, those of units not yet open at the end.
pub fn sheets(site: &Site) -> Vec<String> {
    let catalogue = catalogue();
    let units = catalogue.programmes.values().next().unwrap().units.iter();
    let steps = units.flat_map(|unit| unit.steps.iter().map(move |step| (unit.number, step)));
    let sheets = steps.filter(|(_, step)| !step.fields.is_empty());
    sheets.map(|(number, step)| format!("{}/units/{number}/{}/sheet", site.cohort, step.slug)).collect()
}

/// The first step of a kind.
pub fn first_of(kind: StepKind, site: &Site) -> String {
    format!("{}/units/{}", site.cohort, first_steps()[&kind])
}

/// An article or a film that the learner has not marked yet.
pub async fn undone(browser: &Browser, site: &Site) -> String {
    for unit in catalogue().programmes.values().flat_map(|programme| &programme.units).filter(|unit| unit.number < 7) {
        for step in unit.steps.iter().filter(|step| matches!(step.kind, StepKind::Article | StepKind::Video)) {
            let path = format!("{}/units/{}/{}", site.cohort, unit.number, step.slug);
            browser.open(&path).await;
            if browser.text().await.contains("Mark as complete") {
                return path;
            }
        }
    }
    panic!("everything is done");
}

/// The newest thread of the cohort.
pub async fn a_thread(browser: &Browser, site: &Site) -> String {
    browser.open(&format!("{}/discussions", site.cohort)).await;
    let links = browser.links().await;
    let is_thread = |link: &&String| link.rsplit('/').next().is_some_and(|id| id.parse::<i64>().is_ok());
    links.iter().find(is_thread).cloned().unwrap_or_else(|| panic!("no thread among {links:?}"))
}

/// `1/six-jobs`: the first step of each kind in the units that are open.
fn first_steps() -> BTreeMap<StepKind, String> {
    let mut first = BTreeMap::new();
    for unit in catalogue().programmes.values().flat_map(|programme| &programme.units).filter(|unit| unit.number < 7) {
        for step in &unit.steps {
            first.entry(step.kind).or_insert_with(|| format!("{}/{}", unit.number, step.slug));
        }
    }
    first
}

pub fn catalogue() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("course_content");
    load(&root).unwrap_or_else(|faults| panic!("{}", faults.first().unwrap()))
}

/// Goes through the list and on from there, and gives everything that is wrong.
/// `ground`: what the address of a page holds that is looked at because a link leads there; the others are somebody else's.
pub async fn look_at_all(browser: &Browser, list: Vec<String>, ground: &str) -> Vec<String> {
    let mut queue: VecDeque<String> = list.iter().cloned().collect();
    let mut seen: BTreeSet<String> = list.into_iter().collect();
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    while let Some(path) = queue.pop_front() {
        browser.open(&path).await;
        faults.extend(browser.faults(&path).await);
        for link in browser.links().await.into_iter().filter(|link| is_page(link) && link.contains(ground)) {
            let count = shapes.entry(shape(&link)).or_default();
            if !seen.contains(&link) && *count < OF_ONE_SHAPE {
                *count += 1;
                seen.insert(link.clone());
                queue.push_back(link);
            }
        }
    }
    println!("{} pages", seen.len());
    faults
}

/// Not a file to keep.
fn is_page(link: &str) -> bool {
    let path = link.split('?').next().unwrap_or(link);
    !path.starts_with("/static/") && !path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// The address without what differs between two pages of the same template.
fn shape(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let mut parts: Vec<&str> = path.split('/').collect();
    for i in 1..parts.len() {
        if matches!(parts[i - 1], "cohorts" | "programmes" | "units" | "posts") || parts[i].parse::<i64>().is_ok() {
            parts[i] = "…";
        }
    }
    if let [_, _, _, "units", _, step] = &mut parts[..] {
        *step = "…";
    }
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), names.join("&"))
}

#[test]
fn pages_of_one_template_have_one_shape() {
    assert_eq!(shape("/cohorts/a/units/1/six-jobs"), shape("/cohorts/b/units/2/purpose"));
    assert_eq!(shape("/cohorts/a/discussions/12"), shape("/cohorts/a/discussions/7"));
    assert_ne!(shape("/cohorts/a/discussions/12"), shape("/cohorts/a/discussions/new"));
    assert!(is_page("/cohorts/a") && !is_page("/cohorts/a/manage/learners.csv"));
}
