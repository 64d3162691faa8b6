//! jPOS logs: the samples, test cards in every place, what only looks like a card, and anything at all.
use super::super::trial::{endures, hex, holds_of, pans, samples, shows, spelled, track, whole};
use crate::formats::{
    self, Counts, Direction, Encoding, Format, Message, Part, Record, Trouble, cards,
};
use proptest::prelude::*;

fn read(log: &[u8]) -> Vec<Record> {
    formats::read(Format::Jpos, Encoding::Utf8, log, usize::MAX)
}

fn messages(log: &[u8]) -> Vec<Message> {
    formats::messages(Format::Jpos, Encoding::Utf8, log)
}

fn entry(inside: &str) -> String {
    format!(
        "<log realm=\"host/10.0.0.1:4321\" at=\"Mon Nov 24 00:00:03 EST 2014.292\" lifespan=\"5ms\">\n  <send>\n    \
         <isomsg direction=\"outgoing\">\n      <field id=\"0\" value=\"0200\"/>\n      {inside}\n    </isomsg>\n  \
         </send>\n</log>\n"
    )
}

fn clean(log: &str) -> (String, Counts) {
    let (bytes, done) = whole(Format::Jpos, log.as_bytes());
    (String::from_utf8(bytes).unwrap(), done.counts)
}

#[test]
fn the_samples_read_as_they_should() {
    // Records, messages, malformed ones.
    let expected = [
        ("a-bunch.xml", (7, 4, 0)),
        ("a-pair-uyst.xml", (6, 2, 0)),
        ("a-pair.xml", (6, 2, 0)),
        ("basic.xml", (5, 1, 0)),
        ("bridged-log4j.txt", (2, 1, 0)),
        ("channel-birth.xml", (9, 6, 0)),
        ("exception.xml", (1, 1, 0)),
        ("io-timeout.xml", (1, 1, 0)),
        ("iso-exception.xml", (1, 1, 0)),
        ("peer-disconnect.xml", (1, 1, 0)),
    ];
    for (name, log) in samples("jpos", &[".xml", ".txt"]) {
        let (clean, done) = whole(Format::Jpos, &log);
        assert_eq!(
            (clean == log, done.counts),
            (true, Counts::default()),
            "{name}"
        );
        let records = read(&log);
        let broken = records
            .iter()
            .filter(|record| record.trouble.is_some())
            .count();
        let found = (records.len(), messages(&log).len(), broken);
        println!("{name}: {found:?}");
        assert_eq!(
            Some(found),
            expected.iter().find(|(of, _)| *of == name).map(|(_, n)| *n),
            "{name}"
        );
        assert_eq!(usize::try_from(done.records).unwrap(), records.len());
        holds_of(Format::Jpos, &log, &[1, 7, 64]);
    }
}

#[test]
fn the_samples_say_what_went_wrong() {
    let expected = [
        ("bridged-log4j.txt", "failed"),
        ("exception.xml", "disconnected"),
        ("io-timeout.xml", "time-out"),
        ("iso-exception.xml", "disconnected"),
        ("peer-disconnect.xml", "disconnected"),
    ];
    for (name, log) in samples("jpos", &[".xml", ".txt"]) {
        let said: Vec<_> = messages(&log)
            .into_iter()
            .filter_map(|message| message.failure)
            .collect();
        let wanted: Vec<_> = expected
            .iter()
            .filter(|(of, _)| *of == name)
            .map(|(_, what)| *what)
            .collect();
        assert_eq!(said, wanted, "{name}");
    }
}

