// Passkeys need this file; every other way to sign in works without it.
const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const known = (list) => (list ?? []).map((each) => ({ ...each, id: decode(each.id) }));

const optionsOf = async (form) => {
  const held = document.getElementById("passkey-options");
  if (held) return JSON.parse(held.textContent).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
};

const create = (given) => {
  const publicKey = { ...given, challenge: decode(given.challenge), excludeCredentials: known(given.excludeCredentials) };
  publicKey.user = { ...given.user, id: decode(given.user.id) };
  publicKey.authenticatorSelection = {
    ...given.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return navigator.credentials.create({ publicKey });
};

const get = (given) =>
  navigator.credentials.get({
    publicKey: { ...given, challenge: decode(given.challenge), allowCredentials: known(given.allowCredentials) },
  });

const told = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = encode(credential.response[name]);
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response, clientExtensionResults };
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const said = form.querySelector("[role=alert]");
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      const options = await optionsOf(form);
      form.elements.credential.value = JSON.stringify(told(await { create, get }[form.dataset.passkey](options)));
      form.submit();
    } catch {
      said.hidden = false;
    }
  });
}
