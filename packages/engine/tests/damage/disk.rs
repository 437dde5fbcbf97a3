//! The same on a real disk: folders and links in the place of files, and a folder that cannot be written.

use std::fs;
use std::path::{Path, PathBuf};

use koru_delta::error::Fact;
use koru_delta::{Code, KoruDelta, Options};

use crate::specimen::Specimen;
use crate::world::options;

struct Folder(PathBuf);

impl Folder {
    fn with(specimen: &Specimen, name: &str) -> Self {
        let name = format!("koru-damage-{}-{name}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        let _ = fs::remove_dir_all(&folder.0);
        fs::create_dir(&folder.0).unwrap();
        for (name, bytes) in &specimen.files {
            fs::write(folder.0.join(name), bytes).unwrap();
        }
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn right(specimen: &Specimen, path: &Path, options: Options) -> Result<(), koru_delta::Error> {
    let db = KoruDelta::start_with_path_and(path, options)?;
    let answers = specimen.answers.last().unwrap();
    for (question, answer) in specimen.questions.iter().zip(answers) {
        assert_eq!(question.ask(&db)?, *answer, "{question:?}");
    }
    Ok(())
}

#[test]
fn a_folder_or_a_link_in_the_place_of_a_file_is_refused_by_name() {
    for specimen in &Specimen::all() {
        for name in specimen.files.keys() {
            for link in [false, true] {
                for read_only in [true, false] {
                    let folder = Folder::with(specimen, "place");
                    let (path, aside) = (folder.0.join(name), folder.0.join("aside"));
                    fs::rename(&path, &aside).unwrap();
                    if link {
                        std::os::unix::fs::symlink(&aside, &path).unwrap();
                    } else {
                        fs::create_dir(&path).unwrap();
                    }
                    let what = format!("{} {name} link {link} read-only {read_only}", specimen.name);
                    let settings = Options { read_only, ..options(specimen.key.as_ref()) };
                    match right(specimen, &folder.0, settings) {
                        // One slot of the manifest does: a writer mends the other when it can.
                        Ok(()) => assert!(name.starts_with("manifest"), "{what}"),
                        Err(error) => {
                            assert!([Code::IoError, Code::Corrupt].contains(&error.code()), "{what}: {error:?}");
                            let named = error.get_fact("file");
                            assert_eq!(named, Some(&Fact::Text(name.clone())), "{what}: {error:?}");
                        }
                    }
                    let _ = fs::remove_dir(&path);
                    let _ = fs::remove_file(&path);
                    if !name.starts_with("manifest") {
                        fs::rename(&aside, &path).unwrap();
                        right(specimen, &folder.0, options(specimen.key.as_ref())).unwrap();
                    }
                }
            }
        }
    }
}
