//! Library and glossary: browsing them, and taking citations along.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::world::*;

const LIBRARY: &str = "/cohorts/spring/library";
const GLOSSARY: &str = "/cohorts/spring/glossary";

fn entries(page: &Page) -> Vec<String> {
    page.html.split("<li id=\"entry-").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// What an independent program makes of a text.
fn judged(program: &str, arguments: &[&str], text: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{program} is missing ({e}): run tests/run, which installs it"));
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Key, type, authors, title, year and journal of each entry, as Python's bibtexparser reads them.
fn bibtex(text: &str) -> Vec<String> {
    let script = "import sys, bibtexparser\n\
                  from bibtexparser.bparser import BibTexParser\n\
                  parser = BibTexParser(ignore_nonstandard_types=False)\n\
                  for e in bibtexparser.loads(sys.stdin.read(), parser).entries:\n  \
                  print('|'.join([e['ID'], e['ENTRYTYPE']] + [e.get(k, '') for k in ['author', 'title', 'year', 'journal']]))";
    judged("/usr/bin/python3", &["-c", script], text).lines().map(str::to_owned).collect()
}

stories! {
    async fn the_library_is_browsed_by_topic_kind_and_unit(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let programme = catalogue().programmes.values().find(|p| p.units.len() > 7).unwrap();
        let all = programme.sources.values().filter(|source| source.entry.is_some()).count();
        assert_eq!(entries(&ada.get(LIBRARY).await.expect(200)).len(), all);
        let of = |is: &dyn Fn(&trellis::programme::Entry) -> bool| {
            programme.sources.values().filter(|s| s.entry.as_ref().is_some_and(is)).count()
        };
        let reports = ada.get(&format!("{LIBRARY}?kind=report")).await.expect(200);
        assert_eq!(entries(&reports).len(), of(&|entry| entry.kind.as_str() == "report"));
        assert!(reports.html.contains("<option value=\"report\" selected>Report</option>"), "{}", reports.html);
        let topic = &programme.topics[0].slug;
        let both = ada.get(&format!("{LIBRARY}?topic={topic}&kind=report")).await.expect(200);
        assert_eq!(entries(&both).len(), of(&|e| e.kind.as_str() == "report" && e.topic == *topic));
        assert!(both.html.contains(&format!("{LIBRARY}.bib?topic={topic}&#38;kind=report")), "{}", both.html);
        // By the unit that uses it: open ones alone.
        let unit = programme.unit(1).unwrap();
        let used = entries(&ada.get(&format!("{LIBRARY}?unit=1")).await.expect(200));
        assert!(!used.is_empty() && used.iter().all(|key| unit.steps.iter().any(|step| step.draws_on.contains(key))));
        assert!(!ada.get(LIBRARY).await.html.contains("<option value=\"7\">"));
        for wrong in ["unit=7", "unit=99", "unit=x", "kind=nothing", "topic=nothing"] {
            for file in ["", ".bib", ".ris"] {
                ada.get(&format!("{LIBRARY}{file}?{wrong}")).await.expect(404);
            }
        }
        ada.get(&format!("{LIBRARY}?sort=year")).await.expect(400);
        let priya = course.facilitator().await;
        assert!(!entries(&priya.get(&format!("{LIBRARY}?unit=7")).await.expect(200)).is_empty());
    }

    async fn citations_are_taken_along_as_bibtex(course: Course) {
        let ada = course.enrol("Ada").await;
        let page = ada.get(&format!("{LIBRARY}.bib")).await.expect(200);
        assert_eq!(page.header("content-type"), "text/x-bibtex; charset=utf-8");
        assert_eq!(page.header("content-disposition"), "attachment; filename=\"effective-networks-library.bib\"");
        let read = bibtex(&page.html);
        assert_eq!(read.len(), entries(&ada.get(LIBRARY).await).len(), "every entry is read");
        for line in [
            "gale2012|article|Gale, C. and Santhakumaran, S. and Nagarajan, S. and Statnikov, Y. and Modi, N.|{Impact of managed \
             clinical networks on NHS specialist neonatal services in England: population based study}|2012|BMJ",
            "valente2012|article|Valente, T. W.|{Network interventions}|2012|Science",
        ] {
            assert!(read.iter().any(|read| read == line), "{line} is not in {}", read.join("\n"));
        }
        assert!(page.html.contains("and others}") && page.html.contains("\\&") && page.html.contains("De Brún, A."));
        assert!(!page.html.contains(" & "), "an ampersand means something to LaTeX");
        let one = ada.get(&format!("{LIBRARY}/gale2012.bib")).await.expect(200);
        assert_eq!(one.header("content-disposition"), "attachment; filename=\"gale2012.bib\"");
        assert_eq!(bibtex(&one.html).len(), 1);
        let some = ada.get(&format!("{LIBRARY}.bib?kind=book")).await.expect(200);
        assert_eq!(some.header("content-disposition"), "attachment; filename=\"effective-networks-library-book.bib\"");
        assert!(bibtex(&some.html).iter().all(|line| line.contains("|book|")));
        ada.get(&format!("{LIBRARY}/nobody1900.bib")).await.expect(404);
    }

    async fn citations_are_taken_along_as_ris(course: Course) {
        let ada = course.enrol("Ada").await;
        let page = ada.get(&format!("{LIBRARY}.ris")).await.expect(200);
        assert_eq!(page.header("content-type"), "application/x-research-info-systems; charset=utf-8");
        let mods = judged("ris2xml", &["-i", "utf8", "-o", "utf8"], &page.html);
        assert_eq!(mods.matches("<mods ID=").count(), entries(&ada.get(LIBRARY).await).len(), "every record is read");
        let one = ada.get(&format!("{LIBRARY}/gale2012.ris")).await.expect(200);
        assert_eq!(one.header("content-disposition"), "attachment; filename=\"gale2012.ris\"");
        let mods = judged("ris2xml", &["-i", "utf8", "-o", "utf8"], &one.html);
        for part in ["<namePart type=\"family\">Santhakumaran</namePart>", "<title>BMJ</title>", "10.1136/bmj.e2105", ">344<"] {
            assert!(mods.contains(part), "{part} is not in {mods}");
        }
        assert!(judged("ris2xml", &["-i", "utf8", "-o", "utf8"], &page.html).contains("<namePart type=\"family\">De Brún</namePart>"));
    }

    async fn the_glossary_is_read_by_letter_or_by_unit(course: Course) {
        course.travel_to("2027-01-11 10:00");
        let ada = course.enrol("Ada").await;
        let page = ada.get(GLOSSARY).await.expect(200);
        let programme = catalogue().programmes.values().find(|p| p.units.len() > 7).unwrap();
        for term in &programme.glossary {
            let link = format!("<div id=\"{0}\"><dt><a class=\"app-term\" href=\"#{0}\">", term.slug);
            assert!(page.html.contains(&link), "{link}");
        }
        let by_unit = ada.get(&format!("{GLOSSARY}?by=unit")).await.expect(200);
        assert_eq!(by_unit.html.matches("<dt>").count(), programme.glossary.len());
        assert!(by_unit.has(&programme.unit(1).unwrap().full_title()) && by_unit.has("All other words"), "{}", by_unit.html);
        assert!(!by_unit.has(&programme.unit(7).unwrap().title), "a unit that is not open is not named");
        ada.get(&format!("{GLOSSARY}?by=size")).await.expect(404);
    }
}