#[test]
fn a_message_says_what_pairs_it() {
    let log = entry(
        "<field id='4' value='000000001050'/><field id='11' value='000042'/><field id='12' value='101112'/>\
         <field id='13' value='1124'/><field id='41' value='T0000001'/><field id='49' value='978'/>\
         <isomsg id='48'><field id='1' value='x'/></isomsg>",
    );
    let found = &messages(log.as_bytes())[0];
    assert_eq!(
        (found.part, found.at_ms),
        (Part::Request, Some(1_416_805_203_292))
    );
    assert_eq!(found.host.as_deref(), Some("host/10.0.0.1:4321"));
    assert_eq!(
        (found.mti.as_deref(), found.stan.as_deref()),
        (Some("0200"), Some("42"))
    );
    assert_eq!(
        (found.amount, found.currency.as_deref()),
        (Some(1050), Some("978"))
    );
    assert_eq!(
        (found.local_time.as_deref(), found.terminal.as_deref()),
        (Some("1124101112"), Some("T0000001"))
    );
    let record = &read(log.as_bytes())[0];
    assert_eq!(record.kind.as_deref(), Some("iso-mti-0200"));
    assert_eq!(
        (record.direction, record.text.as_str()),
        (Some(Direction::ToHost), "0200")
    );
    let inner: Vec<_> = record
        .fields
        .iter()
        .filter(|f| f.depth == 1)
        .map(|f| (f.label.as_str(), f.value.as_str()))
        .collect();
    assert_eq!(inner, [("48.1", "x")]);
    assert_eq!(
        messages(b"<log realm='x' at='y'>\n <connect>\n h:1\n </connect>\n</log>")[0].part,
        Part::Notice
    );
}

#[test]
fn no_card_stays_in_any_place() {
    for pan in pans() {
        let decimal = spelled(&pan, |b| format!("&#{b};"));
        let hexadecimal = spelled(&pan, |b| format!("&#x{b:x};"));
        let (two, text) = (track(&pan, '='), hex(pan.as_bytes()));
        let padded = if pan.len() % 2 == 1 {
            format!("{pan}F")
        } else {
            pan.clone()
        };
        let chip = format!(
            "5A{:02X}{padded}9F2608{}",
            padded.len() / 2,
            "0123456789ABCDEF"
        );
        let places = [
            format!("<field id=\"2\" value=\"{pan}\"/>"),
            format!("<field value='{pan}' id='2' />"),
            format!("<field id=\"2\" value=\"{decimal}\"/>"),
            format!("<field id=\"2\" value=\"{hexadecimal}\"/>"),
            format!("<field id=\"0.2\" value=\"{pan}\"/>"),
            format!("<field id=\"2\" value=\"{text}\" type=\"binary\"/>"),
            format!("<field id=\"2\">{pan}</field>"),
            format!("<field id=\"2\"><![CDATA[{pan}]]></field>"),
            format!("<field id=\"34\" value=\"{pan}\"/>"),
            format!("<field id=\"35\" value=\"{two}\"/>"),
            format!("<field id=\"35\" value=\"{}\"/>", two.replace('=', "D")),
            format!(
                "<field id=\"35\" value=\"{}\" type=\"binary\"/>",
                hex(two.as_bytes())
            ),
            format!("<field id=\"36\" value=\"01{two}\"/>"),
            format!("<field id=\"45\" value=\"B{pan}^DOE/JOHN^2912201123456\"/>"),
            format!("<field id=\"55\" value=\"{chip}\"/>"),
            format!(
                "<isomsg id=\"55\"><field id=\"5A\" value=\"{padded}\"/><tag id=\"57\" value=\"{}\"/></isomsg>",
                two.replace('=', "D")
            ),
            format!("<isomsg id=\"2\"><field id=\"1\" value=\"{pan}\"/></isomsg>"),
            format!("<field id=\"pan\" value=\"{pan}\"/><pan>{pan}</pan><x pan=\"{pan}\"/>"),
            format!("<field id=\"2\" value=\"{pan}/>\n <field id=\"3\" value=\"000000\"/>"),
            format!("<field id=\"2 value=\"{pan}\"/>"),
            format!("<field id=2 value={pan} />"),
        ];
        for place in places {
            let (out, counts) = clean(&entry(&place));
            assert!(!shows(out.as_bytes(), &pan), "{out}");
            assert!(counts.pans + counts.tracks > 0, "{out}");
            holds_of(Format::Jpos, entry(&place).as_bytes(), &[5, 100]);
        }
    }
    let (out, counts) = clean(&entry(
        "<field id='52' value='0123456789ABCDEF'/><field id='53' value='2001010100000000'/>",
    ));
    assert!(
        out.contains("'________________'") && out.contains("2001010100000000"),
        "{out}"
    );
    assert_eq!(counts.pins, 1);
}

