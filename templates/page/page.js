// Two small things: tell that a person has seen the page, and copy what goes into the bank's form.
(function () {
  "use strict";
  var script = document.currentScript;
  var needed = Number(script.dataset.ms), seen = 0, since = null, timer = null;

  function tell() {
    fetch(script.dataset.to, {
      method: "POST", keepalive: true, credentials: "same-origin",
      body: new URLSearchParams({ seal: script.dataset.seal, by: "page" })
    }).catch(function () { });
  }

  // Only time in sight counts; in a hidden tab the clock stands still.
  function look() {
    clearTimeout(timer);
    if (since !== null) { seen += performance.now() - since; since = null; }
    if (seen >= needed) { document.removeEventListener("visibilitychange", look); tell(); return; }
    if (document.visibilityState !== "visible") { return; }
    since = performance.now();
    timer = setTimeout(look, needed - seen);
  }

  if (script.dataset.to) {
    document.addEventListener("visibilitychange", look);
    look();
  }

  if (navigator.clipboard) {
    document.querySelectorAll("[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(button.dataset.copy).then(function () {
          button.textContent = button.dataset.done;
          button.classList.add("done");
          setTimeout(function () {
            button.textContent = button.dataset.label;
            button.classList.remove("done");
          }, 2000);
        }, function () { });
      });
    });
  }
})();
