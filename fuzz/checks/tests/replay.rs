//! Runs every seed through its check.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use eventgrid_fuzz_checks::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_seed_passes() {
    let mut failed = Vec::new();
    for (target, check) in TARGETS {
        let folder = fuzz().join("seeds").join(target);
        let seeds = names(&folder);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for seed in seeds {
            let input = fs::read(folder.join(&seed)).unwrap();
            if catch_unwind(|| check(&input)).is_err() {
                failed.push(format!("{target}/{seed}"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn every_seed_and_every_target_is_explained() {
    let readme = fs::read_to_string(fuzz().join("README.md")).unwrap();
    for (target, _) in TARGETS {
        for name in names(&fuzz().join("seeds").join(target)).into_iter().chain([target.to_owned()]) {
            assert!(readme.contains(&format!("`{name}`")), "README.md does not mention `{name}` of {target}");
        }
    }
}

#[test]
fn targets_seeds_and_checks_are_the_same() {
    let mut checks = TARGETS.map(|(name, _)| name.to_owned());
    checks.sort();
    let targets = names(&fuzz().join("fuzz_targets"));
    assert_eq!(checks.each_ref().map(|name| format!("{name}.rs")).as_slice(), targets);
    assert_eq!(checks.as_slice(), names(&fuzz().join("seeds")));
}
