//! The root certificates that the environment and the operating system name.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::vec::Vec;
use std::{env, fs, io};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::roots::{DIRECTORIES, FILE, InvalidRoots, Problem};

/// What the operating system trusts, unless that is nothing. What cannot be read of it is left out.
#[cfg(not(any(windows, target_os = "macos")))]
pub(super) fn native() -> Option<RootCertStore> {
    // `probe` reads the same variables. Here they are unset or empty, so it finds no path in them.
    let found = openssl_probe::probe();
    let in_directories = found.cert_dir.iter().filter_map(|directory| files_in(directory).ok()).flatten();
    let files = found.cert_file.into_iter().chain(in_directories);
    store_of(files.filter_map(|file| certificates_in(&file).ok()).flatten())
}

/// What the operating system trusts, unless that is nothing. What cannot be read of it is left out.
#[cfg(any(windows, target_os = "macos"))]
pub(super) fn native() -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    (!store.is_empty()).then_some(store)
}

/// Exactly the certificates that the variables name, or `None` if both are unset or empty.
pub(super) fn named_by(
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<RootCertStore>, InvalidRoots> {
    let set = |variable| lookup(variable).filter(|value| !value.is_empty());
    let (file, directories) = (set(FILE), set(DIRECTORIES));
    if file.is_none() && directories.is_none() {
        return Ok(None);
    }
    let mut roots = Vec::new();
    if let Some(path) = file.map(PathBuf::from) {
        let found = certificates_in(&path).map_err(|error| error.named_by(FILE))?;
        let store = store_of(found).ok_or(InvalidRoots { variable: FILE, problem: Problem::Empty(path) })?;
        roots.extend(store.roots);
    }
    if let Some(paths) = directories {
        let mut found = Vec::new();
        for directory in env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()) {
            for file in files_in(&directory).map_err(|error| error.named_by(DIRECTORIES))? {
                found.extend(certificates_in(&file).map_err(|error| error.named_by(DIRECTORIES))?);
            }
        }
        let empty = || InvalidRoots { variable: DIRECTORIES, problem: Problem::Empty(paths.into()) };
        roots.extend(store_of(found).ok_or_else(empty)?.roots);
    }
    Ok(Some(RootCertStore { roots }))
}

/// A path that could not be read, and why.
struct Unreadable {
    path: PathBuf,
    cause: io::Error,
}

impl Unreadable {
    fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        |cause| Self { path: path.to_path_buf(), cause }
    }

    fn named_by(self, variable: &'static str) -> InvalidRoots {
        InvalidRoots { variable, problem: Problem::Unreadable(self.path, self.cause) }
    }
}

/// The files directly in a directory. Links among them may lead nowhere.
fn files_in(directory: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(Unreadable::at(directory))? {
        let path = entry.map_err(Unreadable::at(directory))?.path();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => files.push(path),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Unreadable::at(&path)(error));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(files)
}

/// The certificates of a file, without those whose PEM is damaged.
fn certificates_in(file: &Path) -> Result<Vec<CertificateDer<'static>>, Unreadable> {
    let pem = fs::read(file).map_err(Unreadable::at(file))?;
    Ok(CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect())
}

