//! Names behind an `@` in a post: who is meant, and the post's HTML with links to their cards.

use std::collections::HashMap;

use crate::cohort::EnrolmentId;

/// Of so many people at most a post tells that it names them.
pub const MOST: usize = 10;
/// The longest name, in words.
const WORDS: usize = 8;
/// And in bytes; what goes on longer is no name.
const LONGEST: usize = 160;
/// So many times at most a name is looked for behind an `@`: a post of nothing else must not take long.
const TRIED: usize = 100;
/// More people of one name than this, and nobody can tell who is meant.
const NAMESAKES: usize = 3;

/// Whom a cohort's people can name, by name as [`folded`].
#[derive(Debug, Default)]
pub struct Directory(HashMap<String, Vec<EnrolmentId>>);

/// Somebody is named in a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub enrolment: EnrolmentId,
    /// As a [`Directory`] knows it.
    pub name: String,
}

impl Directory {
    /// By their whole names; and by the first word of it, where only one person is called so.
    pub fn of(people: &[(EnrolmentId, String)]) -> Self {
        let (mut whole, mut first) = (HashMap::<_, Vec<_>>::new(), HashMap::<String, Vec<_>>::new());
        for (id, name) in people {
            let name = folded(name);
            if let Some(word) = name.split(' ').next().filter(|word| *word != name) {
                first.entry(word.to_owned()).or_default().push(*id);
            }
            whole.entry(name).or_default().push(*id);
        }
        for (word, ids) in first {
            if ids.len() == 1 {
                whole.entry(word).or_insert(ids);
            }
        }
        whole.remove("");
        Self(whole)
    }

    /// Those whom a post named when it was written.
    pub fn kept(mentions: &[Mention]) -> Self {
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for mention in mentions {
            by_name.entry(mention.name.clone()).or_default().push(mention.enrolment);
        }
        Self(by_name)
    }

    /// The longest name with which the text begins: how many bytes of it, the name and whose it is.
    fn longest<'a>(&'a self, text: &str) -> Option<(usize, &'a str, &'a [EnrolmentId])> {
        let text = text.get(..text.floor_char_boundary(LONGEST))?;
        text.chars().next().filter(|first| first.is_alphanumeric())?;
        let mut ends: Vec<usize> = text.match_indices([' ', '\n', '\u{a0}']).map(|(at, _)| at).take(WORDS).collect();
        if ends.len() < WORDS {
            ends.push(text.len());
        }
        ends.into_iter().rev().find_map(|end| {
            let mut words = text.get(..end)?;
            loop {
                if let Some((name, ids)) =
                    self.0.get_key_value(&folded(words)).filter(|(_, ids)| ids.len() <= NAMESAKES)
                {
                    return Some((words.len(), name.as_str(), ids.as_slice()));
                }
                // What ends a sentence or a name's 's is no part of the name.
                words = words.strip_suffix(|c: char| !c.is_alphanumeric()).or_else(|| without_s(words))?;
            }
        })
    }
}

fn without_s(words: &str) -> Option<&str> {
    ["'s", "’s"].iter().find_map(|end| words.strip_suffix(end))
}

