//! Plain text in lines of at most 72 characters, as every mail program shows them well.

const WIDTH: usize = 72;

/// Breaks long lines between words. A line keeps its indentation; a word longer than a line (an address) stays whole.
/// Runs of empty lines become one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 40);
    let mut blank = true;
    for line in text.lines() {
        if line.trim().is_empty() {
            if !blank {
                folded.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        fold_line(line, &mut folded);
        folded.push('\n');
    }
    folded
}

fn fold_line(line: &str, folded: &mut String) {
    if line.chars().count() <= WIDTH {
        folded.push_str(line);
        return;
    }
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let hanging = if indent.is_empty() { String::new() } else { format!("{indent}    ") };
    let mut width = 0;
    // A no-break space joins words: it is no place to break at.
    for word in line.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if width == 0 {
            folded.push_str(&indent);
            width = indent.len();
        } else if width + 1 + length > WIDTH {
            folded.push('\n');
            folded.push_str(&hanging);
            width = hanging.len();
        } else {
            folded.push(' ');
            width += 1;
        }
        folded.push_str(word);
        width += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_addresses_stay_whole() {
        let address = format!("https://learn.example.org/{}", "a".repeat(90));
        let text = format!("{}\n\n\n\n{address}\n-- \n  7.1 {}\n", "word ".repeat(30), "title ".repeat(20));
        let folded = fold(&text);
        for line in folded.lines().filter(|line| *line != address) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert!(folded.contains(&format!("\n\n{address}\n-- \n  7.1 title")), "{folded}");
        assert!(folded.contains("\n      title"), "{folded}");
    }

    #[test]
    fn nothing_is_lost() {
        let text = "Dear Ada,\n\nOne two three.\n";
        assert_eq!(fold(text), text);
    }
}
