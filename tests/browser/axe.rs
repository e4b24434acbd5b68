//! One page as axe-core judges it, wide and narrow, light and dark; and what we ask of each page besides.

use serde_json::{Value, json};

use crate::browser::Browser;

const AXE: &str = include_str!("vendor/axe.min.js");
const ALL: &str = "{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}";
/// What may differ between light and dark.
const COLOURS: &str = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}";
const WIDTHS: [u32; 2] = [1280, 360];
/// Between both: the colours are those of one or the other.
const TABLET: u32 = 768;
/// WCAG 1.4.10: 320 CSS pixels, as 1280 at four times the size.
const NARROWEST: u32 = 320;

/// WCAG 1.4.10: nothing but tables and the like scrolls sideways.
const SIDEWAYS: &str = "const page = document.documentElement;
    if (page.scrollWidth <= page.clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      e => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest('.app-scroll'));
    return ['scrolls sideways at ' + page.clientWidth + ': ' + page.scrollWidth + ' wide: ' +
      wide.slice(0, 3).map(e => e.tagName + '.' + e.getAttribute('class')).join(', ')];";

/// WCAG 2.5.8: 24 by 24, but for links within a sentence and for what has that much room to itself.
const TARGETS: &str = "const all = 'a[href], button, summary, select, input:not([type=hidden]), textarea', small = [];
    const targets = [...document.querySelectorAll(all)].map(e => [e, e.getBoundingClientRect()]).filter(
      ([e, box]) => box.width && !e.closest('.nhsuk-skip-link, .nhsuk-u-visually-hidden'));
    const near = (x, y, box) => Math.hypot(x - Math.max(box.left, Math.min(x, box.right)),
      y - Math.max(box.top, Math.min(y, box.bottom))) < 12;
    for (const [e, box] of targets) {
      if (box.width >= 23.9 && box.height >= 23.9) continue;
      const sentence = e.closest('p, li, dd, dt, td, th, h1, h2, h3, h4, figcaption')?.textContent.trim();
      if (getComputedStyle(e).display === 'inline' && sentence && sentence !== e.textContent.trim()) continue;
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      if (targets.some(([other, place]) => other !== e && near(x, y, place)))
        small.push(`a target of ${box.width.toFixed(0)} by ${box.height.toFixed(0)}: ${e.outerHTML.slice(0, 90)}`);
    }
    return small.slice(0, 5);";

/// WCAG 2.4.7: whatever takes the focus looks otherwise than without it.
const FOCUS: &str = "const drawn = e => e.matches('[type=radio], [type=checkbox]') && e.labels[0];
    const style = (e, part) => { const s = getComputedStyle(e, part);
      return [s.outline, s.boxShadow, s.backgroundColor, s.borderColor, s.borderWidth].join(); };
    const look = e => style(e) + (drawn(e) ? style(e.labels[0], '::before') : '');
    const unseen = [];
    const all = 'a[href], button, summary, select, input:not([type=hidden]), textarea, [tabindex]';
    for (const e of document.querySelectorAll(all)) {
      if (!e.getBoundingClientRect().width) continue;
      document.activeElement.blur();
      const before = look(e);
      e.focus({focusVisible: true, preventScroll: true});
      if (document.activeElement === e && look(e) === before) unseen.push('no focus to see: ' + e.outerHTML.slice(0, 120));
    }
    document.activeElement.blur();
    return unseen.slice(0, 5);";

/// WCAG 1.4.4: text twice as large is neither cut off nor beside the page.
const LARGE_TEXT: &str = "const page = document.documentElement;
    page.style.fontSize = '200%';
    const cut = [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
      const style = getComputedStyle(e);
      return style.overflow === 'hidden' && !e.closest('.nhsuk-u-visually-hidden') && style.clipPath === 'none' &&
        e.clientWidth > 2 && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2);
    }).map(e => 'cut off at twice the text size: ' + e.outerHTML.slice(0, 120));
    if (page.scrollWidth > page.clientWidth)
      cut.push('scrolls sideways at twice the text size: ' + [...document.querySelectorAll('body *')].filter(e =>
        e.getBoundingClientRect().right > page.clientWidth + 1).slice(0, 2).map(e => e.outerHTML.slice(0, 90)).join(', '));
    page.style.fontSize = '';
    return cut.slice(0, 5);";

/// Who asked for less motion gets none. What is not drawn at all, as within a film, has no style to look at.
const MOTION: &str = "const moves = [...document.querySelectorAll('body, body *')].filter(e => {
      const style = getComputedStyle(e);
      return style.transitionDuration.split(', ').some(d => parseFloat(d) > 0) || !['', 'none'].includes(style.animationName) ||
        style.scrollBehavior === 'smooth';
    });
    return moves.slice(0, 3).map(e => 'moves although motion is unwanted: ' + e.outerHTML.slice(0, 120));";

