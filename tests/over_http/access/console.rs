//! Commands on the server's own console.
use std::process::Command;

#[test]
fn who_mistypes_the_folder_is_told_and_gets_no_new_installation() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nodir");
    for command in [
        &["audit", "verify"][..],
        &["audit", "checkpoint"],
        &["audit", "key"],
        &["user", "list"],
        &["user", "reset", "ann"],
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_posfleet"))
            .args(command)
            .arg("--data")
            .arg(&nowhere)
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(1), "{command:?} {out:?}");
        let told = String::from_utf8(out.stderr).unwrap();
        assert!(told.contains("there is no database at"), "{told}");
        assert!(!nowhere.exists(), "{command:?}");
    }
}
