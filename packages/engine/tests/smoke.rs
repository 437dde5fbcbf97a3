use koru_delta::{Batch, HistoryQuery, KoruDelta, ListQuery, Options};

#[test]
fn smoke() {
    let dir = std::env::temp_dir().join(format!("koru-smoke-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    {
        let db = KoruDelta::start_with_path(&dir).unwrap();
        for n in 0..50 {
            db.put("users", "alice", &n).unwrap();
        }
        let started = std::time::Instant::now();
        for round in 0..1000 {
            let mut batch = Batch::new();
            for n in 0..1000u64 {
                let key = (round * 1000 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15) % 1_000_000;
                batch
                    .put_json("bench", &format!("key-{key:010}"), format!("{{\"id\":{key},\"name\":\"user {key}\",\"city\":\"Paris\",\"score\":{n}.5,\"active\":true,\"tags\":[\"a\",\"b\"]}}").as_bytes())
                    .unwrap();
            }
            db.write(batch).unwrap();
        }
        let took = started.elapsed();
        println!("1M in {took:?} = {:.0}/s", 1e6 / took.as_secs_f64());
        println!("{:?}", db.now().unwrap().stats(false).unwrap());
        db.close().unwrap();
    }
    let started = std::time::Instant::now();
    let db = KoruDelta::start_with_path_and(&dir, Options::default()).unwrap();
    println!("open {:?}", started.elapsed());
    assert_eq!(db.get::<u32>("users", "alice").unwrap(), Some(49));
    assert_eq!(db.history("users", "alice", HistoryQuery::default()).unwrap().versions.len(), 50);
    let started = std::time::Instant::now();
    let mut found = 0;
    for n in 0..200_000u64 {
        let key = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 1_000_000;
        found += usize::from(db.get_json("bench", &format!("key-{key:010}")).unwrap().is_some());
    }
    println!("get {:?} each, {found} found", started.elapsed() / 200_000);
    let started = std::time::Instant::now();
    let page = db.list("bench", ListQuery { limit: 10_000, ..ListQuery::default() }).unwrap();
    println!("list {} in {:?}", page.versions.len(), started.elapsed());
    let verified = db.now().unwrap().verify().unwrap();
    assert!(verified.is_ok(), "{verified:?}");
    println!("{} files, {} versions", verified.files.len(), verified.versions);
    drop(db);
    let _ = std::fs::remove_dir_all(&dir);
}
