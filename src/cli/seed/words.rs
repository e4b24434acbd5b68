//! Made-up people and what they say. Any likeness to somebody is chance.

use serde::Deserialize;

const FIRST: &[&str] = &[
    "Amina",
    "Daniel",
    "Gwen",
    "Yusuf",
    "Ruth",
    "Siobhan",
    "Farida",
    "Colm",
    "Anneka",
    "Mark",
    "Helen",
    "Oluwaseun",
    "Joanna",
    "Linh",
    "Philippa",
    "Adam",
    "Mei",
    "Tomasz",
    "Nadia",
    "Owen",
    "Priti",
    "Hassan",
    "Bronwen",
    "Kofi",
    "Leila",
    "Stuart",
    "Chidi",
    "Morag",
    "Rafael",
    "Sunita",
    "Ewan",
    "Zainab",
    "Piotr",
    "Eilidh",
    "Marcus",
    "Ifeoma",
    "Geraint",
    "Salma",
    "Ingrid",
    "Tariq",
];
const LAST: &[&str] = &[
    "Okafor",
    "Mensah",
    "Pritchard",
    "Demir",
    "Adeyemi",
    "Kelly",
    "Rahman",
    "Doherty",
    "de Vries",
    "Holloway",
    "Marsh",
    "Bello",
    "Lis",
    "Nguyen",
    "Grant",
    "Zielinski",
    "Chen",
    "Nowak",
    "Haddad",
    "Davies",
    "Shah",
    "Malik",
    "Evans",
    "Boateng",
    "Karimi",
    "Fraser",
    "Eze",
    "Campbell",
    "Silva",
    "Patel",
    "MacLeod",
    "Hussain",
    "Wójcik",
    "Ross",
    "Bailey",
    "Nwosu",
    "Rees",
    "Begum",
    "Larsen",
    "Aziz",
];

/// The n-th made-up name; the first 40 × 40 differ.
pub fn name(n: usize) -> String {
    let (round, place) = (n / FIRST.len(), n % FIRST.len());
    format!("{} {}", FIRST[place], LAST[(place + round) % LAST.len()])
}

#[derive(Debug, Clone)]
pub struct Said {
    pub text: String,
    /// Answers the post before it.
    pub is_reply: bool,
    pub by_facilitator: bool,
    /// By whoever wrote the post that is answered.
    pub by_author: bool,
}

#[derive(Deserialize)]
struct Talk {
    unit: Vec<UnitTalk>,
}

#[derive(Deserialize)]
struct UnitTalk {
    number: u16,
    posts: Vec<Words>,
}

#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    text: String,
    #[serde(default)]
    reply: String,
    #[serde(default)]
    by: String,
}

/// What is said in each unit that has words of its own.
pub fn talk() -> anyhow::Result<Vec<(u16, Vec<Said>)>> {
    let talk: Talk = toml::from_str(include_str!("talk.toml"))?;
    let said = |words: Words| Said {
        is_reply: !words.reply.is_empty(),
        by_facilitator: words.by == "facilitator",
        by_author: words.by == "author",
        text: if words.reply.is_empty() { words.text } else { words.reply },
    };
    Ok(talk.unit.into_iter().map(|u| (u.number, u.posts.into_iter().map(said).collect())).collect())
}

/// What people answer to the questions about somebody's card.
pub const COMMENTS: [&str; 4] = [
    "Yes: I could point to the people who gain.",
    "Nearly. I said it back with one word changed, which may be worth keeping.",
    "Yes. No single service of yours could do this alone.",
    "The first sign, yes. For the third I wondered whose records you would count.",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn forty_people_have_forty_names() {
        assert_eq!((0..40).map(super::name).collect::<HashSet<_>>().len(), 40);
        assert_eq!((0..1600).map(super::name).collect::<HashSet<_>>().len(), 1600);
    }

    #[test]
    fn every_talk_begins_with_a_post() {
        for (unit, posts) in super::talk().unwrap() {
            assert!(!posts[0].is_reply, "unit {unit}");
        }
    }
}
