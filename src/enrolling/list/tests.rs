//! Lists as people paste them.

use proptest::prelude::*;

use super::*;

fn people(text: &str) -> Vec<(usize, String, String)> {
    let shown =
        |row: Row| (row.number, row.name, row.email.map_or_else(|| "?".into(), |email| email.as_str().to_owned()));
    read(text).unwrap().into_iter().map(shown).collect()
}

fn of(number: usize, name: &str, email: &str) -> (usize, String, String) {
    (number, name.into(), email.into())
}

#[test]
fn addresses_are_read_however_they_are_separated() {
    let text =
        "ada@example.org\r\n\r\nBen Okri <ben@example.org>; \"Adams, Cy\" <cy@example.org>,dee@example.org\nno address";
    let expected = [
        of(1, "", "ada@example.org"),
        of(3, "Ben Okri", "ben@example.org"),
        of(3, "Adams, Cy", "cy@example.org"),
        of(3, "", "dee@example.org"),
        of(4, "", "?"),
    ];
    assert_eq!(people(text), expected);
}

#[test]
fn a_table_is_read_by_its_heading() {
    let comma = "\u{feff}Ward,E-Mail,Name\r\n4b,ada@example.org,\"Lovelace, Ada\"\r\n,,\r\n5,ben@example.org,\"Ben\nOkri\"\r\n6,,Cy\r\n";
    let expected = [of(2, "Lovelace, Ada", "ada@example.org"), of(4, "Ben Okri", "ben@example.org"), of(5, "Cy", "?")];
    assert_eq!(people(comma), expected);
    let semicolon = "First name;Surname;Email address\nAda;Lovelace;ada@example.org\n";
    assert_eq!(people(semicolon), [of(2, "Ada Lovelace", "ada@example.org")]);
    assert_eq!(people("email\tname\nada@example.org\tAda"), [of(2, "Ada", "ada@example.org")]);
    assert_eq!(people("name,email\nshort\n")[0].2, "?");
}

#[test]
fn a_list_that_is_none_says_why() {
    assert_eq!(read(" \n;,\n"), Err(Unreadable::Empty));
    assert_eq!(read("email,name\n"), Err(Unreadable::Empty));
    let long: String = (0..=MOST).map(|n| format!("a{n}@example.org\n")).collect();
    assert_eq!(read(&long), Err(Unreadable::TooLong(MOST + 1)));
}

#[test]
fn each_row_is_judged_by_itself() {
    let rows = read("a@x.org\nA@X.org\nnobody\nhere@x.org\ninvited@x.org\nb@y.org\nc@x.org\nd@x.org").unwrap();
    let set = |key: &str| HashSet::from([key.to_owned()]);
    let domains = Domains::parse("x.org").unwrap();
    let known = Known { here: set("here@x.org"), invited: set("invited@x.org"), domains, free: Some(2) };
    let verdict = judge(rows, &known);
    let invited: Vec<&str> = verdict.invite.iter().map(|one| one.email.as_str()).collect();
    assert_eq!(invited, ["a@x.org", "c@x.org"]);
    let left: Vec<(LeftOut, usize)> = verdict.left_out.iter().map(|(why, row)| (*why, row.number)).collect();
    use LeftOut::*;
    assert_eq!(
        left,
        [(Twice, 2), (NoAddress, 3), (AlreadyHere, 4), (AlreadyInvited, 5), (OtherDomain, 6), (NoPlace, 8)]
    );
}

#[test]
fn numbers_are_told_in_runs() {
    assert_eq!(numbers_in_words([3, 5, 6, 7, 7, 9]), "3, 5–7, 9");
}

proptest! {
    #[test]
    fn whoever_is_written_is_read_again(names in prop::collection::vec("[ -~éß\"]{0,20}", 1..20)) {
        let invitee = |(n, name): (usize, &String)| Invitee {
            name: line(name, LONGEST_NAME, "a name").unwrap_or_default(),
            email: EmailAddress::parse(&format!("p{n}@example.org")).unwrap(),
        };
        let people: Vec<Invitee> = names.iter().enumerate().map(invitee).collect();
        let verdict = judge(read(&written(&people)).unwrap(), &Known::default());
        prop_assert_eq!(verdict.invite, people);
    }

    #[test]
    fn no_text_is_too_odd_to_be_read(text in "\\PC{0,200}") {
        if let Ok(rows) = read(&text) {
            let rows_before = rows.len();
            let verdict = judge(rows, &Known::default());
            prop_assert_eq!(verdict.invite.len() + verdict.left_out.len(), rows_before);
        }
    }
}
