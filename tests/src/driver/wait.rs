//! Waiting for a condition, never for a time.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// How long a condition may take before a test gives up. Long, because a loaded computer is slow and a wait that
/// succeeds costs nothing.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Looks until `look` gives something, and gives that.
///
/// # Errors
/// After [`PATIENCE`], naming `what` was waited for and the last error, if looking failed.
pub async fn until<T, L, F>(what: &str, look: L) -> Result<T>
where
    L: FnMut() -> F,
    F: Future<Output = Result<Option<T>>>,
{
    until_within(PATIENCE, what, look).await
}

/// The same with a deadline of its own, for what the program itself takes its time over.
///
/// # Errors
/// After `patience`, naming `what` was waited for and the last error, if looking failed.
pub async fn until_within<T, L, F>(patience: Duration, what: &str, mut look: L) -> Result<T>
where
    L: FnMut() -> F,
    F: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    loop {
        let seen = look().await;
        if let Ok(Some(found)) = seen {
            return Ok(found);
        }
        if start.elapsed() > patience {
            let waited = format!("waited {} s for {what}", patience.as_secs());
            return Err(match seen {
                Err(error) => error.context(waited),
                Ok(_) => anyhow!(waited),
            });
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
