// Pays from a settlement account with CosmJS, the way a wallet or an ERP does. Run it with
//
//   node pay.mjs RPC KEY DEBTOR CREDITOR CURRENCY AMOUNT DIGEST
//
// RPC is a node's CometBFT address, KEY the operator's private key in hexadecimal, AMOUNT is in minor
// units (fen), DIGEST stands for the payer's own reference: 32 bytes in hexadecimal.
import { fromBase64, fromHex, toBase64 } from "@cosmjs/encoding";
import { DirectSecp256k1Wallet, Registry } from "@cosmjs/proto-signing";
import { AminoTypes, defaultRegistryTypes, SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import protobuf from "protobufjs";

export const payType = "/zhilian.settlement.v1.MsgPay";

// There are no fees. The gas limit must be there and means nothing.
export const noFee = { amount: [], gas: "200000" };

// MsgPay, as proto/zhilian/settlement/v1/tx.proto has it.
const MsgPay = protobuf.parse(`
  syntax = "proto3";
  message MsgPay {
    string operator = 1;
    string debtor = 2;
    string creditor = 3;
    string currency = 4;
    string amount = 5;
    string uetr = 6;
    bytes end_to_end_digest = 7;
  }`).root.lookupType("MsgPay");

// Ledger devices and some wallets sign this form instead.
export const aminoTypes = new AminoTypes({
  [payType]: {
    aminoType: "zhilian/settlement/Pay",
    toAmino: ({ operator, debtor, creditor, currency, amount, uetr, endToEndDigest }) => ({
      operator, debtor, creditor, currency, amount, ...(uetr && { uetr }),
      end_to_end_digest: toBase64(endToEndDigest),
    }),
    fromAmino: ({ end_to_end_digest, uetr, ...same }) => ({
      ...same, uetr: uetr ?? "", endToEndDigest: fromBase64(end_to_end_digest),
    }),
  },
});

// Not SigningStargateClient.connectWithSigner: it takes CometBFT 0.40 for Tendermint 0.37.
export async function connect(rpc, wallet) {
  const comet = await Comet38Client.connect(rpc);
  const registry = new Registry([...defaultRegistryTypes, [payType, MsgPay]]);
  return SigningStargateClient.createWithSigner(comet, wallet, { registry, aminoTypes, broadcastPollIntervalMs: 200 });
}

export function payment(operator, { debtor, creditor, currency, amount, uetr = "", digest }) {
  return { typeUrl: payType, value: { operator, debtor, creditor, currency, amount, uetr, endToEndDigest: fromHex(digest) } };
}

export async function main([rpc, key, debtor, creditor, currency, amount, digest]) {
  const wallet = await DirectSecp256k1Wallet.fromKey(fromHex(key), "zhilian");
  const [{ address: operator }] = await wallet.getAccounts();
  const client = await connect(rpc, wallet);
  try {
    const order = payment(operator, { debtor, creditor, currency, amount, digest });
    const result = await client.signAndBroadcast(operator, [order], noFee);
    if (result.code !== 0) throw new Error(`refused with code ${result.code}: ${result.rawLog}`);
    const settled = result.events.find((event) => event.type === "zhilian.settlement.v1.EventPaymentSettled");
    const uetr = JSON.parse(settled.attributes.find(({ key }) => key === "uetr").value);
    console.log(`payment ${uetr} is final in block ${result.height}`);
  } finally {
    client.disconnect();
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
