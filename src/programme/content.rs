//! What is taught now, and when it was read.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Catalogue, ContentFault};
use crate::platform::clock::Instant;

/// The catalogue of now; a reload puts a new one in its place, and whoever holds the old one keeps it.
#[derive(Clone, Debug)]
pub struct Content(Arc<RwLock<Held>>);

#[derive(Debug)]
struct Held {
    catalogue: Arc<Catalogue>,
    read: Read,
}

/// When the content was read, and what kept a later one out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// None: at the start of the process.
    pub at: Option<Instant>,
    /// When it was last to be read again and was not taken, and every fault in it.
    pub refused: Option<(Instant, Vec<ContentFault>)>,
}

impl Content {
    pub fn new(catalogue: Catalogue) -> Self {
        Self(Arc::new(RwLock::new(Held { catalogue: Arc::new(catalogue), read: Read::default() })))
    }

    pub fn current(&self) -> Arc<Catalogue> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).catalogue.clone()
    }

    pub fn read(&self) -> Read {
        self.0.read().unwrap_or_else(PoisonError::into_inner).read.clone()
    }

    pub fn replace(&self, catalogue: Catalogue) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).catalogue = Arc::new(catalogue);
    }

    /// Takes what was read now; with faults in it the old catalogue stays, and they are remembered.
    pub fn take(&self, loaded: Result<Catalogue, Vec<ContentFault>>, now: Instant) -> Result<(), Vec<ContentFault>> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match loaded {
            Ok(catalogue) => {
                *held = Held { catalogue: Arc::new(catalogue), read: Read { at: Some(now), refused: None } };
                Ok(())
            }
            Err(faults) => {
                held.read.refused = Some((now, faults.clone()));
                Err(faults)
            }
        }
    }
}
