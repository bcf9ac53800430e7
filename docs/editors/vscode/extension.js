// Starts `trainspec lsp` for YAML files and hands it the settings. Everything else is the server's.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration("trainspec");
  const [command, ...args] = settings.get("command");
  const folder = vscode.workspace.workspaceFolders?.[0];
  const server = { command, args, options: { cwd: folder?.uri.fsPath } };
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

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("trainspec.restart", async () => {
      await client?.stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = () => client?.stop();
