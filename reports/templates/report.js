// Reading a chart by pointing at it: a line at the month and its numbers. The page is whole without it.
for (const chart of document.querySelectorAll(".chart[data-left]")) {
  const svg = chart.querySelector("svg");
  const table = chart.parentElement.querySelector("details.data table");
  if (!svg || !table) continue;
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  const { left, width, top, height, inset } = Object.fromEntries(
    Object.entries(chart.dataset).map(([key, value]) => [key, Number(value)]),
  );
  const tip = chart.appendChild(Object.assign(document.createElement("div"), { className: "tip" }));
  const line = chart.appendChild(Object.assign(document.createElement("div"), { className: "cursor" }));
  const hide = () => { tip.style.display = line.style.display = "none"; };
  chart.addEventListener("pointerleave", hide);
  chart.addEventListener("pointermove", (event) => {
    const scale = svg.clientWidth / svg.viewBox.baseVal.width;
    const from = left + inset, span = width - 2 * inset;
    const at = ((event.clientX - svg.getBoundingClientRect().left) / scale - from) / span;
    if (at < -0.04 || at > 1.04) return hide();
    const index = Math.max(0, Math.min(rows.length - 1, Math.round(at * (rows.length - 1))));
    const x = (from + (span * index) / (rows.length - 1)) * scale;
    tip.replaceChildren(Object.assign(document.createElement("b"), { textContent: rows[index][0] }));
    rows[index].slice(1).forEach((value, place) => {
      const pair = document.createElement("span");
      pair.append(Object.assign(document.createElement("i"), { textContent: heads[place], style: "font-style:normal" }), value);
      tip.append(pair);
    });
    tip.style.display = line.style.display = "block";
    Object.assign(line.style, { left: `${x}px`, top: `${top * scale}px`, height: `${height * scale}px` });
    const width_ = tip.offsetWidth;
    tip.style.left = `${x + 14 + width_ > chart.clientWidth ? x - 14 - width_ : x + 14}px`;
  });
}
