/* The agenda is dragged into order, or moved by Alt and the arrow keys; one form sends the order. */
(function () {
  "use strict";
  var list = document.querySelector("[data-agenda]");
  var form = document.querySelector("[data-agenda-form]");
  if (!list || !form) { return; }
  var hint = document.querySelector("[data-agenda-hint]");
  if (hint) { hint.hidden = false; }
  var held = null;

  function points() { return Array.prototype.slice.call(list.querySelectorAll("[data-item]")); }

  function send() {
    form.elements.order.value = points().map(function (point) { return point.getAttribute("data-item"); }).join(",");
    form.submit();
  }

  function unmark() { points().forEach(function (point) { point.classList.remove("is-over"); }); }

  points().forEach(function (point) {
    point.setAttribute("draggable", "true");
    point.setAttribute("tabindex", "0");
    point.addEventListener("dragstart", function (event) {
      held = point;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", point.getAttribute("data-item"));
    });
    point.addEventListener("dragover", function (event) {
      if (!held || held === point) { return; }
      event.preventDefault();
      unmark();
      point.classList.add("is-over");
    });
    point.addEventListener("dragend", function () { held = null; unmark(); });
    point.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!held || held === point) { return; }
      var all = points();
      list.insertBefore(held, all.indexOf(held) < all.indexOf(point) ? point.nextSibling : point);
      send();
    });
    point.addEventListener("keydown", function (event) {
      if (event.target !== point || !event.altKey) { return; }
      var other = null;
      if (event.key === "ArrowUp") { other = point.previousElementSibling; } else if (event.key === "ArrowDown") { other = point.nextElementSibling; }
      if (!other) { return; }
      event.preventDefault();
      list.insertBefore(point, event.key === "ArrowUp" ? other : other.nextSibling);
      send();
    });
  });
}());
