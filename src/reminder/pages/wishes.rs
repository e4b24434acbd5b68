//! Which reminders a learner wants, until when they pause them, and how many mails a day at most.

use actix_web::web::{Data, Path};
use chrono::NaiveDate;

use super::own;
use crate::cohort::gate;
use crate::platform::db::Db;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields};
use crate::programme::Content;
use crate::reminder::store;
use crate::reminder::wishes::{DAILY_CAP, Wishes};

const FIELDS: &[&str] = &["opens", "nudge", "wrap_up", "live", "paused_until", "daily_cap"];
const MOST_A_DAY: i32 = 20;

/// The form's fields, as it shows them.
pub(super) struct Form {
    /// Name, label, ticked.
    pub kinds: [(&'static str, &'static str, bool); 4],
    pub paused_until: Field,
    /// What no picker would show is shown as text, so that it can be mended.
    pub as_text: bool,
    pub daily_cap: Field,
}

impl Form {
    /// A pause that is over is none.
    pub fn new(wishes: &Wishes, today: NaiveDate) -> Self {
        let until = wishes.paused_until.filter(|until| *until > today).map(|until| until.to_string());
        Self {
            kinds: [
                ("opens", "When a unit opens, and before the first", wishes.opens),
                ("nudge", "Some days later, if something is left to do", wishes.nudge),
                ("wrap_up", "Shortly before the next unit, if something is left to do", wishes.wrap_up),
                ("live", "Before a live session, or if it moves", wishes.live),
            ],
            paused_until: Field::new("paused_until", "Pause all of these until")
                .hint("They come again from that day on. Leave it empty not to pause.")
                .value(&until.unwrap_or_default()),
            as_text: false,
            daily_cap: Field::new("daily_cap", "Mails a day at most")
                .hint(&format!(
                    "A reminder that would be one more is not sent; that a unit opens comes the next day. Usually \
                     {DAILY_CAP}."
                ))
                .value(&wishes.daily_cap.to_string()),
        }
    }

    /// With what was typed, and what is wrong with it.
    fn sent(mut self, fields: &Fields, faults: &Faults) -> Self {
        self.kinds = self.kinds.map(|(name, label, _)| (name, label, fields.has(name)));
        self.as_text = until(fields).is_err() || cap(fields).is_err();
        Self {
            paused_until: self.paused_until.sent(fields, faults),
            daily_cap: self.daily_cap.sent(fields, faults),
            ..self
        }
    }
}

/// For learners alone: nobody else gets reminders.
pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(FIELDS)?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db.write(move |conn| {
        let place = gate::place(conn, &asked, &slug)?;
        let enrolment = place.learner().ok_or(Error::NotFound)?;
        match read(&fields) {
            Ok(wishes) => {
                store::save_wishes(conn, enrolment, &wishes)?;
                Ok(format!("{}/reminders", place.cohort.path()))
            }
            Err(faults) => {
                let mut page = own::page(conn, &asked, &catalogue, &place)?;
                page.form = page.form.sent(&fields, &faults);
                page.faults = faults;
                Err(Error::refused(page))
            }
        }
    });
    ask.done(path.await?, "wishes-saved")
}

fn read(fields: &Fields) -> Result<Wishes, Faults> {
    let mut faults = Faults::default();
    let paused_until = faults.check("paused_until", until(fields)).flatten();
    let daily_cap = faults.check("daily_cap", cap(fields));
    let [opens, nudge, wrap_up, live] = ["opens", "nudge", "wrap_up", "live"].map(|name| fields.has(name));
    let wishes = daily_cap.map(|daily_cap| Wishes { opens, nudge, wrap_up, live, paused_until, daily_cap });
    wishes.filter(|_| faults.is_empty()).ok_or(faults)
}

fn until(fields: &Fields) -> Result<Option<NaiveDate>, String> {
    match fields.get("paused_until").trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Enter a date that exists, like 2027-03-08".into()),
    }
}

fn cap(fields: &Fields) -> Result<i32, String> {
    let most = fields.get("daily_cap").trim().parse().ok().filter(|most| (1..=MOST_A_DAY).contains(most));
    most.ok_or(format!("Enter a number of mails from 1 to {MOST_A_DAY}"))
}
