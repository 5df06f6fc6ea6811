"""What axe does not measure of a page: the national rules for old people, and WCAG 2.2's 3.2.6, 3.3.7
and 2.5.7. `faults(page)` gives what is wrong, in words.

《移动互联网应用（APP）适老化通用设计规范》, 工信部 2021: text of 18 pt and a largest step of 30 pt, lines 1.3
apart, main parts 60 by 60, nothing that moves by itself. 18 pt are 24 px, 30 pt are 40 px.
Contrast is axe's, and tests/kit/test_look.py's.
"""

#: In large type, and in its last step.
LARGE = {"text": 24, "touch": 60}
LARGEST = {"text": 32, "touch": 60}

MEASURE = """least => {
  const found = [];
  const main = document.getElementById('main');
  const shown = el => el.offsetParent && el.getBoundingClientRect().height > 1;
  const own = el => Array.from(el.childNodes).some(n => n.nodeType === 3 && n.data.trim());
  const told = el => el.outerHTML.slice(0, 90);
  // A key's letter beside a word is for the desk's keyboard; nobody reads it.
  Array.from(main.querySelectorAll('*')).filter(el => shown(el) && own(el) && !el.closest('[aria-hidden=true]')).forEach(el => {
    const style = getComputedStyle(el);
    const size = parseFloat(style.fontSize);
    if (size < least.text) found.push(['small', size, told(el)]);
    if (style.lineHeight !== 'normal' && el.getBoundingClientRect().height > size * 2
        && parseFloat(style.lineHeight) / size < 1.29) found.push(['tight', style.lineHeight, told(el)]);
  });
  const pressed = 'a.button, button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, summary, .story, nav a, a.call, a.row';
  Array.from(document.querySelectorAll(pressed)).filter(shown).forEach(el => {
    const box = el.getBoundingClientRect();
    if (box.height < least.touch - 0.5 || box.width < least.touch - 0.5)
      found.push(['hard to press', box.width + ' x ' + box.height, told(el)]);
  });
  Array.from(document.querySelectorAll('body *')).filter(shown).forEach(el => {
    const style = getComputedStyle(el);
    if (/fixed|sticky/.test(style.position)) found.push(['floats', style.position, told(el)]);
    if (style.animationName !== 'none') found.push(['moves', style.animationName, told(el)]);
  });
  if (document.querySelector('video[autoplay], marquee')) found.push(['moves', '', '']);
  const wide = document.documentElement.scrollWidth - screen.width;
  const widest = Array.from(document.querySelectorAll('body *')).find(el => el.getBoundingClientRect().right > screen.width + 0.5);
  if (wide > 0) found.push(['wider than the screen', wide, widest ? told(widest) : '']);
  return found.map(one => one.join(' | '));
}"""

#: Help is the same thing in the same order on every page of a face: the number to call, then the
#: looks, then the bar that leads to "find help" (3.2.6). Nothing is done by dragging alone (2.5.7).
#: What an account knows is not asked again: a field for one's own name or number says so to the
#: browser, and no question stands twice on a page (3.3.7).
ORDER = """() => {
  const found = [];
  const told = el => el.outerHTML.slice(0, 90);
  // The phone of somebody at work has its own foot: the list, the account, the looks.
  const works = document.body.classList.contains('works');
  if (works && !document.querySelector('footer a.call[href="/"]')) found.push('the way to the list is missing');
  if (document.body.classList.contains('resident') && !works) {
    const help = ['footer a.call', 'footer .settings', 'nav.bar a[href$="/help/"]'].map(one => document.querySelector(one));
    if (help.some(one => !one)) found.push('help is missing: ' + help.map(one => Boolean(one)));
    else if (!help.every((one, n) => !n || help[n - 1].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING))
      found.push('help stands in another order');
  }
  if (document.body.classList.contains('desk') && !document.querySelector('#menu [data-keys]'))
    found.push('the keys of the page are not told at the foot of the menu');
  // WCAG 2.5.7: what is dragged must be done without dragging as well; a list inside it does the same, or
  // buttons that move it by one place.
  document.querySelectorAll('[draggable=true], [ondragstart], [ondrop]').forEach(el => { if (!el.querySelector('select[name], form[action$="/up/"] button, form[action$="/down/"] button')) found.push('dragged: ' + told(el)); });
  document.querySelectorAll('form').forEach(form => {
    const names = Array.from(form.querySelectorAll('label, legend')).filter(one => one.offsetParent)
      .map(one => [one.textContent.replace(/\\s+/g, ' ').trim(), one])
      .filter(one => one[0] && !one[1].closest('fieldset label') && one[1].closest('.field'));
    const seen = {};
    names.forEach(one => {
      const group = one[1].closest('fieldset') && one[1].tagName === 'LABEL';
      if (group) return;
      if (seen[one[0]]) found.push('asked twice: ' + one[0]);
      seen[one[0]] = true;
    });
    form.querySelectorAll('input[type=tel], input[inputmode=tel]').forEach(box => {
      if (document.body.classList.contains('resident') && !box.autocomplete) found.push('typed again: ' + told(box));
    });
  });
  return found;
}"""


def faults(page):
    """What an old person would meet on this page: measured in large type, ordered in any."""
    found = page.evaluate(ORDER)
    size = page.evaluate(
        "[document.documentElement.dataset.type, document.documentElement.dataset.step]"
    )
    is_read = page.evaluate("/resident|paper|desk/.test(document.body.className)")
    if size[0] == "large" and is_read:
        found += page.evaluate(MEASURE, LARGEST if size[1] == "largest" else LARGE)
    return found
