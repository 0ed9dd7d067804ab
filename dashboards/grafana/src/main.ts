// SPDX-License-Identifier: Apache-2.0
// Writes provisioning/dashboards/*.json, or into the folder that is named.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { county } from "./county.ts";
import { Parts } from "./parts.ts";
import type { Language } from "./parts.ts";
import { province } from "./province.ts";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "..", "provisioning", "dashboards");

mkdirSync(folder, { recursive: true });
for (const language of ["zh", "en"] satisfies Language[]) {
  const parts = new Parts(language);
  for (const [name, make] of [["province", province], ["county", county]] as const) {
    const board = make(parts).build();
    // Numbers that do not depend on who opens the dashboard first.
    board.panels?.forEach((panel, index) => { panel.id = index + 1; });
    const text = JSON.stringify(board, null, 2);
    writeFileSync(join(folder, `${name}.${language}.json`), `${text}\n`);
  }
}