/// A store of the usable certificates among these, or `None` if there are none. A directory of
/// certificates has links to most of its files, so each certificate is added only once.
fn store_of(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    let mut known = Vec::new();
    for certificate in certificates {
        if !known.contains(&certificate) {
            known.push(certificate);
        }
    }
    store.add_parsable_certificates(known);
    (!store.is_empty()).then_some(store)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::error::Error as _;
    use std::string::{String, ToString};

    /// A directory of its own for each test, and gone after it.
    struct Directory(PathBuf);

    impl Directory {
        fn new(test: &str) -> Self {
            let path = env::temp_dir().join(std::format!("eventgrid-roots-{test}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, name: &str, content: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, content).unwrap();
            path
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn certificate() -> String {
        rcgen::generate_simple_self_signed(["boiler".to_string()]).unwrap().cert.pem()
    }

    fn named(
        file: Option<&Path>,
        directories: Option<&[&Path]>,
    ) -> Result<Option<RootCertStore>, InvalidRoots> {
        named_by(|name| match name {
            FILE => file.map(Into::into),
            DIRECTORIES => directories.map(|paths| env::join_paths(paths).unwrap()),
            other => panic!("{other}"),
        })
    }

    fn number(found: Result<Option<RootCertStore>, InvalidRoots>) -> usize {
        found.unwrap().unwrap().len()
    }

    #[test]
    fn exactly_what_the_variables_name_is_trusted() {
        let directory = Directory::new("named");
        let (both, one, other) = (Directory::new("both"), Directory::new("one"), Directory::new("other"));
        let (first, second, third) = (certificate(), certificate(), certificate());
        let file = directory.file("bundle.pem", &std::format!("# Two\n{first}\n{second}"));
        assert_eq!(number(named(Some(&file), None)), 2);

        both.file("a.pem", &first);
        both.file("a-again.pem", &first);
        both.file("b.pem", &second);
        both.file("README", "Nothing that is PEM");
        fs::create_dir(both.0.join("deeper")).unwrap();
        assert_eq!(number(named(None, Some(&[&both.0]))), 2);
        one.file("a.pem", &first);
        other.file("c.pem", &third);
        assert_eq!(number(named(None, Some(&[&one.0, &other.0]))), 2);
        assert_eq!(number(named(Some(&file), Some(&[&other.0]))), 3);
    }

    #[test]
    fn variables_that_are_unset_or_empty_name_nothing() {
        assert!(named(None, None).unwrap().is_none());
        assert!(named(Some(Path::new("")), Some(&[])).unwrap().is_none());
    }

    #[test]
    fn damaged_certificates_beside_usable_ones_are_left_out() {
        let directory = Directory::new("damaged");
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let torn = "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n";
        let file =
            directory.file("some.pem", &std::format!("{damaged}{}{torn}{}", certificate(), certificate()));
        assert_eq!(number(named(Some(&file), None)), 2);
    }

    /// The text of the error and whether it has a cause.
    fn refused(file: Option<&Path>, directories: Option<&[&Path]>) -> (String, bool) {
        let error = named(file, directories).unwrap_err();
        (error.to_string(), error.source().is_some())
    }

    #[test]
    fn what_cannot_be_read_is_an_error_that_names_variable_and_path() {
        let directory = Directory::new("unreadable");
        let missing = directory.0.join("missing.pem");
        let (text, has_cause) = refused(Some(&missing), None);
        assert!(text.contains("SSL_CERT_FILE") && text.contains("missing.pem") && has_cause, "{text}");
        let (text, has_cause) = refused(Some(&directory.0), None);
        assert!(text.contains("SSL_CERT_FILE") && text.contains("unreadable") && has_cause, "{text}");
        directory.file("good.pem", &certificate());
        let (text, has_cause) = refused(None, Some(&[&directory.0, &missing]));
        assert!(text.contains("SSL_CERT_DIR") && text.contains("missing.pem") && has_cause, "{text}");
    }

    #[test]
    fn a_variable_without_a_usable_certificate_is_an_error_that_names_it() {
        let (directory, good) = (Directory::new("empty"), Directory::new("good"));
        let (text, has_cause) = refused(None, Some(&[&directory.0]));
        assert!(
            text.contains("SSL_CERT_DIR") && text.contains("no usable certificate") && !has_cause,
            "{text}"
        );
        for content in ["", "text", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let file = directory.file("empty.pem", content);
            good.file("good.pem", &certificate());
            let (text, has_cause) = refused(Some(&file), Some(&[&good.0]));
            assert!(text.contains("SSL_CERT_FILE") && text.contains("empty.pem") && !has_cause, "{text}");
            assert!(text.contains("no usable certificate"), "{text}");
        }
    }
}