#[test]
fn a_card_in_free_text_is_masked() {
    let pan = &pans()[0];
    for place in [
        format!("<field id=\"48\" value=\"card {pan} seen\"/>"),
        format!(
            "<field id=\"62\" value=\"{}\"/>",
            hex(format!("card {pan} seen").as_bytes())
        ),
        format!("<isomsg id=\"48\"><field id=\"3\" value=\"{pan}\"/></isomsg>"),
        format!("<!-- {pan} -->"),
        format!("said {pan}"),
    ] {
        let (out, _) = clean(&entry(&place));
        assert!(!shows(out.as_bytes(), pan), "{out}");
    }
    let (out, _) = clean(&format!("2014-11-24 INFO card {pan}\n"));
    assert!(!shows(out.as_bytes(), pan), "{out}");
}

#[test]
fn a_card_where_none_belongs_is_masked() {
    let all = pans();
    for pan in all
        .iter()
        .filter(|pan| cards::looks_like_pan(pan.as_bytes()))
    {
        let decimal = spelled(pan, |b| format!("&#{b};"));
        for log in [
            entry("").replace("host/10.0.0.1:4321", pan),
            entry("").replace("host/10.0.0.1:4321", &format!("channel/{decimal}")),
            entry("").replace("Mon Nov 24 00:00:03 EST 2014.292", pan),
            entry("").replace("5ms", pan),
            entry("").replace("outgoing", pan),
            entry(&format!("<field id=\"{pan}\" value=\"x\"/>")),
            entry(&format!(
                "<field id=\"3\" value=\"000000\" type=\"{pan}\" length=\"{pan}\"/>"
            )),
            entry(&format!("<exception class=\"{pan}\"/>")),
            entry(&format!("<field id=\"11\" value=\"{pan}\"/>")),
            entry(&format!("<field id=\"37\" value=\"{pan}\"/>")),
            entry(&format!("<field id=\"41\">T{pan}</field>")),
            entry(&format!("<field id=\"42\" value=\"{decimal}\"/>")),
            entry(&format!("<field id=\"39\" value=\"{pan}\"/>")),
        ] {
            let (out, counts) = clean(&log);
            assert!(!shows(out.as_bytes(), pan) && counts.pans > 0, "{out}");
            assert!(
                !messages(out.as_bytes())
                    .iter()
                    .any(|it| format!("{it:?}").contains(pan))
            );
            holds_of(Format::Jpos, log.as_bytes(), &[5, 100]);
        }
    }
}

#[test]
fn what_only_looks_like_a_card_survives() {
    let pan = &pans()[0];
    let log = entry(&format!(
        "<field id=\"4\" value=\"{pan}\"/><field id=\"7\" value=\"1124000003\"/><field id=\"14\" value=\"2912\"/>\
         <field id=\"37\" value=\"{}\"/><field id=\"42\" value=\"{}\"/><field id=\"90\" value=\"{pan}{pan}0123456789\"/>\
         <field id=\"64\" value=\"{pan}\"/><field id=\"62\" value=\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"/>",
        &pan[..12],
        "456789012345678",
    ));
    assert_eq!(clean(&log), (log.clone(), Counts::default()));
}

#[test]
fn times_survive_however_they_are_written() {
    for time in [
        "Mon Nov 24 00:00:03 GMT+03:00 2014.292",
        "2026-11-26T12:01:02.123456789",
        "2026-11-26 12:01:02.123 +0300",
        "2026-11-26T12:01:02.123+03:00[Europe/Moscow]",
        "20261126120102123",
        "1416805203292",
        "1416805203292123",
        "1416805203292123456",
    ] {
        let log = entry("").replace("Mon Nov 24 00:00:03 EST 2014.292", time);
        assert!(log.contains(time));
        assert_eq!(clean(&log), (log.clone(), Counts::default()));
    }
}

