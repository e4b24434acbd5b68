//! From which mail domains people may join.

use crate::platform::text::EmailAddress;

/// None at all means that every address is welcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Domains(Vec<Domain>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Domain {
    /// In ASCII, lower case.
    name: String,
    /// And whatever lies below it.
    with_below: bool,
}

const MOST: usize = 50;

impl Domains {
    /// One a line, or separated by spaces or commas: `nhs.net`, `*.nhs.uk` or `.nhs.uk`, with an @ in front or not. Errors
    /// name the first that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty());
        let mut domains = Vec::new();
        for word in words {
            let domain = Domain::parse(word)
                .ok_or_else(|| format!("‘{}’ is not a domain. Write it like nhs.net or *.nhs.uk", shortened(word)))?;
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        match domains.len() {
            0..=MOST => Ok(Self(domains)),
            many => Err(format!("These are {many} domains, and {MOST} are the most")),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `key`: of [`EmailAddress::key`].
    pub fn welcome(&self, key: &str) -> bool {
        let domain = key.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.0.is_empty() || self.0.iter().any(|welcome| welcome.holds(domain))
    }

    /// One a line, as [`Self::parse`] reads them.
    pub fn lines(&self) -> String {
        let line = |domain: &Domain| format!("{}{}", if domain.with_below { "*." } else { "" }, domain.name);
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// `nhs.net, or nhs.uk or anything that ends in .nhs.uk`
    pub fn in_words(&self) -> String {
        let words = |domain: &Domain| match domain.with_below {
            true => format!("{0} or anything that ends in .{0}", domain.name),
            false => domain.name.clone(),
        };
        self.0.iter().map(words).collect::<Vec<_>>().join(", or ")
    }
}

impl Domain {
    fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix('@').unwrap_or(word);
        let below = word.strip_prefix("*.").or_else(|| word.strip_prefix('.'));
        let address = EmailAddress::parse(&format!("somebody@{}", below.unwrap_or(word))).ok()?;
        let name = address.key().strip_prefix("somebody@")?.to_owned();
        Some(Self { name, with_below: below.is_some() })
    }

    fn holds(&self, domain: &str) -> bool {
        let below = || domain.strip_suffix(self.name.as_str()).is_some_and(|rest| rest.ends_with('.'));
        domain == self.name || (self.with_below && below())
    }
}

fn shortened(word: &str) -> String {
    word.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_met_exactly_or_from_below() {
        let domains = Domains::parse("nhs.net\n@*.NHS.uk, .exämple.org").unwrap();
        for key in ["a@nhs.net", "a@nhs.uk", "a@trust.nhs.uk", "a@a.b.nhs.uk", "a@xn--exmple-cua.org"] {
            assert!(domains.welcome(key), "{key}");
        }
        for key in ["a@mail.nhs.net", "a@evilnhs.uk", "a@nhs.uk.evil.org", "a@nhs", "nhs.net", ""] {
            assert!(!domains.welcome(key), "{key}");
        }
        assert_eq!(Domains::parse(&domains.lines()).unwrap(), domains);
        assert!(Domains::default().welcome("a@anywhere.org"));
    }

    #[test]
    fn what_is_no_domain_is_named() {
        for wrong in ["nhs", "a@b.org", "*.", "*", "nhs..uk", "*.*.uk"] {
            assert!(Domains::parse(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
        let many: String = (0..51).map(|n| format!("d{n}.org ")).collect();
        assert!(Domains::parse(&many).is_err() && Domains::parse(" \n").unwrap().is_empty());
    }
}