/// Where people choose all colours, backgrounds and shadows go: a button keeps an edge, a focus an outline.
const FORCED_COLOURS: &str = "const bare = [];
    if (!matchMedia('(forced-colors: active)').matches) return ['forced colours could not be had'];
    const edge = s => (s.borderBottomStyle !== 'none' && parseFloat(s.borderBottomWidth) > 0) || s.outlineStyle !== 'none';
    for (const e of document.querySelectorAll('.nhsuk-button, .nhsuk-input, .nhsuk-textarea, .nhsuk-select')) {
      const style = getComputedStyle(e);
      if (!edge(style)) bare.push('no edge in forced colours: ' + e.outerHTML.slice(0, 120));
      // Chromium puts the page's own colour behind each line of text.
      if (style.color === getComputedStyle(document.body).backgroundColor)
        bare.push('text on its own colour in forced colours: ' + e.outerHTML.slice(0, 120));
    }
    for (const e of document.querySelectorAll('a[href], button, summary')) {
      if (!e.getBoundingClientRect().width) continue;
      e.focus({focusVisible: true, preventScroll: true});
      const s = getComputedStyle(e);
      if (document.activeElement === e && !(s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0))
        bare.push('no outline of the focus in forced colours: ' + e.outerHTML.slice(0, 120));
    }
    document.activeElement.blur();
    return bare.slice(0, 5);";

impl Browser {
    /// Everything that is wrong with the page it is on.
    pub async fn faults(&self, name: &str) -> Vec<String> {
        self.show_to_checker(name).await;
        let mut faults = self.broken_promises().await;
        self.driver.execute(AXE, vec![]).await.unwrap();
        for width in WIDTHS {
            self.look("light", width).await;
            faults.extend(self.violations(ALL, "light", width).await);
            self.look("dark", width).await;
            faults.extend(self.violations(COLOURS, "dark", width).await);
        }
        self.look("light", TABLET).await;
        faults.extend(self.violations(ALL, "light", TABLET).await);
        for width in [TABLET, NARROWEST] {
            self.look("light", width).await;
            faults.extend(self.ask(SIDEWAYS).await);
        }
        self.look("light", WIDTHS[1]).await;
        faults.extend(self.ask(TARGETS).await);
        self.look("light", WIDTHS[0]).await;
        faults.extend(self.ask(FOCUS).await);
        faults.extend(self.ask(LARGE_TEXT).await);
        faults.extend(self.ask(MOTION).await);
        self.media(&[("forced-colors", "active")]).await;
        faults.extend(self.ask(FORCED_COLOURS).await);
        self.look("light", WIDTHS[0]).await;
        faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
    }

    /// Motion is off, so that no colour is half-way between two.
    async fn look(&self, scheme: &str, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        self.media(&[("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]).await;
    }

    async fn media(&self, features: &[(&str, &str)]) {
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", json!({ "features": features })).await.unwrap();
    }

    async fn violations(&self, rules: &str, scheme: &str, width: u32) -> Vec<String> {
        let run = format!(
            "const done = arguments[arguments.length - 1];
             axe.run(document, {{runOnly: {rules}, resultTypes: ['violations']}}).then(
               r => done(r.violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.slice(0, 3).map(
                 n => n.target.join(' ') + ' ' + n.html.slice(0, 120) + ' ' + n.failureSummary).join(' | '))),
               e => done(['axe failed: ' + e]));"
        );
        let found = self.driver.execute_async(run, vec![]).await.unwrap();
        strings(found.json()).into_iter().map(|v| format!("{scheme} at {width}: {}", v.replace('\n', " "))).collect()
    }

    /// What each page promises besides: one h1, a title of its own, a summary of faults that the title tells.
    async fn broken_promises(&self) -> Vec<String> {
        let ask = "const n = s => document.querySelectorAll(s).length, faults = [];
             if (n('h1') !== 1) faults.push(n('h1') + ' h1');
             if (n('main .nhsuk-button:not(.nhsuk-button--secondary), .app-band .nhsuk-button:not(.nhsuk-button--secondary)') > 1)
               faults.push('more than one primary button');
             const error = n('.nhsuk-error-summary') > 0;
             if (error !== document.title.startsWith('Error: ')) faults.push('the title ' + document.title + (error ? ' tells no error' : ' tells an error'));
             for (const a of document.querySelectorAll('.nhsuk-error-summary a'))
               if (!document.getElementById(a.hash.slice(1))) faults.push('no field ' + a.hash);
             return faults;";
        strings(self.driver.execute(ask, vec![]).await.unwrap().json())
    }

    async fn ask(&self, script: &str) -> Vec<String> {
        strings(&self.run(script).await)
    }

    /// Where the links of the page lead on this site, without what follows `#`.
    pub async fn links(&self) -> Vec<String> {
        let ask =
            "return [...document.links].filter(a => a.origin === location.origin).map(a => a.pathname + a.search);";
        strings(self.driver.execute(ask, vec![]).await.unwrap().json())
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}
