//! The published roots: the README shows what the file has.

const ROOTS: &str = include_str!("../../data/azure-roots.csv");
const README: &str = include_str!("../../README.md");

#[test]
fn the_readme_lists_the_roots_of_the_file() {
    let rows: Vec<_> = ROOTS.lines().skip(1).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let [root, key, expires, hash] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        assert_eq!(hash.len(), 64, "{root}");
        let shown = format!("| {root} | {key} | {expires} | `{}` |\n", &hash[..16]);
        assert!(README.contains(&shown), "the README does not have {shown}");
    }
}
