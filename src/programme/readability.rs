//! How old a reader must be to follow a text easily.
//!
//! Source: Kincaid, Fishburne, Rogers and Chissom, *Derivation of new readability formulas for Navy enlisted personnel*
//! (1975): the Flesch–Kincaid grade, 0.39 × words a sentence + 11.8 × syllables a word − 15.59. A grade is a school year
//! that begins at the age of five, so the age is the grade and five. For English alone.

/// In years. `blocks`: paragraphs and list items, each of which ends a sentence. `None` for a text too short to tell.
pub fn reading_age<'t>(blocks: impl IntoIterator<Item = &'t str>) -> Option<f64> {
    let (mut sentences, mut words, mut syllables) = (0_u32, 0_u32, 0_u32);
    for block in blocks {
        for sentence in block.split(['.', '?', '!', '…']) {
            let before = words;
            for word in sentence.split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’')) {
                let word = word.trim_matches(['\'', '’']);
                if !word.is_empty() {
                    words += 1;
                    syllables += syllables_of(word);
                }
            }
            sentences += u32::from(words > before);
        }
    }
    let (sentences, words, syllables) = (f64::from(sentences), f64::from(words), f64::from(syllables));
    (words >= LEAST_WORDS).then(|| 0.39 * words / sentences + 11.8 * syllables / words - 15.59 + 5.0)
}

/// Below it the measure says nothing.
const LEAST_WORDS: f64 = 100.0;

/// Groups of vowels, without a silent e, -es or -ed at the end.
fn syllables_of(word: &str) -> u32 {
    let word: String = word.to_lowercase().chars().take_while(|c| !matches!(c, '\'' | '’')).collect();
    let stem = match word.strip_suffix("ed").or_else(|| word.strip_suffix("es")) {
        // planted, judges: they are spoken.
        Some(stem) if !stem.ends_with(['t', 'd', 's', 'x', 'z', 'c', 'g', 'h']) => stem,
        _ => match word.strip_suffix('e') {
            // table, little
            Some(stem) if !(stem.ends_with('l') && stem.chars().rev().nth(1).is_some_and(|c| !is_vowel(c))) => stem,
            _ => &word,
        },
    };
    let mut count = 0;
    let mut in_vowels = false;
    for c in stem.chars() {
        count += u32::from(is_vowel(c) && !in_vowels);
        in_vowels = is_vowel(c);
    }
    count.max(1)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_they_are_spoken() {
        let words =
            [("cat", 1), ("the", 1), ("table", 2), ("planted", 2), ("moved", 1), ("horses", 2), ("network’s", 2)];
        let more = [("collaboration", 5), ("evidence", 3), ("judges", 2), ("people", 2), ("a", 1)];
        for (word, count) in words.into_iter().chain(more) {
            assert_eq!(syllables_of(word), count, "{word}");
        }
    }

    #[test]
    fn the_age_is_the_published_formula() {
        // 120 words of one syllable in 12 sentences: 0.39 * 10 + 11.8 - 15.59 + 5.
        let text = "We sat by the old pond and the sun set. ".repeat(12);
        assert!((reading_age([text.as_str()]).unwrap() - 5.11).abs() < 0.001);
        let hard = "Organisational transformation necessitates interdisciplinary communication, ".repeat(30);
        assert!(reading_age([hard.as_str()]).unwrap() > 25.0);
        assert_eq!(reading_age(["Too short to tell."]), None);
    }
}
