// The little map nearer and farther, by fingers, mouse and keys; a press writes a point where the page
// asks for one, and so does Enter for the middle of the map. Without this file the map stands still,
// and the list says the same.
(function () {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg';
  // Large type has larger marks.
  const LETTERS = document.documentElement.getAttribute('data-type') === 'large' ? 1.4 : 1;
  const each = (list, act) => Array.prototype.forEach.call(list, act);

  function live(figure) {
    const svg = figure.querySelector('svg');
    const whole = svg.getAttribute('viewBox').split(' ').map(Number);
    let box = whole.slice();
    const marks = [];
    const aim = document.createElementNS(SVG, 'path');
    aim.setAttribute('class', 'm-aim');
    aim.setAttribute('d', 'M-14 0H14M0 -14V14');
    svg.appendChild(aim);
    each(svg.querySelectorAll('[data-mark]'), mark => {
      const said = mark.getAttribute('transform');
      const scale = /scale\(([\d.]+)\)/.exec(said);
      if (scale) marks.push([mark, said, Number(scale[1])]);
    });

    function show() {
      box[2] = Math.min(Math.max(box[2], 80), whole[2]);
      box[3] = box[2] * whole[3] / whole[2];
      box[0] = Math.min(Math.max(box[0], 0), whole[2] - box[2]);
      box[1] = Math.min(Math.max(box[1], 0), whole[3] - box[3]);
      svg.setAttribute('viewBox', box.join(' '));
      // Marks and names keep their size on the glass, however wide it is.
      const matrix = svg.getScreenCTM();
      // On a wide glass, read from farther away, they are a little larger.
      const wide = Math.min(Math.max(svg.clientWidth / 650, 1), 1.4);
      const glass = matrix && matrix.a ? LETTERS * wide / matrix.a : 0;
      each(marks, one => {
        const scale = (glass || one[2] * box[2] / whole[2]).toFixed(3);
        one[0].setAttribute('transform', one[1].replace(/scale\([\d.]+\)/, 'scale(' + scale + ')'));
      });
      aim.setAttribute('transform', 'translate(' + (box[0] + box[2] / 2) + ' ' + (box[1] + box[3] / 2) +
        ') scale(' + (glass || 1).toFixed(3) + ')');
    }
    function nearer(share) {
      const width = box[2] * share;
      box[0] += (box[2] - width) / 2;
      box[1] += (box[3] - box[3] * share) / 2;
      box[2] = width;
      show();
    }
    function aside(across, down) {
      box[0] += box[2] * across;
      box[1] += box[3] * down;
      show();
    }
    const asks = figure.hasAttribute('data-pick');
    const KEYS = {
      '+': () => nearer(.7), '=': () => nearer(.7), '-': () => nearer(1 / .7),
      '0': () => { box = whole.slice(); show(); },
      ArrowLeft: () => aside(-.2, 0), ArrowRight: () => aside(.2, 0),
      ArrowUp: () => aside(0, -.2), ArrowDown: () => aside(0, .2)
    };
    if (asks) {
      KEYS.Enter = () => write(box[0] + box[2] / 2, box[1] + box[3] / 2);
      KEYS.Backspace = unwrite;
    }

    const tools = document.createElement('div');
    tools.className = 'map-tools';
    each([['+', 'nearer', '+'], ['−', 'farther', '-'], ['◎', 'whole', '0']], tool => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button small';
      button.textContent = tool[0];
      button.setAttribute('aria-label', figure.getAttribute('data-' + tool[1]) || tool[1]);
      button.addEventListener('click', KEYS[tool[2]]);
      tools.appendChild(button);
    });
    figure.insertBefore(tools, svg);
    figure.setAttribute('data-live', '');
    svg.setAttribute('tabindex', '0');
    svg.addEventListener('keydown', event => {
      const act = KEYS[event.key];
      // Enter on a place of the map opens it.
      const isOther = event.key === 'Enter' && event.target !== svg;
      if (!act || isOther || event.ctrlKey || event.metaKey || event.altKey) return;
      act();
      event.preventDefault();
      event.stopPropagation();
    });

    // Dragging moves the map once it has been drawn nearer; a press that hardly moves is a press.
    let from = null;
    svg.addEventListener('pointerdown', event => {
      from = { x: event.clientX, y: event.clientY, box: box.slice(), far: 0 };
    });
    svg.addEventListener('pointermove', event => {
      if (!from || !event.buttons) return;
      const size = svg.getBoundingClientRect();
      const x = event.clientX - from.x, y = event.clientY - from.y;
      from.far = Math.max(from.far, Math.abs(x) + Math.abs(y));
      if (box[2] >= whole[2]) return;
      box[0] = from.box[0] - x * box[2] / size.width;
      box[1] = from.box[1] - y * box[3] / size.height;
      show();
    });
    svg.addEventListener('click', event => {
      const isDrag = from && from.far > 6;
      from = null;
      if (isDrag) event.preventDefault();
      else if (asks) pick(event);
    });

    const points = document.querySelector('[data-points]');
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('class', 'm-picked');
    svg.appendChild(line);
    const number = name => Number(figure.getAttribute('data-' + name));
    function pick(event) {
      const matrix = svg.getScreenCTM();
      if (!points || !matrix) return;
      const at = svg.createSVGPoint();
      at.x = event.clientX;
      at.y = event.clientY;
      const on = at.matrixTransform(matrix.inverse());
      write(on.x, on.y);
    }
    function write(x, y) {
      if (!points) return;
      const lon = number('west') + x / number('east-metres');
      const lat = number('north') - y / number('north-metres');
      const fold = points.closest('details');
      if (fold) fold.open = true;
      points.value += (points.value.trim() ? '\n' : '') + lon.toFixed(6) + ', ' + lat.toFixed(6);
      points.dispatchEvent(new Event('input', { bubbles: true }));
    }
    function unwrite() {
      if (!points) return;
      points.value = points.value.trim().split('\n').slice(0, -1).join('\n');
      points.dispatchEvent(new Event('input', { bubbles: true }));
    }
    function drawn() {
      const places = points.value.split('\n').map(one => one.split(',').map(Number))
        .filter(one => one.length === 2 && one[0] && one[1])
        .map(one => [
          ((one[0] - number('west')) * number('east-metres')).toFixed(1),
          ((number('north') - one[1]) * number('north-metres')).toFixed(1)
        ].join(' '));
      line.setAttribute('d', places.length ? 'M' + places.join('L') + 'l.1 .1' : '');
    }
    if (points && asks) {
      points.addEventListener('input', drawn);
      drawn();
    }
    window.addEventListener('resize', show);
    show();
  }
  each(document.querySelectorAll('[data-map]'), live);
})();
