//! Who someone is: accounts, passwords, sessions and the links that prove an address.

pub mod emails;
pub mod gate;
pub mod pages;
pub mod passwords;
pub mod store;

use crate::id;

id!(AccountId);
id!(SessionId);

/// Somebody who is signed in, verified and not suspended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: AccountId,
    pub session: SessionId,
    pub name: String,
    pub email: String,
    pub is_administrator: bool,
}
