//! Who listens for new posts on a page that is open: so many pages of one person, so many in all. Another page of the
//! same person ends the one that was opened first, for of a page that was left the server hears late or never.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::accounts::AccountId;
use crate::platform::web::Error;

/// How many pages one person may have open that listen, and how many all people together, in one process.
const OF_ONE: usize = 4;
const IN_ALL: usize = 2_000;
/// When somebody may try again who found no seat.
const FULL_SECONDS: u64 = 60;

#[derive(Clone)]
pub struct Listeners(Arc<Inner>);

struct Inner {
    of_one: usize,
    in_all: usize,
    room: Mutex<Room>,
}

#[derive(Default)]
struct Room {
    is_closed: bool,
    seats: usize,
    next: u64,
    /// Oldest first. Who drops a sender ends its listener.
    taken: HashMap<AccountId, VecDeque<(u64, oneshot::Sender<()>)>>,
}

/// One page that listens. Dropped, it leaves its seat to others.
pub struct Seat {
    room: Listeners,
    by: AccountId,
    number: u64,
    ended: oneshot::Receiver<()>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self::new(OF_ONE, IN_ALL)
    }
}

impl Listeners {
    pub fn new(of_one: usize, in_all: usize) -> Self {
        Self(Arc::new(Inner { of_one, in_all, room: Mutex::default() }))
    }

    /// A seat, unless all are taken by others or the process is about to end.
    pub fn sit(&self, by: AccountId) -> Result<Seat, Error> {
        let mut room = self.room();
        let own = room.taken.get(&by).map_or(0, VecDeque::len);
        let is_full = room.seats >= self.0.in_all && own < self.0.of_one;
        if room.is_closed || is_full {
            return Err(Error::TooMany { seconds: FULL_SECONDS });
        }
        room.next += 1;
        let (number, (ends, ended)) = (room.next, oneshot::channel());
        let own = room.taken.entry(by).or_default();
        own.push_back((number, ends));
        let is_one_too_many = own.len() > self.0.of_one;
        if is_one_too_many {
            own.pop_front();
        } else {
            room.seats += 1;
        }
        drop(room);
        Ok(Seat { room: self.clone(), by, number, ended })
    }

    /// How many listen.
    pub fn count(&self) -> usize {
        self.room().seats
    }

    /// Ends all, and lets nobody in any more.
    pub fn close(&self) {
        *self.room() = Room { is_closed: true, ..Room::default() };
    }

    fn leave(&self, by: AccountId, number: u64) {
        let mut room = self.room();
        let Some(own) = room.taken.get_mut(&by) else { return };
        let before = own.len();
        own.retain(|(taken, _)| *taken != number);
        let (left, is_last) = (before - own.len(), own.is_empty());
        room.seats -= left;
        if is_last {
            room.taken.remove(&by);
        }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.0.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Until somebody else needs the seat, or the process ends.
    pub async fn ended(&mut self) {
        let _ = (&mut self.ended).await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.leave(self.by, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_over(seat: &mut Seat) -> bool {
        seat.ended.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    #[test]
    fn another_page_of_the_same_person_ends_the_oldest() {
        let listeners = Listeners::new(2, 10);
        let (ada, ben) = (AccountId(1), AccountId(2));
        let mut first = listeners.sit(ada).unwrap();
        let mut second = listeners.sit(ada).unwrap();
        let mut bens = listeners.sit(ben).unwrap();
        let _third = listeners.sit(ada).unwrap();
        assert!(is_over(&mut first) && !is_over(&mut second) && !is_over(&mut bens));
        assert_eq!(listeners.count(), 3);
        drop(first);
        assert_eq!(listeners.count(), 3, "its seat was given away before");
        drop(second);
        assert_eq!(listeners.count(), 2);
    }

    #[test]
    fn a_full_process_lets_nobody_else_in_until_somebody_leaves() {
        let listeners = Listeners::new(2, 2);
        let seats: Vec<Seat> = (1..=2).map(|n| listeners.sit(AccountId(n)).unwrap()).collect();
        assert!(listeners.sit(AccountId(3)).is_err());
        drop(seats);
        assert_eq!(listeners.count(), 0);
        assert!(listeners.sit(AccountId(3)).is_ok());
    }

    #[test]
    fn a_process_that_ends_sends_everybody_home() {
        let listeners = Listeners::default();
        let mut seat = listeners.sit(AccountId(1)).unwrap();
        listeners.close();
        assert!(is_over(&mut seat) && listeners.sit(AccountId(1)).is_err());
        drop(seat);
        assert_eq!(listeners.count(), 0);
    }
}
