// Looks at pages of runs in a real browser; ci/browser-test makes them and starts this.
//
//   node ci/browser-test.mjs CHROMIUM FOLDER PICTURES
//
// Every claim is printed with `ok` or `FAILED`; the exit code is that of the whole.

import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [chromium, folder, pictures] = process.argv.slice(2);
const [failing, hostile, large] = ['failing', 'hostile', 'large'].map((name) => join(folder, `${name}.html`));
const require = createRequire(join(resolve(folder), 'node_modules', 'x.js'));
const playwright = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const WIDE = { width: 1200, height: 900 };

let failed = 0;
const claim = (holds, what, seen = '') => {
  failed += holds ? 0 : 1;
  console.log(`${holds ? 'ok    ' : 'FAILED'}  ${what}${holds || seen === '' ? '' : `: ${seen}`}`);
};

// Opens a page in a context of its own and notes all that it complains of and asks for.
const open = async (browser, file, options = {}) => {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  const noted = { complaints: [], requests: [] };
  page.on('console', (message) => noted.complaints.push(message.text()));
  page.on('pageerror', (error) => noted.complaints.push(String(error)));
  page.on('request', (request) => noted.requests.push(request.url()));
  const url = pathToFileURL(resolve(file)).href;
  await page.goto(url);
  const asked = noted.requests.filter((request) => request !== url && !request.startsWith('data:'));
  return { page, context, noted, asked, url };
};

const quiet = ({ noted, url }, what) => {
  claim(noted.complaints.length === 0, `${what}: nothing is complained of`, noted.complaints.join('; '));
  const asked = noted.requests.filter((request) => request.split('#')[0] !== url && !request.startsWith('data:'));
  claim(asked.length === 0, `${what}: nothing is asked of anybody`, asked.join(' '));
};

const seen = (page, selector) => page.locator(selector).evaluateAll((all) => all.filter((one) => one.checkVisibility({ contentVisibilityAuto: false })).length);

const theGraph = async (page) => {
  const drawn = await page.locator('.graph a.box > rect').evaluateAll((all) => all.map((one) => {
    const { width, height } = one.getBoundingClientRect();
    return width > 50 && height > 20;
  }));
  const stages = await page.locator('details.stage').count();
  claim(drawn.length === stages && drawn.every(Boolean), `the graph has a box for each of ${stages} stages`, drawn.join());
  const lengths = await page.locator('.graph path.edge:not(.point)').evaluateAll((all) => all.map((one) => one.getTotalLength()));
  claim(lengths.length > 0 && lengths.every((length) => length > 20), 'its lines are drawn', lengths.join());
  const spill = await page.locator('.graph a.box').evaluateAll((all) => all.filter((one) => {
    const box = one.querySelector('rect').getBoundingClientRect();
    return [...one.querySelectorAll('text')].some((text) => text.getBoundingClientRect().right > box.right);
  }).length);
  claim(spill === 0, 'no text leaves its box', spill);
};

