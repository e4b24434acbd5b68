//! The plumbing between a request and a page: what was asked, forms, errors, headers, files, limits.

pub mod ask;
pub mod assets;
pub mod csv;
pub mod error;
pub mod file;
pub mod form;
pub mod guard;
pub mod limits;
pub mod look;
pub mod page;
pub mod unsent;

pub use ask::{Ask, Mode, Site};
pub use error::{Answer, Error};
pub use form::{Fault, Faults, Field, Fields, LongFields};
pub use guard::let_media_in;
pub use look::{Look, Looks};
pub use page::{Flash, Frame, Nav};
