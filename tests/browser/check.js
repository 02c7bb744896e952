// Runs in a page that holds charts as the text of <script type="text/plain" class="chart">. Each is read as XML, shown,
// and looked at; what is wrong is what the page then says, a line "@NAME: FAULT" each, and "@looked at N": a text
// outside the canvas, two texts upon one another, a text of too little contrast to what lies behind it, anything that is
// fetched or runs.
const found = [], slack = 0.6;

const box = t => {
    const b = t.getBBox(), cut = b.height * 0.16; // the line's box is higher than its letters
    return { left: b.x, right: b.x + b.width, top: b.y + cut, bottom: b.y + b.height - cut, text: t.textContent.slice(0, 40) };
};

const checkLayout = (svg, wrong) => {
    const view = svg.viewBox.baseVal, boxes = [...svg.querySelectorAll('text')].map(box);
    boxes.forEach((a, i) => {
        if (a.left < view.x - slack || a.right > view.x + view.width + slack || a.top < view.y - slack ||
            a.bottom > view.y + view.height + slack) wrong(`leaves the canvas: ${a.text}`);
        boxes.slice(0, i).forEach(b => {
            if (a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack && b.top < a.bottom - slack)
                wrong(`meet: ${a.text} | ${b.text}`);
        });
    });
};

// Contrast to what lies behind the middle of the text, seen through where it is not opaque.
const behind = (svg, t) => {
    const r = t.getBoundingClientRect(), ground = channels(getComputedStyle(svg.querySelector('.bg')).fill);
    const under = document.elementsFromPoint(r.x + r.width / 2, r.y + r.height / 2)
        .filter(e => e.ownerSVGElement === svg && !e.closest('text') && getComputedStyle(e).fill !== 'none');
    return under.reverse().reduce((color, e) => {
        const style = getComputedStyle(e), fill = channels(style.fill), share = Number(style.opacity);
        return color.map((v, i) => v * (1 - share) + fill[i] * share);
    }, ground);
};
const checkContrast = (svg, wrong) => {
    [...svg.querySelectorAll('text, tspan')].forEach(t => {
        const contrast = contrastOf(channels(getComputedStyle(t).fill), behind(svg, t));
        const least = t.className.baseVal === 'ty' ? 2.9 : 4.5; // a sign with its word beside it
        if (contrast < least) wrong(`contrast ${contrast.toFixed(2)}: ${t.textContent.slice(0, 40)}`);
    });
    const dark = luminance(channels(getComputedStyle(svg.querySelector('.bg')).fill)) < 0.5;
    if (dark !== matchMedia('(prefers-color-scheme: dark)').matches) wrong('the ground is of the other scheme');
};

const checkContent = (svg, wrong) => {
    [...svg.querySelectorAll('*')].forEach(e => {
        if (/^(script|a|image|use|foreignObject|animate.*|set|filter|.*Gradient)$/.test(e.localName)) wrong(`an element ${e.localName}`);
        [...e.attributes].forEach(a => { if (/^on|href$/i.test(a.name)) wrong(`an attribute ${a.name}`); });
    });
    if (/url\(|@import/.test(svg.outerHTML)) wrong('an address in its style');
    if (!svg.querySelector('title') || !svg.querySelector('desc')) wrong('no title or no desc');
};

const charts = [...document.querySelectorAll('.chart')];
charts.forEach(script => {
    const wrong = text => found.push(`@${script.dataset.name}: ${text}`.replace(/\s+/g, ' '));
    const read = new DOMParser().parseFromString(script.textContent, 'image/svg+xml');
    if (read.querySelector('parsererror')) return wrong('no XML');
    const svg = document.body.appendChild(document.importNode(read.documentElement, true));
    svg.style.cssText = 'position:fixed;left:0;top:0';
    checkLayout(svg, wrong);
    checkContrast(svg, wrong);
    checkContent(svg, wrong);
    svg.style.visibility = 'hidden';
});
setTimeout(() => { // what was asked for is known by then
    performance.getEntriesByType('resource').forEach(r => found.push(`@the page: fetched ${r.name}`));
    document.body.textContent = [...found, `@looked at ${charts.length}`].join('\n'); // nothing else is left of the page
}, 200);
