//! Secrets that travel in cookies and links: 256 random bits; the database keeps only their SHA-256, but for
//! the links that stop mails, which every mail needs again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A secret in clear, 43 characters of base64url; it is shown once, to the one it is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What is stored of a [`Secret`]: SHA-256, in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl Secret {
    /// # Panics
    /// Only if the operating system has no randomness to give; nothing safe could be done then.
    #[expect(clippy::expect_used, reason = "no safe way to go on without randomness")]
    pub fn random() -> Self {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads what a visitor sent; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let ours = text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> SecretHash {
        SecretHash(digest("stored", &self.0))
    }

    /// The token that forms carry for the holder of this secret; it tells nothing about the secret.
    pub fn form_token(&self) -> String {
        digest("form", &self.0)
    }
}

impl SecretHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What shows that the holder of the secret was given these words.
    pub fn seal(&self, words: &str) -> String {
        digest("seal", &format!("{}\0{words}", self.0))
    }
}

fn digest(purpose: &str, secret: &str) -> String {
    let mut sha = Sha256::new();
    sha.update(purpose.as_bytes());
    sha.update([0]);
    sha.update(secret.as_bytes());
    URL_SAFE_NO_PAD.encode(sha.finalize())
}

/// Equality in a time that does not depend on where the two differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The first 12 hex digits of a content's SHA-256, for names that change with it.
pub fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(6).map(|b| format!("{b:02x}")).collect()
}
