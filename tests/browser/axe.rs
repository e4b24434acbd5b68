//! One page as axe-core judges it: wide and narrow, light and dark, and without scrolling sideways.

use serde_json::{Value, json};

use crate::browser::Browser;

const AXE: &str = include_str!("vendor/axe.min.js");
const ALL: &str = "{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}";
/// What may differ between light and dark.
const COLOURS: &str = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}";
const WIDTHS: [u32; 2] = [1280, 360];
/// WCAG 1.4.10: 320 CSS pixels, as 1280 at four times the size.
const NARROWEST: u32 = 320;

impl Browser {
    /// Everything that is wrong with the page it is on.
    pub async fn faults(&self, name: &str) -> Vec<String> {
        let mut faults = self.broken_promises().await;
        self.driver.execute(AXE, vec![]).await.unwrap();
        for width in WIDTHS {
            self.look("light", width).await;
            faults.extend(self.violations(ALL, "light", width).await);
            self.look("dark", width).await;
            faults.extend(self.violations(COLOURS, "dark", width).await);
        }
        self.look("light", NARROWEST).await;
        faults.extend(self.sideways().await);
        self.look("light", WIDTHS[0]).await;
        faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
    }

    /// Motion is off, so that no colour is half-way between two.
    async fn look(&self, scheme: &str, width: u32) {
        let cdp = self.driver.cdp();
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        cdp.send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]});
        cdp.send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
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

    async fn sideways(&self) -> Vec<String> {
        let ask = "const page = document.documentElement;
             if (page.scrollWidth <= page.clientWidth) return [];
             const wide = [...document.querySelectorAll('body *')].filter(
               e => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest('.app-scroll'));
             return ['scrolls sideways at ' + page.clientWidth + ': ' + page.scrollWidth + ' wide: ' +
               wide.slice(0, 3).map(e => e.tagName + '.' + e.getAttribute('class')).join(', ')];";
        strings(self.driver.execute(ask, vec![]).await.unwrap().json())
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
