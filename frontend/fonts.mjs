/**
 * Lays the letters' fonts into openhouse/letters/fonts: of each family the weights that a letter uses, and its licence.
 *
 * The families are named in openhouse/letters/languages.py. Arabic and Farsi are in Vazirmatn: the newer Noto faces draw dots apart
 * from their letters, and a reader who listens to the PDF hears every dot. Chinese and Korean have one weight: a second would
 * double the wheel.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const FONTS = join(ROOT, "openhouse/letters/fonts");
const REGULAR = "400Regular";
const BOLD = "700Bold";
const WEIGHTS = {
  "noto-sans": [REGULAR, BOLD],
  "noto-sans-armenian": [REGULAR, BOLD],
  "vazirmatn": [REGULAR, BOLD],
  "noto-sans-sc": [REGULAR],
  "noto-sans-tc": [REGULAR],
  "noto-sans-kr": [REGULAR],
};

rmSync(FONTS, { recursive: true, force: true });
mkdirSync(FONTS, { recursive: true });
for (const [family, weights] of Object.entries(WEIGHTS)) {
  const folder = join(ROOT, "node_modules/@expo-google-fonts", family);
  copyFileSync(join(folder, "LICENSE_FONT"), join(FONTS, `${family}.LICENSE`));
  for (const weight of weights) {
    for (const file of readdirSync(join(folder, weight))) {
      if (file.endsWith(".ttf")) copyFileSync(join(folder, weight, file), join(FONTS, file));
    }
  }
}
console.log(`fonts: ${readdirSync(FONTS).length} files`);
