//! The store, held by one thread at a time.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::Store;

thread_local! {
    /// The stores that this thread holds, by address.
    static HELD: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// The store while it is held. To ask for it again within is a fault of ours that would hang the desk for good: it panics
/// instead, which ends that one command and lets the others go on.
pub(crate) struct StoreGuard<'a> {
    guard: MutexGuard<'a, Store>,
    address: usize,
}

impl<'a> StoreGuard<'a> {
    pub fn of(store: &'a Mutex<Store>) -> Self {
        let address = std::ptr::from_ref(store) as usize;
        let is_held = HELD.with_borrow(|held| held.contains(&address));
        assert!(
            !is_held,
            "the store is held by this thread already: what looks into it asks the reading or writing it has"
        );
        let guard = store.lock().unwrap_or_else(PoisonError::into_inner);
        HELD.with_borrow_mut(|held| held.push(address));
        StoreGuard { guard, address }
    }
}

impl Drop for StoreGuard<'_> {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|held| held.retain(|address| *address != self.address));
    }
}

impl Deref for StoreGuard<'_> {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.guard
    }
}

impl DerefMut for StoreGuard<'_> {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.guard
    }
}
