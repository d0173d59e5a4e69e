/**
 * Compiles frontend/uswds.scss to openhouse/pages/static/css/uswds.css and lays the pictures it names beside it.
 *
 * USWDS knows left and right only; the sheet must serve Arabic and Farsi too. So every physical direction in the
 * compiled sheet is rewritten to its logical twin ("start" and "end" of the line), which gives one sheet for both
 * directions of writing. A direction that the rules below do not know fails the build, so none can slip in with an upgrade.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as sass from "sass";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const USWDS = join(ROOT, "node_modules/@uswds/uswds");
const STATIC = join(ROOT, "openhouse/pages/static");

const START = { left: "start", right: "end" };

/** Physical to logical: pattern and replacement, for one declaration each. A declaration begins after "{" or ";". */
const LOGICAL = [
  [/(?<=[{;])(margin|padding)-(left|right):/g, (_, box, side) => `${box}-inline-${START[side]}:`],
  [/(?<=[{;])border-(left|right)(-width|-style|-color)?:/g, (_, side, what = "") => `border-inline-${START[side]}${what}:`],
  [/(?<=[{;])border-top-(left|right)-radius:/g, (_, side) => `border-start-${START[side]}-radius:`],
  [/(?<=[{;])border-bottom-(left|right)-radius:/g, (_, side) => `border-end-${START[side]}-radius:`],
  [/(?<=[{;])(left|right):/g, (_, side) => `inset-inline-${START[side]}:`],
  [/(?<=[{;])text-align:(left|right)\b/g, (_, side) => `text-align:${START[side]}`],
  [/(?<=[{;])(float|clear):(left|right)\b/g, (_, what, side) => `${what}:inline-${START[side]}`],
  // "top right bottom left" in one: split where right and left differ.
  [/(?<=[{;])(margin|padding):([^;}]+)/g, splitBox],
];

function splitBox(declaration, box, value) {
  const sides = value.match(/(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+/g);
  if (sides.length !== 4 || sides[1] === sides[3]) return declaration;
  const [top, right, bottom, left] = sides;
  return `${box}-block:${top} ${bottom};${box}-inline:${left} ${right}`;
}

function compiled() {
  const options = { loadPaths: [join(USWDS, "packages")], style: "compressed", charset: false, quietDeps: true };
  const { css } = sass.compile(join(ROOT, "frontend/uswds.scss"), options);
  // `mask: url("")` only asks whether masks are known; an empty address would send the static files' manifest looking for it.
  const quiet = css.replace(/^\uFEFF/, "").replaceAll('(mask: url(""))', "(mask: none)");
  // ASCII alone, so that no server has to name an encoding.
  return quiet.replace(/[^\x00-\x7f]/gu, (sign) => `\\${sign.codePointAt(0).toString(16)} `);
}

function logical(css) {
  return LOGICAL.reduce((sheet, [pattern, replacement]) => sheet.replace(pattern, replacement), css);
}

/** Every declaration that still names left or right, but for a picture's place when its right-to-left twin is there too. */
function physicalLeftovers(css) {
  const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => [selector.trim(), body]);
  const mirrored = new Set(rules.filter(([s, b]) => s.startsWith("[dir=rtl]") && b.includes("background-position:")).map(([s]) => s));
  return rules.flatMap(([selector, body]) =>
    body
      .split(";")
      .filter((declaration) => /\b(left|right)\b/.test(declaration))
      .filter((declaration) => !(declaration.startsWith("background-position:") && (mirrored.has(selector) || mirrored.has(`[dir=rtl] ${selector}`))))
      .map((declaration) => `${selector} { ${declaration} }`),
  );
}

function replaceFile(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function layPictures(css) {
  const pictures = new Set([...css.matchAll(/url\("?\.\.\/(img\/[^")]+)"?\)/g)].map(([, path]) => path));
  for (const picture of pictures) {
    mkdirSync(dirname(join(STATIC, picture)), { recursive: true });
    copyFileSync(join(USWDS, "dist", picture), join(STATIC, picture));
  }
  return pictures.size;
}

// A layer of its own, which the layers of openhouse.css come after: none of our rules ever has to outbid one of these.
const css = `@layer uswds{${logical(compiled())}}`;
const leftovers = physicalLeftovers(css);
if (leftovers.length) {
  console.error(`These declarations name a physical side, and frontend/build.mjs has no rule for them:\n${leftovers.join("\n")}`);
  process.exit(1);
}
const pictures = layPictures(css);
replaceFile(join(STATIC, "css/uswds.css"), css);
console.log(`uswds.css: ${css.length} bytes, ${gzipSync(css).length} compressed, ${pictures} pictures`);
