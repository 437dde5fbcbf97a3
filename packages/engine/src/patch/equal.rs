//! Equality as RFC 6902 section 4.6 wants it for `test`: numbers by their value, strings by their characters, objects
//! without regard to order. Nothing is rounded.

use std::collections::BTreeMap;

use super::document::Value;
use crate::json::tree::{Member, Node};

/// Exponents with more digits than this are taken as written.
const EXPONENT_DIGITS: usize = 18;

/// Whether a value of the document is `expected`.
pub(super) fn is_equal(value: &Value<'_>, expected: &Node<'_>) -> bool {
    match (value, expected) {
        (Value::Kept(node), _) => nodes(node, expected),
        (Value::Array(items), Node::Array(array)) => {
            items.len() == array.items.len() && items.iter().zip(&array.items).all(|(a, b)| is_equal(a, b))
        }
        (Value::Object(members), Node::Object(object)) => {
            members.len() == object.members.len()
                && object.members.iter().all(|member| {
                    let held = members.get(&member.name.value());
                    held.is_some_and(|held| is_equal(held, &member.value))
                })
        }
        _ => false,
    }
}

fn nodes(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (a, b) {
        (Node::Null, Node::Null) => true,
        (Node::Bool(a), Node::Bool(b)) => a == b,
        (Node::Number(a), Node::Number(b)) => numbers(a, b),
        (Node::String(a), Node::String(b)) => a == b || a.value() == b.value(),
        (Node::Array(a), Node::Array(b)) => {
            a.raw == b.raw || a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| nodes(a, b))
        }
        (Node::Object(a), Node::Object(b)) => a.raw == b.raw || objects(&a.members, &b.members),
        _ => false,
    }
}

fn objects(a: &[Member<'_>], b: &[Member<'_>]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let by_name: BTreeMap<_, _> = a.iter().map(|member| (member.name.value(), &member.value)).collect();
    b.iter().all(|member| by_name.get(&member.name.value()).is_some_and(|value| nodes(value, &member.value)))
}

fn numbers(a: &str, b: &str) -> bool {
    a == b || matches!((Decimal::of(a), Decimal::of(b)), (Some(a), Some(b)) if a == b)
}

/// A number taken apart: `0.digits` times ten to the `exponent`, with no zero at either end of the digits.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn of(lexeme: &str) -> Option<Self> {
        let (mantissa, exponent) = lexeme.split_once(['e', 'E']).unwrap_or((lexeme, "0"));
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        if zeros == digits.len() {
            // Zero is zero, whatever its sign and exponent.
            return Some(Self { negative: false, digits: Vec::new(), exponent: 0 });
        }
        digits.drain(..zeros);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let point = whole.len() as i64 - zeros as i64;
        Some(Self { negative, digits, exponent: read_exponent(exponent)? + point })
    }
}

fn read_exponent(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    if digits.len() > EXPONENT_DIGITS {
        return None;
    }
    let exponent = digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(sign * exponent)
}
