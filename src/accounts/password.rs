//! A password as somebody typed it, and which ones may be chosen.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

/// What was typed, in Unicode's NFC, so that every keyboard types the same one. Never trimmed, cut or shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 128;

/// One on each line, lower-case; a line with a `#` in front is a remark. A short one is refused with digits or signs round it.
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("common-passwords.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(folded).collect()
});

/// Rows that fingers run along.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890",
    "qwertyuiop",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9j0",
    "1a2b3c4d5e6f7g8h9i0j",
];

/// What everybody here would think of first.
const OF_THIS_SITE: &[&str] = &["trellis", "networks"];

impl Password {
    /// To be compared with the one that is kept.
    pub fn typed(text: &str) -> Self {
        Self(text.nfc().collect())
    }

    /// A new one, chosen by the person of that name and address. Errors with what they can do about it.
    pub fn chosen(text: &str, name: &str, email: &str) -> Result<Self, String> {
        let password = Self::typed(text);
        let length = password.0.chars().count();
        if length == 0 {
            return Err("Enter a password".into());
        }
        if length < SHORTEST {
            return Err(format!("Make the password longer: at least {SHORTEST} characters"));
        }
        if length > LONGEST {
            return Err(format!("Shorten the password to {LONGEST} characters or fewer"));
        }
        if is_common(&password.0.to_lowercase()) {
            return Err("Choose a password that is harder to guess: this one is among the first that are tried".into());
        }
        if holds_what_others_know(&password.0, name, email) {
            return Err(
                "Leave your name, your email address and the words Trellis and networks out of the password".into()
            );
        }
        Ok(password)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn is_common(lower: &str) -> bool {
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    COMMON.contains(&folded(lower)) || COMMON.contains(&folded(core)) || is_monotonous(lower) || is_all_runs(lower)
}

/// One short piece again and again, or hardly any different characters.
fn is_monotonous(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let repeats = |period: usize| chars.iter().enumerate().all(|(i, c)| *c == chars[i % period]);
    chars.iter().collect::<HashSet<_>>().len() < 5 || (1..=chars.len() / 2).any(repeats)
}

/// Nothing but runs, such as `qwertyuiop-123`.
fn is_all_runs(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let kind = |c: &char| (c.is_alphabetic(), c.is_numeric());
    let pieces = chars.chunk_by(|a, b| kind(a) == kind(b)).filter(|piece| piece[0].is_alphanumeric());
    is_a_run(text) || pieces.map(String::from_iter).all(|piece| piece.len() > 1 && is_a_run(&piece))
}

/// A stretch of a row of the keyboard, of the alphabet or of the digits, round and round, either way.
fn is_a_run(text: &str) -> bool {
    let turns = |row: &str| row.len() + text.len();
    ROWS.iter().any(|row| {
        let backwards: String = row.chars().rev().collect();
        [*row, &backwards].iter().any(|row| row.repeat(turns(row) / row.len() + 1).contains(text))
    })
}

fn holds_what_others_know(password: &str, name: &str, email: &str) -> bool {
    let folded_password = folded(password);
    let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
    let of_name = name.split(|c: char| !c.is_alphanumeric()).chain([name]);
    let theirs = of_name.chain([local]).map(folded).filter(|word| word.chars().count() >= 4);
    theirs.chain(OF_THIS_SITE.iter().map(|word| folded(word))).any(|word| folded_password.contains(&word))
}

/// Letters and digits alone, with signs that stand for letters read as those letters: `P@ssw0rd` is `password`.
fn folded(text: &str) -> String {
    let plain = |c: char| match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    text.to_lowercase().nfc().map(plain).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, String> {
        Password::chosen(text, "Amina Okafor", "a.okafor1@example.org")
    }

    #[test]
    fn good_ones_are_taken_as_they_are() {
        for good in [
            "violet kettle harbour",
            "  spaces at both ends  ",
            "Zäune grüßen Nachbarn",
            "mh7-Kd92-qQ0z-11",
            "m7k2d9x4p1q8",
            "2719 4406 8125 3",
            "пароль из трёх слов",
            "四つの単語からなる合言葉です。",
            "winter tyres 1998 go",
            &"long words ".repeat(11)[..120].replace("long words long", "other things"),
        ] {
            assert!(choose(good).is_ok(), "{good:?}: {:?}", choose(good).err());
        }
        assert_eq!(choose("  spaces at both ends  ").unwrap().as_bytes(), b"  spaces at both ends  ");
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(choose("").is_err() && choose("kettle-barn").is_err());
        assert!(choose("ünö-kéttle-x").is_ok());
        let long: String = (1..40).map(|n| format!("kettle {n} ")).collect();
        assert!(choose(&long[..128]).is_ok());
        assert!(choose(&long[..129]).is_err());
    }

    #[test]
    fn every_keyboard_types_the_same_password() {
        assert!(Password::typed("u\u{308}ber den Wolken") == Password::typed("\u{fc}ber den Wolken"));
        assert!(Password::typed("Kettle") != Password::typed("kettle"));
    }

    #[test]
    fn the_first_to_be_tried_are_refused() {
        for bad in [
            "password1234",
            "Password1234!",
            "P@ssw0rd2027!!",
            "passwordpassword",
            "correct horse battery staple",
            "CorrectHorseBatteryStaple",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "qazwsxedcrfv",
            "123456789012",
            "098765432109",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcabcabcabcabc",
            "abcdefghijkl",
            "zyxwvutsrqponm",
            "lkjhgfdsapoiuytrewq",
            "asdfghjkl-12345",
            "111122223333",
            "            ",
            "Manchester United 2024",
            "2027Liverpool2027",
            "iloveyou!!!!!!",
            "letmein-letmein",
            "administrator",
            "Welcome12345678",
        ] {
            assert!(choose(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_others_know_is_refused() {
        for bad in [
            "okafor and kettles",
            "kettles 4 Am1na here",
            "a.okafor1 kettles",
            "my trellis grows beans",
            "TRELLIS-harbour-9",
            "I like networks a lot",
        ] {
            assert!(choose(bad).is_err(), "{bad}");
        }
        assert!(Password::chosen("violet kettle harbour", "Al Oy", "al@example.org").is_ok());
    }
}
