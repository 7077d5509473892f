//! The operating system's keychain: holds the database key, so that a signed-in person needs no passphrase.

use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

const SERVICE: &str = "health.orca.frontdesk";
/// A keychain may open a prompt that nobody answers (no display): then there is none.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether there is a keychain, and how to use it. Tests and servers switch it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    System,
    Off,
}

impl Keychain {
    /// Whether secrets can be kept here.
    pub fn is_there(self) -> bool {
        self == Keychain::System && in_time(|| keyring::Entry::store_status().is_ok()).unwrap_or(false)
    }

    /// Keeps the key of the practice named by `vault`. False: the keychain would not take it.
    pub fn keep(self, vault: &str, key: &[u8; 32]) -> bool {
        let vault = vault.to_owned();
        let key = Zeroizing::new(*key);
        self == Keychain::System
            && in_time(move || {
                keyring::Entry::new(SERVICE, &vault)
                    .and_then(|entry| entry.set_secret(&key[..]))
                    .is_ok()
            })
            .unwrap_or(false)
    }

    /// The key of the practice named by `vault`, if the keychain has it and opens.
    pub fn fetch(self, vault: &str) -> Option<Zeroizing<[u8; 32]>> {
        if self == Keychain::Off {
            return None;
        }
        let vault = vault.to_owned();
        let secret = in_time(move || {
            keyring::Entry::new(SERVICE, &vault)
                .and_then(|entry| entry.get_secret())
                .ok()
        })??;
        let secret = Zeroizing::new(secret);
        <[u8; 32]>::try_from(&secret[..]).ok().map(Zeroizing::new)
    }
}

/// Runs `work` on a thread of its own and gives up after [`PATIENCE`].
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody listens any more if it took too long.
        let _ = sender.send(work());
    });
    receiver.recv_timeout(PATIENCE).ok()
}
