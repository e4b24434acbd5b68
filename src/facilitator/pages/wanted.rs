//! Which learners a table shows, as addresses and forms say it.

use chrono::NaiveDate;

use crate::cohort::EnrolmentId;
use crate::facilitator::store::{After, BehindIn, Wanted};
use crate::facilitator::{Behind, Learner, Sort, Stage};
use crate::platform::clock::Instant;
use crate::platform::web::{Error, Field, Fields};
use crate::platform::zone::Zone;
use crate::programme::{Programme, Unit};

/// What was chosen, as it was sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    stage: String,
    words: String,
    joined: String,
    /// `3-not-started`.
    unit: String,
    /// `returned`, or nothing.
    mail: String,
    sort: String,
}

/// The fields of the form, and those that say where a page begins.
pub(super) const FIELDS: [&str; 8] = ["stage", "words", "joined", "unit", "mail", "sort", "after", "from"];
const RETURNED: &str = "returned";
/// The longest that is looked for.
const LONGEST: usize = 100;

/// A field with its choices, as `ui::select` takes them.
pub(super) type Choice = (Field, Vec<(String, String)>);

impl Chosen {
    pub fn read(sent: &Fields) -> Self {
        let text = |name: &str| sent.get(name).trim().to_owned();
        let words = text("words").chars().take(LONGEST).collect();
        let [stage, joined, unit, mail, sort] = ["stage", "joined", "unit", "mail", "sort"].map(text);
        Self { stage, words, joined, unit, mail, sort }
    }

    /// What is no stage, no date and no order is no address of ours.
    pub fn wanted(&self, programme: &Programme, zone: &Zone, now: Instant) -> Result<Wanted, Error> {
        let wrong = || Error::BadRequest("The address asks for learners in a way that this page does not.");
        let stage = match self.stage.as_str() {
            "" => None,
            word => Some(word.parse::<Stage>().map_err(|_| wrong())?),
        };
        let sort = match self.sort.as_str() {
            "" => Sort::Name,
            word => word.parse().map_err(|_| wrong())?,
        };
        let joined_from = match self.joined.as_str() {
            "" => None,
            day => {
                let day: NaiveDate = day.parse().map_err(|_| wrong())?;
                Some(zone.instant(day.and_hms_opt(0, 0, 0).ok_or_else(wrong)?))
            }
        };
        let behind = match self.unit.as_str() {
            "" => None,
            word => Some(behind(programme, word).ok_or_else(wrong)?),
        };
        let unreachable = match self.mail.as_str() {
            "" => false,
            RETURNED => true,
            _ => return Err(wrong()),
        };
        Ok(Wanted { stage, words: self.words.to_lowercase(), joined_from, behind, unreachable, sort, now })
    }

    pub fn is_filtered(&self) -> bool {
        ![&self.stage, &self.words, &self.joined, &self.unit, &self.mail].iter().all(|field| field.is_empty())
    }

    /// As an address carries it.
    pub fn query(&self) -> String {
        let all = [
            ("stage", &self.stage),
            ("words", &self.words),
            ("joined", &self.joined),
            ("unit", &self.unit),
            ("mail", &self.mail),
            ("sort", &self.sort),
        ];
        let said: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(said).unwrap_or_default()
    }

    /// The address of the page that begins after this learner, without its path.
    pub fn after(&self, last: &Learner, sort: Sort) -> String {
        let from = match sort {
            Sort::Name => last.name.clone(),
            Sort::LastHere => last.last_seen_at.unwrap_or(last.enrolled_at).micros().to_string(),
            Sort::Joined => last.enrolled_at.micros().to_string(),
        };
        let place = [("after", last.enrolment.to_string()), ("from", from)];
        let place = serde_urlencoded::to_string(place).unwrap_or_default();
        [self.query(), place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&")
    }

    pub fn stages(&self) -> Choice {
        let every = (String::new(), "Everybody in the course".to_owned());
        let stages = Stage::ALL.iter().rev().map(|stage| (stage.as_str().to_owned(), stage.label().to_owned()));
        (Field::new("stage", "Show").value(&self.stage), std::iter::once(every).chain(stages).collect())
    }

    pub fn sorts(&self) -> Choice {
        let label = |sort: Sort| match sort {
            Sort::Name => "Name",
            Sort::LastHere => "Longest away first",
            Sort::Joined => "Newest first",
        };
        let sorts = Sort::ALL.iter().map(|sort| (sort.as_str().to_owned(), label(*sort).to_owned())).collect();
        let chosen = if self.sort.is_empty() { Sort::Name.as_str() } else { &self.sort };
        (Field::new("sort", "Order").value(chosen), sorts)
    }

    /// In which unit they are behind: those that have opened.
    pub fn units(&self, open: &[&Unit]) -> Choice {
        let any = (String::new(), "Wherever they are".to_owned());
        let of = |unit: &&Unit| {
            let choice = |how: Behind, words| {
                (format!("{}-{how}", unit.number), format!("{words} {}", unit.label().to_lowercase()))
            };
            [choice(Behind::NotStarted, "Has not started"), choice(Behind::NotDone, "Has not finished")]
        };
        let choices = std::iter::once(any).chain(open.iter().rev().flat_map(of)).collect();
        (Field::new("unit", "In a unit").value(&self.unit), choices)
    }

    pub fn mails(&self) -> Choice {
        let all = [("", "Reaches them or not"), (RETURNED, "Comes back from them")];
        let all = all.map(|(value, label)| (value.to_owned(), label.to_owned()));
        (Field::new("mail", "Mail").value(&self.mail), all.into())
    }

    pub fn words(&self) -> Field {
        Field::new("words", "Name, email or network").value(&self.words)
    }

    pub fn joined(&self) -> Field {
        Field::new("joined", "Joined on or after").value(&self.joined)
    }
}

/// `3-not-started`.
fn behind(programme: &Programme, word: &str) -> Option<BehindIn> {
    let (number, how) = word.split_once('-')?;
    let unit = programme.unit(number.parse().ok()?)?;
    let required = unit.steps.iter().filter(|step| step.required).map(|step| step.slug.clone()).collect();
    Some(BehindIn { unit: unit.slug.clone(), how: how.parse().ok()?, required })
}

/// Where the page before ended.
pub(super) fn after(sent: &Fields, sort: Sort) -> Result<Option<After>, Error> {
    let wrong = || Error::BadRequest("The address names no place in the list. Go back to its beginning.");
    let after = sent.get("after");
    if after.is_empty() {
        return Ok(None);
    }
    let enrolment = EnrolmentId(after.parse().map_err(|_| wrong())?);
    let from = sent.get("from");
    let at = match sort {
        Sort::Name => Instant::from_micros(0),
        Sort::LastHere | Sort::Joined => Instant::from_micros(from.parse().map_err(|_| wrong())?),
    };
    Ok(Some(After { enrolment, name: from.to_owned(), at }))
}
