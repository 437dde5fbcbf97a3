use super::*;
use crate::host::SeededEntropy;

const CHEAP: Cost = Cost { memory_kib: 16, passes: 1, lanes: 1 };

/// Made by another implementation (Python's `cryptography`): data key 100, 101, ... under the raw key 7, 7, ...
const RAW: &str = "01000000000000000000000000000000000000000000000000000000000000000102030405060708090a0b0c00000000\
    df198ef90283884789536c71e5d6d133a0902747ca32489c02dcf2e02cd9c49d70eb526eff75ec49f32e3562a7e60138";
/// The same under Argon2id of `correct horse` with 256 KiB, 2 passes, 1 lane.
const PASSPHRASE: &str = "0200000000010000020000000100000032333435363738393a3b3c3d3e3f40410102030405060708090a0b0c00000000\
    bb399e4e85701c255597e1266314458f46b095c8385d7fa72249b138febc754456613d284175d5ea8337f0d24f2ca81e";

fn bytes(hex: &str) -> [u8; KEYRING_LEN] {
    let byte = |at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

fn keys() -> [SealKey; 2] {
    [SealKey::from_bytes([7; 32]), SealKey::from_passphrase("correct horse").unwrap()]
}

fn record(entropy: &SeededEntropy, key: &SealKey) -> (KeyringRecord, DataKey) {
    let data_key = DataKey::new([9; 32]);
    let record = KeyringRecord::wrap_at_cost(entropy, key, &data_key, CHEAP).unwrap();
    (record, data_key)
}

#[test]
fn records_of_another_implementation_open() {
    for (hex, key) in [RAW, PASSPHRASE].into_iter().zip(keys()) {
        let record = KeyringRecord::decode(&bytes(hex)).unwrap();
        let data_key = record.unwrap(&key).unwrap();
        assert_eq!(*data_key, std::array::from_fn(|i| 100 + i as u8));
        assert_eq!(record.encode(), bytes(hex));
    }
}

#[test]
fn only_the_right_key_opens() {
    let entropy = SeededEntropy::new(1);
    let wrong = [
        SealKey::from_bytes([8; 32]),
        SealKey::from_passphrase("correct horsf").unwrap(),
        SealKey::from_passphrase("correct horse ").unwrap(),
    ];
    for (i, key) in keys().iter().enumerate() {
        let (record, data_key) = record(&entropy, key);
        assert_eq!(record.unwrap(key).unwrap(), data_key);
        assert_eq!(unlock(&record, Some(key)).unwrap(), data_key);
        for wrong in wrong.iter().chain([&keys()[1 - i]]) {
            let error = record.unwrap(wrong).unwrap_err();
            assert_eq!(error.code(), Code::WrongSealKey);
        }
        assert_eq!(unlock(&record, None).unwrap_err().code(), Code::SealKeyRequired);
    }
    assert_eq!(not_sealed().code(), Code::NotSealed);
}

#[test]
fn an_altered_record_opens_nothing() {
    let entropy = SeededEntropy::new(2);
    for key in keys() {
        let stored = record(&entropy, &key).0.encode();
        for bit in 0..stored.len() * 8 {
            // A cost of a GiB or of thousands of passes is refused or is slow; either way it opens nothing.
            if (4..16).contains(&(bit / 8)) && bit % 8 > 1 {
                continue;
            }
            let mut altered = stored;
            altered[bit / 8] ^= 1 << (bit % 8);
            let Ok(record) = KeyringRecord::decode(&altered) else {
                continue;
            };
            let error = record.unwrap(&key).unwrap_err();
            assert_eq!(error.code(), Code::WrongSealKey, "bit {bit}");
        }
    }
}

#[test]
fn a_record_cannot_ask_for_more_than_the_bounds() {
    let stored = bytes(PASSPHRASE);
    let cases: [(usize, u32); 9] = [
        (4, MOST_MEMORY_KIB + 1),
        (4, u32::MAX),
        (4, 7),
        (8, 0),
        (8, MOST_PASSES + 1),
        (8, u32::MAX),
        (12, 0),
        (12, MOST_LANES + 1),
        (12, u32::MAX),
    ];
    for (at, value) in cases {
        let mut hostile = stored;
        hostile[at..at + 4].copy_from_slice(&value.to_le_bytes());
        assert!(KeyringRecord::decode(&hostile).is_err(), "{value} at {at}");
    }
    let mut largest = stored;
    largest[4..8].copy_from_slice(&MOST_MEMORY_KIB.to_le_bytes());
    largest[8..12].copy_from_slice(&MOST_PASSES.to_le_bytes());
    largest[12..16].copy_from_slice(&MOST_LANES.to_le_bytes());
    assert!(KeyringRecord::decode(&largest).is_ok());
}

#[test]
fn rewrapping_keeps_the_data_key_and_locks_the_old_key_out() {
    let entropy = SeededEntropy::new(3);
    let [raw, passphrase] = keys();
    let (first, data_key) = KeyringRecord::create(&entropy, &raw).unwrap();
    let second = first.rewrap(&entropy, &raw, &passphrase).unwrap();
    assert_eq!(second.unwrap(&passphrase).unwrap(), data_key);
    assert_eq!(second.unwrap(&raw).unwrap_err().code(), Code::WrongSealKey);
    assert!(first.rewrap(&entropy, &passphrase, &raw).is_err());
    let Derivation::Passphrase { cost, .. } = second.derivation else {
        panic!("a passphrase goes through Argon2id");
    };
    assert_eq!(cost, Cost::DEFAULT);
}

#[test]
fn no_two_records_share_a_nonce_a_salt_or_a_data_key() {
    let entropy = SeededEntropy::new(4);
    let mut seen = std::collections::HashSet::new();
    for key in keys() {
        for _ in 0..200 {
            let (record, _) = record(&entropy, &key);
            assert!(seen.insert(record.nonce.to_vec()));
            if let Derivation::Passphrase { salt, .. } = record.derivation {
                assert!(seen.insert(salt.to_vec()));
            }
        }
    }
    let raw = &keys()[0];
    for _ in 0..200 {
        let (_, data_key) = KeyringRecord::create(&entropy, raw).unwrap();
        assert!(seen.insert(data_key.to_vec()));
    }
}

#[test]
fn debug_shows_neither_key_nor_wrapped_key() {
    let record = KeyringRecord::decode(&bytes(RAW)).unwrap();
    assert_eq!(format!("{record:?}"), "KeyringRecord { derivation: Raw, .. }");
}
