// Finds elements as a screen reader names them. Arguments: role (or null), name (or null), exact, text (or null).
// Answers the visible elements, outermost first.
// The words of `names.js` come before it.
const [role, name, exact, text] = arguments;

const matches = (value, wanted) =>
  exact ? value === squeeze(wanted) : value.toLocaleLowerCase().includes(squeeze(wanted).toLocaleLowerCase());

const found = [...document.querySelectorAll('*')].filter((element) => {
  if (role !== null && roleOf(element) !== role) return false;
  if (name !== null && !matches(nameOf(element), name)) return false;
  if (text !== null) {
    // The innermost element that holds the text.
    if (!matches(squeeze(element.innerText ?? ''), text)) return false;
    if ([...element.children].some((child) => isVisible(child) && matches(squeeze(child.innerText ?? ''), text))) return false;
  }
  return isVisible(element);
});
return found;
