//! Passwords as they are kept: argon2id in PHC strings, worked out by a few threads of their own.
//!
//! The threads bound how much of the machine sign-ins can take, and keep hashing out of the pool that answers pages.
//! Each uses one piece of memory again and again: with a fresh 19 MiB for every hash, glibc lets a busy process grow
//! into gigabytes.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::anyhow;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::oneshot;

use super::password::Password;
use crate::platform::web::Error;

/// How many may wait for a thread, and how long.
const QUEUE: usize = 64;
const WAIT: Duration = Duration::from_secs(2);

type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Hashes and verifies, never more at once than the machine can bear.
#[derive(Clone)]
pub struct Passwords {
    queue: SyncSender<Work>,
    cost: Params,
}

impl Passwords {
    /// At the cost that OWASP names (19 MiB, two passes), leaving one processor to the pages.
    pub fn start() -> std::io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::start_with(Params::DEFAULT, processors.saturating_sub(1).max(1))
    }

    pub fn start_with(cost: Params, threads: usize) -> std::io::Result<Self> {
        let (queue, works) = sync_channel(QUEUE);
        let works = Arc::new(Mutex::new(works));
        for _ in 0..threads {
            let works = works.clone();
            std::thread::Builder::new().name("passwords".into()).spawn(move || work_all(&works))?;
        }
        Ok(Self { queue, cost })
    }

    /// The PHC string to keep.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let (password, cost) = (password.clone(), self.cost.clone());
        self.run(move |memory| hash_in(memory, &password, &cost)).await
    }

    /// Whether it is the password that was kept. `None`, nobody's: takes as long, and is false.
    pub async fn verify(&self, kept: Option<&str>, password: &Password) -> Result<bool, Error> {
        let (kept, password, cost) = (kept.map(str::to_owned), password.clone(), self.cost.clone());
        self.run(move |memory| match kept {
            Some(kept) => verify_in(memory, &kept, &password),
            None => hash_in(memory, &password, &cost).map(|_| false),
        })
        .await
    }

    /// Whether it was kept at a lower cost than today's, and is to be hashed again when its owner next types it.
    pub fn is_weak(&self, kept: &str) -> bool {
        let Ok(kept) = PasswordHash::new(kept) else { return true };
        let Ok(cost) = Params::try_from(&kept) else { return true };
        kept.algorithm != Algorithm::Argon2id.ident()
            || kept.version != Some(Version::V0x13.into())
            || cost.m_cost() < self.cost.m_cost()
            || cost.t_cost() < self.cost.t_cost()
            || kept.hash.is_none_or(|tag| tag.len() < Params::DEFAULT_OUTPUT_LEN)
    }

    /// An error if the queue is full, or no thread came to it in time.
    async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Vec<Block>) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |memory| {
            // Whoever asked may have gone, or waited too long: no work for nobody.
            if !answer.is_closed() {
                let _ = answer.send(f(memory));
            }
        });
        let busy = || Error::Unavailable("too many passwords are waiting to be hashed".into());
        self.queue.try_send(work).map_err(|_| busy())?;
        let answer = tokio::time::timeout(WAIT, answered).await.map_err(|_| busy())?;
        Ok(answer.map_err(|_| busy())??)
    }
}

/// The PHC string, worked out on the spot: for the command line, where nobody else waits.
pub fn hash_now(password: &Password) -> anyhow::Result<String> {
    hash_in(&mut Vec::new(), password, &Params::DEFAULT)
}

/// Until the last [`Passwords`] is dropped.
fn work_all(works: &Mutex<Receiver<Work>>) {
    let mut memory = Vec::new();
    loop {
        let Ok(work) = works.lock().map(|works| works.recv()) else { return };
        let Ok(work) = work else { return };
        work(&mut memory);
    }
}

fn hash_in(memory: &mut Vec<Block>, password: &Password, cost: &Params) -> anyhow::Result<String> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|e| anyhow!("no random bytes for a salt: {e}"))?;
    let tag = tag_in(memory, &Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone()), password, &salt)?;
    let kept = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(cost).map_err(wrong)?,
        salt: Some(Salt::new(&salt).map_err(wrong)?),
        hash: Some(tag),
    };
    Ok(kept.to_string())
}

