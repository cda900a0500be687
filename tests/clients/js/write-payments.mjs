// Writes payment files with two npm packages that know nothing of Zhilian: node write-payments.mjs FOLDER.
// Each file orders two payments, of 250.50 and 1.00 EUR.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ISO20022 } from "iso20022.js";
import SEPA from "sepa";

import { network } from "./network.mjs";

const folder = process.argv[2];
const { buyer, supplier, neighbour } = network.accounts;

function sepa(schema) {
  const document = new SEPA.Document(schema);
  const name = schema.replaceAll(".", "-");
  document.grpHdr.id = `${name}-1`;
  document.grpHdr.created = new Date();
  document.grpHdr.initiatorName = buyer.name;

  const order = document.createPaymentInfo();
  order.requestedExecutionDate = new Date();
  order.debtorIBAN = buyer.iban;
  order.debtorBIC = buyer.bic;
  order.debtorName = buyer.name;
  document.addPaymentInfo(order);

  for (const [creditor, amount, reference] of [[supplier, 250.5, "SUPPLIER"], [neighbour, 1, "NEIGHBOUR"]]) {
    const transfer = order.createTransaction();
    transfer.creditorName = creditor.name;
    transfer.creditorIBAN = creditor.iban;
    transfer.creditorBIC = creditor.bic;
    transfer.amount = amount;
    transfer.currency = "EUR";
    transfer.remittanceInfo = "INVOICE 54";
    transfer.end2endId = `${name}.${reference}`;
    order.addTransaction(transfer);
  }
  document.normalize();
  return document.toString();
}

for (const schema of ["pain.001.001.03", "pain.001.001.08", "pain.001.001.09"]) {
  writeFileSync(join(folder, `sepa-${schema}.xml`), sepa(schema));
}

const address = { streetName: "Hafenstrasse", buildingNumber: "1", postalCode: "20457", townName: "Hamburg", country: "DE" };
const party = ({ name, iban, bic }) => ({ name, address, account: { iban }, agent: { bic } });
const library = new ISO20022({ initiatingParty: { ...party(buyer), id: "BUYER" } });
const initiation = library.createSWIFTCreditPaymentInitiation([[supplier, 25050, "ISO-SUPPLIER"], [neighbour, 100, "ISO-NEIGHBOUR"]].map(
  ([creditor, amount, id]) => ({
    type: "swift", direction: "credit", id, amount, currency: "EUR", creditor: party(creditor), remittanceInformation: "INVOICE 55",
  })));
writeFileSync(join(folder, "iso20022js-pain.001.001.03.xml"), initiation.serialize());
