(function () {
  "use strict";
  var vide = /^(?:–|indéterminé|non chiffrable|non transmis|)$/;
  function cle(cellule, nombre) {
    var texte = cellule ? cellule.textContent.trim() : "";
    if (vide.test(texte)) { return null; }
    if (!nombre) { return texte; }
    var trouve = texte.replace(/[\s\u00a0\u202f]/g, "").replace(/−/g, "-").match(/[+-]?\d+(?:,\d+)?/);
    return trouve ? parseFloat(trouve[0].replace(",", ".")) : null;
  }
  function compare(a, b, nombre) {
    return nombre ? a - b : a.localeCompare(b, "fr", { numeric: true });
  }
  function trie(table, rang, entete) {
    var corps = table.tBodies[0], nombre = entete.classList.contains("n");
    var sens = entete.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    var lignes = Array.prototype.slice.call(corps.rows).map(function (ligne) {
      return { ligne: ligne, cle: cle(ligne.cells[rang], nombre) };
    });
    lignes.sort(function (a, b) {
      if (a.cle === null || b.cle === null) { return (a.cle === null ? 1 : 0) - (b.cle === null ? 1 : 0); }
      return sens * compare(a.cle, b.cle, nombre);
    });
    lignes.forEach(function (l) { corps.appendChild(l.ligne); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th) { th.removeAttribute("aria-sort"); });
    entete.setAttribute("aria-sort", sens > 0 ? "ascending" : "descending");
  }
  document.querySelectorAll("table.triable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th, rang) {
      var bouton = document.createElement("button");
      bouton.type = "button";
      while (th.firstChild) { bouton.appendChild(th.firstChild); }
      th.appendChild(bouton);
      bouton.addEventListener("click", function () { trie(table, rang, th); });
    });
  });
})();
