//! The certificate as an Open Badges 3.0 credential, signed by a Data Integrity proof (`eddsa-rdfc-2022`), and the profile
//! of its issuer with the public key.
//!
//! It names its holder in plain words, and by nothing else: Open Badges would also take a hash of their address, but with
//! its salt beside it a hash gives the address to whoever guesses it. So it goes to the holder, and to others only while
//! the holder lets their name be shown.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::key::Key;
use super::{Certificate, issuer, rdf};
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;

/// Of a credential, and of a profile.
pub const MEDIA_TYPE: &str = "application/vc";
pub const PROFILE_TYPE: &str = "application/ld+json";

const CREDENTIALS: &str = "https://www.w3.org/ns/credentials/v2";
const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
const CONTROLLERS: &str = "https://www.w3.org/ns/did/v1";
const MULTIKEYS: &str = "https://w3id.org/security/multikey/v1";

/// `/certificates/issuer.json`
pub const ISSUER_PATH: &str = "/certificates/issuer.json";

/// The signed credential. `None`: it holds what cannot be signed.
pub fn credential(certificate: &Certificate, base_url: &BaseUrl, key: &Key) -> Option<Value> {
    let created = certificate.name_changed_at.unwrap_or(certificate.issued_at);
    signed(unsigned(certificate, base_url), base_url, key, created)
}

fn unsigned(certificate: &Certificate, base_url: &BaseUrl) -> Value {
    let (says, address) = (&certificate.says, certificate.address(base_url));
    let programme = base_url.join(&format!("/programmes/{}", says.programme));
    json!({
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": format!("{address}/credential.json"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": says.title,
        "description": format!("{} has completed this course with {}.", certificate.name, says.cohort),
        "issuer": {
            "id": base_url.join(ISSUER_PATH),
            "type": ["Profile"],
            "name": issuer(base_url),
            "url": base_url.as_str(),
        },
        "validFrom": certificate.issued_at.rfc3339(),
        "credentialSubject": {
            "id": format!("{address}#holder"),
            "type": ["AchievementSubject"],
            "identifier": [{
                "type": "IdentityObject",
                "hashed": false,
                "identityHash": certificate.name,
                "identityType": "name",
            }],
            "achievement": {
                "id": programme,
                "type": ["Achievement"],
                "achievementType": "Course",
                "name": says.title,
                "inLanguage": says.language,
                "description": format!(
                    "A course that people take together: {}, {}, {}.", says.cohort, plain(&says.dates()), says.effort()
                ),
                "criteria": {
                    "id": format!("{programme}#certificate"),
                    "narrative": format!("The holder has done {}.", says.asked),
                },
            },
        },
    })
}

/// No-break spaces are for pages.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// Adds the proof: a signature over the hashes of what the proof says of itself and of the document.
fn signed(mut document: Value, base_url: &BaseUrl, key: &Key, created: Instant) -> Option<Value> {
    let mut proof = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created.rfc3339(),
        "verificationMethod": verification_method(base_url, key),
        "proofPurpose": "assertionMethod",
    });
    let hash = |document: &Value| rdf::canonical(document).map(|lines| Sha256::digest(lines.as_bytes()));
    let signature = key.sign(&[hash(&proof)?, hash(&document)?].concat());
    proof["proofValue"] = signature.into();
    document["proof"] = proof;
    Some(document)
}

/// The key's own name, so that a new key one day takes nothing from what this one signed.
fn verification_method(base_url: &BaseUrl, key: &Key) -> String {
    format!("{}#{}", base_url.join(ISSUER_PATH), key.public())
}

/// Who issues here, and with which key: what a verifier fetches.
pub fn issuer_profile(base_url: &BaseUrl, key: &Key) -> Value {
    let method = verification_method(base_url, key);
    json!({
        "@context": [CONTROLLERS, MULTIKEYS, OPEN_BADGES],
        "id": base_url.join(ISSUER_PATH),
        "type": ["Profile"],
        "name": issuer(base_url),
        "url": base_url.as_str(),
        "verificationMethod": [{
            "id": method,
            "type": "Multikey",
            "controller": base_url.join(ISSUER_PATH),
            "publicKeyMultibase": key.public(),
        }],
        "assertionMethod": [method],
    })
}
