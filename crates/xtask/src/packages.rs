//! The one list of what a fresh Debian machine lacks, by purpose.

/// What a package is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and opening the app.
    Run,
    /// The test suites on top of that.
    Test,
}

pub struct Package {
    pub name: &'static str,
    pub purpose: Purpose,
    pub why: &'static str,
    /// A program on the PATH that makes the package unnecessary, wherever it came from.
    pub unless: Option<&'static str>,
}

const fn run(name: &'static str, why: &'static str) -> Package {
    Package {
        name,
        purpose: Purpose::Run,
        why,
        unless: None,
    }
}

const fn test(name: &'static str, why: &'static str) -> Package {
    Package {
        name,
        purpose: Purpose::Test,
        why,
        unless: None,
    }
}

pub const DEBIAN: &[Package] = &[
    run(
        "build-essential",
        "C compiler, linker and make for SQLCipher, OpenSSL and Rust itself",
    ),
    run("pkg-config", "finds the system's libraries"),
    run("perl", "configures OpenSSL, which is built into SQLCipher"),
    run(
        "libwebkit2gtk-4.1-dev",
        "the web view that the window is made of, with GTK",
    ),
    run("fonts-dejavu-core", "a font, on machines without a desktop"),
    Package {
        name: "nodejs",
        purpose: Purpose::Run,
        why: "builds the screen",
        unless: Some("node"),
    },
    Package {
        name: "npm",
        purpose: Purpose::Run,
        why: "installs the screen's packages",
        unless: Some("npm"),
    },
    test("webkit2gtk-driver", "drives the real app in journeys"),
    test("xvfb", "a display for the real app"),
    test("xdotool", "types into the system's own dialogs in journeys"),
    test("xauth", "lets programs onto that display"),
    test("dbus", "a session bus for keychain and accessibility"),
    test("gnome-keyring", "a keychain on that bus"),
    test("at-spi2-core", "what a screen reader is told"),
    test("chromium", "drives the screens"),
    test("fonts-noto-core", "names in other scripts on pictures"),
    Package {
        name: "strace",
        purpose: Purpose::Test,
        why: "kills programs and fails their writes at a chosen call",
        unless: Some("strace"),
    },
    test("libical-dev", "an independent reader of calendar files"),
    test(
        "postgresql",
        "the relay's other database; tests start servers of their own with it",
    ),
    Package {
        name: "python3",
        purpose: Purpose::Test,
        why: "another independent reader of calendar files",
        unless: Some("python3"),
    },
    test("python3-venv", "keeps that reader's packages apart"),
];

/// What is needed for a purpose; tests need what running needs too.
pub fn needed(purpose: Purpose) -> impl Iterator<Item = &'static Package> {
    DEBIAN
        .iter()
        .filter(move |package| purpose == Purpose::Test || package.purpose == Purpose::Run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_need_what_running_needs_and_more() {
        let run: Vec<_> = needed(Purpose::Run).map(|package| package.name).collect();
        let test: Vec<_> = needed(Purpose::Test).map(|package| package.name).collect();
        assert!(run.iter().all(|name| test.contains(name)));
        assert!(test.contains(&"webkit2gtk-driver") && !run.contains(&"webkit2gtk-driver"));
    }

    #[test]
    fn no_package_is_listed_twice_and_each_says_why() {
        for (at, package) in DEBIAN.iter().enumerate() {
            assert!(!package.why.is_empty());
            assert!(
                DEBIAN[..at].iter().all(|other| other.name != package.name),
                "{} twice",
                package.name
            );
        }
    }
}
