// Runs at the end of a page of cs-report. What is wrong is what the page then says, a line "@FAULT" each, and "@looked at
// N texts": a page that is wider than the window, a text outside its window or cut off, two texts upon one another, a text
// of too little contrast, anything that is fetched.
const found = new Set(), slack = 1;
const room = Math.min(innerWidth, document.documentElement.getBoundingClientRect().width);
const say = text => found.add('@' + text.replace(/\s+/g, ' ').slice(0, 160));

const ground = e => {
    for (let at = e; at; at = at.parentElement) {
        const c = channels(getComputedStyle(at).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
};

// The lines of every text node, with the element that holds it; what scrolls by itself is cut to its window.
const lines = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('script, style, title, desc, svg')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects())
        if (r.width > 0 && r.height > 0) {
            const style = getComputedStyle(e), cut = (r.height - parseFloat(style.fontSize)) / 2;
            lines.push({ e, left: r.left, right: r.right, top: r.top + cut, bottom: r.bottom - cut, text: node.data.trim().slice(0, 40) });
        }
}
document.querySelectorAll('svg text').forEach(t => {
    const r = t.getBoundingClientRect(), cut = r.height * 0.16;
    lines.push({ e: t, left: r.left, right: r.right, top: r.top + cut, bottom: r.bottom - cut, text: t.textContent.slice(0, 40) });
});

if (document.documentElement.scrollWidth > innerWidth + slack || document.body.scrollWidth > room + slack) say(`wider than the window: ${document.body.scrollWidth} of ${room}`);
lines.forEach((a, i) => {
    const scrolls = a.e.closest('.x'), hidden = a.e.closest('.stack thead');
    if (hidden && innerWidth < 700) return;
    if (!scrolls && (a.left < -slack || a.right > room + slack)) say(`leaves the window: ${a.text}`);
    for (let k = Math.max(0, i - 400); k < i; k++) {
        const b = lines[k];
        if (a.e !== b.e && a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack && b.top < a.bottom - slack &&
            !(b.e.closest('.stack thead') && innerWidth < 700)) say(`meet: ${a.text} | ${b.text}`);
    }
    const svg = a.e.closest('svg'), style = getComputedStyle(a.e);
    const contrast = contrastOf(channels(svg ? style.fill : style.color), ground(svg ? svg.parentElement : a.e));
    if (contrast < (svg && a.e.classList.contains('ty') ? 2.9 : 4.5)) say(`contrast ${contrast.toFixed(2)}: ${a.text}`);
});
document.querySelectorAll('td, th, p, h1, h2, h3').forEach(e => {
    if (e.closest('.stack thead') && innerWidth < 700) return;
    if (e.scrollWidth > e.clientWidth + slack && !e.closest('.x') && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline')
        say(`cut off: ${e.textContent.slice(0, 40)}`);
});
setTimeout(() => { // what was asked for is known by then
    performance.getEntriesByType('resource').forEach(r => say(`fetched ${r.name}`));
    const looked = lines.length;
    document.body.textContent = [...found, `@looked at ${looked} texts`].join('\n');
}, 200);