#[test]
fn what_jpos_masked_stays() {
    let log = entry(
        "<field id=\"2\" value=\"411111______1111\"/><field id=\"35\" value=\"476173=_______\"/>\
         <field id=\"35\" value=\"476173______0119=1812_________\"/><field id=\"52\" value=\"________________\"/>",
    );
    assert_eq!(clean(&log), (log.clone(), Counts::default()));
}

#[test]
fn what_is_broken_is_shown_and_not_dropped() {
    let log = "<log realm=\"a\" at=\"b\">\n <send>\n<log realm=\"c\" at=\"d\">\n <receive/>\n</log>\n<log realm=\"e";
    let troubles: Vec<_> = read(log.as_bytes())
        .iter()
        .map(|record| record.trouble)
        .collect();
    assert_eq!(
        troubles,
        [Some(Trouble::Malformed), None, Some(Trouble::Truncated)]
    );
    assert_eq!(whole(Format::Jpos, log.as_bytes()).1.unread, 2);
    let endless = format!(
        "<log realm=\"a\" at=\"b\">{}</log>",
        "<a/>\n".repeat(20_000)
    );
    let troubles: Vec<_> = read(endless.as_bytes())
        .iter()
        .map(|record| record.trouble)
        .collect();
    assert_eq!((troubles[0], troubles[1]), (Some(Trouble::TooLong), None));
    holds_of(Format::Jpos, endless.as_bytes(), &[9000]);
}

#[test]
fn hostile_logs_do_not_take_long() {
    for unit in [
        "<log <log",
        "<log>",
        "<log",
        "<isomsg>",
        "<isomsg><log>",
        "<!--",
        "<![CDATA[",
        "<a b=\"",
        "< <",
        "\n",
        "  ",
        "{{{{",
        "id=2 value",
        "<field id 2 ",
        "&#52;",
        "4111111111111111 ",
    ] {
        endures(Format::Jpos, unit);
    }
    let (mut deep, _) = clean(&("<log a='b'>".to_owned() + &"<isomsg id='48'>".repeat(4000)));
    deep.push_str("</log>");
    assert_eq!(read(deep.as_bytes()).len(), 1);
}

fn parts() -> impl Strategy<Value = Vec<u8>> {
    let pan = pans()[0].clone();
    let words = vec![
        "<log realm=\"a\" at=\"Mon Nov 24 00:00:03 EST 2014.292\">".to_owned(),
        "</log>".to_owned(),
        "<isomsg>".to_owned(),
        "<isomsg id=\"48\">".to_owned(),
        "</isomsg>".to_owned(),
        format!("<field id=\"2\" value=\"{pan}\"/>"),
        "<field id=\"35\" value=\"".to_owned(),
        track(&pan, '='),
        "\"/>".to_owned(),
        "<log".to_owned(),
        "\n".to_owned(),
        "  ".to_owned(),
        pan,
        "<send>".to_owned(),
        "<![CDATA[".to_owned(),
        "]]>".to_owned(),
        "<!--".to_owned(),
        "-->".to_owned(),
        "&#52;".to_owned(),
        "<field id=\"0\" value=\"0200\"/>".to_owned(),
        "'".to_owned(),
        "pan=".to_owned(),
    ];
    let word = prop_oneof![
        6 => prop::sample::select(words).prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

#[test]
fn a_field_that_lost_part_of_its_tag_is_found() {
    let pin = "0123456789ABCDEF";
    for broken in [
        format!("field id=\"52\" value=\"{pin}\"/>"),
        format!("field value='{pin}' id='52' name=\"x\"/>"),
        format!("field id=\"52\">{pin}</field>"),
        format!("<field value=\"{pin}\" id=\"52\""),
    ] {
        let (out, counts) = clean(&entry(&broken));
        assert!(!out.contains("3456789AB"), "{out}");
        assert_eq!(counts.pins, 1, "{out}");
        assert!(out.contains("value=\"0200\""), "{out}");
    }
}

proptest! {
    #[test]
    fn anything_is_kept_whole_and_clean(log in parts(), lengths in prop::collection::vec(1_usize..60, 1..4)) {
        holds_of(Format::Jpos, &log, &lengths);
    }
}
