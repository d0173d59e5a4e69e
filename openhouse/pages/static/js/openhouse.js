// Conveniences only: every page works without this file.
(() => {
  "use strict";
  const words = document.body.dataset;

  // Errors are read first.
  document.querySelector("[data-focus]")?.focus();

  // Show and hide a password.
  for (const field of document.querySelectorAll('input[type="password"]')) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link reveal";
    button.setAttribute("aria-controls", field.id);
    const say = () => (button.textContent = field.type === "password" ? words.show : words.hide);
    button.addEventListener("click", () => {
      field.type = field.type === "password" ? "text" : "password";
      say();
    });
    field.form?.addEventListener("submit", () => (field.type = "password"));
    say();
    field.after(button);
  }

  // A menu closes on Escape and when the focus or a click goes elsewhere.
  for (const menu of document.querySelectorAll("details.menu")) {
    const close = (back) => {
      menu.open = false;
      if (back) menu.querySelector("summary").focus();
    };
    menu.addEventListener("keydown", (event) => event.key === "Escape" && menu.open && close(true));
    menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close());
    document.addEventListener("click", (event) => menu.contains(event.target) || close());
  }

  // What opens another page opens that page's content in a dialog. On any failure the browser goes there itself.
  const fetched = async (address, options) => {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const show = (content, title, opener, refresh) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-label", title);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link dialog__close";
    button.textContent = words.close;
    button.dataset.dialogClose = "";
    dialog.append(document.adoptNode(content), button);
    dialog.addEventListener("close", async () => {
      dialog.remove();
      if (refresh) await renew(refresh);
      (document.getElementById(opener.id) ?? opener).focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  };

  const renew = async (address) => {
    try {
      const fresh = (await fetched(address)).querySelector("main");
      if (fresh) document.querySelector("main").replaceWith(fresh);
    } catch {
      location.assign(address);
    }
  };

  const open = async (element, address, options, otherwise) => {
    try {
      const page = await fetched(address, options);
      const content = page.querySelector("[data-dialog-content]");
      if (!content) return otherwise();
      const opener = element.querySelector("[type=submit]") ?? element;
      show(content, page.querySelector("h1").textContent, opener, element.dataset.refresh);
    } catch {
      otherwise();
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("dialog" in form.dataset)) return;
    event.preventDefault();
    open(form, form.action, { method: "POST", body: new FormData(form) }, () => form.submit());
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const dialog = target.closest("dialog");
    if ("print" in target.dataset) window.print();
    else if (dialog && "dialogClose" in target.dataset) {
      event.preventDefault();
      dialog.close();
    } else if (target.href && "dialog" in target.dataset) {
      event.preventDefault();
      open(target, target.href, {}, () => location.assign(target.href));
    }
  });
})();
