"""The contrast of every word, by WCAG 2.2 section 1.4.3."""

# For each text, (words, contrast, contrast needed) as computed from the colours laid over each other.
CONTRASTS = """() => {
  const read = colour => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const canvas = document.createElement('div');
  canvas.style.background = 'Canvas';
  document.documentElement.append(canvas);
  const bottom = read(getComputedStyle(canvas).backgroundColor);
  canvas.remove();
  const behind = element => {
    if (!element) return bottom;
    const style = getComputedStyle(element);
    if (style.backgroundImage !== 'none') throw new Error('a picture is behind ' + element.outerHTML.slice(0, 80));
    if (style.opacity !== '1') throw new Error('not opaque: ' + element.outerHTML.slice(0, 80));
    return over(read(style.backgroundColor), behind(element.parentElement));
  };
  const luminance = colour => {
    const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.slice(0, 3).map(v => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const told = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), back = behind(element), size = parseFloat(style.fontSize);
    const [low, high] = [luminance(over(read(style.color), back)), luminance(back)].sort((a, b) => a - b);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    told.push([walker.currentNode.data.trim().slice(0, 40), (high + 0.05) / (low + 0.05), large ? 3 : 4.5]);
  }
  return told;
}"""


def weak(page):
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    return [(words, round(contrast, 2)) for words, contrast, needed in contrasts if contrast < needed]
