//! What the facilitators of a cohort tell one another about a learner. Learners never see it on a page; it goes with them.

use diesel::prelude::*;

use crate::cohort::{EnrolmentId, Place};
use crate::facilitator::TeamNoteId;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::schema::team_notes;

#[derive(Debug, Clone, Queryable)]
pub struct TeamNote {
    pub id: TeamNoteId,
    /// By the name they had then.
    pub author: String,
    pub body: String,
    pub written_at: Instant,
}

/// Newest first.
pub fn list_notes(conn: &mut Conn, learner: EnrolmentId) -> QueryResult<Vec<TeamNote>> {
    team_notes::table
        .filter(team_notes::enrolment_id.eq(learner))
        .order(team_notes::id.desc())
        .limit(100)
        .select((team_notes::id, team_notes::author, team_notes::body, team_notes::written_at))
        .load(conn)
}

pub fn write_note(
    conn: &mut Conn,
    place: &Place,
    learner: EnrolmentId,
    body: &str,
    now: Instant,
) -> QueryResult<TeamNoteId> {
    diesel::insert_into(team_notes::table)
        .values((
            team_notes::enrolment_id.eq(learner),
            team_notes::author_id.eq(place.person.id),
            team_notes::author.eq(&place.person.name),
            team_notes::body.eq(body),
            team_notes::written_at.eq(now),
        ))
        .returning(team_notes::id)
        .get_result(conn)
}

/// Twice is as good as once.
pub fn remove_note(conn: &mut Conn, learner: EnrolmentId, note: TeamNoteId) -> QueryResult<()> {
    let of_learner = team_notes::id.eq(note).and(team_notes::enrolment_id.eq(learner));
    diesel::delete(team_notes::table.filter(of_learner)).execute(conn).map(drop)
}
