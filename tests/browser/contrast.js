// Contrast by WCAG 2.1, of two colors as [r, g, b]; channels reads one from a style.
const channels = c => (c.match(/[\d.]+/g) || []).map(Number);
const luminance = c => {
    const [r, g, b] = c.map(v => v / 255).map(v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrastOf = (a, b) => {
    const x = luminance(a), y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};
