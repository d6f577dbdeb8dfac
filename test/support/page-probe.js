// Looks at a page in the browser as a critical reader would: sideways scrolling, text that is cut off, texts over one another, text that
// is hard to read on its background. The value of this script is a report of lists, each empty when all is well.
(() => {
  const TOLERANCE = 1;
  const MINIMAL_CONTRAST = 4.5;
  const texts = visibleTexts();

  return {
    sideways: sideways(),
    clipped: texts.filter(isClipped).map(({ text }) => text),
    overlapping: overlaps(),
    faint: texts.filter(({ element }) => contrast(element) < MINIMAL_CONTRAST).map(({ text }) => text),
  };

  /** The page; where it is narrow, everything in it too. */
  function sideways() {
    const page = document.documentElement;
    const scrollers = innerWidth < 600 ? [...document.querySelectorAll('.scroll, .notice')] : [];
    const found = scrollers.filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth);
    return [...(page.scrollWidth > innerWidth ? [page] : []), ...found].map(
      (element) => `${element.nodeName}: ${element.scrollWidth}`,
    );
  }

  function visibleTexts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.nodeValue.trim() || element.closest('script, .skip') || !element.checkVisibility({ visibilityProperty: true }))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = element.closest('svg') ? element.getBoundingClientRect() : range.getBoundingClientRect();
      if (box.width > 0) found.push({ text: node.nodeValue.trim(), element, box });
    }
    return found;
  }

  /** Cut by an ellipsis, or outside of what holds it. What can be scrolled to is not cut. */
  function isClipped({ text, element, box }) {
    if (text.endsWith('…')) return true;
    for (let holder = element.closest('svg')?.parentElement ?? element; holder !== document.body; holder = holder.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(holder);
      if (overflowX === 'auto' || overflowY === 'auto') return false;
      const holds = holder.matches('.card, .chart, .top') || overflowX !== 'visible';
      if (holds && !inside(box, contentBox(holder))) return true;
    }
    return box.left < 0;
  }

  function contentBox(element) {
    const box = element.getBoundingClientRect();
    const { paddingTop, paddingBottom } = getComputedStyle(element);
    return {
      left: box.left,
      right: box.right,
      top: box.top + parseFloat(paddingTop),
      bottom: box.bottom - parseFloat(paddingBottom),
    };
  }

  function inside(inner, outer) {
    return (
      inner.left >= outer.left - TOLERANCE &&
      inner.right <= outer.right + TOLERANCE &&
      inner.top >= outer.top - TOLERANCE &&
      inner.bottom <= outer.bottom + TOLERANCE
    );
  }

  function overlaps() {
    const fixed = texts.filter(({ element }) => !element.closest('.scroll, .notice.error'));
    return fixed.flatMap((one, index) =>
      fixed
        .slice(index + 1)
        .filter((other) => intersect(one.box, other.box))
        .map((other) => `${one.text} | ${other.text}`),
    );
  }

  function intersect(a, b) {
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    // Boxes are as high as a line: neighbours may touch by the space around their letters.
    return width > TOLERANCE && height > Math.min(a.height, b.height) / 3;
  }

  /** Ratio of WCAG 2.2 (www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
  function contrast(element) {
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(background(element))].sort(
      (a, b) => b - a,
    );
    return (light + 0.05) / (dark + 0.05);
  }

  function background(element) {
    for (let holder = element; holder; holder = holder.parentElement) {
      const { backgroundColor } = getComputedStyle(holder);
      if (!/, 0\)$/.test(backgroundColor)) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  }

  function luminance(color) {
    const [red, green, blue] = color.match(/[\d.]+/g).map((value) => {
      const part = Number(value) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
})();
