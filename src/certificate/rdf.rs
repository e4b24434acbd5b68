//! Our own documents as canonical RDF (RDFC-1.0), which is what the proof of a credential signs.
//!
//! Each of their nodes has an id, but for one at most; so canonical means no more than: a line for each statement, the
//! lines sorted, and the one node without an id called `c14n0`. The terms that they use are few, and stand here as the
//! contexts of Verifiable Credentials 2.0 and Open Badges 3.0.3 define them; a story has an independent verifier confirm it.

use serde_json::Value;

/// What a term's value is.
enum Of {
    /// A node of its own.
    Node,
    /// The address of one that is described elsewhere.
    Address,
    /// A word of [`WORDS`].
    Word,
    Text,
    Typed(&'static str),
}

const TERMS: &[(&str, &str, Of)] = &[
    ("type", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", Of::Word),
    ("name", "https://schema.org/name", Of::Text),
    ("description", "https://schema.org/description", Of::Text),
    ("inLanguage", "https://schema.org/inLanguage", Of::Text),
    ("url", "https://schema.org/url", Of::Typed("https://www.w3.org/2001/XMLSchema#anyURI")),
    ("issuer", "https://www.w3.org/2018/credentials#issuer", Of::Node),
    ("validFrom", "https://www.w3.org/2018/credentials#validFrom", Of::Typed(DATE_TIME)),
    ("credentialSubject", "https://www.w3.org/2018/credentials#credentialSubject", Of::Node),
    ("achievement", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement", Of::Node),
    ("achievementType", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievementType", Of::Text),
    ("criteria", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Criteria", Of::Node),
    ("narrative", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative", Of::Text),
    ("identifier", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#identifier", Of::Node),
    ("identityHash", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#identityHash", Of::Text),
    ("identityType", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#identityType", Of::Text),
    (
        "hashed",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#hashed",
        Of::Typed("https://www.w3.org/2001/XMLSchema#boolean"),
    ),
    ("created", "http://purl.org/dc/terms/created", Of::Typed(DATE_TIME)),
    ("cryptosuite", "https://w3id.org/security#cryptosuite", Of::Typed("https://w3id.org/security#cryptosuiteString")),
    ("proofPurpose", "https://w3id.org/security#proofPurpose", Of::Word),
    ("verificationMethod", "https://w3id.org/security#verificationMethod", Of::Address),
];
const DATE_TIME: &str = "http://www.w3.org/2001/XMLSchema#dateTime";

const WORDS: &[(&str, &str)] = &[
    ("VerifiableCredential", "https://www.w3.org/2018/credentials#VerifiableCredential"),
    ("OpenBadgeCredential", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"),
    ("Profile", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile"),
    ("AchievementSubject", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#AchievementSubject"),
    ("Achievement", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"),
    ("IdentityObject", "https://purl.imsglobal.org/spec/vc/ob/vocab.html#IdentityObject"),
    ("DataIntegrityProof", "https://w3id.org/security#DataIntegrityProof"),
    ("assertionMethod", "https://w3id.org/security#assertionMethod"),
];

/// The document as sorted N-Quads. `None`: it holds what is not known here.
pub fn canonical(document: &Value) -> Option<String> {
    let mut lines = Lines::default();
    lines.state(document)?;
    lines.lines.sort_unstable();
    lines.lines.dedup();
    (lines.nameless <= 1).then(|| lines.lines.concat())
}

#[derive(Default)]
struct Lines {
    lines: Vec<String>,
    /// Nodes without an id.
    nameless: usize,
}

impl Lines {
    /// Notes all that the node says, and gives its name.
    fn state(&mut self, node: &Value) -> Option<String> {
        let node = node.as_object()?;
        let name = match node.get("id") {
            Some(id) => address(id)?,
            None => {
                self.nameless += 1;
                "_:c14n0".to_owned()
            }
        };
        for (term, value) in node.iter().filter(|(term, _)| !matches!(term.as_str(), "@context" | "id")) {
            let (_, property, of) = TERMS.iter().find(|(known, ..)| known == term)?;
            let one = std::slice::from_ref(value);
            for value in value.as_array().map_or(one, Vec::as_slice) {
                let object = self.object(value, of)?;
                self.lines.push(format!("{name} <{property}> {object} .\n"));
            }
        }
        Some(name)
    }

    fn object(&mut self, value: &Value, of: &Of) -> Option<String> {
        match of {
            Of::Node => self.state(value),
            Of::Address => address(value),
            Of::Word => WORDS.iter().find(|(word, _)| *word == value).map(|(_, address)| format!("<{address}>")),
            Of::Text => value.as_str().map(quoted),
            Of::Typed(kind) => {
                let text = value.as_bool().map(|b| b.to_string()).or_else(|| value.as_str().map(str::to_owned))?;
                Some(format!("{}^^<{kind}>", quoted(&text)))
            }
        }
    }
}

fn address(id: &Value) -> Option<String> {
    let id = id.as_str().filter(|id| !id.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')))?;
    Some(format!("<{id}>"))
}

/// As the canonical form writes text; what we sign holds no other control character.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statements_are_sorted_and_the_nameless_node_is_named() {
        let document = json!({
            "@context": "…",
            "id": "https://example.org/a",
            "type": ["VerifiableCredential"],
            "credentialSubject": { "type": "AchievementSubject", "name": "Zoë \"Z\" \\" },
        });
        let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
        let expected = [
            "<https://example.org/a> <https://www.w3.org/2018/credentials#credentialSubject> _:c14n0 .\n".to_owned(),
            format!("<https://example.org/a> <{rdf}> <https://www.w3.org/2018/credentials#VerifiableCredential> .\n"),
            format!("_:c14n0 <{rdf}> <https://purl.imsglobal.org/spec/vc/ob/vocab.html#AchievementSubject> .\n"),
            "_:c14n0 <https://schema.org/name> \"Zoë \\\"Z\\\" \\\\\" .\n".to_owned(),
        ];
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(canonical(&document).unwrap(), expected.concat());
    }

    #[test]
    fn nothing_is_signed_that_is_not_understood() {
        for unknown in [
            json!({ "id": "https://example.org/a", "colour": "red" }),
            json!({ "id": "https://example.org/a", "type": "Colour" }),
            json!({ "id": "https://example.org/a b" }),
            json!({ "issuer": { "name": "two without an id" } }),
        ] {
            assert_eq!(canonical(&unknown), None, "{unknown}");
        }
    }
}
