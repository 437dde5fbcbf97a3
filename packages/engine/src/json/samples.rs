//! Random JSON texts for tests.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Tests print the seed when they fail; `KDELTA_SEED` at build time sets another one.
    pub(crate) fn seed(default: u64) -> u64 {
        option_env!("KDELTA_SEED").map_or(default, |text| text.parse().expect("a seed is a number"))
    }

    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.word() % end as u64) as usize
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Spellings, some of them of the same name, some of them troublesome.
const NAMES: [&str; 16] = [
    r#""a""#,
    r#""b""#,
    r#""c""#,
    r#""d""#,
    r#""e""#,
    r#""""#,
    r#""~""#,
    r#""/""#,
    r#""a/b~c""#,
    r#""__proto__""#,
    r#""\u0061""#,
    r#""é""#,
    r#""\"""#,
    r#""0""#,
    r#""\n""#,
    r#""\u000A""#,
];

const SCALARS: [&str; 20] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1.0",
    "1e400",
    "-12.50E-7",
    "100000000000000000000",
    r#""""#,
    r#""a""#,
    r#""\u0061""#,
    r#""\/""#,
    r#""/""#,
    r#""\ud83d\ude39""#,
    r#""😹""#,
    r#""e\u0301""#,
    r#""\\""#,
    r#""a rather long string with more than eight characters""#,
];

/// A random value, minified; nested at most `levels` deep.
pub(crate) fn text(random: &mut Random, levels: usize, out: &mut String) {
    match random.below(if levels == 0 { 4 } else { 10 }) {
        ..4 => out.push_str(random.pick(&SCALARS)),
        4..7 => {
            let mut items = Vec::new();
            for _ in 0..random.below(7) {
                items.push(owned_text(random, levels - 1));
            }
            *out += &write_list(&items, '[', ']');
        }
        _ => {
            let mut members: Vec<(String, String)> = Vec::new();
            for _ in 0..random.below(7) {
                add_member(random, levels - 1, &mut members);
            }
            *out += &write_members(&members);
        }
    }
}

pub(crate) fn owned_text(random: &mut Random, levels: usize) -> String {
    let mut out = String::new();
    text(random, levels, &mut out);
    out
}

fn add_member(random: &mut Random, levels: usize, members: &mut Vec<(String, String)>) {
    let name = random.pick(&NAMES);
    if members.iter().all(|(held, _)| value_of(held) != value_of(name)) {
        members.push((name.to_owned(), owned_text(random, levels)));
    }
}

/// What a name stands for, by a reader that is not ours.
fn value_of(name: &str) -> String {
    serde_json::from_str(name).expect("the names of the samples are JSON strings")
}

fn write_list(items: &[String], open: char, close: char) -> String {
    format!("{open}{}{close}", items.join(","))
}

fn write_members(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    write_list(&members, '{', '}')
}

/// A value like `text`: a few elements changed, put in, taken away or moved.
pub(crate) fn changed(random: &mut Random, text: &str) -> String {
    let node = super::tree::parse(text.as_bytes()).expect("samples are minified");
    match node {
        super::tree::Node::Array(array) if random.below(6) > 0 => {
            let mut items: Vec<String> = array.items.iter().map(|item| item.raw().to_owned()).collect();
            for _ in 0..=random.below(2) {
                change_items(random, &mut items);
            }
            write_list(&items, '[', ']')
        }
        super::tree::Node::Object(object) if random.below(6) > 0 => {
            let mut members: Vec<(String, String)> = object
                .members
                .iter()
                .map(|member| (member.name.raw().to_owned(), member.value.raw().to_owned()))
                .collect();
            for _ in 0..=random.below(2) {
                change_members(random, &mut members);
            }
            write_members(&members)
        }
        _ => owned_text(random, 2),
    }
}

fn change_items(random: &mut Random, items: &mut Vec<String>) {
    let place = random.below(items.len() + 1);
    match random.below(6) {
        0 if place < items.len() => drop(items.remove(place)),
        1 | 2 if place < items.len() => items[place] = changed(random, &items[place]),
        3 if place < items.len() => items.swap(0, place),
        4 => items.rotate_left(place),
        _ => items.insert(place, owned_text(random, 2)),
    }
}

fn change_members(random: &mut Random, members: &mut Vec<(String, String)>) {
    let place = random.below(members.len() + 1);
    match random.below(8) {
        0 | 1 if place < members.len() => drop(members.remove(place)),
        2..=4 if place < members.len() => members[place].1 = changed(random, &members[place].1),
        5 if members.len() > 1 => members.swap(0, 1),
        _ => add_member(random, 2, members),
    }
}
