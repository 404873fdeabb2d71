/**
 * What `require("rlm-gym")` gets: the module itself where this Node can require ES modules, else an error that says what to do.
 */
"use strict";
try {
  module.exports = require("../index.js");
} catch (/** @type {any} */ error) {
  if (!["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"].includes(error.code)) throw error;
  throw new Error(
    'rlm-gym is an ES module, which require cannot load here: set "type": "module" in package.json and write import { make } from "rlm-gym", or in CommonJS const { make } = await import("rlm-gym")',
    { cause: error },
  );
}
