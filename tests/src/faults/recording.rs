//! What a program does to files, recorded by `strace` with all it writes: so that a power cut can be played at any moment
//! of it (`power.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// A file, whatever it is called meanwhile.
pub type FileId = usize;

/// Something done to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Write { file: FileId, at: u64, bytes: Vec<u8> },
    Cut { file: FileId, length: u64 },
    Sync { file: FileId },
    SyncFolder { folder: PathBuf },
    Name(Naming),
}

/// Something done to names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    Create { path: PathBuf, file: FileId },
    Rename { from: PathBuf, to: PathBuf },
    Remove { path: PathBuf },
    MakeFolder { path: PathBuf },
    RemoveFolder { path: PathBuf },
}

/// Files and folders by name, of some places on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub files: BTreeMap<PathBuf, FileId>,
    pub folders: std::collections::BTreeSet<PathBuf>,
}

impl Names {
    pub fn apply(&mut self, naming: &Naming) {
        match naming {
            Naming::Create { path, file } => drop(self.files.insert(path.clone(), *file)),
            Naming::Rename { from, to } => {
                if let Some(file) = self.files.remove(from) {
                    self.files.insert(to.clone(), file);
                }
            }
            Naming::Remove { path } => drop(self.files.remove(path)),
            Naming::MakeFolder { path } => drop(self.folders.insert(path.clone())),
            Naming::RemoveFolder { path } => drop(self.folders.remove(path)),
        }
    }
}

/// Some folders before, and what a program did to them.
#[derive(Debug, Clone)]
pub struct Recording {
    pub names: Names,
    /// What was in each file before; files that came later are empty.
    pub contents: Vec<Vec<u8>>,
    pub deeds: Vec<Deed>,
}

/// The calls that are recorded.
pub const CALLS: &str = "open,openat,creat,close,dup,dup2,dup3,write,pwrite64,writev,pwritev,lseek,ftruncate,truncate,\
     fallocate,copy_file_range,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat";

/// What SQLite shares between running programs; it is made anew after a power cut.
pub fn is_shared_memory(path: &Path) -> bool {
    path.to_string_lossy().ends_with("-shm")
}

impl Recording {
    /// Notes what lies in some folders, before the program runs.
    pub fn begin(places: &[PathBuf]) -> Result<Recording> {
        let mut recording = Recording {
            names: Names::default(),
            contents: Vec::new(),
            deeds: Vec::new(),
        };
        for place in places.iter().filter(|place| place.exists()) {
            recording.take_in(place)?;
        }
        Ok(recording)
    }

    fn take_in(&mut self, folder: &Path) -> Result<()> {
        self.names.folders.insert(folder.to_owned());
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.take_in(&path)?;
            } else {
                self.names.files.insert(path.clone(), self.contents.len());
                self.contents.push(fs::read(&path)?);
            }
        }
        Ok(())
    }

    /// Reads a log of strace (`-f -xx`, [`CALLS`]) of a program that worked on these places.
    ///
    /// # Errors
    /// If something in it is not understood: a power cut played without it would prove nothing.
    pub fn read(&mut self, log: &str, places: &[PathBuf]) -> Result<()> {
        let mut reader = Reader {
            names: self.names.clone(),
            places,
            handles: BTreeMap::new(),
            recording: self,
        };
        let mut begun: BTreeMap<&str, String> = BTreeMap::new();
        for line in log.lines() {
            let Some((thread, rest)) = line.split_once(' ') else {
                continue;
            };
            let rest = rest.trim_start();
            if let Some(beginning) = rest.strip_suffix(" <unfinished ...>") {
                begun.insert(thread, beginning.to_owned());
                continue;
            }
            let whole = match rest
                .strip_prefix("<... ")
                .and_then(|rest| rest.split_once(" resumed>"))
            {
                Some((_, end)) => {
                    let beginning = begun.remove(thread).context("a call ends that did not begin")?;
                    format!("{beginning}{end}")
                }
                None => rest.to_owned(),
            };
            let Some(call) = Call::parse(&whole) else {
                continue;
            };
            reader.call(&call).with_context(|| {
                let shown: String = whole.chars().take(200).collect();
                format!("in the recording: {shown}")
            })?;
        }
        Ok(())
    }
}

/// A call that succeeded.
struct Call<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
    result: u64,
}

impl<'a> Call<'a> {
    fn parse(line: &'a str) -> Option<Call<'a>> {
        let (name, rest) = line.split_once('(')?;
        let (arguments, result) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(" = "))?;
        let result = result.split_whitespace().next()?.parse().ok()?;
        Some(Call {
            name,
            arguments: arguments.trim_end().trim_end_matches(')').split(", ").collect(),
            result,
        })
    }