/// A name as it is compared: small letters, single spaces, one kind of apostrophe.
fn folded(name: &str) -> String {
    let plain = name.to_lowercase().replace("&amp;", "&").replace(['’', '‘'], "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether anybody may be named at all: most posts name nobody, and need no list of people.
pub fn may_name(html: &str) -> bool {
    html.contains('@')
}

/// The post with a link to the card of whoever is named, and who that is, each once. What is quoted, code or a link
/// already names nobody. `html`: sanitised; `href`: of somebody's card.
pub fn link(html: &str, people: &Directory, href: impl Fn(EnrolmentId) -> String) -> (String, Vec<Mention>) {
    let (mut linked, mut mentions) = (String::with_capacity(html.len()), Vec::<Mention>::new());
    let (mut rest, mut within) = (html, 0_usize);
    while !rest.is_empty() {
        if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |at| at + 1);
            within = within.saturating_add_signed(step(&rest[..end]));
            linked.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if within == 0 {
            link_text(text, people, &href, &mut linked, &mut mentions);
        } else {
            linked.push_str(text);
        }
        rest = after;
    }
    (linked, mentions)
}

/// Into (1) or out of (-1) an element in which nobody is named.
fn step(tag: &str) -> isize {
    let name = tag.trim_start_matches("</").trim_start_matches('<');
    let name = name.split([' ', '>']).next().unwrap_or_default();
    match (["a", "blockquote", "code", "pre"].contains(&name), tag.starts_with("</")) {
        (true, false) => 1,
        (true, true) => -1,
        (false, _) => 0,
    }
}

fn link_text(
    text: &str,
    people: &Directory,
    href: &impl Fn(EnrolmentId) -> String,
    linked: &mut String,
    mentions: &mut Vec<Mention>,
) {
    let mut done = 0;
    for (at, _) in text.match_indices('@').take(TRIED) {
        let begins = at >= done && !text[..at].ends_with(|c: char| c.is_alphanumeric());
        let Some((length, name, ids)) = people.longest(&text[at + 1..]).filter(|_| begins && mentions.len() < MOST)
        else {
            continue;
        };
        let named = &text[at..=at + length];
        linked.push_str(&text[done..at]);
        match ids {
            [one] => linked.push_str(&format!("<a href=\"{}\">{named}</a>", href(*one))),
            _ => linked.push_str(&format!("<strong>{named}</strong>")),
        }
        done = at + 1 + length;
        for id in ids {
            if !mentions.iter().any(|mention| mention.enrolment == *id) {
                mentions.push(Mention { enrolment: *id, name: name.to_owned() });
            }
        }
    }
    linked.push_str(&text[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Directory {
        let names = ["Ada Byron", "Ben Okri", "Ben Hur", "Cy", "Dee O'Neil", "Eve Lee", "eve lee", "Fay Day & Co"];
        let people: Vec<_> = (1..).map(EnrolmentId).zip(names.map(str::to_owned)).collect();
        Directory::of(&people)
    }

    fn linked(html: &str) -> (String, Vec<i64>) {
        let (html, mentions) = link(html, &people(), |id| format!("/p/{id}"));
        (html, mentions.iter().map(|mention| mention.enrolment.0).collect())
    }

    #[test]
    fn whoever_is_named_is_linked_by_their_longest_name() {
        for (html, with, ids) in [
            ("<p>Ask @Ada Byron.</p>", "<p>Ask <a href=\"/p/1\">@Ada Byron</a>.</p>", vec![1]),
            (
                "<p>@ada, and @ben okri’s</p>",
                "<a href=\"/p/1\">@ada</a>, and <a href=\"/p/2\">@ben okri</a>’s",
                vec![1, 2],
            ),
            ("<p>@Ben came</p>", "<p>@Ben came</p>", vec![]),
            (
                "<p>(@Cy)<br>@Dee O’Neil!</p>",
                "(<a href=\"/p/4\">@Cy</a>)<br><a href=\"/p/5\">@Dee O’Neil</a>!",
                vec![4, 5],
            ),
            ("<p>@Cyril, cy@x.org, @@, @</p>", "@Cyril, cy@x.org, @@, @", vec![]),
            ("<p>@Eve Lee</p>", "<strong>@Eve Lee</strong>", vec![6, 7]),
            ("<p>@Fay Day &amp; Co</p>", "<a href=\"/p/8\">@Fay Day &amp; Co</a>", vec![8]),
            ("<p>@Cy @Cy</p>", "<a href=\"/p/4\">@Cy</a> <a href=\"/p/4\">@Cy</a>", vec![4]),
        ] {
            let (found, named) = linked(html);
            assert!(found.contains(with) && named == ids, "{html}: {found} {named:?}");
        }
    }

    #[test]
    fn quotes_code_and_links_name_nobody() {
        for html in [
            "<blockquote><p>@Cy</p></blockquote>",
            "<p><code>@Cy</code></p>",
            "<p><a href=\"https://x.org/@Cy\">@Cy</a></p>",
            "<pre><code>@Cy</code></pre>",
        ] {
            assert_eq!(linked(html), (html.to_owned(), vec![]));
        }
        assert_eq!(linked("<blockquote><p>@Cy</p></blockquote><p>@Cy</p>").1, [4]);
    }

    #[test]
    fn what_was_named_can_be_linked_again() {
        let (first, mentions) = link("<p>@ada and @Eve Lee</p>", &people(), |id| format!("/p/{id}"));
        let again = link("<p>@ada and @Eve Lee</p>", &Directory::kept(&mentions), |id| format!("/p/{id}"));
        assert_eq!(again, (first, mentions));
    }

    #[test]
    fn a_post_of_nothing_but_names_takes_no_longer_than_it_is_long() {
        let html = format!("<p>{}</p>", "@Ada Byron @x y z @".repeat(3_000));
        assert_eq!(linked(&html).1, [1]);
        assert!(linked(&"@".repeat(60_000)).1.is_empty());
    }
}
