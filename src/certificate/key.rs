//! The key that signs credentials: Ed25519, made at the first need and kept in the database, so that every process signs
//! with the same and a backup holds it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::QueryResult;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::store;
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::secret::Secret;

/// What the key is called among those that the database may hold one day.
const NAME: &str = "credentials";
/// How a public Ed25519 key begins in its Multikey form.
const MULTIKEY: [u8; 2] = [0xed, 0x01];

pub struct Key(Ed25519KeyPair);

impl Key {
    /// From its seed of 32 bytes in base64url.
    fn from_seed(seed: &str) -> Option<Self> {
        let seed = URL_SAFE_NO_PAD.decode(seed).ok()?;
        Ed25519KeyPair::from_seed_unchecked(&seed).ok().map(Self)
    }

    /// For those who check: `z6Mk…` (Multikey, base 58).
    pub fn public(&self) -> String {
        multibase(&[&MULTIKEY[..], self.0.public_key().as_ref()].concat())
    }

    /// The signature over the bytes, in base 58 with its prefix.
    pub fn sign(&self, bytes: &[u8]) -> String {
        multibase(self.0.sign(bytes).as_ref())
    }
}

/// The key, if one was made.
pub fn find(conn: &mut Conn) -> QueryResult<Option<Key>> {
    Ok(store::seed(conn, NAME)?.and_then(|seed| Key::from_seed(&seed)))
}

/// Makes the key unless there is one.
pub fn made(conn: &mut Conn, now: Instant) -> QueryResult<()> {
    match store::seed(conn, NAME)? {
        Some(_) => Ok(()),
        // A secret is what a seed is: 256 random bits in base64url.
        None => store::keep_seed(conn, NAME, Secret::random().as_str(), now),
    }
}

/// Base 58 as Bitcoin has it, with the `z` that names it (multibase).
fn multibase(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 138 / 100 + 1);
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| '1');
    let letters = digits.iter().rev().map(|digit| char::from(LETTERS[usize::from(*digit)]));
    std::iter::once('z').chain(zeros).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_58_is_that_of_the_draft_about_it() {
        assert_eq!(multibase(b"Hello World!"), "z2NEpo7TZRRrLZSi2U");
        assert_eq!(multibase(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd]), "z11233QC4");
    }

    #[test]
    fn a_key_is_the_same_whenever_it_is_read() {
        let seed = URL_SAFE_NO_PAD.encode([7; 32]);
        let (one, again) = (Key::from_seed(&seed).unwrap(), Key::from_seed(&seed).unwrap());
        assert_eq!((one.public(), one.sign(b"a")), (again.public(), again.sign(b"a")));
        assert!(one.public().starts_with("z6Mk") && one.sign(b"a") != one.sign(b"b"));
    }
}
