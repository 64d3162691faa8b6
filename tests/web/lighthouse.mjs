// node lighthouse.mjs BASE COOKIE LIMIT PATH…
// Runs Lighthouse three times on each page, desktop, cold cache, and prints one JSON line per page
// with the medians. Exits 1 when a median is under LIMIT.
import lighthouse from 'lighthouse';
import desktop from 'lighthouse/core/config/desktop-config.js';
import puppeteer from 'puppeteer-core';

const [base, cookie, limit, ...paths] = process.argv.slice(2);
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-default-apps', '--disable-extensions', '--disable-dev-shm-usage'];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function once(url) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROME || '/usr/bin/chromium', args: FLAGS, headless: true });
  try {
    for (const pair of cookie.split('; ').filter(Boolean)) {
      const at = pair.indexOf('=');
      await browser.setCookie({ name: pair.slice(0, at), value: pair.slice(at + 1),
        domain: new URL(base).hostname, path: '/' });
    }
    const page = await browser.newPage();
    const options = { logLevel: 'error', output: 'json', onlyCategories: CATEGORIES,
      disableStorageReset: true, maxWaitForLoad: 20000 };
    const { lhr } = await lighthouse(url, options, desktop, page);
    if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(url).pathname) {
      throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
    }
    const weak = [];
    for (const category of Object.values(lhr.categories)) {
      for (const { id, weight } of category.auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.9) {
          weak.push(`${id}: ${audit.displayValue || audit.title}`);
        }
      }
    }
    return { scores: CATEGORIES.map((c) => Math.round(lhr.categories[c].score * 100)), weak };
  } finally {
    await browser.close();
  }
}

let good = true;
for (const path of paths) {
  const runs = [];
  for (let i = 0; i < RUNS; i += 1) runs.push(await once(base + path));
  const scores = CATEGORIES.map((_, c) => median(runs.map((run) => run.scores[c])));
  good &&= scores.every((score) => score >= Number(limit));
  const named = Object.fromEntries(CATEGORIES.map((name, c) => [name, scores[c]]));
  console.log(JSON.stringify({ path, ...named, weak: runs[0].weak }));
}
process.exitCode = good ? 0 : 1;
