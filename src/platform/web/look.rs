//! Looking at pages as somebody else sees them, or as they will be: an address before the page's own says as who and when,
//! `/look/{seal}/{when}/{who}/…`. Nothing can be sent from there, and only the session that was given the seal may go in.

use actix_web::HttpMessage as _;
use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;
use actix_web::web::Data;

use crate::platform::clock::Instant;
use crate::platform::secret::{SecretHash, same};

/// What one looks at pages with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What stands before every address: `/look/…/…/…`.
    pub prefix: String,
    /// None: as they are now.
    pub at: Option<Instant>,
    /// The number of somebody. None: nobody in particular.
    pub who: Option<i64>,
}

/// Whether an address is one that is only looked at.
pub fn is_look(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Which pages may be looked at, by the part of their address behind the prefix.
#[derive(Clone, Copy)]
pub struct Looks(pub fn(&str) -> bool);

/// What was read of an address, not yet known to be for this session.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    look: Look,
    seal: String,
    /// The first two parts of the page's own address: what the seal was given for.
    scope: String,
}

pub(super) const PREFIX: &str = "/look/";
const NOW: &str = "now";
const NOBODY: &str = "anyone";

impl Look {
    /// One that this session may use for pages below `scope`, an address of two parts. `at`: to the second.
    pub fn sealed(session: &SecretHash, scope: &str, at: Option<Instant>, who: Option<i64>) -> Self {
        let words = words(at, who);
        let seal = session.seal(&format!("{words}{scope}"));
        Self { prefix: format!("{PREFIX}{seal}/{words}"), at, who }
    }
}

impl Asked {
    /// If the session is the one that was given it.
    pub fn opened(self, session: &SecretHash) -> Option<Look> {
        let own = session.seal(&format!("{}{}", words(self.look.at, self.look.who), self.scope));
        same(&own, &self.seal).then_some(self.look)
    }
}

fn words(at: Option<Instant>, who: Option<i64>) -> String {
    let at = at.map_or_else(|| NOW.to_owned(), |at| at.utc().timestamp().to_string());
    let who = who.map_or_else(|| NOBODY.to_owned(), |who| who.to_string());
    format!("{at}/{who}")
}

/// Reads `/look/{seal}/{when}/{who}/rest`: the look, and the rest with its slash.
fn parse(path: &str) -> Option<(Asked, &str)> {
    let mut parts = path.strip_prefix(PREFIX)?.splitn(4, '/');
    let (seal, when, who, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let at = match when {
        NOW => None,
        seconds => Some(Instant::from_micros(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?)),
    };
    let who = match who {
        NOBODY => None,
        number => Some(number.parse().ok()?),
    };
    let prefix = path[..path.len() - rest.len() - 1].to_owned();
    let rest = &path[path.len() - rest.len() - 1..];
    let scope = rest.split('/').take(3).collect::<Vec<_>>().join("/");
    Some((Asked { look: Look { prefix, at, who }, seal: seal.to_owned(), scope }, rest))
}

/// What becomes of a request for an address that begins with `/look/`.
pub(super) enum Way {
    /// It is for another address.
    Straight,
    /// It asks for the page behind the prefix from here on.
    Through,
    /// There is no such page to look at.
    Nowhere,
}

/// Lets a request for a page that is looked at find the page itself.
pub(super) fn pass(req: &mut ServiceRequest) -> Way {
    if !req.path().starts_with(PREFIX) {
        return Way::Straight;
    }
    let path = req.path().to_owned();
    let may = req.app_data::<Data<Looks>>().map(|looks| looks.0);
    let (Some((asked, rest)), Some(may)) = (parse(&path), may) else { return Way::Nowhere };
    let target = if req.query_string().is_empty() { rest.to_owned() } else { format!("{rest}?{}", req.query_string()) };
    let Some(target) = may(rest).then(|| target.parse::<PathAndQuery>().ok()).flatten() else { return Way::Nowhere };
    let mut parts = req.head().uri.clone().into_parts();
    parts.path_and_query = Some(target);
    let Ok(uri) = Uri::from_parts(parts) else { return Way::Nowhere };
    req.match_info_mut().get_mut().update(&uri);
    req.head_mut().uri = uri;
    req.extensions_mut().insert(asked);
    Way::Through
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::Secret;

    #[test]
    fn an_address_says_as_who_and_when_and_is_for_one_session() {
        let (session, other) = (Secret::random().hash(), Secret::random().hash());
        let at = Some(Instant::from_micros(1_800_000_000_000_000));
        for (at, who) in [(None, None), (at, None), (None, Some(7)), (at, Some(7))] {
            let look = Look::sealed(&session, "/some/where", at, who);
            let address = format!("{}/some/where/else", look.prefix);
            let (asked, rest) = parse(&address).unwrap();
            assert_eq!(rest, "/some/where/else");
            assert_eq!(asked.clone().opened(&session), Some(look.clone()));
            assert_eq!(asked.opened(&other), None, "a seal is for one session");
            for forged in [
                address.replacen("anyone", "8", 1).replacen("/7/", "/8/", 1),
                address.replacen("/now/", "/1700000000/", 1).replacen("/1800000000/", "/now/", 1),
                address.replacen("/some/where", "/some/other", 1),
            ] {
                let (asked, _) = parse(&forged).unwrap();
                assert_eq!(asked.opened(&session), None, "and for what it was given for: {forged}");
            }
        }
        for wrong in
            ["/look/", "/look/x/now", "/look/x/soon/anyone/a", "/look/x/now/me/a", "/look/x/99999999999999999999/1/a"]
        {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