    fn argument(&self, at: usize) -> Result<&'a str> {
        self.arguments
            .get(at)
            .copied()
            .with_context(|| format!("{} without argument {at}", self.name))
    }

    fn number(&self, at: usize) -> Result<u64> {
        Ok(self.argument(at)?.parse()?)
    }

    /// A text as `-xx` writes it: `"\x2f\x74"`.
    fn bytes(&self, at: usize) -> Result<Vec<u8>> {
        let text = self.argument(at)?;
        let digits = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .with_context(|| format!("{} was cut short", self.name))?;
        digits
            .split("\\x")
            .skip(1)
            .map(|two| Ok(u8::from_str_radix(two, 16)?))
            .collect()
    }

    fn path(&self, at: usize) -> Result<PathBuf> {
        Ok(PathBuf::from(String::from_utf8(self.bytes(at)?)?))
    }
}

enum Handle {
    File {
        file: FileId,
        offset: u64,
    },
    Folder(PathBuf),
    /// Of no concern.
    Other,
}

struct Reader<'a> {
    recording: &'a mut Recording,
    names: Names,
    places: &'a [PathBuf],
    handles: BTreeMap<u64, Handle>,
}

impl Reader<'_> {
    fn is_ours(&self, path: &Path) -> bool {
        self.places.iter().any(|place| path.starts_with(place))
    }

    /// A path, from the folder that an earlier argument names.
    fn path_from(&self, call: &Call<'_>, folder: usize) -> Result<PathBuf> {
        let path = call.path(folder + 1)?;
        if path.is_absolute() || call.argument(folder)? == "AT_FDCWD" {
            return Ok(path);
        }
        match self.handles.get(&call.number(folder)?) {
            Some(Handle::Folder(folder)) => Ok(folder.join(path)),
            _ => bail!("a path from a folder that nobody opened"),
        }
    }

    fn name(&mut self, naming: Naming) {
        self.names.apply(&naming);
        self.recording.deeds.push(Deed::Name(naming));
    }

    fn opened(&mut self, path: PathBuf, flags: &str, handle: u64) {
        let flags: Vec<&str> = flags.split('|').collect();
        if !self.is_ours(&path) {
            self.handles.insert(handle, Handle::Other);
            return;
        }
        if self.names.folders.contains(&path) {
            self.handles.insert(handle, Handle::Folder(path));
            return;
        }
        let file = match self.names.files.get(&path) {
            Some(file) => *file,
            None => {
                let file = self.recording.contents.len();
                self.recording.contents.push(Vec::new());
                self.name(Naming::Create { path, file });
                file
            }
        };
        if flags.contains(&"O_TRUNC") {
            self.recording.deeds.push(Deed::Cut { file, length: 0 });
        }
        self.handles.insert(handle, Handle::File { file, offset: 0 });
    }

    fn call(&mut self, call: &Call<'_>) -> Result<()> {
        match call.name {
            "openat" => {
                let path = self.path_from(call, 0)?;
                self.opened(path, call.argument(2)?, call.result);
            }
            "open" => self.opened(call.path(0)?, call.argument(1)?, call.result),
            "close" => drop(self.handles.remove(&call.number(0)?)),
            "lseek" => {
                if let Some(Handle::File { offset, .. }) = self.handles.get_mut(&call.number(0)?) {
                    *offset = call.result;
                }
            }
            "write" | "pwrite64" => self.written(call)?,
            "ftruncate" => {
                if let Some(Handle::File { file, .. }) = self.handles.get(&call.number(0)?) {
                    let (file, length) = (*file, call.number(1)?);
                    self.recording.deeds.push(Deed::Cut { file, length });
                }
            }
            "fsync" | "fdatasync" => match self.handles.get(&call.number(0)?) {
                Some(Handle::File { file, .. }) => {
                    let file = *file;
                    self.recording.deeds.push(Deed::Sync { file });
                }
                Some(Handle::Folder(folder)) => {
                    let folder = folder.clone();
                    self.recording.deeds.push(Deed::SyncFolder { folder });
                }
                Some(Handle::Other) | None => {}
            },
            "rename" => self.renamed(call.path(0)?, call.path(1)?)?,
            "renameat" | "renameat2" => {
                let (from, to) = (self.path_from(call, 0)?, self.path_from(call, 2)?);
                self.renamed(from, to)?;
            }
            "unlink" => self.removed(call.path(0)?, false),
            "rmdir" => self.removed(call.path(0)?, true),
            "unlinkat" => {
                let path = self.path_from(call, 0)?;
                self.removed(path, call.argument(2)? == "AT_REMOVEDIR");
            }
            "mkdir" => self.made(call.path(0)?),
            "mkdirat" => {
                let path = self.path_from(call, 0)?;
                self.made(path);
            }
            other => {
                let handle = call.argument(0)?.parse().ok();
                let is_ours = handle.is_some_and(|handle| {
                    matches!(
                        self.handles.get(&handle),
                        Some(Handle::File { .. } | Handle::Folder(_))
                    )
                });
                ensure!(!is_ours, "nobody has taught the recording about {other}");
            }
        }
        Ok(())
    }

    fn written(&mut self, call: &Call<'_>) -> Result<()> {
        let Some(Handle::File { file, offset }) = self.handles.get_mut(&call.number(0)?) else {
            return Ok(());
        };
        let mut bytes = call.bytes(1)?;
        bytes.truncate(usize::try_from(call.result)?);
        let at = match call.name {
            "pwrite64" => call.number(3)?,
            _ => *offset,
        };
        if call.name == "write" {
            *offset += call.result;
        }
        let file = *file;
        self.recording.deeds.push(Deed::Write { file, at, bytes });
        Ok(())
    }

    fn renamed(&mut self, from: PathBuf, to: PathBuf) -> Result<()> {
        match (self.is_ours(&from), self.is_ours(&to)) {
            (true, true) => {
                ensure!(
                    self.names.files.contains_key(&from),
                    "only files are renamed here"
                );
                self.name(Naming::Rename { from, to });
                Ok(())
            }
            (false, false) => Ok(()),
            _ => bail!("something comes from elsewhere or goes there"),
        }
    }

    fn removed(&mut self, path: PathBuf, is_folder: bool) {
        if self.is_ours(&path) {
            self.name(match is_folder {
                true => Naming::RemoveFolder { path },
                false => Naming::Remove { path },
            });
        }
    }

    fn made(&mut self, path: PathBuf) {
        if self.is_ours(&path) {
            self.name(Naming::MakeFolder { path });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        let digits: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("\"{digits}\"")
    }

    #[test]
    fn a_log_is_read_with_its_threads_and_offsets() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("p");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("old"), "abcdef").unwrap();
        let old = place.join("old").display().to_string();
        let new = place.join("new").display().to_string();
        let log = [
            format!("7 openat(AT_FDCWD, {}, O_RDWR|O_CLOEXEC) = 3", hex(&old)),
            format!("7 openat(AT_FDCWD, {}, O_RDWR|O_CREAT, 0644) = 4", hex(&new)),
            format!("7 openat(AT_FDCWD, {}, O_RDONLY) = 5", hex("/etc/passwd")),
            format!("7 write(4, {}, 2) = 2", hex("xy")),
            "8 fdatasync(3 <unfinished ...>".to_owned(),
            format!("7 write(4, {}, 3) = 1", hex("z..")),
            "8 <... fdatasync resumed>)           = 0".to_owned(),
            format!("7 pwrite64(3, {}, 2, 4) = 2", hex("EF")),
            "7 lseek(4, 0, SEEK_SET)           = 0".to_owned(),
            format!("7 write(4, {}, 1) = 1", hex("X")),
            "7 ftruncate(3, 5) = 0".to_owned(),
            format!("7 rename({}, {}) = 0", hex(&new), hex(&old)),
            format!(
                "7 unlink({}) = -1 ENOENT (No such file or directory)",
                hex("/gone")
            ),
            "7 fsync(1) = 0".to_owned(),
        ]
        .join("\n");
        let places = [place.clone()];
        let mut recording = Recording::begin(&places).unwrap();
        recording.read(&log, &places).unwrap();
        let write = |file, at, text: &str| Deed::Write {
            file,
            at,
            bytes: text.as_bytes().to_vec(),
        };
        assert_eq!(
            recording.deeds,
            [
                Deed::Name(Naming::Create {
                    path: new.clone().into(),
                    file: 1
                }),
                write(1, 0, "xy"),
                write(1, 2, "z"),
                Deed::Sync { file: 0 },
                write(0, 4, "EF"),
                write(1, 0, "X"),
                Deed::Cut { file: 0, length: 5 },
                Deed::Name(Naming::Rename {
                    from: new.into(),
                    to: old.into()
                }),
            ]
        );
        let linked = format!(
            "7 openat(AT_FDCWD, {}, O_RDWR) = 3\n7 fallocate(3, 0, 0, 9) = 0",
            hex("/p/x")
        );
        let places = [PathBuf::from("/p")];
        let error = Recording::begin(&places)
            .unwrap()
            .read(&linked, &places)
            .unwrap_err();
        assert!(format!("{error:#}").contains("fallocate"), "{error:#}");
    }
}
