/** What a screen reader, a keyboard and weak eyes need of a page, looked up in the page itself. It runs in the browser. */

/** Every fault in words; empty where there is none. Contrast is that of WCAG AA; a text over an image is not measured. */
function accessibilityFaults() {
  const faults = [];
  const shown = (element) => element.getClientRects().length > 0;
  const words = (element) => `<${element.tagName.toLowerCase()}> ${element.outerHTML.slice(0, 120)}`;

  const nameOf = (element) => {
    const label = element.getAttribute("aria-label") ?? element.closest("label")?.textContent;
    return (label ?? element.textContent ?? "").trim();
  };
  const controls = "a[href], button, input, select, summary, [role=slider], [role=grid], [tabindex='0']";
  for (const control of document.querySelectorAll(controls))
    if (shown(control) && nameOf(control) === "") faults.push(`no name: ${words(control)}`);
  for (const picture of document.querySelectorAll("svg"))
    if (!picture.hasAttribute("aria-label") && picture.getAttribute("aria-hidden") !== "true")
      faults.push(`a picture without words: ${words(picture)}`);

  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (document.documentElement.lang === "") faults.push("no language");
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size < ids.length) faults.push("an id stands twice");

  const colourOf = (text) => {
    const [red = 0, green = 0, blue = 0, opacity = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, opacity];
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      if (backgroundImage !== "none") return null;
      const colour = colourOf(backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.textContent.trim() === "" || !shown(element) || element.closest("title")) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    if (ground === null || element.closest(":disabled")) continue;
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const inSvg = element.namespaceURI === "http://www.w3.org/2000/svg";
    const [low, high] = [luminance(colourOf(inSvg ? style.fill : style.color)), luminance(ground)].toSorted(
      (a, b) => a - b,
    );
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) faults.push(`contrast ${contrast.toFixed(2)}: ${words(element)}`);
  }
  return [...new Set(faults)];
}

accessibilityFaults();
