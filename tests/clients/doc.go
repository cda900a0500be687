// Package clients has programs that others wrote talk to a real node as they are: CosmJS, Keplr's
// checks, two writers of payment files, grpcurl, and tools that read an OpenAPI document.
//
// Its tests share one network of one validator. What is in JavaScript lies in js/ and runs on Node.js;
// its packages are installed once below build/clients, from js/package-lock.json and without their
// scripts. Without Node.js, or without a registry to install from, those tests are skipped and say so.
//
// docs/clients.md is for those who write such programs; its code is that of js/pay.mjs.
package clients
