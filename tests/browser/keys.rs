//! Somebody without a mouse: Tab, Enter, Space and arrows, and nothing else. Who cannot see where they are, or cannot get
//! on, fails.

use std::time::Duration;

use serde::Deserialize;
use thirtyfour::Key;
use thirtyfour::action_chain::ActionChain;

use crate::browser::Browser;

/// More stops than any page has.
const PATIENCE: usize = 300;

/// What has the focus, as the person before the screen takes it.
const FOCUS: &str = "const e = document.activeElement, box = e.getBoundingClientRect();
    const label = e.labels && e.labels[0] ? e.labels[0].textContent : '';
    const name = (e.getAttribute('aria-label') || label || e.textContent).trim().replace(/\\s+/g, ' ');
    const drawn = e.matches('[type=radio], [type=checkbox]') && e.labels[0] ? getComputedStyle(e.labels[0], '::before') : null;
    const shows = s => s && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none');
    const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    const outlined = shows(getComputedStyle(e)) || shows(drawn);
    const seen = e === document.body || (inside && outlined);
    const lies = seen ? '' : `from ${box.top} to ${box.bottom} of ${innerHeight}, the page at ${scrollY} of `
      + `${document.documentElement.scrollHeight}, outline: ${!!outlined}, page has the focus: ${document.hasFocus()}`;
    return {tag: e.localName, kind: e.type || '', group: e.name || '', name,
      checked: !!e.checked, seen, lies, place: [...document.querySelectorAll('*')].indexOf(e)};";

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Focus {
    pub tag: String,
    pub kind: String,
    pub group: String,
    pub name: String,
    pub checked: bool,
    seen: bool,
    /// Where, if it is not seen.
    lies: String,
    /// Of the element in the page.
    place: i64,
}

impl Focus {
    fn is_to_press(&self, words: &str) -> bool {
        (self.tag == "a" || self.tag == "summary" || self.kind == "submit") && self.is_named(words)
    }

    /// In any case.
    fn is_named(&self, words: &str) -> bool {
        self.name.to_lowercase().contains(&words.to_lowercase())
    }
}

pub struct Keys<'b> {
    browser: &'b Browser,
}

impl<'b> Keys<'b> {
    pub fn on(browser: &'b Browser) -> Self {
        Self { browser }
    }

    fn chain(&self) -> ActionChain {
        self.browser.driver.action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
    }

    async fn send(&self, text: impl Into<String>) {
        self.chain().send_keys(text.into()).perform().await.unwrap();
    }

    /// All at once, as who dictates does: letter by letter a course takes minutes longer.
    async fn put(&self, text: &str) {
        self.browser.driver.cdp().send_raw("Input.insertText", serde_json::json!({ "text": text })).await.unwrap();
    }

    async fn press(&self, key: Key) {
        self.send(char::from(key)).await;
    }

    async fn focus(&self) -> Focus {
        serde_json::from_value(self.browser.run(FOCUS).await).unwrap()
    }

    /// To the next stop, which must be seen.
    pub async fn tab(&self) -> Focus {
        self.press(Key::Tab).await;
        let mut focus = self.settled().await;
        if !focus.seen {
            // Whoever lost sight of where they are goes back and comes again.
            println!("{}: not seen at first: {focus:?}", self.browser.path().await);
            self.back().await;
            self.press(Key::Tab).await;
            focus = self.settled().await;
        }
        assert!(focus.seen, "{}: the focus is not to be seen on {focus:?}", self.browser.path().await);
        focus
    }

    /// Once the page has come to it; only past the page's end there is nothing but the whole of it.
    async fn settled(&self) -> Focus {
        let mut focus = self.focus().await;
        for attempt in 0..50 {
            if focus.seen && (focus.tag != "body" || attempt > 5) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            focus = self.focus().await;
        }
        focus
    }

    async fn back(&self) {
        let keys = self.chain().key_down(Key::Shift).key_down(Key::Tab).key_up(Key::Tab).key_up(Key::Shift);
        keys.perform().await.unwrap();
    }

    /// Past the header, as those do who know the page.
    pub async fn skip_to_main(&self) {
        let mut first = self.tab().await;
        if first.tag == "body" {
            // A key that comes as the page does may be lost.
            first = self.tab().await;
        }
        assert_eq!(first.name, "Skip to main content", "{}", self.browser.path().await);
        self.press(Key::Enter).await;
    }

    /// To a link or button with these words, from where one is, and Enter.
    pub async fn go(&self, words: &str) {
        if self.focus().await.is_to_press(words) {
            return self.enter().await;
        }
        self.work_until(words, |_| false).await;
    }

    /// Shift-Tab, to a link or button that lies behind.
    pub async fn go_back_to(&self, words: &str) {
        for _ in 0..PATIENCE {
            self.back().await;
            if self.focus().await.is_to_press(words) {
                return self.enter().await;
            }
        }
        panic!("{}: Shift-Tab never came to '{words}'", self.browser.path().await);
    }

    /// Through a form: writes where there is something to write, chooses what `right` says (group and label), and presses
    /// the button with these words.
    pub async fn work_until(&self, words: &str, right: impl Fn(&Focus) -> bool) {
        let mut before: Option<Focus> = None;
        for _ in 0..PATIENCE {
            let focus = self.tab().await;
            if focus.is_to_press(words) {
                return self.enter().await;
            }
            match focus.kind.as_str() {
                "textarea" => self.put("Written with keys alone.").await,
                "text" | "email" | "password" => panic!("{words}: nobody said what to write in {focus:?}"),
                "checkbox" if right(&focus) != focus.checked => self.press(Key::Space).await,
                "radio" => self.choose(focus.clone(), &right).await,
                _ => {}
            }
            assert!(before.as_ref() != Some(&focus) || focus.tag == "body", "Tab stays on {focus:?}");
            before = Some(focus);
        }
        panic!("{}: Tab never came to '{words}'", self.browser.path().await);
    }

    /// Space takes a radio button; arrows go on to the next of its group and take it.
    async fn choose(&self, mut focus: Focus, right: &impl Fn(&Focus) -> bool) {
        for _ in 0..20 {
            match (right(&focus), focus.checked) {
                (true, true) => return,
                (true, false) => self.press(Key::Space).await,
                (false, _) => self.press(Key::Down).await,
            }
            focus = self.focus().await;
            assert!(focus.seen, "the focus is not to be seen on {focus:?}");
        }
        panic!("none of the group is right: {focus:?}");
    }

    /// Writes into the field with this label.
    pub async fn fill(&self, label: &str, text: &str) {
        for _ in 0..PATIENCE {
            let focus = self.tab().await;
            if ["text", "email", "password", "textarea"].contains(&focus.kind.as_str()) && focus.is_named(label) {
                return self.send(text).await;
            }
        }
        panic!("{}: Tab never came to the field '{label}'", self.browser.path().await);
    }

    /// Enter, as at the end of a form.
    pub async fn enter(&self) {
        self.browser.leaves().await;
        self.press(Key::Enter).await;
    }
}
