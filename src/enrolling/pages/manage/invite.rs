//! `…/manage/enrol/invite`: a list is pasted, shown as it was understood, and invited at the press of one button.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{path, people};
use crate::cohort::{Place, Role, gate};
use crate::enrolling::inviting::{invite, judge};
use crate::enrolling::list::{self, Invitee, LeftOut, Row, Unreadable, Verdict};
use crate::enrolling::store;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame, LongFields};

/// How many of those who are left out are shown for each reason; of the others the numbers of their rows.
const SHOWN: usize = 100;
/// How many of those who will be invited are shown.
const SAMPLE: usize = 20;

#[derive(Template)]
#[template(path = "enrolling/invite.html")]
struct Form {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    list: Field,
}

#[derive(Template)]
#[template(path = "enrolling/preview.html")]
struct Preview {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    /// `9,874 people will be invited`
    title: String,
    /// How many rows are left out.
    left_out: String,
    reasons: Vec<Reason>,
    sample: Vec<String>,
    /// How many more than the sample.
    more: usize,
    /// Those who will be invited, to be sent back. Empty: nobody.
    list: String,
    number: usize,
    button: String,
}

struct Reason {
    title: String,
    /// Number and what was typed there.
    rows: Vec<(usize, String)>,
    /// The numbers of the rows that are not shown. Empty: none.
    rest: String,
}

pub async fn form(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    ask.parameters()?.only(&[])?;
    let page = db.read(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        Ok::<_, Error>(Form::new(&asked, &place))
    });
    ask.page(page.await?)
}

/// Keeps nothing.
pub async fn preview(ask: Ask, db: Data<Db>, cohort: Path<String>, LongFields(fields): LongFields) -> Answer {
    fields.only(&["list"])?;
    let asked = ask.clone();
    let page = db.report(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        let verdict = judged(conn, &asked, &place, &fields, list::read(fields.get("list")))?;
        Ok::<_, Error>(Preview::new(&asked, &place, &verdict))
    });
    ask.page(page.await?)
}

/// Invites exactly those who were shown, or nobody.
pub async fn save(ask: Ask, db: Data<Db>, cohort: Path<String>, LongFields(fields): LongFields) -> Answer {
    fields.only(&["list", "number"])?;
    // Long lists are read before anybody else has to wait for what is written.
    let rows = list::read(fields.get("list"));
    let asked = ask.clone();
    let (to, flash) = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &cohort)?;
            store::lock(conn, place.cohort.id)?;
            let verdict = judged(conn, &asked, &place, &fields, rows)?;
            let shown = fields.get("number") == verdict.invite.len().to_string();
            if verdict.is_known_already() {
                return Ok((path(&place.cohort), "nobody-new-invited"));
            }
            if !shown || !verdict.left_out.is_empty() {
                return Err(Preview::new(&asked, &place, &verdict).refused());
            }
            invite(conn, &place, Role::Learner, &verdict.invite, asked.now)?;
            Ok((path(&place.cohort), "people-invited"))
        })
        .await?;
    ask.done(to, flash)
}

/// What becomes of the list now; or the form again, with what is wrong with it.
fn judged(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    fields: &Fields,
    rows: Result<Vec<Row>, Unreadable>,
) -> Result<Verdict, Error> {
    let rows = rows.map_err(|why| Form::refused(ask, place, fields, why.in_words()))?;
    Ok(judge(conn, place, rows, ask.now)?)
}

impl Form {
    fn new(ask: &Ask, place: &Place) -> Self {
        let hint = "One a line, or with commas between: ada@example.org or Ada Lovelace <ada@example.org>. Or the content of a \
                    spreadsheet saved as CSV, with ‘email’ and ‘name’ in its first row. 10,000 rows at most.";
        Self {
            frame: place.frame(ask),
            faults: Faults::default(),
            cohort: place.cohort.name.clone(),
            path: path(&place.cohort),
            list: Field::new("list", "Email addresses").hint(hint),
        }
    }

    fn refused(ask: &Ask, place: &Place, fields: &Fields, why: String) -> Error {
        let blank = Self::new(ask, place);
        let mut faults = Faults::default();
        faults.add("list", why);
        Error::refused(Self { list: blank.list.clone().sent(fields, &faults), faults, ..blank })
    }
}

impl Preview {
    fn new(ask: &Ask, place: &Place, verdict: &Verdict) -> Self {
        let number = verdict.invite.len();
        let left_out = verdict.left_out.len();
        Self {
            frame: place.frame(ask),
            faults: Faults::default(),
            cohort: place.cohort.name.clone(),
            path: path(&place.cohort),
            title: match number {
                0 => "Nobody of this list can be invited".into(),
                _ => format!("{} will be invited", people(number)),
            },
            left_out: match left_out {
                0 => "No row of the list is left out.".into(),
                1 => "1 row of the list is left out.".into(),
                many => format!("{many} rows of the list are left out."),
            },
            reasons: list::by_reason(&verdict.left_out).into_iter().map(Reason::of).collect(),
            sample: verdict.invite.iter().take(SAMPLE).map(called).collect(),
            more: number.saturating_sub(SAMPLE),
            list: if number == 0 { String::new() } else { list::written(&verdict.invite) },
            number,
            button: format!("Invite {}", people(number)),
        }
    }

    /// Others invited, joined or changed the settings between the preview and the button.
    fn refused(mut self) -> Error {
        self.faults.add("check", "Things have changed meanwhile, and nobody was invited. Look at the list once more");
        Error::refused(self)
    }
}

impl Reason {
    fn of((why, rows): (LeftOut, Vec<&Row>)) -> Self {
        let (shown, rest) = rows.split_at(rows.len().min(SHOWN));
        Self {
            title: format!("{}: {}", why.in_words(), rows.len()),
            rows: shown.iter().map(|row| (row.number, row.typed.clone())).collect(),
            rest: list::numbers_in_words(rest.iter().map(|row| row.number)),
        }
    }
}

fn called(one: &Invitee) -> String {
    if one.name.is_empty() { one.email.as_str().to_owned() } else { format!("{}, {}", one.name, one.email.as_str()) }
}
