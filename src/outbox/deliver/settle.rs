//! What is written down of a mail's fate.

use super::next_attempt;
use super::verdict::Verdict;
use crate::outbox::store::{self, Claim};
use crate::outbox::{MessageId, Rules};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

pub fn announce(message: MessageId, verdict: &Verdict) {
    match verdict {
        Verdict::Sent { answer } => tracing::debug!(%message, answer, "mail sent"),
        Verdict::Retry { reason } => tracing::warn!(%message, reason, "mail will be tried again"),
        Verdict::Failed { reason, .. } => tracing::warn!(%message, reason, "mail failed"),
        Verdict::Unknown { reason } => tracing::warn!(%message, reason, "mail may or may not have arrived"),
        Verdict::Halt { reason } => {
            tracing::error!(reason, "no mail is sent until the settings are right and `trellis mail resume` was run");
        }
    }
}

/// True if that is final.
pub fn write_down(
    conn: &mut Conn,
    claim: &Claim,
    verdict: &Verdict,
    (owner, rules): (&str, &Rules),
    now: Instant,
) -> diesel::QueryResult<bool> {
    let id = claim.id;
    match verdict {
        Verdict::Sent { answer } => store::settle_sent(conn, id, owner, answer, now),
        Verdict::Unknown { reason } => store::settle_unknown(conn, id, owner, reason, now),
        Verdict::Retry { reason } => {
            store::settle_retry(conn, id, owner, next_attempt(claim, now), reason).map(|_| false)
        }
        Verdict::Halt { reason } => {
            store::release(conn, id, owner)?;
            store::halt(conn, reason, now).map(|_| false)
        }
        Verdict::Failed { reason, answer, no_such_address } => {
            let settled = store::settle_failed(conn, id, owner, (reason, answer.as_deref()), now)?;
            if settled && answer.is_some() {
                doubt_address(conn, claim, *no_such_address, rules, now)?;
            }
            Ok(settled)
        }
    }
}

/// The server refused the recipient for good: perhaps there will be no more to this address.
fn doubt_address(
    conn: &mut Conn,
    claim: &Claim,
    no_such_address: bool,
    rules: &Rules,
    now: Instant,
) -> diesel::QueryResult<()> {
    let Some(account) = claim.envelope.account else { return Ok(()) };
    if no_such_address || store::keeps_refusing(conn, account, &claim.envelope.to)? {
        (rules.undeliverable)(conn, account, now)?;
    }
    Ok(())
}
