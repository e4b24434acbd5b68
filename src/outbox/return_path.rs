//! The address to which mail servers return a mail: `bounces+TOKEN@example.org`, another for each mail (VERP), so that
//! what comes back names its mail even if the whole mail is left out of the report. What readers answer comes back the same
//! way, to another address.
//!
//! The token is the Message-ID before its @, in base32, for some servers write addresses in small letters. Nobody can
//! guess one: 184 bits of it are random, and only who got the mail has seen them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lettre::Address;

/// RFC 4648, in small letters.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// 256 bits in base32.
const TOKEN: usize = 52;
/// Of what stands before the `@` (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// The address that is told to mail servers, without a token.
#[derive(Debug, Clone)]
pub struct ReturnPath(Address);

impl ReturnPath {
    pub fn new(address: Address) -> Result<Self, String> {
        let room = LONGEST_LOCAL - TOKEN - 1;
        match address.user().len() <= room && !address.user().contains('+') {
            true => Ok(Self(address)),
            false => Err(format!("before the @ of '{address}' there may be {room} characters, and no +")),
        }
    }

    /// For one mail. A Message-ID that is not one of ours gives the address without a token.
    pub fn of(&self, message_id: &str) -> Address {
        let secret = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(secret).ok().filter(|bytes| bytes.len() == 32);
        let address = bytes.and_then(|bytes| {
            let local = format!("{}+{}", self.0.user(), base32(&bytes));
            Address::new(local, self.0.domain()).ok()
        });
        address.unwrap_or_else(|| self.0.clone())
    }

    /// The Message-ID of the mail that came back to this address. `host`: as in the Message-IDs.
    pub fn message_id(&self, address: &str, host: &str) -> Option<String> {
        let (local, domain) = address.trim().trim_matches(['<', '>']).rsplit_once('@')?;
        let (name, token) = local.rsplit_once('+')?;
        let ours = name.eq_ignore_ascii_case(self.0.user()) && domain.eq_ignore_ascii_case(self.0.domain());
        let bytes = from_base32(token).filter(|bytes| ours && bytes.len() == 32)?;
        Some(format!("<{}@{host}>", URL_SAFE_NO_PAD.encode(bytes)))
    }
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let bits = five.iter().enumerate().fold(0_u64, |bits, (n, byte)| bits | u64::from(*byte) << (32 - 8 * n));
        let letters = (five.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|n| char::from(LETTERS[(bits >> (35 - 5 * n)) as usize & 31])));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut kept) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let five = LETTERS.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        bits = bits << 5 | u32::try_from(five).ok()?;
        kept += 5;
        if kept >= 8 {
            kept -= 8;
            bytes.push((bits >> kept) as u8);
            bits &= (1 << kept) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::Secret;

    fn path() -> ReturnPath {
        ReturnPath::new("bounces@example.org".parse().unwrap()).unwrap()
    }

    #[test]
    fn what_comes_back_names_its_mail_also_in_capitals() {
        for _ in 0..50 {
            let message_id = format!("<{}@learn.example.org>", Secret::random().as_str());
            let address = path().of(&message_id).to_string();
            let local = address.split('@').next().unwrap();
            assert!(local.starts_with("bounces+") && local.len() <= LONGEST_LOCAL, "{address}");
            for form in [address.clone(), address.to_uppercase(), format!("<{address}>")] {
                assert_eq!(path().message_id(&form, "learn.example.org"), Some(message_id.clone()));
            }
        }
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        for (text, letters) in [("", ""), ("f", "my"), ("fo", "mzxq"), ("foob", "mzxw6yq"), ("foobar", "mzxw6ytboi")] {
            assert_eq!(base32(text.as_bytes()), letters);
            assert_eq!(from_base32(letters).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn no_other_address_names_a_mail() {
        let right = path().of(&format!("<{}@x>", Secret::random().as_str())).to_string();
        let others = [
            right.replace("bounces", "other"),
            right.replace("example", "other"),
            right.replace('+', "-"),
            right.replace("+", "+0"),
            "bounces+abc@example.org".into(),
            "bounces@example.org".into(),
            String::new(),
        ];
        for other in others {
            assert_eq!(path().message_id(&other, "x"), None, "{other}");
        }
        assert_eq!(path().of("<one@learn.example.org>").to_string(), "bounces@example.org");
    }

    #[test]
    fn a_return_path_leaves_room_for_its_token() {
        for wrong in ["undeliverable@example.org", "b+c@example.org"] {
            assert!(ReturnPath::new(wrong.parse().unwrap()).is_err(), "{wrong}");
        }
    }
}