fn verify_in(memory: &mut Vec<Block>, kept: &str, password: &Password) -> anyhow::Result<bool> {
    let kept = PasswordHash::new(kept).map_err(wrong)?;
    let (Some(salt), Some(tag)) = (&kept.salt, &kept.hash) else { return Err(anyhow!("a kept password has no hash")) };
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).map_err(wrong)?;
    let version = Version::try_from(kept.version.unwrap_or(Version::V0x13.into())).map_err(wrong)?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&kept).map_err(wrong)?);
    // Compared in a time that does not depend on where the two differ.
    Ok(tag_in(memory, &argon2, password, salt)? == *tag)
}

fn tag_in(memory: &mut Vec<Block>, argon2: &Argon2<'_>, password: &Password, salt: &[u8]) -> anyhow::Result<Output> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut tag = [0; Output::MAX_LENGTH];
    let tag = &mut tag[..argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN).min(Output::MAX_LENGTH)];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, tag, memory.as_mut_slice()).map_err(wrong)?;
    Output::new(tag).map_err(wrong)
}

/// Never with the text in question.
fn wrong(why: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("a password could not be hashed: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Params {
        Params::new(64, 1, 1, Some(32)).unwrap()
    }

    #[tokio::test]
    async fn what_was_hashed_is_verified_and_nothing_else() {
        let passwords = Passwords::start_with(cheap(), 1).unwrap();
        let right = Password::typed("violet kettle harbour");
        let kept = passwords.hash(&right).await.unwrap();
        assert_ne!(kept, passwords.hash(&right).await.unwrap(), "each has a salt of its own");
        assert!(passwords.verify(Some(&kept), &right).await.unwrap());
        assert!(!passwords.verify(Some(&kept), &Password::typed("violet kettle harbour ")).await.unwrap());
        assert!(!passwords.verify(None, &right).await.unwrap());
        assert!(matches!(passwords.verify(Some("no hash"), &right).await, Err(Error::Unexpected(_))));
    }

    #[test]
    fn what_is_kept_names_its_cost() {
        let kept = hash_now(&Password::typed("violet kettle harbour")).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let parts: Vec<usize> = kept.split('$').skip(4).map(str::len).collect();
        assert_eq!(parts, [22, 43], "16 bytes of salt, 32 of tag");
    }

    /// The reference implementation's `argon2 somesalt -id -t 2 -m 16 -p 1 -l 32`, for the password `password`.
    #[tokio::test]
    async fn a_hash_of_another_program_is_verified() {
        let kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let passwords = Passwords::start_with(cheap(), 1).unwrap();
        assert!(passwords.verify(Some(kept), &Password::typed("password")).await.unwrap());
        assert!(!passwords.verify(Some(kept), &Password::typed("Password")).await.unwrap());
    }

    #[tokio::test]
    async fn weaker_ones_are_told_from_todays() {
        let today = Passwords::start().unwrap();
        let password = Password::typed("violet kettle harbour");
        assert!(!today.is_weak(&hash_now(&password).unwrap()));
        let cheap = Passwords::start_with(cheap(), 1).unwrap().hash(&password).await.unwrap();
        assert!(today.is_weak(&cheap));
        assert!(today.is_weak("$2b$10$abcdefghijklmnopqrstuv"));
    }

    #[tokio::test]
    async fn no_more_than_the_bound_is_worked_out_at_once() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let passwords = Passwords::start_with(cheap(), 2).unwrap();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let asked = (0..30).map(|_| {
            let (now, most) = (now.clone(), most.clone());
            passwords.run(move |_| {
                most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, SeqCst);
                Ok(())
            })
        });
        assert!(futures_util::future::join_all(asked).await.iter().all(Result::is_ok));
        assert_eq!(most.load(SeqCst), 2);
    }

    #[tokio::test]
    async fn who_finds_a_full_queue_is_told_at_once() {
        let passwords = Passwords::start_with(cheap(), 1).unwrap();
        let asked = (0..QUEUE + 10).map(|_| {
            passwords.run(|_| {
                std::thread::sleep(Duration::from_millis(5));
                Ok(())
            })
        });
        let answers = futures_util::future::join_all(asked).await;
        let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::Unavailable(_)))).count();
        assert!((8..=10).contains(&refused), "{refused} of {}", answers.len());
    }
}