const withScript = async (browser) => {
  const tab = await open(browser, failing);
  const { page } = tab;
  await theGraph(page);

  const fold = page.locator('details.check.bad').first();
  const output = fold.locator('dl');
  claim(await output.isVisible(), 'a failure is open');
  await fold.locator('summary').click();
  claim(!(await output.isVisible()), 'a click folds it');
  await fold.locator('summary').click();
  claim(await output.isVisible(), 'another one unfolds it');
  await page.locator('#fold').click();
  claim(await page.locator('details.check[open]').count() === 0, 'all can be folded');
  await page.locator('ol.failures a').first().click();
  claim(await fold.evaluate((one) => one.open && document.activeElement === one.querySelector('summary')), 'a link unfolds what it leads to');
  await page.locator('#unfold').click();
  claim(await page.locator('details.check:not([open])').count() === 0, 'all can be unfolded');
  await page.locator('#fold').click();

  const all = await seen(page, 'details.check');
  await page.fill('#find', 'COMMAND NOT FOUND');
  await page.waitForFunction(() => document.getElementById('found').textContent !== '');
  claim(await seen(page, 'details.check') === 1, 'what a command wrote is found', await page.textContent('#found'));
  claim(await page.locator('details.check:not([hidden])[open]').count() === 1, 'and unfolded');
  claim(await page.evaluate(() => CSS.highlights.get('found').size > 0), 'and marked');
  await page.locator('#find').press('Enter');
  claim(await page.evaluate(() => document.activeElement.localName === 'summary'), 'Enter leads to it');
  await page.fill('#find', 'there is no such thing');
  await page.waitForFunction(() => document.getElementById('found').textContent.startsWith('0 of'));
  claim(await seen(page, 'details.check') === 0, 'what is not there is not found');
  await page.fill('#find', '');
  await page.waitForFunction(() => document.getElementById('found').textContent === '');
  claim(await seen(page, 'details.check') === all, 'an empty search shows all');
  claim(await page.locator('details.check[open]').count() === 0, 'what a search unfolded is folded again');
  await page.click('button[data-show="open"]');
  claim(await seen(page, 'details.check') === await page.locator('details.check.bad, details.check.err').count(), 'a filter shows what does not hold');
  await page.evaluate(() => { location.hash = document.querySelector('details.check.ok').id; });
  await page.waitForFunction(() => document.querySelector('details.check.ok').open);
  claim(await seen(page, 'details.check') === all, 'a link brings back what was filtered out');
  quiet(tab, 'with its script');
  await tab.context.close();
};

const byKeyboard = async (browser) => {
  const tab = await open(browser, failing);
  const { page } = tab;
  const ring = () => page.evaluate(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const box = one.querySelector?.(':scope > rect');
    return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || (box && getComputedStyle(box).strokeWidth !== '1px');
  });
  await page.keyboard.press('Tab');
  claim(await page.evaluate(() => document.activeElement.className === 'skip' && document.activeElement.getBoundingClientRect().left >= 0), 'the first key leads to the skip link, which is then seen');
  const stops = await page.evaluate(() => document.querySelectorAll('a[href]:not([tabindex="-1"]), button:not([hidden]), input, summary, [tabindex="0"]').length);
  let bare = 0;
  const met = new Set();
  for (let step = 0; step < stops; step += 1) {
    bare += await ring() ? 0 : 1;
    met.add(await page.evaluate(() => document.activeElement.id || document.activeElement.outerHTML.slice(0, 120)));
    await page.keyboard.press('Tab');
  }
  claim(bare === 0, `where one is can be seen at all of ${stops} stops`, bare);
  claim(met.has('find') && met.has('unfold'), 'the controls are among them');
  await page.locator('details.check.ok > summary').first().focus();
  await page.keyboard.press('Enter');
  claim(await page.locator('details.check.ok').first().evaluate((one) => one.open), 'a key unfolds a check');
  await tab.context.close();
};

const withoutScript = async (browser) => {
  const tab = await open(browser, failing, { javaScriptEnabled: false });
  const { page } = tab;
  const shown = async (selector) => page.locator(selector).first().isVisible();
  claim(!(await shown('#tools')), 'without its script: no control that does nothing');
  claim(await shown('.graph a.box rect') && await shown('table.timeline') && await shown('details.check.bad dl'), 'without its script: graph, timeline and failures are seen');
  const passed = page.locator('details.check.ok').first();
  await passed.locator('summary').click();
  claim(await passed.locator('dl').isVisible(), 'without its script: a check unfolds');
  await page.locator('ol.failures a').first().click();
  claim(page.url().includes('#'), 'without its script: links lead on');
  quiet(tab, 'without its script');
  await tab.context.close();
};

