//! The page between a button and what it does, where that cannot simply be taken back: it names the
//! object and the consequence.
use serde_json::{Value, json};

const TEMPLATE: &str = "access/confirm";

/// What is asked before something is done.
pub struct Question {
    /// The navigation entry that the object belongs to, and where that leads.
    pub section: (&'static str, &'static str),
    /// What the object is called, and where its page is.
    pub what: String,
    pub back: String,
    /// Fluent keys: what is to be done, as the button says it; whether it is to be; what comes of it.
    pub verb_key: &'static str,
    pub question_key: &'static str,
    pub text_key: &'static str,
    /// Where the form goes.
    pub action: String,
}

impl Question {
    /// The template, and its data. `facts` are pairs of a Fluent key and a text, `n` is for the words
    /// that count, `hidden` goes along with the form, and what `note_key` says stands out.
    #[must_use]
    pub fn asked(
        self,
        facts: &[(&str, String)],
        n: i64,
        hidden: &[(&str, String)],
        note_key: Option<&str>,
    ) -> (&'static str, Value) {
        let (section, list) = self.section;
        let fact = |(key, text): &(&str, String)| json!({ "key": key, "text": text });
        let sent = |(name, value): &(&str, String)| json!({ "name": name, "value": value });
        let data = json!({
            "crumbs": [
                { "key": section, "href": list },
                { "text": self.what, "href": self.back },
                { "key": self.verb_key },
            ],
            "section": section,
            "what": self.what,
            "back": self.back,
            "verb_key": self.verb_key,
            "question_key": self.question_key,
            "text_key": self.text_key,
            "action": self.action,
            "n": n,
            "facts": facts.iter().map(fact).collect::<Vec<_>>(),
            "hidden": hidden.iter().map(sent).collect::<Vec<_>>(),
            "note_key": note_key,
        });
        (TEMPLATE, data)
    }
}
