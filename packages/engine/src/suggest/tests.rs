use super::distance::Rows;
use super::{Suggestion, Why, nearest};
use crate::json::samples::Random;

fn texts<'a>(wanted: &str, candidates: &[&'a str]) -> Vec<&'a str> {
    nearest(wanted, candidates.iter().copied(), 5).into_iter().map(|found| found.text).collect()
}

fn why(wanted: &str, candidate: &str) -> Option<Why> {
    nearest(wanted, [candidate].into_iter(), 1).first().map(|found| found.why)
}

#[test]
fn likeness_has_a_reason() {
    let table = [
        ("alic", "alice", Some(Why::DifferentSpelling)),
        ("users", "user", Some(Why::DifferentSpelling)),
        ("aclie", "alice", Some(Why::DifferentSpelling)),
        ("ALICE", "alice", Some(Why::DifferentCase)),
        ("straße", "STRASSE", Some(Why::DifferentSpelling)),
        ("ÉTÉ", "été", Some(Why::DifferentCase)),
        ("ab", "ba", Some(Why::DifferentSpelling)),
        ("ord", "orders-2024", Some(Why::StartsTheSame)),
        ("ORD", "orders-2024", Some(Why::StartsTheSame)),
        ("orders/2024/11/22", "orders/2024", Some(Why::StartsTheSame)),
        ("alice", "user/alice/profile", Some(Why::ContainsIt)),
        ("cat", "dog", None),
        ("cat", "cat", None),
        ("a", "b", None),
        ("a", "apple", None),
        ("orders/2024/11/22", "or", None),
        ("configuration", "xyz", None),
        ("alice", "", None),
        ("", "alice", None),
    ];
    for (wanted, candidate, expected) in table {
        assert_eq!(why(wanted, candidate), expected, "{wanted} {candidate}");
    }
    assert_eq!(Why::DifferentSpelling.to_string(), "different spelling");
    assert_eq!(Why::DifferentCase.to_string(), "different case");
    assert_eq!(Why::StartsTheSame.to_string(), "starts the same");
}

#[test]
fn the_likeliest_come_first() {
    let names = ["alicia", "bob", "xalicex", "Alic", "alice", "alics", "malice", "alic-settings-for-the-shop", "ali"];
    assert_eq!(texts("alic", &names), ["Alic", "ali", "alice", "alics", "alicia"]);
    let one = nearest("alic", names.iter().copied(), 1);
    assert_eq!(one, [Suggestion { text: "Alic", why: Why::DifferentCase }]);
    assert!(nearest("alic", names.iter().copied(), 0).is_empty());
    // The order of the candidates does not matter, and a name is suggested once.
    let mut backwards = names;
    backwards.reverse();
    assert_eq!(texts("alic", &backwards), texts("alic", &names));
    assert_eq!(texts("alic", &["alice", "alice"]), ["alice"]);
}

#[test]
fn many_and_long_candidates_are_safe() {
    let long = "x".repeat(2_000_000);
    let long_start = format!("alice{long}");
    assert_eq!(texts("alice", &[&long, &long_start, "alicf"]), ["alicf", &long_start]);
    assert_eq!(texts(&long, &["x", "alice"]), Vec::<&str>::new());
    assert_eq!(texts(&long[..1000], &[&long[..1001]]).len(), 1);
    let names: Vec<String> = (0..200_000).map(|at| format!("user-{at:06}")).collect();
    let found = nearest("user-19999x", names.iter().map(String::as_str), 3);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|found| found.text.starts_with("user-19999")));
}

/// The whole table of the optimal string alignment distance.
fn whole_table(a: &[char], b: &[char]) -> usize {
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let mut least = (table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                    .min(table[i - 1][j] + 1)
                    .min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len()][b.len()]
}

#[test]
fn the_band_gives_the_distance_of_the_whole_table() {
    let seed = Random::seed(61);
    let mut random = Random::new(seed);
    let mut rows = Rows::default();
    let mut near = 0;
    for _ in 0..50_000 {
        let mut word =
            || -> Vec<char> { (0..random.below(9)).map(|_| ['a', 'b', 'c', 'é'][random.below(4)]).collect() };
        let (a, b) = (word(), word());
        let distance = whole_table(&a, &b);
        for cutoff in 0..5 {
            let expected = (distance <= cutoff).then_some(distance);
            near += usize::from(expected.is_some());
            assert_eq!(rows.within(&a, &b, cutoff), expected, "seed {seed}: {a:?} {b:?} {cutoff}");
        }
    }
    assert!(near > 1000);
}
