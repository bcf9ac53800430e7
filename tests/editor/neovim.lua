-- What Neovim's own client makes of `trainspec lsp`: open a spec, wait, ask; the answers go to a file as JSON.
local out, root, command = vim.env.OUT, vim.env.ROOT, vim.split(vim.env.COMMAND, '\t')
local answers = {}

local function ask(method, params)
  local found = vim.lsp.buf_request_sync(0, method, params, 30000) or {}
  for _, each in pairs(found) do
    if each.error then error(method .. ': ' .. each.error.message) end
    return each.result
  end
end

local ok, fault = pcall(function()
  vim.cmd('edit ' .. root .. '/specs/churn.yaml')
  local client = vim.lsp.start_client({ name = 'trainspec', cmd = command, root_dir = root })
  vim.lsp.buf_attach_client(0, client)
  assert(vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end), 'no finding has come')
  answers.found = vim.diagnostic.get(0)

  local line = answers.found[1].lnum
  vim.api.nvim_win_set_cursor(0, { line + 1, answers.found[1].col })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = {}, only = { 'quickfix' } }
  local actions = ask('textDocument/codeAction', params)
  answers.action = actions[1].title
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  assert(vim.wait(30000, function() return #vim.diagnostic.get(0) == 0 end), 'the finding has stayed')
  answers.line = vim.api.nvim_buf_get_lines(0, line, line + 1, true)[1]

  vim.fn.search('vars.image')
  local at = vim.lsp.util.make_position_params()
  at.position.character = at.position.character + 6
  answers.definition = ask('textDocument/definition', at)[1].uri
  answers.hover = ask('textDocument/hover', at).contents.value
  vim.lsp.util.apply_workspace_edit(
    ask('textDocument/rename', vim.tbl_extend('force', at, { newName = 'container' })), 'utf-16')
  answers.renamed = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  answers.formatted = ask('textDocument/formatting', vim.lsp.util.make_formatting_params()) ~= nil
end)
answers.fault = not ok and tostring(fault) or nil
local file = io.open(out, 'w')
file:write(vim.fn.json_encode(answers))
file:close()
vim.cmd('qall!')
