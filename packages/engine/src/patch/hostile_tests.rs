//! Patches that mean harm.

use super::apply_tests::{patched, problem};
use super::{PatchError, PatchProblem};
use crate::json::samples::Random;

#[test]
fn hostile_patches_end_in_errors() {
    // Doubling, again and again.
    let double = vec![r#"{"op":"copy","from":"","path":"/-"}"#; 60].join(",");
    assert!(matches!(
        patched("[1]", &format!("[{double}]")),
        Err(PatchError::Operation { problem: PatchProblem::TooMuchWork | PatchProblem::TooDeep, .. })
    ));
    let wide = vec![r#"{"op":"copy","from":"/a","path":"/b"},{"op":"copy","from":"/b","path":"/a/-"}"#; 60].join(",");
    assert!(patched(r#"{"a":["xxxxxxxxxxxxxxxx"]}"#, &format!("[{wide}]")).is_err());
    let list = format!("[[{}1]]", "1,".repeat(1000));
    let flat: Vec<String> = (0..40_000).map(|_| r#"{"op":"copy","from":"/0","path":"/-"}"#.to_owned()).collect();
    assert_eq!(problem_of_any(&list, &flat.join(",")), PatchProblem::TooMuchWork);
    let long = format!(r#"["{}"]"#, "x".repeat(8 << 20));
    assert_eq!(problem_of_any(&long, &flat.join(",")), PatchProblem::TooLong);
    // Ever deeper.
    let deeper = vec![r#"{"op":"copy","from":"/a","path":"/a/a"}"#; 200].join(",");
    assert_eq!(problem_of_any(r#"{"a":{}}"#, &deeper), PatchProblem::TooDeep);
    let value = format!("{}1{}", "[".repeat(128), "]".repeat(128));
    assert_eq!(problem("{}", &format!(r#"{{"op":"add","path":"/a","value":{value}}}"#)), PatchProblem::TooDeep);
    assert!(patched("{}", &format!(r#"[{{"op":"add","path":"","value":{value}}}]"#)).is_ok());
    // The same large part moved to and fro.
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(8 << 20));
    let moves = vec![r#"{"op":"move","from":"/a","path":"/b"},{"op":"move","from":"/b","path":"/a"}"#; 500].join(",");
    assert_eq!(problem_of_any(&large, &moves), PatchProblem::TooMuchWork);
    // A result that is too long, though no operation alone is.
    let twice = r#"[{"op":"copy","from":"/a","path":"/b"},{"op":"copy","from":"/a","path":"/c"}]"#;
    assert_eq!(patched(&large, twice), Err(PatchError::TooLong));
    // A pointer with a million steps.
    let steps = "/a".repeat(1_000_000);
    assert!(matches!(problem("{}", &format!(r#"{{"op":"remove","path":"{steps}"}}"#)), PatchProblem::NothingThere(_)));
}

fn problem_of_any(document: &str, operations: &str) -> PatchProblem {
    match patched(document, &format!("[{operations}]")) {
        Err(PatchError::Operation { problem, .. }) => problem,
        other => panic!("{:?}", other.map(|text| text.len())),
    }
}

/// Random patches: whatever they do, the result is valid and nothing panics.
#[test]
fn random_patches_are_applied_or_refused() {
    let seed = Random::seed(31);
    let mut random = Random::new(seed);
    let document = r#"{"a":[1,{"b":[2,3]},[]],"b":{"":{"a":0},"~":1},"":"x"}"#;
    let paths =
        ["", "/", "/a", "/b", "/a/0", "/a/1", "/a/1/b", "/a/1/b/-", "/a/-", "/b/", "/b//a", "/b/~0", "/a/2/0", "/~1"];
    let (mut applied, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let operations: Vec<String> = (0..=random.below(4))
            .map(|_| {
                let op = random.pick(&["add", "remove", "replace", "move", "copy", "test"]);
                let (from, path) = (random.pick(&paths), random.pick(&paths));
                let value = random.pick(&["1", "[]", "{\"a\":[1]}", "\"x\"", "null"]);
                format!(r#"{{"op":"{op}","from":"{from}","path":"{path}","value":{value}}}"#)
            })
            .collect();
        match patched(document, &format!("[{}]", operations.join(","))) {
            Ok(text) => {
                let mut again = Vec::new();
                assert!(crate::json::minify(text.as_bytes(), &mut again).is_ok(), "seed {seed}: {operations:?}");
                assert_eq!(again, text.as_bytes(), "seed {seed}: {operations:?}");
                applied += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(applied > 1000 && refused > 1000, "{applied} {refused}");
}
