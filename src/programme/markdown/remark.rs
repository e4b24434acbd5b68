//! What is wrong with an author's Markdown, and where.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeBlockDirective, NodeLink, NodeValue};

use super::step::{Callout, Piece, Setting, pieces};
use super::write::{PICTURE, lone_picture};
use super::{is_of_this_site, leads_out};

/// A fault in a Markdown text; `line` counts from 1 at its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::programme) struct Remark {
    pub line: usize,
    pub what: String,
    pub mend: String,
}

/// Goes through a text once: remarks on it, counts what it cites, and gives links to steps their addresses.
pub(super) struct Reader<'s> {
    setting: &'s Setting<'s>,
    lines: Vec<&'s str>,
    /// Of the last heading; the page's title is 1.
    level: u8,
    pub cited: BTreeSet<usize>,
    pub remarks: Vec<Remark>,
}

impl<'s> Reader<'s> {
    pub fn new(setting: &'s Setting<'s>, markdown: &'s str) -> Self {
        Self { setting, lines: markdown.lines().collect(), level: 1, cited: BTreeSet::new(), remarks: Vec::new() }
    }

    pub fn read<'a>(&mut self, root: Node<'a>) {
        for node in root.descendants() {
            let line = node.data().sourcepos.start.line;
            let mut address = None;
            match &node.data().value {
                NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) => {
                    self.remark(line, "raw HTML does not work here", "write it in Markdown, or with a callout (:::)");
                }
                NodeValue::Heading(heading) => self.heading(line, heading.level),
                NodeValue::BlockDirective(callout) => self.callout(node, callout),
                NodeValue::Image(image) => self.picture(node, image),
                NodeValue::Link(link) => address = self.link(node, link),
                NodeValue::Text(text) => self.citations(node, text),
                _ => {}
            }
            if let (Some(address), NodeValue::Link(link)) = (address, &mut node.data_mut().value) {
                link.url = address;
            }
        }
    }

    fn remark(&mut self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.remarks.push(Remark { line, what: what.into(), mend: mend.into() });
    }

    fn heading(&mut self, line: usize, level: u8) {
        if self.setting.is_passage {
            self.remark(line, "a heading cannot stand in this text", "write a paragraph instead");
        } else if level == 1 {
            self.remark(line, "a heading begins with one #", "begin it with ##: the title is the page's only #");
        } else if level > self.level + 1 {
            let (marks, most) = ("#".repeat(level.into()), "#".repeat(usize::from(self.level) + 1));
            self.remark(line, format!("the heading {marks} skips a level"), format!("begin it with {most}"));
        }
        // One # will be mended to two.
        self.level = level.max(2);
    }

    fn callout(&mut self, node: Node<'_>, callout: &NodeBlockDirective) {
        let place = node.data().sourcepos;
        let (line, end) = (place.start.line, place.end.line);
        let nested = node.ancestors().skip(1).any(|n| matches!(n.data().value, NodeValue::BlockDirective(_)));
        if self.setting.is_passage {
            return self.remark(line, "a callout cannot stand in this text", "write a paragraph instead");
        }
        if callout.info.is_empty() {
            return self.remark(
                line,
                "::: without a kind",
                "take it out, or write what it begins, as in '::: try Two minutes'",
            );
        }
        if Callout::of(&callout.info).is_none() {
            let kind = callout.info.split_whitespace().next().unwrap_or_default();
            self.remark(line, format!("there is no callout '{kind}'"), "use try, case, note or care");
        }
        if nested {
            self.remark(line, "a callout stands in another", "end the first one with ::: before you begin the next");
        } else if end <= line || !self.lines.get(end - 1).is_some_and(|last| closes(last)) {
            self.remark(line, "the callout has no end", "end it with a line that holds ::: alone");
        }
    }

    fn picture(&mut self, node: Node<'_>, image: &NodeLink) {
        let line = node.data().sourcepos.start.line;
        if node.collect_text().trim().is_empty() {
            self.remark(line, "the picture has no text alternative", "say what it shows: ![what it shows](address)");
        }
        if let Some(name) = image.url.strip_prefix(PICTURE) {
            if (self.setting.picture)(name).is_none() {
                let mend = format!("draw pictures/{name}.svg and write pictures/{name}.md, or correct the name");
                self.remark(line, format!("there is no picture '{name}'"), mend);
            } else if node.parent().and_then(lone_picture).is_none() {
                self.remark(line, "the picture does not stand alone", "give it a paragraph of its own");
            }
        } else if !is_of_this_site(&image.url) {
            self.remark(line, "the picture lies on another site", "use an address of this site that begins with /");
        }
    }

    /// The address for a link to a step.
    fn link(&mut self, node: Node<'_>, link: &NodeLink) -> Option<String> {
        let line = node.data().sourcepos.start.line;
        if node.collect_text().trim().is_empty() {
            self.remark(line, "the link has no words", "write what it leads to: [What it is](address)");
        }
        let url = link.url.as_str();
        if let Some(target) = url.strip_prefix("step:") {
            if self.setting.is_passage {
                self.remark(line, "a link to a step works only in a step", "name the step in words");
                return None;
            }
            let address = (self.setting.address)(target);
            if address.is_none() {
                let what = format!("the link step:{target} leads nowhere");
                self.remark(
                    line,
                    what,
                    "write step:unit/step with the names of folder and file, without their numbers",
                );
            }
            return address;
        }
        let to_heading = url.starts_with('#') && url.len() > 1;
        if !leads_out(url) && !is_of_this_site(url) && !to_heading {
            self.remark(
                line,
                format!("the link '{url}' leads nowhere"),
                "begin it with https://, mailto:, step: or / (an address of this site)",
            );
        }
        None
    }

    fn citations(&mut self, node: Node<'_>, text: &str) {
        let line = node.data().sourcepos.start.line;
        for piece in pieces(text) {
            let Piece::Citation(key) = piece else { continue };
            let inside = node
                .ancestors()
                .skip(1)
                .any(|n| matches!(n.data().value, NodeValue::Heading(_) | NodeValue::Link(_) | NodeValue::Image(_)));
            if self.setting.is_passage {
                self.remark(line, format!("[^{key}] cannot be cited in this text"), "cite it in a step");
            } else if inside {
                let what = format!("[^{key}] stands in a heading or a link");
                self.remark(line, what, "cite it in the sentence that needs it");
            }
            match self.setting.sources.iter().position(|source| source == key) {
                Some(place) => _ = self.cited.insert(place),
                None if self.setting.is_passage => {}
                None => {
                    let what = format!("[^{key}] is not in the step's sources");
                    self.remark(line, what, format!("add \"{key}\" to sources at the top, or correct the key"));
                }
            }
        }
    }
}

fn closes(line: &str) -> bool {
    // A callout may stand in a list or a quotation, whose marks come first.
    let line = line.trim_end();
    line.ends_with(":::") && line.trim_start_matches([' ', '\t', '>']).bytes().all(|b| b == b':')
}