const theHostileOne = async (browser) => {
  const tab = await open(browser, hostile);
  const { page } = tab;
  claim((await page.title()).includes('does not hold'), 'the hostile one: no foreign script has run', await page.title());
  const foreign = await page.evaluate(() => document.querySelectorAll('img, script, style').length);
  claim(foreign === 2, 'the hostile one: the page has its own script and style sheet only', foreign);
  const output = page.locator('details.check.bad .output');
  const text = await output.textContent();
  claim(text.includes('</script><script>document') && text.includes('red') && text.length > 60_000, 'the hostile one: what was written can be read', text.slice(0, 200));
  claim(!/[\u0000-\u0008\u000e-\u001f\u0080-\u009f\u202a-\u202e\u2066-\u2069]/u.test(await page.content()), 'the hostile one: nothing in it steers');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  claim(overflow <= 0, 'the hostile one: a line of a million letters stays in its place', overflow);
  quiet(tab, 'the hostile one');
  await tab.context.close();
};

const forEveryone = async (browser) => {
  for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of [['wide', WIDE], ['narrow', { width: 380, height: 800 }]]) {
      const tab = await open(browser, failing, { colorScheme, viewport });
      const { page } = tab;
      await page.locator('#unfold').click();
      // By the protocol, because the page's own policy lets no other script in.
      const session = await tab.context.newCDPSession(page);
      await session.send('Runtime.evaluate', { expression: axe });
      const { result } = await session.send('Runtime.evaluate', {
        awaitPromise: true,
        returnByValue: true,
        expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
          .then((found) => ({
            kept: found.passes.map((one) => one.id),
            broken: found.violations.map((one) => one.id + ' ' + one.nodes.slice(0, 3).map((node) => node.target + ' ' + node.any.map((any) => any.message)).join(' | ')),
          }))`,
      });
      const { kept, broken } = result.value ?? { kept: [], broken: [result.description] };
      const contrast = kept.includes('color-contrast') && kept.includes('target-size');
      claim(broken.length === 0 && contrast, `axe has nothing against it by ${kept.length} rules, ${colorScheme} and ${size}`, broken.join('\n          '));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      claim(overflow <= 0, `nothing stands out to the side, ${colorScheme} and ${size}`, overflow);
      await tab.context.close();
    }
  }
};

const thePictures = async (browser) => {
  for (const colorScheme of ['light', 'dark']) {
    const tab = await open(browser, failing, { colorScheme, viewport: { width: 1040, height: 1090 } });
    await tab.page.screenshot({ path: join(pictures, `report-${colorScheme}.png`) });
    await tab.context.close();
  }
};

const theLargeOne = async (browser) => {
  const tab = await open(browser, large);
  const { page } = tab;
  const times = await page.evaluate(() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const [loaded] = performance.getEntriesByType('navigation');
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      done({ paint: paint?.startTime ?? 0, ready: loaded.domContentLoadedEventEnd, whole: loaded.loadEventEnd });
    }));
  }));
  const checks = await page.locator('details.check').count();
  const began = Date.now();
  await page.fill('#find', 'line 7');
  await page.waitForFunction(() => document.getElementById('found').textContent !== '');
  const search = Date.now() - began;
  const size = (statSync(large).size / 1e6).toFixed(1);
  console.log(`        ${checks} checks in ${size} MB: first paint after ${times.paint.toFixed(0)} ms, all read after ${times.ready.toFixed(0)} ms, loaded after ${times.whole.toFixed(0)} ms, a first search took ${search} ms`);
  claim(checks >= 2000, 'the large one has 2,000 checks', checks);
  quiet(tab, 'the large one');
  await tab.context.close();
};

const browser = await playwright.chromium.launch({ executablePath: chromium, args: FLAGS });
try {
  await withScript(browser);
  await byKeyboard(browser);
  await withoutScript(browser);
  await forEveryone(browser);
  await theHostileOne(browser);
  await theLargeOne(browser);
  await thePictures(browser);
} finally {
  await browser.close();
}
console.log(failed === 0 ? 'the pages are as they should be' : `${failed} claims do not hold`);
process.exitCode = failed === 0 ? 0 : 1;
