// Starts `trainspec lsp` for YAML files and hands it the settings. Everything else is the server's.
const { spawn } = require("child_process");
const { once } = require("events");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { serverCommand } = require("./command");

let client;

/** A new process of the server. Rejects where there is no such program. */
async function launch(command, args, cwd) {
  const server = spawn(command, args, { cwd });
  await once(server, "spawn");
  return server;
}

async function start() {
  const settings = vscode.workspace.getConfiguration("trainspec");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const [command, ...args] = serverCommand(settings.get("command"), folder, vscode.workspace.isTrusted);
  let first;
  try {
    first = await launch(command, args, folder);
  } catch (error) {
    await explain(command, error);
    return;
  }
  const server = async () => {
    const process = first ?? (await launch(command, args, folder));
    first = undefined; // the client asks again when the server has crashed
    return process;
  };
  client = new LanguageClient("trainspec", "trainspec", server, {
    documentSelector: [{ scheme: "file", language: "yaml" }],
    initializationOptions: { environment: settings.get("environment") },
    synchronize: {
      configurationSection: "trainspec",
      fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.yaml,*.yml,trainspec.toml,pyproject.toml}"),
    },
  });
  await client.start();
}

async function explain(command, error) {
  const choice = await vscode.window.showErrorMessage(
    `\`${command} lsp\` does not start (${error.message}). Install it with \`pip install 'trainspec[lsp]'\` in the ` +
      "folder's .venv, or set `trainspec.command` to the command that starts it.",
    "Open Settings",
    "Try Again",
  );
  if (choice === "Open Settings") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "trainspec.command");
  } else if (choice === "Try Again") {
    await start();
  }
}

async function restart() {
  await client?.stop();
  client = undefined;
  await start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("trainspec.restart", restart),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("trainspec.command") && restart()),
  );
  await start();
};

exports.deactivate = () => client?.stop();
