// Draws rates over time as SVG: a few lines each, told apart by colour and by dashes.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';
const POINTS = 90;
const WIDTH = 300;
const HEIGHT = 100;

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// At least the unit, then 1, 2 or 5 times a power of ten.
function niceCeiling(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(step => step * power).find(step => step >= value);
}

function shortNumber(value) {
  if (value >= 1e9) return (value / 1e9).toFixed(1) + 'G';
  if (value >= 1e6) return (value / 1e6).toFixed(1) + 'M';
  if (value >= 1e4) return (value / 1e3).toFixed(1) + 'k';
  return value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}

class Plot {
  constructor(parent, title, unit) {
    this.unit = unit;
    this.series = new Map();
    this.figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = title;
    this.image = svg('svg', { class: 'plot', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
    this.title = title;
    this.scale = document.createElement('div');
    this.scale.className = 'scale';
    this.legend = document.createElement('ul');
    this.legend.className = 'legend';
    this.figure.append(caption, this.scale, this.image, this.legend);
    parent.append(this.figure);
  }

  // Values by the names of the lines; null where nothing is known, which breaks the line.
  add(values) {
    for (const name of Object.keys(values)) {
      if (!this.series.has(name)) this.series.set(name, new Array(POINTS).fill(null));
    }
    for (const [name, points] of this.series) {
      points.push(values[name] ?? null);
      points.shift();
    }
    this.draw();
  }

  draw() {
    const all = [...this.series.values()].flat().filter(value => value !== null);
    const top = niceCeiling(Math.max(0, ...all));
    const parts = [0.25, 0.5, 0.75].map(part => svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part }));
    const items = [];
    let index = 0;
    for (const [name, points] of this.series) {
      const style = `s${index++ % 6}`;
      let path = '';
      let pen = 'M';
      points.forEach((value, at) => {
        if (value === null) { pen = 'M'; return; }
        path += `${pen}${(at * WIDTH / (POINTS - 1)).toFixed(1)} ${(HEIGHT - 2 - value / top * (HEIGHT - 6)).toFixed(1)}`;
        pen = 'L';
      });
      if (path) parts.push(svg('path', { class: `line ${style}`, d: path }));
      const item = document.createElement('li');
      const mark = svg('svg', { viewBox: '0 0 24 8', 'aria-hidden': 'true' });
      mark.append(svg('line', { class: `line ${style}`, x1: 0, x2: 24, y1: 4, y2: 4, 'stroke-width': 3 }));
      const last = points[POINTS - 1];
      item.append(mark, `${name}: ${last === null ? '–' : shortNumber(last)}${this.unit}`);
      items.push(item);
    }
    this.image.replaceChildren(...parts);
    this.image.setAttribute('aria-label', `${this.title}: ${items.map(item => item.textContent).join(', ')}`);
    this.scale.textContent = `0 to ${shortNumber(top)}${this.unit}, last ${POINTS * 2 / 60} minutes`;
    this.legend.replaceChildren(...items);
  }
}
