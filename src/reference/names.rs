//! Names of the files that a terminal keeps of its licences.

/// Where the licence in use of a program is noted; `software` is empty of a licence that is for none in
/// particular.
pub(super) fn current_of(software: &str) -> String {
    if software.is_empty() {
        return "licence.json".to_owned();
    }
    format!("licence-{}.json", safe_name(&software.to_lowercase()))
}

/// Where a licence lies that is in use.
pub(super) fn installed_at(software: &str, file_name: &str) -> String {
    match software {
        "" => format!("installed/{}", safe_name(file_name)),
        name => format!("installed/{}-{}", safe_name(name), safe_name(file_name)),
    }
}

/// The server's name for the file, as a name that cannot leave the folder.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe = String::new();
    for c in last.trim_start_matches('.').chars() {
        if safe.len() + c.len_utf8() > 120 {
            break;
        }
        safe.push(if c.is_control() { '_' } else { c });
    }
    if safe.is_empty() {
        "licence".into()
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_leave_the_folder() {
        assert_eq!(safe_name("TG00221.lic"), "TG00221.lic");
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("..\\..\\x"), "x");
        assert_eq!(safe_name("../.."), "licence");
        assert_eq!(safe_name("лицензия.lic"), "лицензия.lic");
        assert!(safe_name(&"ж".repeat(500)).len() <= 120);
        assert_eq!(current_of(""), "licence.json");
        assert_eq!(current_of("../Kiosk"), "licence-kiosk.json");
    }
}
