// Keeps a page current while somebody looks at it: fetches the page again and changes in place only what differs, so that
// nothing jumps, and scroll positions, open details and the keyboard's focus stay where they are.
(() => {
  /** Where the page does not say how often it wants to be asked for. */
  const EVERY_MS = 10_000;
  const PATIENCE_MS = 60_000;
  /** The parts of the page that tell data. */
  const PARTS = ['.top', '.pages', 'main'];
  let last = Date.now();
  let timer;
  let running = false;

  async function refresh() {
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      const response = await fetch(`${location.pathname}/content`, {
        cache: 'no-store',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      apply(new DOMParser().parseFromString(await response.text(), 'text/html'));
      reachable(true);
    } catch {
      // The numbers on the page are still those of the time beside them: that is told, and the next try follows.
      reachable(false);
    }
    last = Date.now();
    running = false;
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    const every = Number(document.querySelector('main').dataset.every ?? EVERY_MS);
    if (document.visibilityState === 'visible') timer = setTimeout(refresh, Math.max(0, last + every - Date.now()));
  }

  function apply(fresh) {
    // Another layout was deployed: where its widgets stand is told in the head of the page.
    if (layout(fresh) !== layout(document)) return location.reload();
    for (const part of PARTS) {
      const [current, next] = [document.querySelector(part), fresh.querySelector(part)];
      if (current && next) morph(current, next);
    }
    document.dispatchEvent(new Event('refreshed'));
  }

  function layout(page) {
    return page.querySelector('main').dataset.layout;
  }

  function reachable(yes) {
    document.querySelector('[data-offline]').hidden = yes;
  }

  /** Makes `current` equal to `fresh` with as few changes as it takes. */
  function morph(current, fresh) {
    if (current.isEqualNode(fresh)) return;
    if (current.nodeName !== fresh.nodeName || current.dataset?.chart !== fresh.dataset?.chart) {
      current.replaceWith(fresh);
    } else if (!(current instanceof Element)) {
      current.nodeValue = fresh.nodeValue;
    } else if ('chart' in current.dataset) {
      // The inside is Vega's: dashboard.js draws it again when its specification has changed.
      current.setAttribute('aria-label', fresh.getAttribute('aria-label'));
    } else {
      attributes(current, fresh);
      children(current, fresh);
    }
  }

  function attributes(current, fresh) {
    for (const { name, value } of fresh.attributes) if (current.getAttribute(name) !== value) current.setAttribute(name, value);
    for (const { name } of [...current.attributes]) {
      // Whether details are open is the reader's choice.
      if (name !== 'open' && !fresh.hasAttribute(name)) current.removeAttribute(name);
    }
  }

  function children(current, fresh) {
    const wanted = [...fresh.childNodes];
    const present = [...current.childNodes];
    for (const [index, node] of wanted.entries()) {
      if (index < present.length) morph(present[index], node);
      else current.append(node);
    }
    for (const node of present.slice(wanted.length)) node.remove();
  }

  document.addEventListener('visibilitychange', schedule);
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-refresh]')) return;
    event.preventDefault();
    refresh();
  });
  schedule();
})();
