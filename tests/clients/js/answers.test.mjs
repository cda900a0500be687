// The answers to payment files, read with iso20022.js. It does not read our statements: of camt.053 it
// knows versions older than 08, in which a bank's BIC stands in another element.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { PaymentStatusReport } from "iso20022.js";

import { network } from "./network.mjs";

const answers = (kind) => readdirSync(network.answers).filter((name) => name.includes(kind))
  .map((name) => readFileSync(join(network.answers, name), "utf8"));

test("iso20022.js reads the status reports: each file is accepted and settled", () => {
  const reports = answers("pain.002").map((text) => PaymentStatusReport.fromXML(text));
  assert.equal(reports.length, network.files);
  for (const report of reports) {
    const statuses = report.statusInformations;
    assert.ok(statuses.length > 0);
    for (const { status } of statuses) assert.equal(status, "ACSC");
  }
});
