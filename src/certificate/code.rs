//! The code of a certificate: what its public address ends with, easy to read aloud and to type from paper.

use std::fmt;

/// Crockford's base 32: no I, L, O or U, which look or sound like others or make words.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// Sixteen letters and digits, 80 random bits, in its one form: `7K3M-0QZX-9C4D-HT2B`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(String);

impl Code {
    /// # Panics
    /// Only if the operating system has no randomness to give; a code that can be guessed is none.
    #[expect(clippy::expect_used, reason = "no safe way to go on without randomness")]
    pub fn random() -> Self {
        let mut bytes = [0u8; LENGTH];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(grouped(bytes.map(|byte| char::from(LETTERS[usize::from(byte % 32)]))))
    }

    /// Reads what somebody typed: in either case, with or without its dashes, and with the letters that are taken for
    /// digits. `None`: it is no code.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let letters: Vec<char> = letters.map(canonical).collect::<Option<_>>()?;
        Some(Self(grouped(letters.try_into().ok()?)))
    }

    /// As it was stored.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `/certificates/7K3M-0QZX-9C4D-HT2B`
    pub fn path(&self) -> String {
        format!("/certificates/{self}")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn canonical(typed: char) -> Option<char> {
    let letter = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.iter().any(|known| char::from(*known) == letter).then_some(letter)
}

fn grouped(letters: [char; LENGTH]) -> String {
    let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = Code::parse("7K3M-0QZX-9C1D-HT2B").unwrap();
        assert_eq!(code.as_str(), "7K3M-0QZX-9C1D-HT2B");
        for typed in ["7k3m0qzx9c1dht2b", "7K3M OQZX 9cLd ht2b", " 7k3m-oqzx-9cid-ht2b-"] {
            assert_eq!(Code::parse(typed), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "7K3M", "7K3M-0QZX-9C1D-HT2", "7K3M-0QZX-9C1D-HT2BB", "7K3M-0QZX-9C1D-HT2U", "issuer.json"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_are_random_and_in_their_own_form() {
        let (one, other) = (Code::random(), Code::random());
        assert_ne!(one, other);
        assert_eq!(Code::parse(one.as_str()), Some(one));
    }
}
