'use strict';
// Searches, filters, folds and unfolds. Everything can be read without it.
(() => {
  const byId = (id) => document.getElementById(id);
  const checks = [...document.querySelectorAll('details.check')];
  const groups = [...document.querySelectorAll('details.stage, section.plan')];
  const buttons = [...document.querySelectorAll('[data-show]')];
  const box = byId('find');
  const found = byId('found');

  // In how many checks a search unfolds what it found, in how many it marks what was found, and at how many places.
  const MOST_UNFOLDED = 50;
  const MOST_MARKED = 500;
  const MOST_MARKS = 2000;
  // Time to go on typing before the outputs are searched.
  const PATIENCE = 120;

  let show = 'all';
  let texts = null;
  let unfolded = [];
  let waiting = 0;

  const textOf = (at) => {
    // Kept, because reading the text of thousands of outputs takes a moment.
    texts ??= checks.map(() => null);
    texts[at] ??= [...checks[at].querySelectorAll('summary, dd, pre')].map((part) => part.textContent).join('\n').toLowerCase();
    return texts[at];
  };

  const update = () => {
    const words = box.value.trim().toLowerCase();
    unfolded.forEach((check) => { check.open = false; });
    unfolded = [];
    const left = [];
    checks.forEach((check, at) => {
      const fits = (show === 'all' || check.dataset.end === show) && (words === '' || textOf(at).includes(words));
      if (check.hidden === fits) {
        check.hidden = !fits;
      }
      if (fits) {
        left.push(check);
      }
    });
    const narrowed = words !== '' || show !== 'all';
    const kept = new Set();
    for (const check of left) {
      for (let group = check.parentElement; group; group = group.parentElement) {
        kept.add(group);
      }
    }
    groups.forEach((group) => {
      group.hidden = narrowed && !kept.has(group);
      group.classList.toggle('narrowed', narrowed);
      if (narrowed && kept.has(group) && group.matches('details:not([open])')) {
        group.open = true;
        unfolded.push(group);
      }
    });
    if (words !== '') {
      const unfold = (part) => {
        part.open = true;
        unfolded.push(part);
      };
      left.slice(0, MOST_UNFOLDED).forEach((check) => {
        const line = check.querySelector('summary').textContent.toLowerCase();
        if (!check.open && !line.includes(words)) {
          unfold(check);
        }
        const attempts = [...check.querySelectorAll('details.attempt:not([open])')];
        attempts.filter((attempt) => attempt.textContent.toLowerCase().includes(words)).forEach(unfold);
      });
    }
    mark(left, words);
    found.textContent = narrowed ? `${left.length} of ${checks.length} checks` : '';
  };

  // Marks what was found without changing the page, where the browser can.
  const mark = (left, words) => {
    if (!CSS.highlights) {
      return;
    }
    CSS.highlights.delete('found');
    if (words === '') {
      return;
    }
    const places = new Highlight();
    for (const check of left.slice(0, MOST_MARKED)) {
      const walker = document.createTreeWalker(check, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.data.toLowerCase();
        // Some letters are longer in lower case; what is found would not stand where it seems to.
        if (text.length !== node.data.length) {
          continue;
        }
        for (let at = text.indexOf(words); at >= 0 && places.size < MOST_MARKS; at = text.indexOf(words, at + words.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + words.length);
          places.add(range);
        }
      }
    }
    CSS.highlights.set('found', places);
  };

  const choose = (name) => {
    show = name;
    buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.show === name)));
    update();
  };

  const foldAll = (open) => {
    unfolded = [];
    checks.filter((check) => !check.hidden).forEach((check) => { check.open = open; });
    if (open) {
      groups.filter((group) => !group.hidden && group.matches('details')).forEach((group) => { group.open = true; });
    }
  };

  // A link to something that is folded or filtered out brings it back.
  const follow = () => {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return;
    }
    const target = id && byId(id);
    if (!target) {
      return;
    }
    if (target.hidden || target.closest('[hidden]')) {
      box.value = '';
      choose('all');
    }
    for (let part = target; part; part = part.parentElement) {
      if (part.matches('details')) {
        part.open = true;
      }
    }
    target.scrollIntoView();
    target.querySelector('summary')?.focus({ preventScroll: true });
  };

  box.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, PATIENCE);
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      clearTimeout(waiting);
      update();
      checks.find((check) => !check.hidden)?.querySelector('summary').focus();
    }
  });
  buttons.forEach((button) => button.addEventListener('click', () => choose(button.dataset.show)));
  byId('unfold').addEventListener('click', () => foldAll(true));
  byId('fold').addEventListener('click', () => foldAll(false));
  addEventListener('hashchange', follow);
  // A second click on the same link changes no hash.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const href = link && link.getAttribute('href');
    if (href && href === location.hash) {
      follow();
    }
  });

  // What has no check in the run needs no button.
  buttons.forEach((button) => {
    const name = button.dataset.show;
    button.hidden = name !== 'all' && !checks.some((check) => check.dataset.end === name);
  });
  byId('tools').hidden = checks.length === 0;
  follow();
})();
