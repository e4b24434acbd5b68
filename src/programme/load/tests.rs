use super::*;
#[test]
fn real() {
    let t = std::time::Instant::now();
    match check(Path::new("course_content")) { Ok(s) => println!("{s}"), Err(f) => for f in f { println!("{f}") } }
    println!("{:?}", t.elapsed());
    let p = load_programme(Path::new("course_content/effective-networks")).unwrap();
    for u in p.units.iter().take(3) { for s in &u.steps { println!("{}.{} {} {}", u.number, s.place, s.kind, s.words()); } }
    println!("{}", p.units[1].steps[0].html);
    println!("{:?}", p.units[1].steps[0].sources);
    println!("{}", p.units[0].steps[5].html);
}
