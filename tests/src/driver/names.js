// How a screen reader would call an element: its role and its accessible name.
const squeeze = (value) => (value ?? '').replace(/\s+/g, ' ').trim();

const inputRoles = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'checkbox', radio: 'radio',
  range: 'slider', number: 'spinbutton', search: 'searchbox', text: 'textbox', email: 'textbox', tel: 'textbox', url: 'textbox',
};

const tagRoles = {
  A: (e) => (e.hasAttribute('href') ? 'link' : ''), BUTTON: 'button', SELECT: (e) => (e.multiple || e.size > 1 ? 'listbox' : 'combobox'),
  TEXTAREA: 'textbox', OPTION: 'option', UL: 'list', OL: 'list', LI: 'listitem', TABLE: 'table', TR: 'row', TD: 'cell',
  TH: (e) => (e.scope === 'row' ? 'rowheader' : 'columnheader'), DIALOG: 'dialog', NAV: 'navigation', MAIN: 'main', ASIDE: 'complementary',
  HEADER: 'banner', FOOTER: 'contentinfo', FORM: 'form', IMG: 'img', H1: 'heading', H2: 'heading', H3: 'heading', H4: 'heading',
  OUTPUT: 'status', PROGRESS: 'progressbar', FIELDSET: 'group', SECTION: (e) => (nameOf(e) ? 'region' : ''), SUMMARY: 'button',
};

function roleOf(element) {
  const said = element.getAttribute('role');
  if (said) return said.split(' ')[0];
  if (element.tagName === 'INPUT') {
    const kind = inputRoles[element.type] ?? 'textbox';
    return element.list ? 'combobox' : kind;
  }
  const implied = tagRoles[element.tagName];
  return typeof implied === 'function' ? implied(element) : (implied ?? '');
}

function nameOf(element) {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) return squeeze(labelledBy.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return squeeze(label);
  if (element.labels?.length) return squeeze([...element.labels].map((one) => one.textContent).join(' '));
  if (element.tagName === 'IMG') return squeeze(element.alt);
  if (['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName)) return squeeze(element.title || element.placeholder);
  if (element.tagName === 'FIELDSET') return squeeze(element.querySelector('legend')?.textContent);
  if (['SECTION', 'DIALOG', 'NAV', 'FORM', 'UL', 'OL', 'TABLE'].includes(element.tagName)) return squeeze(element.title);
  return squeeze(spoken(element)) || squeeze(element.title);
}

// Text without what is hidden from screen readers.
function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  const label = node.getAttribute('aria-label');
  return label ?? [...node.childNodes].map(spoken).join(' ');
}

function isVisible(element) {
  if (!element.isConnected || element.closest('[inert]')) return false;
  const style = getComputedStyle(element);
  return style.visibility !== 'hidden' && style.display !== 'none' && element.getClientRects().length > 0;
}
