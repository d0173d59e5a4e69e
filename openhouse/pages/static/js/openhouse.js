// Conveniences only: every page works without this file.
const words = document.body.dataset;
const find = (selector, within = document) => within.querySelector(selector);

find("[data-focus]")?.focus(); // what went wrong is read first

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  const turn = (type) => {
    field.type = type;
    button.textContent = type === "text" ? words.hide : words.show;
  };
  button.type = "button";
  button.className = "link reveal";
  button.onclick = () => turn(field.type === "text" ? "password" : "text");
  field.form.addEventListener("submit", () => turn("password"));
  turn("password");
  field.after(button);
}

// Whoever types (a scanner does, and ends with Enter) means the Student ID, not the action that has the focus.
document.addEventListener("keydown", (event) => {
  const isTyped = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (!isTyped || !("next" in event.target.dataset)) return;
  event.target.blur();
  find("#id_student_number")?.focus();
});

// Dialogs: the content of another page, shown over this one. Where that fails, the browser goes to the page itself.
const page = async (address, options) =>
  new DOMParser().parseFromString(await (await fetch(address, options)).text(), "text/html");

const renew = async (address) => {
  try {
    find("main").replaceWith(find("main", await page(address)));
  } catch {
    location.assign(address);
  }
};

const show = (other, content, opener, refresh) => {
  if (find("dialog")) return;
  const dialog = document.createElement("dialog");
  const button = document.createElement("button");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", find("h1", other).textContent);
  button.type = "button";
  button.className = "link dialog__close";
  button.textContent = words.close;
  button.dataset.dialogClose = "";
  dialog.append(content, button);
  dialog.onclose = async () => {
    dialog.remove();
    if (refresh) await renew(refresh);
    (document.getElementById(opener.id) ?? opener).focus();
  };
  document.body.append(dialog);
  dialog.showModal();
};

const open = async (element, address, options, otherwise) => {
  if (element.ariaBusy) return; // pressed twice
  element.ariaBusy = "true";
  try {
    const other = await page(address, options);
    const content = find("[data-dialog-content]", other);
    if (content) show(other, content, find("[type=submit]", element) ?? element, element.dataset.refresh);
    else otherwise();
  } catch {
    otherwise();
  } finally {
    element.ariaBusy = null;
  }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("dialog" in form.dataset)) return;
  event.preventDefault();
  open(form, form.action, { method: "POST", body: new FormData(form) }, () => form.submit());
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) menu.open = menu.contains(event.target);
  const target = event.target.closest("a, button");
  const dialog = target?.closest("dialog");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if ("print" in target.dataset) return window.print();
  if (!("dialog" in target.dataset || (dialog && "dialogClose" in target.dataset))) return;
  event.preventDefault();
  if (dialog) dialog.close();
  else open(target, target.href, {}, () => location.assign(target.href));
});
