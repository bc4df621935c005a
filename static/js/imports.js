// Dragging fields onto columns. Everything works without it: each column has a select.
(() => {
  "use strict";
  const form = document.querySelector("[data-mapping]");
  if (!form) return;
  const chips = [...form.querySelectorAll("[data-field]")];
  const columns = [...form.querySelectorAll("[data-column]")];
  const selectOf = (column) => column.querySelector("select");

  // A field that some column has already is shown as used.
  const showUsed = () => {
    const used = new Set(columns.map((column) => selectOf(column).value));
    for (const chip of chips) chip.classList.toggle("import-chip-used", used.has(chip.dataset.field));
    for (const column of columns) column.classList.toggle("import-column-given", selectOf(column).value !== "");
  };

  // A field belongs to one column: the one that had it lets go.
  const give = (column, field) => {
    for (const other of columns) {
      if (other !== column && selectOf(other).value === field) selectOf(other).value = "";
    }
    selectOf(column).value = field;
    showUsed();
  };

  for (const chip of chips) {
    chip.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/plain", chip.dataset.field);
      event.dataTransfer.effectAllowed = "copy";
    });
  }
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      event.preventDefault();
      column.classList.add("import-column-over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("import-column-over"));
    column.addEventListener("drop", (event) => {
      event.preventDefault();
      column.classList.remove("import-column-over");
      const field = event.dataTransfer.getData("text/plain");
      if (chips.some((chip) => chip.dataset.field === field)) give(column, field);
    });
    selectOf(column).addEventListener("change", showUsed);
  }
  showUsed();
})();
