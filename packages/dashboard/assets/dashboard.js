// Draws the charts of a dashboard page. Each chart's specification, data included, stands in the page as JSON; this script adds the
// theme and nothing else. Vega runs its expressions by its interpreter, so that the page needs no eval.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const drawn = new Map();

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    const text = { labelColor: color('muted'), titleColor: color('muted'), labelFont: 'inherit', titleFont: 'inherit' };
    return {
      background: 'transparent',
      font: getComputedStyle(document.body).fontFamily,
      padding: { left: 2, right: 8, top: 6, bottom: 2 },
      view: { stroke: null },
      axis: {
        ...text,
        labelFont: undefined,
        titleFont: undefined,
        labelFontSize: 12,
        titleFontSize: 12,
        titleFontWeight: 500,
        titlePadding: 10,
        labelPadding: 6,
        labelLimit: 160,
        gridColor: color('grid'),
        domainColor: color('border'),
        tickColor: color('border'),
        domain: false,
        ticks: false,
      },
      axisQuantitative: { tickCount: 5 },
      axisBand: { grid: false },
      legend: {
        labelColor: color('text'),
        labelFontSize: 12,
        titleColor: color('muted'),
        symbolType: 'circle',
        symbolSize: 90,
        orient: 'bottom',
      },
      range: { category: [1, 2, 3, 4, 5, 6, 7].map((index) => color(`series-${index}`)) },
      bar: { color: color('series-1') },
      line: { color: color('series-1'), strokeWidth: 2.5 },
      point: { color: color('series-1'), filled: true, size: 36 },
      arc: { stroke: color('card'), strokeWidth: 2 },
      scale: { bandPaddingInner: 0.35, bandPaddingOuter: 0.2 },
    };
  }

  function specification(element) {
    return document.getElementById(`${element.dataset.chart}-spec`).textContent;
  }

  /** Draws a chart beside the one that is seen, out of sight and of the same size, then puts it in its place: nothing flickers. */
  async function draw(element) {
    const text = specification(element);
    const drawing = { text };
    drawn.set(element, drawing);
    const canvas = document.createElement('div');
    canvas.className = 'canvas';
    element.append(canvas);
    try {
      drawing.result = await vegaEmbed(canvas, JSON.parse(text), {
        actions: false,
        ast: true,
        config: theme(),
        defaultStyle: false,
        mode: 'vega-lite',
        renderer: 'svg',
        tooltip: { disableDefaultStyle: true },
      });
    } catch (error) {
      canvas.textContent = `This chart could not be drawn: ${error.message}`;
    }
    for (const other of [...element.children]) if (other !== canvas) other.remove();
    canvas.classList.add('shown');
  }

  function drawAll() {
    for (const element of document.querySelectorAll('[data-chart]')) redraw(element);
  }

  function redraw(element) {
    const before = drawn.get(element);
    draw(element).then(() => before?.result?.finalize());
  }

  /** After a refresh: charts that are new or tell something else now are drawn, those that are gone let go. */
  function drawChanged() {
    for (const [element, { result }] of drawn) {
      if (element.isConnected) continue;
      result?.finalize();
      drawn.delete(element);
    }
    for (const element of document.querySelectorAll('[data-chart]')) {
      if (drawn.get(element)?.text !== specification(element)) redraw(element);
    }
  }

  drawAll();
  dark.addEventListener('change', drawAll);
  document.addEventListener('refreshed', drawChanged);
})();
