//! Who is named in which post, as it is kept.

use diesel::prelude::*;

use crate::cohort::{CohortId, EnrolmentId, Standing};
use crate::discussion::mention::{self, Directory, Mention};
use crate::discussion::{PostId, ThreadId};
use crate::platform::db::{Conn, OnBoth as _};
use crate::platform::text::Slug;
use crate::schema::{accounts, cohorts, enrolments, post_mentions, posts, threads};

/// A post's HTML with links to whoever it names, and who that is. Without an `@` it asks nothing.
pub fn named(conn: &mut Conn, thread: ThreadId, html: &str) -> QueryResult<(String, Vec<Mention>)> {
    if !mention::may_name(html) {
        return Ok((html.to_owned(), Vec::new()));
    }
    let (cohort, slug): (CohortId, Slug) = threads::table
        .inner_join(cohorts::table)
        .filter(threads::id.eq(thread))
        .select((cohorts::id, cohorts::slug))
        .first(conn)?;
    let people: Vec<(EnrolmentId, String)> = enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::state.eq(Standing::Active))
        .select((enrolments::id, accounts::name))
        .load(conn)?;
    Ok(mention::link(html, &Directory::of(&people), |id| card(&slug, id)))
}

fn card(cohort: &Slug, person: EnrolmentId) -> String {
    format!("/cohorts/{cohort}/people/{person}")
}

/// Whom a post names from now on. True: somebody whom it did not name before.
pub(super) fn keep(conn: &mut Conn, post: PostId, mentions: &[Mention]) -> QueryResult<bool> {
    let before: Vec<EnrolmentId> =
        post_mentions::table.filter(post_mentions::post_id.eq(post)).select(post_mentions::enrolment_id).load(conn)?;
    if before.is_empty() && mentions.is_empty() {
        return Ok(false);
    }
    let ids: Vec<EnrolmentId> = mentions.iter().map(|mention| mention.enrolment).collect();
    let gone = post_mentions::post_id.eq(post).and(post_mentions::enrolment_id.ne_all(ids));
    diesel::delete(post_mentions::table.filter(gone)).execute(conn)?;
    for mention in mentions {
        diesel::insert_into(post_mentions::table)
            .values((
                post_mentions::post_id.eq(post),
                post_mentions::enrolment_id.eq(mention.enrolment),
                post_mentions::name.eq(&mention.name),
            ))
            .on_conflict_do_nothing()
            .on_both()
            .execute(conn)?;
    }
    Ok(mentions.iter().any(|mention| !before.contains(&mention.enrolment)))
}

/// Posts rendered anew, with links to whoever they named when they were written.
pub fn named_again(conn: &mut Conn, fresh: &mut [(PostId, String)]) -> QueryResult<()> {
    let ids: Vec<PostId> = fresh.iter().map(|(id, _)| *id).collect();
    let kept: Vec<(PostId, EnrolmentId, String, Slug)> = post_mentions::table
        .inner_join(posts::table.inner_join(threads::table.inner_join(cohorts::table)))
        .filter(post_mentions::post_id.eq_any(ids))
        .select((post_mentions::post_id, post_mentions::enrolment_id, post_mentions::name, cohorts::slug))
        .load(conn)?;
    for (id, html) in fresh {
        let of_post = kept.iter().filter(|(post, ..)| post == id);
        let Some((.., slug)) = of_post.clone().next() else { continue };
        let mentions: Vec<Mention> =
            of_post.map(|(_, enrolment, name, _)| Mention { enrolment: *enrolment, name: name.clone() }).collect();
        *html = mention::link(html, &Directory::kept(&mentions), |id| card(slug, id)).0;
    }
    Ok(())
}
