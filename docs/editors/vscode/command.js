// Which command starts the server.
const fs = require("fs");
const path = require("path");

const ENVIRONMENTS = [".venv", "venv"];
const PROGRAMS = ["bin/trainspec", "Scripts/trainspec.exe"];

/**
 * The command and its arguments: the one in the settings, else trainspec in the virtual environment of a folder that the
 * user trusts, else trainspec on PATH. Code of a folder that is not trusted is never run.
 */
exports.serverCommand = (configured, folder, isTrusted) => {
  if (configured?.length) {
    return configured;
  }
  const places = folder && isTrusted ? ENVIRONMENTS.flatMap((name) => PROGRAMS.map((program) => path.join(folder, name, program))) : [];
  return [places.find((place) => fs.existsSync(place)) ?? "trainspec", "lsp"];
};
