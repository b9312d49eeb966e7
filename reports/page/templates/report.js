"use strict";
// The page is whole without this: here the tree learns to fold, to be searched, and figures to be copied.
(() => {
  const table = document.getElementById("tree");
  const find = document.getElementById("find");
  const said = document.getElementById("said");
  const rows = [...table.tBodies[0].rows].map((element) => ({
    element,
    depth: Number(element.dataset.depth),
    words: `${element.cells[0].textContent} ${element.cells[1].textContent}`.toLocaleLowerCase(),
    open: true,
    turn: null,
  }));

  const paint = () => {
    let folded = Infinity;
    for (const row of rows) {
      if (row.depth <= folded) folded = Infinity;
      row.element.hidden = row.depth > folded;
      if (!row.open && !row.element.hidden) folded = row.depth;
      row.turn?.setAttribute("aria-expanded", String(row.open));
    }
  };

  const search = () => {
    const wanted = find.value.trim().toLocaleLowerCase();
    if (!wanted) return paint();
    let above = 0;
    for (const row of [...rows].reverse()) {
      const shown = row.words.includes(wanted) || row.depth < above;
      row.element.hidden = !shown;
      if (shown) above = row.depth;
    }
  };

  const openTo = (depth) => {
    find.value = "";
    for (const row of rows) row.open = row.depth < depth;
    paint();
  };

  for (const row of rows) {
    if (!("parent" in row.element.dataset)) continue;
    row.turn = document.createElement("button");
    row.turn.type = "button";
    row.turn.className = "turn";
    row.turn.setAttribute("aria-label", table.dataset.toggle);
    row.turn.addEventListener("click", () => {
      row.open = !row.open;
      paint();
    });
    row.element.querySelector("th span").prepend(row.turn);
  }
  document.querySelector(".tools").hidden = false;
  document.getElementById("open").addEventListener("click", () => openTo(Infinity));
  document.getElementById("close").addEventListener("click", () => openTo(1));
  find.addEventListener("input", search);
  document.addEventListener("click", async (event) => {
    const figure = event.target.closest(".figure[title]");
    if (!figure) return;
    const command = `nguon trace ${figure.title}`;
    await navigator.clipboard?.writeText(command);
    said.textContent = said.dataset.copied.replace("%", command);
  });
  openTo(1);
})();
