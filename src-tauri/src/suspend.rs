//! Locks the desk before the computer sleeps.
//!
//! logind says so on the system bus and waits a few seconds for programs that asked it to. Where there is no logind, and
//! on other systems, the desk notices after waking that the clock on the wall has gone on.

use std::thread;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::OwnedFd;

const LOGIND: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";

/// Calls `on_sleep`, on a thread of its own, each time before the computer sleeps.
pub fn watch(on_sleep: impl Fn() + Send + 'static) {
    let started = thread::Builder::new().name("suspend".into()).spawn(move || {
        if let Err(error) = Connection::system().and_then(|bus| listen(&bus, &on_sleep)) {
            eprintln!("Before this computer sleeps the desk will not be locked, only afterwards: {error}.");
        }
    });
    if let Err(error) = started {
        eprintln!("Before this computer sleeps the desk will not be locked, only afterwards: {error}.");
    }
}

/// Until the bus is gone.
fn listen(bus: &Connection, on_sleep: &dyn Fn()) -> zbus::Result<()> {
    let logind = Proxy::new(bus, LOGIND, PATH, MANAGER)?;
    let signals = logind.receive_signal("PrepareForSleep")?;
    let mut delay = ask_to_wait(&logind);
    for signal in signals {
        let is_going: bool = signal.body().deserialize()?;
        if is_going {
            on_sleep();
            // Closing it says that we are done.
            drop(delay.take());
        } else {
            delay = ask_to_wait(&logind);
        }
    }
    Ok(())
}

/// Without a delay the desk is locked all the same, perhaps only while the computer wakes.
fn ask_to_wait(logind: &Proxy<'_>) -> Option<OwnedFd> {
    let why = ("sleep", "Orca Front Desk", "The desk is locked first", "delay");
    logind.call("Inhibit", &why).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{self, Receiver, Sender};
    use std::time::Duration;

    use zbus::blocking::connection::Builder;
    use zbus::object_server::SignalEmitter;

    use super::*;

    /// Nothing here takes this long unless it never comes.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Gives away one end of a line for each delay, and the other end to the test.
    struct Logind(Sender<UnixStream>);

    #[zbus::interface(name = "org.freedesktop.login1.Manager")]
    impl Logind {
        fn inhibit(&self, what: &str, _who: &str, _why: &str, mode: &str) -> zbus::fdo::Result<OwnedFd> {
            assert_eq!((what, mode), ("sleep", "delay"));
            let (ours, theirs) =
                UnixStream::pair().map_err(|error| zbus::fdo::Error::IOError(error.to_string()))?;
            self.0
                .send(ours)
                .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
            Ok(std::os::fd::OwnedFd::from(theirs).into())
        }

        #[zbus(signal)]
        async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, is_going: bool) -> zbus::Result<()>;
    }

    /// The test's end of the line that stands for a delay: it ends when the delay does.
    fn next_delay(delays: &Receiver<UnixStream>) -> UnixStream {
        let line = delays.recv_timeout(PATIENCE).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        line
    }

    #[test]
    fn the_desk_is_locked_before_the_computer_may_sleep_and_again_the_next_time() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (asked, delays) = mpsc::channel();
        let logind = thread::spawn(move || {
            Builder::async_io_unix_stream(theirs)
                .server(zbus::Guid::generate())
                .unwrap()
                .p2p()
                .serve_at(PATH, Logind(asked))
                .unwrap()
                .build()
                .unwrap()
        });
        let bus = Builder::async_io_unix_stream(ours).p2p().build().unwrap();
        let logind = logind.join().unwrap();
        let (lock, locked) = mpsc::channel();
        thread::spawn(move || listen(&bus, &move || lock.send(()).unwrap()));

        let manager = logind.object_server().interface::<_, Logind>(PATH).unwrap();
        let says =
            |is_going| zbus::block_on(Logind::prepare_for_sleep(manager.signal_emitter(), is_going)).unwrap();
        for _ in 0..2 {
            let mut delay = next_delay(&delays);
            says(true);
            assert_eq!(delay.read(&mut [0]).unwrap(), 0, "the computer may sleep");
            locked.try_recv().expect("the desk is locked by then");
            says(false);
        }
        assert!(
            delays.recv_timeout(PATIENCE).is_ok(),
            "it asks again after waking"
        );
        assert!(locked.try_recv().is_err(), "waking locks nothing");
    }
}
