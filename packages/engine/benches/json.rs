//! How fast texts are minified: `cargo bench --bench json`.
//!
//! Each line is the best of many runs, in megabytes of text per second.

use std::hint::black_box;
use std::time::{Duration, Instant};

use koru_delta::json::Minifier;

const DOCUMENT: &str = r#"{"id":123,"name":"Alice Smith","city":"Paris","score":41.5,"tags":["a","b"]}"#;

fn main() {
    let pretty: serde_json::Value = serde_json::from_str(DOCUMENT).expect("the document is JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("a value can be written");
    let spaced = DOCUMENT.replace(':', ": ").replace(',', ", ");
    let names: Vec<String> = (0..1_000_000).map(|name| format!("\"{name:x}\":0")).collect();
    let lines = "a line of text\\nand another one, \\u00e9\\n".repeat(25_000);
    let cases = [
        ("document, 76 bytes", DOCUMENT.to_owned()),
        ("document, spaced", spaced),
        ("document, pretty", pretty),
        ("10,000 documents", format!("[{}]", vec![DOCUMENT; 10_000].join(","))),
        ("long string", format!("\"{}\"", "plain ascii text ".repeat(60_000))),
        ("long string, not ASCII", format!("\"{}\"", "Größe und Höhe, 社會科學 ".repeat(30_000))),
        ("long string, escapes", format!("\"{lines}\"")),
        ("numbers", format!("[{}1]", "3.14159265,-2718,1e-9,".repeat(40_000))),
        ("a million members", format!("{{{}}}", names.join(","))),
    ];
    for (name, text) in cases {
        println!("{name:24} {:7.0} MB/s", speed(text.as_bytes()));
    }
}

fn speed(text: &[u8]) -> f64 {
    let mut minifier = Minifier::new();
    let mut out = Vec::new();
    let rounds = 1 + 4_000_000 / text.len();
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        for _ in 0..rounds {
            out.clear();
            minifier.minify(black_box(text), &mut out).expect("the text is JSON");
            black_box(&out);
        }
        best = best.min(start.elapsed());
    }
    (rounds * text.len()) as f64 / best.as_secs_f64() / 1e6
}
